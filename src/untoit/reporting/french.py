"""Numbers, dates and words as they are printed in French."""

import re
from datetime import date
from decimal import Decimal

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)


_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def typography(value: object) -> object:
    """Return a text with typographic apostrophes; markup and anything else as it is."""
    return _APOSTROPHE.sub("’", value) if type(value) is str else value


def number(value: Decimal | float | int | None, digits: int = 0) -> str:
    """Return ``1 234,5`` with thin no-break spaces; a dash when the value is unknown."""
    if value is None:
        return "–"
    text = f"{Decimal(value):,.{digits}f}".replace(",", NARROW_SPACE).replace(".", ",")
    return text.replace("-", "\u2212")


def euros(value: Decimal | float | int | None, digits: int = 0) -> str:
    """Return ``1 234 €``."""
    return "–" if value is None else f"{number(value, digits)}{NO_BREAK_SPACE}€"


def percent(value: Decimal | float | None, digits: int = 0) -> str:
    """Return ``12,5 %`` for 0.125."""
    return "–" if value is None else f"{number(Decimal(value) * 100, digits)}{NO_BREAK_SPACE}%"


def day(value: date) -> str:
    """Return ``1er janvier 2026``."""
    first = "1er" if value.day == 1 else str(value.day)
    return f"{first}{NO_BREAK_SPACE}{MONTHS[value.month - 1]} {value.year}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return ``0 ménage``, ``1 ménage``, ``2 ménages``: French has a plural from two on."""
    return f"{number(count)}{NO_BREAK_SPACE}{one if abs(count) < 2 else many or one + 's'}"
