"""Results as CSV files, written whole or not at all."""

import csv
import io
import math
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

from untoit.core.errors import UnusableInput

Value = str | int | float | Decimal | bool | date | None
# A spreadsheet takes a text that begins like this for a formula and runs it.
_FORMULA_START = re.compile(r"'*[=+\-@\t\r]")


def write_csv(path: str | os.PathLike[str], columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """
    Write a table as the exchange formats want it: UTF-8, ``;``, decimal point, one line feed a row.

    ``None`` is a blank cell, truth values are ``oui`` and ``non``, dates are ISO. A text that a spreadsheet would run
    as a formula gets a quote in front, which our readers take off again. Each row has one value a column, in order.

    Raises
    ------
    UnusableInput
        When the folder cannot be written to.
    ValueError
        When a row has another length, or a number is not finite: a fault of the caller; nothing is written.
    """
    with replacing(path) as stream:
        _write(stream, columns, rows)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return the table that :func:`write_csv` would write; headers are a partner's own and may be formulas too."""
    stream = io.StringIO()
    _write(stream, [_cell(column) for column in columns], rows)
    return stream.getvalue()


def _write(stream: IO[str], columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for _, value in zip(columns, row, strict=True)])


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[str]]:
    """
    Give a text stream whose content takes the place of ``path`` at the end, in one step.

    When the body raises, what was at ``path`` stays as it was.

    Raises
    ------
    UnusableInput
        When the file cannot be written there.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partiel")
    try:
        with unfinished.open("x", encoding="utf-8", newline="") as stream:
            yield stream
        unfinished.replace(path)
    except OSError as refusal:
        raise UnusableInput(f"{path.name} : impossible d'écrire dans « {path.parent} ».") from refusal
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return f"'{value}" if _FORMULA_START.match(value) else str(value)
    if isinstance(value, Decimal | float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number that a result may hold")
        return f"{Decimal(str(value)):f}"
    return value.isoformat() if isinstance(value, date) else str(value)
