"""Figures of the follow-up as a workbook, as CSV and as an accessible PDF: the very tables of the pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib import resources

import typst
from django.utils import timezone
from markupsafe import Markup

from untoit.records.partners import sheets
from untoit.reporting.event_review import Part
from untoit.reporting.french import typography as french

FORMS = {"xlsx": sheets.XLSX_TYPE, "csv": sheets.CSV_TYPE, "pdf": "application/pdf"}
_COLUMNS = ("Tableau", "Ligne", "Mesure", "Valeur")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says: ``boxed`` are the first sentences, ``pictures`` hold the words of each picture."""

    title: str
    subtitle: str
    boxed: tuple[str, ...]
    notes: tuple[str, ...]
    pictures: tuple[tuple[str, Markup], ...]
    parts: tuple[Part, ...]
    foot: str
    on: date
    is_fictitious: bool = False


def content_of(paper: Paper, form: str, at: datetime) -> bytes:
    """
    Return the file of one form of ``FORMS``.

    Raises
    ------
    KeyError
        When there is no such form.
    """
    if form == "pdf":
        return _pdf(paper, at)
    rows = list(_rows(paper))
    return {"csv": lambda: sheets.as_csv(_COLUMNS, rows),
            "xlsx": lambda: sheets.as_xlsx(_COLUMNS, rows, title="Chiffres")}[form]()


def _rows(paper: Paper) -> Iterable[dict[str, str]]:
    """Yield a figure to a line: what a spreadsheet sorts and filters; first how it was counted."""
    for line in (*paper.boxed, *paper.notes):
        yield dict(zip(_COLUMNS, (paper.title, paper.subtitle, "À lire", line), strict=True))
    for part in paper.parts:
        for row in part.rows:
            for column, cell in zip(part.columns[1:], row[1:], strict=True):
                yield dict(zip(_COLUMNS, (part.title, row[0], column, cell), strict=True))


def _pdf(paper: Paper, at: datetime) -> bytes:
    document = {
        "title": french(paper.title), "subtitle": french(paper.subtitle),
        "boxed": [french(line) for line in paper.boxed], "notes": [french(line) for line in paper.notes],
        "pictures": [{"words": words, "svg": _plain_svg(svg)} for words, svg in paper.pictures],
        "parts": [
            {"title": part.title, "columns": list(part.columns),
             "rows": [[french(cell) for cell in row] for row in part.rows],
             "note": french(part.note), "empty": part.empty} for part in paper.parts
        ],
        "foot": f"{paper.foot} Tiré le {timezone.localtime(at):%d/%m/%Y}.",
        "event": {"fictitious": paper.is_fictitious},
    }
    made = typst.Compiler(ignore_system_fonts=True).compile(
        _source(), sys_inputs={"data": json.dumps(document, ensure_ascii=False)}, format="pdf",
        # The date of the figures: the same content gives the same file.
        pdf_standards=["ua-1"], timestamp=datetime.combine(paper.on, time(12), UTC),
    )
    assert isinstance(made, bytes)
    return made


def _plain_svg(svg: Markup) -> str:
    return str(svg).replace('aria-hidden="true" focusable="false"', "", 1)


@lru_cache(maxsize=1)
def _source() -> bytes:
    folder = resources.files("untoit.reporting") / "typst"
    return b"\n".join((folder / f"{name}.typ").read_bytes() for name in ("event_common", "figures"))


def pictures(*several: tuple[str, Markup | None]) -> tuple[tuple[str, Markup], ...]:
    """Return the pictures that there are, each with its words."""
    return tuple((words, svg) for words, svg in several if svg is not None)
