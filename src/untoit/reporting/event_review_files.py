"""The review of an event as a workbook and as a PDF: the very tables of the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from untoit.core.wording import typography
from untoit.records.partners import sheets
from untoit.reporting import event_pdf
from untoit.reporting.event_papers import event_facts
from untoit.reporting.event_review import Review

_COLUMNS = ("Tableau", "Ligne", "Mesure", "Valeur")


def workbook(review: Review) -> bytes:
    """Return one sheet, a figure to a line: what a spreadsheet sorts and filters."""
    rows = [
        dict(zip(_COLUMNS, (part.title, row[0], column, cell), strict=True))
        for part in review.parts for row in part.rows
        for column, cell in zip(part.columns[1:], row[1:], strict=True)
    ]
    rows.insert(0, dict(zip(_COLUMNS, ("Double réussite", "Emploi et bail", "Part", review.success), strict=True)))
    return sheets.as_xlsx(_COLUMNS, rows, title="Bilan")


def document_of(review: Review, at: datetime) -> dict[str, Any]:
    """Return everything that the PDF says."""
    return {
        "title": typography(f"Bilan : {review.event.title}"), "event": event_facts(review.event),
        "success": review.success,
        "chart": str(review.chart).replace('aria-hidden="true" focusable="false"', "", 1) if review.chart else "",
        "lessons": list(review.lessons), "masks": review.masks, "k": review.k,
        "parts": [
            {"title": part.title, "columns": list(part.columns), "rows": [list(row) for row in part.rows],
             "note": part.note, "empty": part.empty} for part in review.parts
        ],
        "printed": f"{timezone.localtime(at):%d/%m/%Y}",
    }


def pdf(review: Review, at: datetime) -> bytes:
    """Return the review as an accessible PDF."""
    return event_pdf.compiled("event_review", review.event, document_of(review, at))
