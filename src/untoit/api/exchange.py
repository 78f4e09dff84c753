"""Objects of the interface read by the very readers of the files: the same refusals, in the same words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from ninja import Schema
from ninja.errors import HttpError

from untoit.core.exchange import Kind
from untoit.core.exchange.readers import LOADERS
from untoit.core.exchange.tables import Problems, Row


def value_of(kind: Kind, sent: Schema, *, without: frozenset[str] = frozenset()) -> Any:
    """
    Return the value of the core that an object describes.

    Raises
    ------
    HttpError
        422 with every problem in French, when the readers of the files would refuse the row.
    """
    cells = {name: _cell(value) for name, value in sent.model_dump().items() if name not in without}
    problems = Problems("requête")
    row = Row(1, cells, problems)
    value = LOADERS[kind].build(row)
    if row.refused:
        raise HttpError(422, " ".join(f"{one.column} : « {one.seen or ''} » {one.expected}" for one in problems.all()))
    return value


def plain(value: Decimal) -> Decimal:
    """Return a number without the zeros that a database column adds: 35.00 and 35 are the same hours."""
    return Decimal(f"{Decimal(value).normalize():f}")


def plain_or_none(value: Decimal | None) -> Decimal | None:
    """Return the same for a column that may be unknown."""
    return None if value is None else plain(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list):
        return "|".join(map(str, value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
