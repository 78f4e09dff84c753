"""The nominative list of candidates as a workbook that says who took it, when and what for, on every printed page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

from untoit.core.wording import typography

_WIDTH = 22


def workbook(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, taken_by: str, organisation: str, at: datetime, reason: str
) -> bytes:
    """Return an XLSX file; every cell is written as a text, so that none becomes a formula."""
    mark = typography(
        f"Exporté par {taken_by} ({organisation}) le {at:%d/%m/%Y à %H:%M}, pour : {reason}. "
        "Données personnelles : ne pas transmettre, détruire après usage."
    )
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "Candidats", "author": f"{taken_by} ({organisation})", "comments": mark})
    sheet = book.add_worksheet("Candidats")
    # In a header, & starts a command of the spreadsheet and 255 characters are the most.
    sheet.set_footer("&L" + mark.replace("&", "&&")[:250])
    sheet.write_string(0, 0, mark, book.add_format({"italic": True}))
    strong = book.add_format({"bold": True, "bottom": 1})
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head, strong)
    for line, row in enumerate(rows, start=3):
        for column, value in enumerate(row):
            sheet.write_string(line, column, value)
    sheet.set_column(0, max(len(heads) - 1, 0), _WIDTH)
    sheet.freeze_panes(3, 0)
    book.close()
    return out.getvalue()
