"""
The cells of one row read into what the records can hold: a value of the core, the optional columns, every problem told.

What a record would cut or round is refused or said here: nothing changes in silence between the file and the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.validators import validate_email
from django.db.models import Model

from untoit.core.exchange import Kind, cells_of
from untoit.core.exchange.cells import DAY, TEXT, Cell, Reader, Unreadable, is_blank, plain_text, shown
from untoit.core.exchange.columns import IDENTITY_COLUMNS, SUPPOSED_COLUMN
from untoit.core.exchange.single import key_of, read_row
from untoit.core.model.problem import Severity
from untoit.records.applicants.exchange import household_columns, person_columns
from untoit.records.applicants.models import Household, Person
from untoit.records.intake.sources import offer_cells, problem, stated
from untoit.records.jobs.exchange import offer_columns
from untoit.records.jobs.models import Offer
from untoit.records.stock.exchange import vacancy_columns
from untoit.records.stock.models import Vacancy

MODELS: dict[Kind, type[Model]] = {
    Kind.HOUSEHOLDS: Household, Kind.PERSONS: Person, Kind.DWELLINGS: Vacancy, Kind.OFFERS: Offer,
}
_COLUMNS = {
    Kind.HOUSEHOLDS: household_columns, Kind.PERSONS: person_columns, Kind.DWELLINGS: vacancy_columns,
    Kind.OFFERS: offer_columns,
}
_IDENTITY = {
    "prenom": "first_name", "nom": "last_name", "naissance": "birth_date", "telephone": "phone", "courriel": "email",
    "adresse": "address",
}
# Column of a record -> column of the file, for those whose length the database limits.
_TEXTS = {
    "application_number": "numero_unique", "reference": "reference", "landlord": "bailleur",
    "building_name": "residence", "address": "adresse", "employer": "employeur", "title": "intitule",
    "schedule": "horaires", "skills": "competences", "licences": "permis", "first_name": "prenom",
    "last_name": "nom", "phone": "telephone", "email": "courriel",
}
# Attribute of the core value -> column of the file, for those that the database keeps with two decimals.
_ROUNDED = {
    Kind.HOUSEHOLDS: {"max_outlay_eur": "depense_max"},
    Kind.PERSONS: {"hours_min": "heures_min", "hours_max": "heures_max"},
    Kind.DWELLINGS: {"rent_eur": "loyer", "charges_eur": "charges", "surface_m2": "surface"},
    Kind.OFFERS: {
        "gross_monthly_eur": "salaire_brut_mensuel", "weekly_hours": "heures_hebdo", "duration_months": "duree_mois",
        "min_experience_years": "experience_min",
    },
}
_SUPPOSABLE = frozenset({"position", "horaires", "heures_hebdo", "salaire_brut_mensuel"})
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reading:
    """One row as read. ``value`` is ``None`` when it is refused; ``extra`` holds the optional columns, as texts."""

    kind: Kind
    value: Any
    extra: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[dict[str, Any], ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Return what no two rows may share; only for a row that is not refused."""
        return key_of(self.kind, self.value)

    def cells(self) -> dict[str, str]:
        """Return the row as cells of the format, in a fixed writing: two equal rows have equal cells."""
        if self.kind is Kind.OFFERS and self.value is not None:
            return offer_cells(self.value)
        return {**cells_of(self.value), **self.extra}

    def columns(self) -> dict[str, Any]:
        """Return the columns of the record that this row fills."""
        columns: dict[str, Any] = _COLUMNS[self.kind](self.value)  # type: ignore[operator]
        for name, text in self.extra.items():
            columns[_IDENTITY[name]] = (DAY.parse(text) if text else None) if name == "naissance" else text
        return columns


def read(kind: Kind, cells: Mapping[str, Cell], *, file: str, line: int) -> Reading:
    """Read the cells of one row, by column of the format."""
    found = read_row(kind, cells, file=file, line=line)
    problems = [stated(one) for one in found.problems]
    extra = _identity(cells, problems) if kind is Kind.PERSONS else {}
    value = found.value
    if value is not None and kind is Kind.OFFERS:
        value = replace(value, supposed=value.supposed | _supposed(cells))
    if value is not None:
        value = _rounded(kind, value, problems)
    reading = Reading(kind, value, extra)
    if value is not None:
        _refuse_too_long(reading, problems)
    if any(one["refused"] for one in problems):
        value = None
    return Reading(kind, value, extra, tuple(problems))


