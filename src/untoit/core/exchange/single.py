"""One row at a time: what a screen reads again when a person mends a cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from untoit.core.exchange.cells import Cell
from untoit.core.exchange.formats import Kind
from untoit.core.exchange.readers import LOADERS
from untoit.core.exchange.tables import Problems, Row
from untoit.core.model.problem import RowProblem

# "Nb pièces" holds 3 where the format says T3; landlords also write F3 or "3 pièces".
_ROOMS = re.compile(r"[TF]?\s*([1-6])(?:[.,]0)?\s*(?:pi[eè]ces?|p\.?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RowReading:
    """One row as read: its value, ``None`` when it is refused, and every problem and notice of its cells."""

    value: Any | None
    problems: tuple[RowProblem, ...]


def read_row(kind: Kind, cells: Mapping[str, Cell], *, file: str, line: int) -> RowReading:
    """Read the cells of one row, by column of the format, exactly as the reader of the whole file does."""
    problems = Problems(file)
    row = Row(line, adapted(cells), problems)
    value = LOADERS[kind].build(row)
    return RowReading(None if row.refused else value, problems.take())


def adapted(cells: Mapping[str, Cell]) -> Mapping[str, Cell]:
    """Return the cells with the ways of partners turned into those of the format, where nothing can be mistaken."""
    rooms = cells.get("typologie")
    if rooms is None or isinstance(rooms, bool):
        return cells
    found = _ROOMS.fullmatch(str(rooms).strip())
    return cells if found is None else {**cells, "typologie": f"T{found[1]}"}


def key_of(kind: Kind, value: Any) -> tuple[object, ...]:
    """Return the key that no two rows may share."""
    return LOADERS[kind].key(value)


def key_columns_of(kind: Kind) -> tuple[str, ...]:
    """Return the columns that make the key."""
    return LOADERS[kind].key_columns
