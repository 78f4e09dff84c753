"""
French full text that forgives accents, endings and one typing mistake, on a PostgreSQL that has only ``plpgsql``.

How to use it (three lines)::

    class Meta:
        triggers = [search_trigger(fields=("first_name", "last_name"))]         # fills the column ``search`` by itself
        indexes = [GinIndex(fields=["search"], name="…")]                       # a SearchVectorField, null=True

    matching(Person.objects.visible_to(actor), "prenon camile")                 # -> a queryset, 1 query spent

``search_trigger`` keeps a ``tsvector`` in step with the columns, whoever writes the row (service, import, bulk_create):
words without accents, their French stem, and each word with one letter left out. Two words that differ by one letter
forgotten, added, changed or swapped share such a variant, so that a GIN index finds them as fast as an exact word.
``matching`` keeps the rows where **every** word of the text is found, as the beginning of a word or by its stem; when
no row has them all, and only then, it looks for close words.

A column of vectors must hold only what everybody who searches through it may read: with two audiences, make two columns
(``search`` and ``search_masked``), each with its trigger, and pass ``column=``. Codes that have a name (communes,
occupations) stay codes in the vector; a :class:`Vocabulary` finds the codes of the names that are typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import pgtrigger
from django.contrib.postgres.search import SearchQuery, SearchQueryField
from django.db.models import Func, QuerySet, Value

from untoit.core.territory.communes import communes
from untoit.core.territory.occupations import occupations

Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")

_MARKS = re.compile("[\u0300-\u036f]")
_NOT_PLAIN = re.compile("[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
# Below four letters, one letter left out makes almost any word; longer ones than 20 are no words.
_SHORTEST, _LONGEST = 4, 20
# Words that say nothing about a row; a person types them all the same.
_EMPTY_WORDS = frozenset((
    "a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "est", "et", "l", "la", "le",
    "les", "ma", "mes", "mon", "n", "ou", "par", "pas", "pour", "qu", "que", "qui", "s", "sa", "se", "ses",
    "son", "sur", "un", "une", "y",
))
_MOST_WORDS = 8
# A search that finds fewer rows hands their keys over. The page and its count then read these rows; with the words
# themselves, a page in alphabetical order goes through every name until it has fifty.
_FEW = 100


def folded(text: str) -> str:
    """Return a text without accents, case nor punctuation: what both the columns and the questions are reduced to."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_LIGATURES))).lower()
    return _NOT_PLAIN.sub(" ", plain).strip()


def _folded_sql(expression: str) -> str:
    """Return :func:`folded` in SQL; accents go first, because what ``lower`` does to them depends on the locale."""
    ligatures = expression
    for letter, letters in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("ß", "ss")):
        ligatures = f"replace({ligatures}, '{letter}', '{letters}')"
    plain = f"lower(regexp_replace(normalize({ligatures}, NFKD), '[\\u0300-\\u036f]', '', 'g'))"
    return f"btrim(regexp_replace({plain}, '[^a-z0-9]+', ' ', 'g'))"


def search_trigger(
    *, fields: Sequence[str], texts: Sequence[str] = (), prefixes: Mapping[str, str] | None = None,
    column: str = "search", name: str = "keep_search",
) -> pgtrigger.Trigger:
    """
    Return the trigger that keeps ``column`` in step with the columns ``fields`` and ``texts``.

    ``fields`` are names, references, addresses: one typing mistake is forgiven. ``texts`` are long (a description):
    found by their words and stems only. ``prefixes={"rooms": "T"}`` writes 2 rooms as ``T2``.
    """
    before = prefixes or {}
    short, whole = (
        "concat_ws(' ', " + ", ".join(f"""'{before.get(field, "")}' || NEW."{field}\"""" for field in columns) + ")"
        for columns in (fields, (*fields, *texts))
    )
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*fields, *texts),
        declare=[("plain_words", "TEXT"), ("plain_text", "TEXT"), ("near", "TEXT[]")],
        func=f"""
            plain_words := {_folded_sql(short)};
            plain_text := {_folded_sql(whole)};
            near := ARRAY(
                SELECT DISTINCT '~' || left(word, place - 1) || substr(word, place + 1)
                FROM regexp_split_to_table(plain_words, ' ') AS word, generate_series(1, length(word) + 1) AS place
                WHERE length(word) BETWEEN {_SHORTEST} AND {_LONGEST} AND word !~ '[0-9]'
            );
            NEW."{column}" := to_tsvector('simple', plain_text) || to_tsvector('french', plain_text)
                || array_to_tsvector(near);
            RETURN NEW;
        """,
    )