def overlaid(
    kind: Kind, stored: Mapping[str, str], cells: Mapping[str, Cell], *, blank_erases: bool
) -> dict[str, Cell]:
    """
    Return the cells of a record once a row has been laid over it.

    A blank cell is an unknown value: the record keeps its own, unless the import says that blanks erase. A column that
    the file does not have never erases anything.
    """
    given = {column: cell for column, cell in cells.items() if blank_erases or not is_blank(cell)}
    merged: dict[str, Cell] = {**stored, **given}
    if kind is Kind.OFFERS:
        # What the file states is no longer supposed, unless the file itself says so.
        told = {*given, *({"position"} if "latitude" in given else ())}
        still = {one for one in stored.get(SUPPOSED_COLUMN, "").split("|") if one and one not in told}
        merged[SUPPOSED_COLUMN] = "|".join(sorted(still | _supposed(cells)))
    return merged


def _supposed(cells: Mapping[str, Cell]) -> frozenset[str]:
    """Return which columns a France Travail document, or an earlier import of it, says are supposed."""
    return frozenset(str(cells.get(SUPPOSED_COLUMN, "")).split("|")) & _SUPPOSABLE


def _identity(cells: Mapping[str, Cell], problems: list[dict[str, Any]]) -> dict[str, str]:
    """Return the identity columns that the file has, each as one text."""
    found = {}
    for name in IDENTITY_COLUMNS:
        if name not in cells:
            continue
        cell = cells[name]
        try:
            found[name] = "" if is_blank(cell) else _identity_text(name, cell)
        except Unreadable as unreadable:
            problems.append(problem(name, shown(cell), f"{unreadable}. Attendu : {_expected(name)}.", Severity.REFUSED))
    return found


def _identity_text(name: str, cell: Cell) -> str:
    reader: Reader[Any] = DAY if name == "naissance" else TEXT
    value = reader.parse(cell)
    if name == "naissance":
        return str(value.isoformat())
    text = plain_text(cell)
    if name == "telephone" and len(text) == 9 and text.isdigit():
        text = f"0{text}"  # a spreadsheet drops the leading zero
    if name == "courriel":
        try:
            validate_email(text)
        except ValidationError:
            raise Unreadable("n'est pas une adresse e-mail") from None
    return text


def _expected(name: str) -> str:
    return {"naissance": DAY.expected, "courriel": "une adresse comme prenom.nom@exemple.fr"}.get(name, TEXT.expected)


def _rounded(kind: Kind, value: Any, problems: list[dict[str, Any]]) -> Any:
    if kind is Kind.PERSONS:
        return replace(value, seeker=_rounded_amounts(_ROUNDED[kind], value.seeker, problems))
    return _rounded_amounts(_ROUNDED[kind], value, problems)


def _rounded_amounts(columns: Mapping[str, str], value: Any, problems: list[dict[str, Any]]) -> Any:
    changes = {}
    for attribute, column in columns.items():
        amount = getattr(value, attribute)
        if amount is None or amount == amount.quantize(_HUNDREDTH):
            continue
        changes[attribute] = amount.quantize(_HUNDREDTH)
        problems.append(problem(
            column, f"{amount:f}"[:40], f"est arrondi à {changes[attribute]:f}.".replace(".", ",", 1), Severity.NOTICE
        ))
    return replace(value, **changes) if changes else value


@cache
def _limits(kind: Kind) -> dict[str, int]:
    limits: dict[str, Any] = {}
    for name in _TEXTS:
        try:
            column: Any = MODELS[kind]._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        limits[name] = (column.base_field if isinstance(column, ArrayField) else column).max_length
    return limits


def _refuse_too_long(reading: Reading, problems: list[dict[str, Any]]) -> None:
    columns = reading.columns()
    for name, limit in _limits(reading.kind).items():
        content = columns.get(name)
        if content is None:
            continue
        for text in content if isinstance(content, list) else (content,):
            if len(text) > limit:
                problems.append(problem(
                    _TEXTS[name], shown(text), f"dépasse {limit} caractères. Attendu : un texte plus court.",
                    Severity.REFUSED,
                ))
