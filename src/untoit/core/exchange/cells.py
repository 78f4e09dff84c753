"""
One cell, read as one type of the exchange formats.

A cell comes from a CSV file (always text) or from a spreadsheet (number, date, time, truth value or text); both give
the same value. A reader says what it expects in French, and refuses with a phrase that follows the value seen.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar

from untoit.core.exchange.schedules import parse_clock, parse_days, parse_schedule
from untoit.core.model.schedule import Schedule

Cell = str | float | int | bool | date | datetime | time | timedelta
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Code = TypeVar("Code", bound=StrEnum)

_LONGEST_TEXT = 1_000
_LONGEST_IDENTIFIER = 100
_LONGEST_NUMBER = 40
_LONGEST_LIST = 200
# A spreadsheet keeps 15 significant digits: a longer number was rounded when it was typed in.
_EXACT_NUMBER = 10**15
_SHOWN = 60

# Sign, whole part and decimals: 1 234,50 or 1234.5, then 1.234,50, then 1,234.50.
_NUMBERS = tuple(re.compile(form) for form in (
    r"([+-]?)([0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,]([0-9]+))?",
    r"([+-]?)([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)",
    r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]+)",
))
_AMBIGUOUS_AMOUNT = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_ABRIDGED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?")
_FRENCH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
# How a CSV tells Excel to keep leading zeros: ="0590".
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
# Day zero of spreadsheets; serial numbers outside these bounds (1954 to 2119) are no plausible date of the scheme.
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_SERIAL_DAYS = range(20_000, 80_000)


class Unreadable(ValueError):
    """
    A cell that does not hold what its column expects; the text follows the value seen in the sentence.

    For a whole row, ``cells`` is what could be cut of it, so that it can be shown to the person who will mend it.
    """

    def __init__(self, phrase: str, cells: "tuple[Cell, ...]" = ()) -> None:
        super().__init__(phrase)
        self.cells = cells


@dataclass(frozen=True, slots=True)
class Reader(Generic[T_co]):
    """How to read one cell that is not blank, and what it should hold, in French."""

    parse: Callable[[Cell], T_co]
    expected: str


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing that can be seen: its value is unknown, never zero."""
    if not isinstance(cell, str):
        return False
    if cell.isascii() and cell.isprintable():
        return not cell or cell.isspace()
    return not clean(cell)


