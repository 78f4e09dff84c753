"""A received file as headers and rows of cells that a JSON column keeps, whatever its container."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from untoit.core.exchange import OFFER_COLUMNS, Kind, cells_of
from untoit.core.exchange.cells import Cell, Unreadable, clean, plain_text, shown
from untoit.core.exchange.columns import SUPPOSED_COLUMN
from untoit.core.exchange.formats import FORMATS
from untoit.core.exchange.france_travail import read_each_offer
from untoit.core.exchange.sheets import open_sheet, opening_bytes
from untoit.core.model.problem import RowProblem, Severity
from untoit.core.model.schedule import SUPPOSED_SCHEDULE
from untoit.core.model.work import JobOffer

# What the database keeps of a file for thirty days.
LARGEST_FILE = 32 * 2**20
PASTED = "tableau collé.csv"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row: its line in the file, its cells as JSON, and what is said of it before its cells are read."""

    line: int
    raw: list[Any]
    problems: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A whole file. ``kind`` is known for a France Travail document only; ``notices`` are about the whole file."""

    headers: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    notices: tuple[str, ...]
    kind: Kind | None = None


def open_source(name: str, content: bytes) -> Source:
    """
    Return what a received file holds.

    Raises
    ------
    UnusableInput
        With one sentence, when it holds no table that can be read within the limits.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The reader tells formats by content, not by name; the name is only for its sentences.
        path = Path(folder) / safe_name(name)
        path.write_bytes(content)
        if opening_bytes(path)[:1] in (b"{", b"["):
            return _france_travail(path)
        sheet = open_sheet(path, [str(form.kind) for form in FORMATS])
        return Source(sheet.headers, tuple(_rows(sheet.rows)), sheet.notices)


def safe_name(name: str) -> str:
    """Return a file name that a disk and a sentence can both hold."""
    last = clean(name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    # Bytes matter to the disk: an accented letter takes two.
    return last.encode()[-180:].decode(errors="ignore") or "fichier"


def _rows(rows: Iterator[tuple[int, list[Cell] | Unreadable]]) -> Iterator[SourceRow]:
    for line, cells in rows:
        if isinstance(cells, Unreadable):
            wrong = problem(None, None, f"La ligne {cells}.", Severity.REFUSED)
            yield SourceRow(line, [packed(cell) for cell in cells.cells], (wrong,))
        else:
            yield SourceRow(line, [packed(cell) for cell in cells])


def _france_travail(path: Path) -> Source:
    headers = (*OFFER_COLUMNS, SUPPOSED_COLUMN)
    rows = []
    for rank, words, offer, problems in read_each_offer(path):
        cells = words if offer is None else offer_cells(offer)
        rows.append(SourceRow(rank, [cells.get(column, "") for column in headers], tuple(map(stated, problems))))
    return Source(headers, tuple(rows), (), Kind.OFFERS)


def offer_cells(offer: JobOffer) -> dict[str, str]:
    """Return the cells of an offer with its suppositions in a column of their own, so that nothing is lost."""
    cells = cells_of(offer)
    # Hours read in a description are kept, and stay supposed until the employer confirms them.
    nothing_said = offer.schedule_is_supposed and offer.schedule == SUPPOSED_SCHEDULE
    cells["horaires"] = "" if nothing_said else str(offer.schedule)
    supposed = {column for column in offer.supposed if column == "position" or cells.get(column)}
    return {**cells, SUPPOSED_COLUMN: "|".join(sorted(supposed))}


def problem(column: str | None, seen: str | None, text: str, severity: Severity) -> dict[str, Any]:
    """Return one problem as a row keeps it."""
    return {"column": column or "", "seen": seen or "", "text": text, "refused": severity is Severity.REFUSED}


def stated(one: RowProblem) -> dict[str, Any]:
    """Return a problem of the reader as a row keeps it."""
    return problem(one.column, one.seen, one.expected, one.severity)


# --- cells in JSON --------------------------------------------------------------------------------------------------


def packed(cell: Cell) -> Any:
    """Return a cell as JSON that :func:`unpacked` turns back into the same value: ``05:30`` of a sheet stays a time."""
    if isinstance(cell, datetime):
        return {"datetime": cell.isoformat()}
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"seconds": cell.total_seconds()}
    if isinstance(cell, float) and (cell != cell or cell in (float("inf"), float("-inf"))):
        return str(cell)
    # JSON in a database column holds no zero byte, and a cell longer than this is refused by every reader.
    return cell.replace("\x00", "")[:2_000] if isinstance(cell, str) else cell


def unpacked(value: Any) -> Cell:
    """Return the cell that was packed."""
    if isinstance(value, dict):
        ((form, content),) = value.items()
        if form == "seconds":
            return timedelta(seconds=content)
        return {"datetime": datetime, "date": date, "time": time}[form].fromisoformat(content)  # type: ignore[attr-defined]
    cell: Cell = value
    return cell


def as_text(value: Any) -> str:
    """Return a packed cell as a person reads and corrects it."""
    cell = unpacked(value)
    try:
        return plain_text(cell)
    except Unreadable:
        return shown(cell)


def cells_by_column(raw: Sequence[Any], mapping: Sequence[str]) -> dict[str, Cell]:
    """Return the cells of a row by column of the format, the ignored columns left out."""
    return {column: unpacked(value) for column, value in zip(mapping, raw, strict=False) if column}
