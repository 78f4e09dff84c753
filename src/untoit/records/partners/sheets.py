"""Rows of an exchange format as a file to download: CSV or XLSX, which the imports read back unchanged."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from untoit.core.exchange import write_csv

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return UTF-8 with ``;``; what a spreadsheet would run as a formula is neutralised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        write_csv(path, columns, ([row[column] for column in columns] for row in rows))
        return path.read_bytes()


def as_xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, str]], *, title: str) -> bytes:
    """Return a workbook of one sheet whose cells are texts: a leading zero stays, a formula is never run."""
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
        for line, row in enumerate(rows, 1):
            for place, column in enumerate(columns):
                if row[column]:
                    sheet.write_string(line, place, row[column])
    return output.getvalue()
