"""Numbers, dates and words as they are printed in French."""

import re
from datetime import date
from decimal import Decimal

from untoit.core import wording
from untoit.core.wording import moments

_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def typography(value: object) -> object:
    """Return a text with typographic apostrophes; markup and anything else as it is."""
    return _APOSTROPHE.sub("’", value) if type(value) is str else value


def number(value: Decimal | float | int | None, digits: int = 0) -> str:
    """Return ``1 234,5``; a dash when the value is unknown."""
    return "–" if value is None else wording.number(value, digits).replace("-", "\u2212")


def euros(value: Decimal | float | int | None, digits: int = 0) -> str:
    """Return ``1 234 €``."""
    return "–" if value is None else f"{number(value, digits)}{wording.NO_BREAK}€"


def percent(value: Decimal | float | None, digits: int = 0) -> str:
    """Return ``12,5 %`` for 0.125."""
    return "–" if value is None else f"{number(Decimal(str(value)) * 100, digits)}{wording.NARROW}%"


def day(value: date) -> str:
    """Return ``1er janvier 2026``."""
    return moments.day(value)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return ``0 ménage``, ``1 ménage``, ``2 ménages``; an ``s`` makes the plural when none is given."""
    return wording.counted(count, one, many or one + "s")