class Vocabulary:
    """The names of codes: ``prépar`` finds the ROME codes of all the labels that have a word that begins so."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take pairs ``(code, name)``."""
        self._codes: dict[str, set[str]] = defaultdict(set)
        self._near: dict[str, set[str]] = defaultdict(set)
        for code, name in names:
            for word in folded(name).split():
                if word not in _EMPTY_WORDS:
                    self._codes[word].add(folded(code))
        for word, codes in self._codes.items():
            for variant in _variants(word):
                self._near[variant] |= codes

    def beginning_with(self, word: str) -> set[str]:
        """Return the codes of the names that have a word that begins with this one (whole below three letters)."""
        if len(word) < 3:
            return self._codes.get(word, set())
        return {code for known, codes in self._codes.items() if known.startswith(word) for code in codes}

    def close_to(self, word: str) -> set[str]:
        """Return the codes of the names that have a word one mistake away."""
        return {code for variant in _variants(word) for code in self._near.get(variant, ())}


@cache
def commune_names() -> Vocabulary:
    """Return the vocabulary of INSEE codes."""
    return Vocabulary((place.code, place.name) for place in communes())


@cache
def occupation_names() -> Vocabulary:
    """Return the vocabulary of ROME codes."""
    return Vocabulary((one.code, one.label) for one in occupations())


def words_of(text: str) -> list[str]:
    """Return the words of a question, without accents nor articles, the first eight; articles only if nothing else."""
    words = folded(text).split()
    return ([word for word in words if word not in _EMPTY_WORDS] or words)[:_MOST_WORDS]


def matching(
    queryset: Rows, text: str, *, column: str = "search", vocabularies: Sequence[Vocabulary] = ()
) -> Rows:
    """
    Keep the rows that hold every word of the text; those with close words when no row does. Order is left alone.

    ``queryset`` is already that of ``visible_to``: whether close words are looked for then depends on visible rows
    only. A blank text keeps everything; a text without letter or digit keeps nothing.

    Notes
    -----
    One query is spent at once, on the index of words; a second one when no row has them all.
    """
    if not text.strip():
        return queryset
    words = words_of(text)
    if not words:
        return queryset.none()
    strict = queryset.filter(**{column: _Words(_strict(word, vocabularies) for word in words)})
    found = _few(strict)
    if found is None or found:
        return strict if found is None else queryset.filter(pk__in=found)
    forgiving = queryset.filter(**{column: _Words(_forgiving(word, vocabularies) for word in words)})
    found = _few(forgiving)
    return forgiving if found is None else queryset.filter(pk__in=found) if found else queryset.none()


def _few(found: QuerySet[Any, Any]) -> list[Any] | None:
    """Return the keys of the rows, ``None`` when they are more than a few."""
    keys = list(found.order_by().values_list("pk", flat=True)[: _FEW + 1])
    return keys if len(keys) <= _FEW else None


def _strict(word: str, vocabularies: Sequence[Vocabulary]) -> tuple[str, str]:
    codes = sorted({code for names in vocabularies for code in names.beginning_with(word)})
    return word, " | ".join((f"'{word}':*", *(f"'{code}'" for code in codes)))


def _forgiving(word: str, vocabularies: Sequence[Vocabulary]) -> tuple[str, str]:
    _, exact = _strict(word, vocabularies)
    near = sorted(f"'~{variant}'" for variant in _variants(word))
    codes = sorted({f"'{code}'" for names in vocabularies for code in names.close_to(word)})
    return word, " | ".join((exact, *near, *codes))


def _variants(word: str) -> set[str]:
    """Return the word and what is left when one letter is taken out; nothing for numbers and short words."""
    if not (_SHORTEST <= len(word) <= _LONGEST) or not word.isalpha():
        return set()
    return {word} | {word[:place] + word[place + 1:] for place in range(len(word))}


class _Words(SearchQuery):
    """
    One ``tsquery``: for each word, its French stem or one of its lexemes; all the words.

    Lexemes are made of ``[a-z0-9~]`` only (:func:`folded`), and travel as parameters all the same.
    """

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        # Past SearchQuery, which takes one text: the lookup of a vector only wants to know the class.
        Func.__init__(self, *(_Word(Value(word), Value(lexemes)) for word, lexemes in words))

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, Any]:
        """Return all the words, one question each."""
        return Func.as_sql(self, compiler, connection, template="(%(expressions)s)", arg_joiner=" && ")


class _Word(Func):
    output_field = SearchQueryField()

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, Any]:
        """Return the two halves of the question."""
        word, lexemes = (source.value for source in self.get_source_expressions())
        return "(plainto_tsquery('french', %s) || %s::tsquery)", [word, lexemes]


