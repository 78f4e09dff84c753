"""Inputs that take the words people use, a commune or an occupation, and give the official code."""

from __future__ import annotations

import re
from functools import reduce
from typing import Any

from django import forms
from django.urls import reverse

from untoit.core.territory.communes import Commune, commune, communes
from untoit.core.territory.occupations import Occupation, occupation, occupations
from untoit.core.wording import listed, typography
from untoit.records.partners.search import Vocabulary, commune_names, folded, occupation_names, words_of

_INSEE = re.compile(r"\(?([0-9][0-9AB][0-9]{3})\)?\s*$")
_ROME = re.compile(r"[A-Z][0-9]{4}")
MOST_SUGGESTIONS = 12


class CommuneInput(forms.TextInput):
    """A text that suggests the communes of the table; ``site.js`` asks for their names when the text is entered."""

    def format_value(self, value: Any) -> str | None:
        """Return « Lesquin (59343) » for a code."""
        place = commune(str(value)) if value else None
        return _in_full(place) if place is not None and place.code == value else value

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Say where the names are."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"data-communes": reverse("public:communes"), "autocomplete": "off"}
        return context


class CommuneField(forms.CharField):
    """A commune by its name or its INSEE code; the value is the code."""

    widget = CommuneInput

    def to_python(self, value: Any) -> str:
        """Return the code, or refuse in words."""
        text = super().to_python(value) or ""
        if not text:
            return ""
        code = _INSEE.search(text)
        if code is not None:
            return code[1]
        named = [place for place in communes() if folded(place.name) == folded(text)]
        if len(named) == 1:
            return named[0].code
        if named:
            raise forms.ValidationError(typography(
                f"Plusieurs communes s'appellent ainsi : {listed([_in_full(place) for place in named], 'ou')}. "
                "Choisissez dans la liste."
            ))
        near = sorted(_named(commune_names(), text))[:3]
        hint = f" Vouliez-vous dire {listed([_in_full(commune(code)) for code in near], 'ou')} ?" if near else ""
        raise forms.ValidationError(typography(
            f"« {text} » n'est pas une commune connue ici.{hint} Écrivez son nom ou son code INSEE à cinq caractères."
        ))


def suggested_occupations(text: str) -> list[Occupation]:
    """Return the occupations that a text may mean, the closest label first; one alone for a code that exists."""
    code = _ROME.search(text.upper())
    exact = occupation(code[0]) if code is not None else None
    if exact is not None:
        return [exact]
    wanted = folded(text)
    found = [one for one in map(occupation, _named(occupation_names(), text)) if one is not None]
    found.sort(key=lambda one: (not folded(one.label).startswith(wanted), len(one.label), one.code))
    return found[:MOST_SUGGESTIONS]


def occupation_of(text: str) -> Occupation | None:
    """Return the occupation that a text names without doubt: its code, or its label as ROME writes it."""
    suggested = suggested_occupations(text)
    if len(suggested) == 1 and _ROME.search(text.upper()):
        return suggested[0]
    wanted = folded(text)
    return next((one for one in occupations() if folded(one.label) == wanted), None)


def _named(names: Vocabulary, text: str) -> set[str]:
    """Return the codes of the names that have every word, or words close to them."""
    words = words_of(text)
    for look in (names.beginning_with, names.close_to):
        sets = [look(word) | names.beginning_with(word) for word in words]
        together: set[str] = reduce(set.__and__, sets) if sets else set()
        if together:
            return {code.upper() for code in together}
    return set()


def _in_full(place: Commune | None) -> str:
    return "" if place is None else f"{place.name} ({place.code})"
