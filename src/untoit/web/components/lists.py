"""
Lists that search, filter, sort and turn pages without counting rows from the first one.

``Listing`` takes a queryset that is already narrowed by ``visible_to`` and keeps its whole state in the query string.
A page starts after a row that is named by its key: page 2,000 costs what page 2 costs, and no value of a row is in
the URL. A list costs the same number of queries whatever its length: the rows, their count, and the row to start from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from untoit.core import wording

SEARCH, SORT, AFTER, BEFORE = "q", "tri", "apres", "avant"
PER_PAGE = 50
# Above this, the label says "plus de 10 000": an exact count of everything would cost more than the page.
COUNTED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a list.

    ``sort`` names the fields that it sorts by, separated by commas (``"last_name,first_name"``), fields or
    annotations of the queryset; without it the column does not sort. ``narrow=False`` leaves it out on a phone (the
    cell of the row template then bears ``class="wide-only"``).
    """

    key: str
    label: str
    sort: str = ""
    numeric: bool = False
    narrow: bool = True


@dataclass(frozen=True, slots=True)
class Head:
    """The header cell of a column: ``url`` sorts by it, ``aria_sort`` says that the list is sorted by it."""

    label: str
    numeric: bool
    narrow: bool
    url: str
    aria_sort: str


class FilterForm(forms.Form):
    """The filters of a list. Nothing is required; a value outside the choices is told and filters nothing."""

    hide_required = True
    use_required_attribute = False

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the queryset narrowed by ``self.cleaned_data``; written by each list."""
        # Django's forms have a metaclass of their own: no abstract class here, so a list that forgets says its name.
        raise TypeError(f"{type(self).__name__} does not say what its filters keep")


class Listing:
    """One page of a list, and what is around it. Give it to ``{% listing list %}``, or answer with ``respond``."""

    def __init__(
        self, request: HttpRequest, queryset: QuerySet, *, columns: Sequence[Column], row_template: str, caption: str,
        filters: FilterForm | type[FilterForm] | None = None,
        search: Callable[[QuerySet, str], QuerySet] | None = None, search_label: str = "Rechercher",
        default_sort: str = "", empty: Sequence[str] = (), noun: tuple[str, str] = ("ligne", "lignes"),
        export_url: str = "", export_label: str = "Exporter", present: Callable[[list], Iterable] | None = None,
        per_page: int = PER_PAGE, name: str = "liste", keep: Sequence[str] = (),
        load: Callable[[QuerySet], QuerySet] | None = None, total: int | None = None,
    ) -> None:
        """
        Prepare one page.

        ``default_sort`` is the key of a column, with ``-`` in front to start from the end. ``present`` turns the rows
        of the page into what the row template reads as ``row`` (dataclasses for outside audiences; prefetch there).
        ``empty`` is a title, a sentence, a URL and the text of a button. ``name`` tells two lists of a page apart, and
        ``keep`` names parameters of the page that are not those of the list, such as a tab.

        ``load`` adds to rows what the page shows of them (joins, prefetches, annotations that it sorts by): the
        database then chooses the rows of the page first, among narrow ones, and joins fifty rather than all of them.
        ``total`` is how many rows there are before any search or filter, when the page knows it.
        """
        self.request, self.columns, self.row_template, self.caption = request, tuple(columns), row_template, caption
        self._base, self._search, self._present, self._per_page = queryset, search, present, per_page
        self._load, self._total = load, total
        self.filters = filters(request.GET) if isinstance(filters, type) else filters
        self.search_label, self.export_label, self._export_url = search_label, export_label, export_url
        self._noun = noun
        self.empty = (*empty, "", "", "", "")[:4] if empty else ("Rien pour l’instant", "", "", "")
        self.name, self._default_sort, self._keep = name, default_sort, tuple(keep)

    # What the template reads.

    @property
    def dom_id(self) -> str:
        """The id of the part of the page that htmx replaces."""
        return f"liste-{self.name}"

    @property
    def path(self) -> str:
        """The address of the page, without its state."""
        return self.request.path

    @property
    def search_key(self) -> str:
        """The name of the parameter of the search box."""
        return self._key(SEARCH)

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.request.GET.get(self.search_key, "").strip()[:100].replace("\x00", "") if self._search else ""

    @property
    def has_search(self) -> bool:
        """Whether there is a search box."""
        return self._search is not None

    @property
    def has_tools(self) -> bool:
        """Whether there is anything to search or filter by."""
        return self.has_search or self.filters is not None

    @cached_property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter hides rows."""
        chosen = self.filters is not None and any(
            value not in (None, "", [], False) for value in self._filter_values.values()
        )
        return bool(self.text) or chosen

    @cached_property
    def count(self) -> int:
        """How many rows, at most ``COUNTED_AT_MOST`` + 1."""
        if self._total is not None and not self.is_narrowed:
            return min(self._total, COUNTED_AT_MOST + 1)
        # Counting sorts nothing: the order of the model would be kept by the limit.
        return self._narrowed.order_by()[: COUNTED_AT_MOST + 1].count()

    @property
    def count_label(self) -> str:
        """Return ``1 204 candidats``, ``plus de 10 000 candidats``."""
        one, many = self._noun
        if self.count > COUNTED_AT_MOST:
            return f"Plus de {wording.counted(COUNTED_AT_MOST, one, many)}"
        return wording.counted(self.count, one, many) if self.count else f"Aucun résultat ({many})"

    @property
    def heads(self) -> list[Head]:
        """The header cells."""
        return [self._head(column) for column in self.columns]

    @property
    def rows(self) -> list[Any]:
        """The rows of this page, as ``present`` makes them."""
        return self._page.rows

    @property
    def previous_url(self) -> str:
        """The address of the page before, or nothing."""
        return self._url(**{self._key(BEFORE): self._page.before}) if self._page.before else ""

    @property
    def next_url(self) -> str:
        """The address of the page after, or nothing."""
        return self._url(**{self._key(AFTER): self._page.after}) if self._page.after else ""

    @property
    def clear_url(self) -> str:
        """The address of the list without search nor filter, sorted as it is."""
        kept = {key: self.request.GET[key] for key in (*self._keep, self._key(SORT)) if key in self.request.GET}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @property
    def export_url(self) -> str:
        """Where to export what is listed: the same search, filters and sort."""
        return f"{self._export_url}?{self._state()}" if self._export_url else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of the filters sends back as it is."""
        names = (*self._keep, self._key(SORT))
        return [(name, self.request.GET[name]) for name in names if name in self.request.GET]

    # What a view calls.

    def respond(self, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
        """Answer the page, or only the list when htmx asks to replace it. The template reads ``list``."""
        htmx = getattr(self.request, "htmx", None)
        values = {**(context or {}), "list": self, "listing": self}
        if htmx and htmx.target == self.dom_id:
            return render(self.request, "components/listing.html", values)
        return render(self.request, template, values)

    def everything(self) -> QuerySet:
        """Return all the rows that the search and the filters keep, sorted: for an export."""
        found = self._narrowed.order_by(*self._order(reverse=False))
        return found if self._load is None else self._load(found)

    # How it is done.

    @cached_property
    def _filter_values(self) -> dict[str, Any]:
        if self.filters is None:
            return {}
        self.filters.is_valid()  # a value that is not valid is left out of cleaned_data and shown beside its input
        return {name: self.filters.cleaned_data.get(name) for name in self.filters.fields}

    @cached_property
    def _narrowed(self) -> QuerySet:
        found = self._base
        if self.filters is not None:
            self.filters.cleaned_data = self._filter_values
            found = self.filters.apply(found)
        return self._search(found, self.text) if self._search is not None and self.text else found

    @cached_property
    def _sort(self) -> tuple[tuple[str, ...], bool, str]:
        """The fields to sort by, whether from the end, and the key of the column."""
        sortable = {column.key: column for column in self.columns if column.sort}
        for asked in (self.request.GET.get(self._key(SORT), ""), self._default_sort):
            column = sortable.get(asked.removeprefix("-"))
            if column is not None:
                return tuple(part.strip() for part in column.sort.split(",")), asked.startswith("-"), column.key
        return (), False, ""

    def _nullable(self, name: str) -> bool:
        """Whether a field may hold nothing; of an annotation nothing is known, so it may."""
        model, parts = self._base.model, name.split("__")
        for depth, part in enumerate(parts):
            try:
                found = model._meta.get_field(part)
            except FieldDoesNotExist:
                return True
            if getattr(found, "null", True):
                return True
            if depth < len(parts) - 1:
                model = found.related_model
        return False

    def _order(self, *, reverse: bool) -> list[Any]:
        """The order: unknown values last in both directions; the key last, so that no two rows are equal."""
        fields, backwards, _ = self._sort
        order: list[Any] = []
        for name in fields:
            descending = backwards != reverse
            if self._nullable(name):
                asked = {"nulls_first": True} if reverse else {"nulls_last": True}
                order.append(F(name).desc(**asked) if descending else F(name).asc(**asked))
            else:
                order.append(f"-{name}" if descending else name)
        return [*order, "-pk" if backwards != reverse else "pk"]

    def _beyond(self, values: Sequence[Any], key: Any, *, reverse: bool) -> Q:
        """The rows that come after this one in the order, or before it."""
        fields, backwards, _ = self._sort
        ahead = "gt" if backwards == reverse else "lt"
        condition = Q(**{f"pk__{ahead}": key})
        for name, value in reversed(list(zip(fields, values, strict=True))):
            if value is None:
                same, strictly = Q(**{f"{name}__isnull": True}), Q(**{f"{name}__isnull": False}) if reverse else None
            else:
                same, strictly = Q(**{name: value}), Q(**{f"{name}__{ahead}": value})
                if not reverse and self._nullable(name):
                    strictly |= Q(**{f"{name}__isnull": True})
            condition = (same & condition) if strictly is None else strictly | (same & condition)
        if fields and not self._nullable(fields[0]):
            # Says again what the alternatives say, in the form that an index is searched by.
            condition = Q(**{f"{fields[0]}__{ahead}e": values[0]}) & condition
        return condition

    @cached_property
    def _start(self) -> tuple[Q | None, bool]:
        """Where the page starts, and whether it is read backwards; the row that it names must be visible."""
        for name, reverse in ((BEFORE, True), (AFTER, False)):
            key = self.request.GET.get(self._key(name))
            if not key:
                continue
            try:
                found = self._base.filter(pk=key).values_list(*self._sort[0], "pk").first()
            except (ValidationError, ValueError):
                found = None
            if found is not None:
                return self._beyond(found[:-1], found[-1], reverse=reverse), reverse
        return None, False

    @cached_property
    def _page(self) -> _Page:
        condition, reverse = self._start
        found = self._narrowed if condition is None else self._narrowed.filter(condition)
        order = self._order(reverse=reverse)
        found = found.order_by(*order)[: self._per_page + 1]
        if self._load is not None:
            rows_of_page = self._base.model._default_manager.filter(pk__in=found.values("pk"))
            found = self._load(rows_of_page).order_by(*order)
        rows = list(found)
        more = len(rows) > self._per_page
        rows = rows[: self._per_page]
        if reverse:
            rows.reverse()
        before = (more if reverse else condition is not None) and bool(rows)
        after = (more if not reverse else condition is not None) and bool(rows)
        first, last = (str(rows[0].pk), str(rows[-1].pk)) if rows else ("", "")
        shown = list(self._present(rows)) if self._present is not None else rows
        return _Page(shown, first if before else "", last if after else "")

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column.label, column.numeric, column.narrow, "", "")
        _, backwards, key = self._sort
        current = column.key == key
        asked = f"-{column.key}" if current and not backwards else column.key
        aria = ("descending" if backwards else "ascending") if current else ""
        return Head(column.label, column.numeric, column.narrow, self._url(**{self._key(SORT): asked}), aria)

    def _key(self, name: str) -> str:
        return name if self.name == "liste" else f"{self.name}-{name}"

    def _state(self, **changes: str) -> str:
        values = self.request.GET.copy()
        for name in (AFTER, BEFORE):
            values.pop(self._key(name), None)
        for name, value in changes.items():
            values[name] = value
        for name in [name for name in values if not any(values.getlist(name))]:
            del values[name]
        return values.urlencode()

    def _url(self, **changes: str) -> str:
        state = self._state(**changes)
        return f"{self.path}?{state}" if state else self.path


@dataclass(frozen=True, slots=True)
class _Page:
    """The rows of a page, and the keys that its neighbours start from."""

    rows: list[Any]
    before: str
    after: str