def clean(text: str) -> str:
    """Return text without what cannot be seen: control and format characters out, runs of blanks made one."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def shown(cell: Cell) -> str:
    """Return a cell as a problem may show it: one short printable line."""
    if isinstance(cell, str):
        seen = clean(cell[: 4 * _SHOWN])
    else:
        try:
            seen = plain_text(cell)
        except Unreadable:
            seen = str(cell)
    return seen if len(seen) <= _SHOWN else seen[:_SHOWN] + "…"


def folded(text: str) -> str:
    """Return text as headers and codes are compared: no accents, lower case, blanks and hyphens as underscores."""
    # No header and no code is that long, and a cache must not hold hostile texts.
    return _folded(text[:_LONGEST_IDENTIFIER])


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", clean(text)).casefold()
    return re.sub(r"[\s\-’']+", "_", "".join(char for char in letters if not unicodedata.combining(char)))


def plain_text(cell: Cell) -> str:
    """Return the text that a person reads in a cell: ``59350.0`` is ``59350``."""
    if isinstance(cell, str):
        if cell[:1] in ("'", "="):
            # A quote that our own writer put before a formula sign is not part of the value.
            kept = _KEPT_AS_TEXT.fullmatch(cell)
            cell = kept[1] if kept else cell[1:] if _NEUTRALISED.match(cell) else cell
        return clean(cell)
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise Unreadable("n'est pas un nombre")
        if cell != int(cell):
            return f"{cell:.15g}"
        if abs(cell) >= _EXACT_NUMBER:
            raise Unreadable("a été arrondi par le tableur, qui ne garde que 15 chiffres")
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    return cell.isoformat(" ") if isinstance(cell, datetime) else str(cell)


# --- text and identifiers -------------------------------------------------------------------------------------------


def _text(cell: Cell) -> str:
    value = plain_text(cell)
    if len(value) > _LONGEST_TEXT:
        raise Unreadable(f"dépasse {_LONGEST_TEXT} caractères")
    return value


def _identifier(cell: Cell) -> str:
    if isinstance(cell, date | time | timedelta):
        raise Unreadable("a été changé en date ou en heure par le tableur")
    value = plain_text(cell)
    if _ABRIDGED.fullmatch(value):
        raise Unreadable("a été abrégé par le tableur, des chiffres sont perdus")
    if len(value) > _LONGEST_IDENTIFIER:
        raise Unreadable(f"dépasse {_LONGEST_IDENTIFIER} caractères")
    return value


TEXT = Reader(_text, f"un texte de {_LONGEST_TEXT} caractères au plus")
IDENTIFIER = Reader(_identifier, "un identifiant, dans une colonne au format texte")


def matching(pattern: str, wrong: str, expected: str, *, digits: int = 0) -> Reader[str]:
    """
    Read an upper-case code of a given form.

    ``digits`` restores the leading zeros that a spreadsheet drops from a code made of that many digits (one at most).
    """
    form = re.compile(pattern)

    def parse(cell: Cell) -> str:
        value = _identifier(cell).upper().replace(" ", "")
        if digits and len(value) == digits - 1 and value.isascii() and value.isdigit():
            value = "0" + value
        if not form.fullmatch(value):
            raise Unreadable(wrong)
        return value

    return Reader(parse, expected)


def _insee(cell: Cell) -> str:
    value = _INSEE_FORM.parse(cell)
    if value.endswith("000"):
        raise Unreadable("est un code postal, pas un code INSEE")
    return value


_INSEE_FORM = matching(
    r"(?:[0-9]{2}|2[AB])[0-9]{3}", "n'est pas un code INSEE de commune",
    "cinq caractères, par exemple 59350 ou 2A004", digits=5,
)
INSEE = Reader(_insee, _INSEE_FORM.expected)
ROME = matching(
    "[A-N][0-9]{4}", "n'est pas un code ROME", "une lettre de A à N et quatre chiffres, par exemple N1103"
)
SIRET = matching("[0-9]{14}", "n'est pas un SIRET", "quatorze chiffres", digits=14)


def _rooms(cell: Cell) -> int:
    return int(_TYPOLOGY.parse(cell)[1])


_TYPOLOGY = matching("T[1-6]", "n'est pas une typologie connue", "T1, T2, T3, T4, T5 ou T6")
ROOMS = Reader(_rooms, _TYPOLOGY.expected)
ENERGY_LABEL = matching("[A-G]", "n'est pas une étiquette d'énergie", "une lettre de A à G")


def _licence(cell: Cell) -> str:
    value = re.sub(r"[^A-Z0-9]", "", _identifier(cell).upper())
    if not 0 < len(value) <= 12:
        raise Unreadable("n'est pas un permis connu")
    return value


LICENCE = Reader(_licence, "un code de permis, par exemple B, C, CE ou CACES3")


# --- numbers --------------------------------------------------------------------------------------------------------


def _decimal(cell: Cell, units: tuple[str, ...] = ()) -> Decimal:
    if isinstance(cell, bool | date | time | timedelta):
        raise Unreadable("n'est pas un nombre")
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise Unreadable("n'est pas un nombre")
        return Decimal(f"{cell:.15g}")
    value = plain_text(cell).casefold()
    if len(value) > _LONGEST_NUMBER:
        raise Unreadable("n'est pas un nombre plausible")
    for unit in units:
        if value.endswith(unit):
            value = value.removesuffix(unit).rstrip()
            break
    for form in _NUMBERS:
        if found := form.fullmatch(value):
            whole = re.sub("[ .,]", "", found[2])
            return Decimal(f"{found[1]}{whole}.{found[3]}" if found[3] else f"{found[1]}{whole}")
    raise Unreadable("n'est pas un nombre")


def _within(value: Decimal, low: Decimal | float, high: Decimal | float) -> Decimal:
    if value < 0 <= low:
        raise Unreadable("est négatif")
    if not low <= value <= high:
        raise Unreadable("n'est pas plausible")
    return value


def number(low: float, high: float, expected: str, *units: str) -> Reader[Decimal]:
    """Read a number between two bounds, the unit that may follow it left out."""
    return Reader(lambda cell: _within(_decimal(cell, units), low, high), expected)


def amount(low: int, high: int, expected: str) -> Reader[Decimal]:
    """Read euros. A text such as ``1.234`` is refused: nobody can tell thousands from decimals."""

    def parse(cell: Cell) -> Decimal:
        if isinstance(cell, str) and _AMBIGUOUS_AMOUNT.fullmatch(clean(cell)):
            raise Unreadable("est ambigu, milliers ou décimales")
        return _within(_decimal(cell, ("euros", "eur", "€")), low, high)

    return Reader(parse, expected)


def whole(low: int, high: int, expected: str, *units: str) -> Reader[int]:
    """Read a whole number between two bounds."""

    def parse(cell: Cell) -> int:
        value = _decimal(cell, units)
        if value != int(value):
            raise Unreadable("n'est pas un nombre entier")
        return int(_within(value, low, high))

    return Reader(parse, expected)


DEGREES = Reader(_decimal, "des degrés WGS84, par exemple 50.632")


# --- dates and hours ------------------------------------------------------------------------------------------------


def _day(cell: Cell) -> date:
    day = _civil_day(cell)
    if not 1900 <= day.year <= 2100:
        raise Unreadable("n'est pas une date plausible")
    return day


def _civil_day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool | time | timedelta):
        raise Unreadable("n'est pas une date")
    value = plain_text(cell)
    if value.isascii() and value.isdigit() and len(value) == 5 and int(value) in _SERIAL_DAYS:
        return _SPREADSHEET_EPOCH + timedelta(days=int(value))
    if found := _ISO_DAY.fullmatch(value):
        year, month, day = found[1], found[2], found[3]
    elif found := _FRENCH_DAY.fullmatch(value):
        year, month, day = found[3], found[2], found[1]
    else:
        raise Unreadable("n'est pas une date")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable("n'existe pas dans le calendrier") from None


def _clock(cell: Cell) -> int:
    if isinstance(cell, datetime):
        # A spreadsheet writes 25:30 as day 1 (31 December 1899 plus one) and 01:30.
        return _clock(cell - datetime(1899, 12, 31))
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
    if isinstance(cell, float) and 0 < cell < 2 and cell != 1:
        cell = timedelta(days=cell)
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        if not 0 <= minutes < 2 * 24 * 60:
            raise Unreadable("n'est pas une heure")
        return minutes
    try:
        return parse_clock(plain_text(cell))
    except ValueError:
        raise Unreadable("n'est pas une heure") from None


def _days(cell: Cell) -> frozenset[int]:
    try:
        return frozenset().union(*(parse_days(plain_text(item)) for item in _items(cell)))
    except ValueError as unreadable:
        raise Unreadable(f"n'est pas une liste de jours ({unreadable})") from None


def _schedule(cell: Cell) -> Schedule:
    try:
        return parse_schedule(plain_text(cell))
    except ValueError as unreadable:
        raise Unreadable(f"n'est pas un horaire lisible ({unreadable})") from None


DAY = Reader(_day, "une date comme 2026-11-23 ou 23/11/2026")
CLOCK = Reader(_clock, "HH:MM, par exemple 05:30, ou 25:30 pour 1 h 30 le lendemain")
DAYS = Reader(_days, "des jours parmi lu|ma|me|je|ve|sa|di")
SCHEDULE = Reader(_schedule, "par exemple « lu-ve 05:00-13:00 », « ; » entre deux plages, « / » entre deux équipes")


# --- truth values, codes and lists ----------------------------------------------------------------------------------

_FLAGS = {
    "oui": True, "non": False, "1": True, "0": False, "true": True, "false": False, "vrai": True, "faux": False,
}


def _flag(cell: Cell) -> bool:
    try:
        return _FLAGS[folded(plain_text(cell))]
    except KeyError:
        raise Unreadable("n'est ni oui ni non") from None


FLAG = Reader(_flag, "oui ou non")


def either(values: Iterable[str]) -> str:
    """Return ``A, B ou C``."""
    *first, last = values
    return f"{', '.join(first)} ou {last}" if first else last


def code(known: type[Code], wrong: str) -> Reader[Code]:
    """Read one member of an enumeration, whatever its case and accents."""
    members = {folded(member.value): member for member in known}

    def parse(cell: Cell) -> Code:
        member = members.get(folded(plain_text(cell)))
        if member is None:
            raise Unreadable(wrong)
        return member

    return Reader(parse, either(member.value for member in known))


def listed(item: Reader[T], expected: str = "") -> Reader[tuple[T, ...]]:
    """Read a list separated by ``|``, in order. A hole inside is refused: a value may be lost there."""

    def parse(cell: Cell) -> tuple[T, ...]:
        values = []
        for part in _items(cell):
            try:
                values.append(item.parse(part))
            except Unreadable as unreadable:
                raise Unreadable(str(unreadable) if part is cell else f"contient « {shown(part)} », qui {unreadable}") \
                    from None
        return tuple(values)

    return Reader(parse, f"une liste séparée par « | » : {expected or item.expected}")


def _items(cell: Cell) -> list[Cell]:
    if not isinstance(cell, str):
        return [cell]
    parts: list[Cell] = [*cell.strip().removesuffix("|").split("|")]
    if len(parts) == 1:
        return [cell]
    if len(parts) > _LONGEST_LIST:
        raise Unreadable(f"compte plus de {_LONGEST_LIST} valeurs")
    if any(is_blank(part) for part in parts):
        raise Unreadable("contient une valeur vide entre deux « | »")
    return parts
