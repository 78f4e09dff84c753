"""The printed sheet of a tandem: the same content as its page, on one A4 page, two at most, as an accessible PDF."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib import resources
from typing import Any

import typst
from markupsafe import Markup

from untoit.reporting.tandem_sheet import TandemSheet

# What is said in full on the screen is cut on paper: a sheet that runs over two pages is not taken to a meeting.
_MOST_REASONS, _MOST_WARNINGS, _MOST_LEVERS, _MOST_ALTERNATIVES, _MOST_JOBS = 5, 4, 3, 3, 2
_LONGEST = 260


def tandem_pdf(sheet: TandemSheet) -> bytes:
    """Return the sheet as PDF/UA-1; its date is that of the run, so that the same tandem gives the same file."""
    template = (resources.files("untoit.reporting") / "typst" / "tandem.typ").read_bytes()
    made = typst.compile(
        template, sys_inputs={"sheet": json.dumps(document_of(sheet), ensure_ascii=False)}, format="pdf",
        pdf_standards=["ua-1"], ignore_system_fonts=True,
        timestamp=datetime.combine(sheet.on, time(12), UTC),
    )
    assert isinstance(made, bytes)
    return made


def tandem_images(sheet: TandemSheet, ppi: float = 110) -> list[bytes]:
    """Return the pages as PNG, to be looked at."""
    template = (resources.files("untoit.reporting") / "typst" / "tandem.typ").read_bytes()
    made = typst.compile(
        template, sys_inputs={"sheet": json.dumps(document_of(sheet), ensure_ascii=False)}, format="png", ppi=ppi,
        ignore_system_fonts=True,
    )
    return [made] if isinstance(made, bytes) else list(made or ())


def document_of(sheet: TandemSheet) -> dict[str, Any]:
    """Return everything that is printed, and nothing else, as JSON can hold it."""
    document: dict[str, Any] = _plain(asdict(sheet))
    document["on"] = f"{sheet.on:%d/%m/%Y}"
    # The note under the table of the budget says it already.
    document["warnings"] = [text for text in document["warnings"] if not text.startswith("Estimation faite avec")]
    document["more_jobs"] = max(0, len(sheet.jobs) - _MOST_JOBS)
    for name, most in (
        ("jobs", _MOST_JOBS), ("reasons", _MOST_REASONS), ("warnings", _MOST_WARNINGS), ("levers", _MOST_LEVERS),
        ("alternatives", _MOST_ALTERNATIVES),
    ):
        document[name] = document[name][:most]
    document["warnings"] = [_cut(text) for text in document["warnings"]]
    document["near"] = [_cut(text) for text in document["near"]]
    del document["rules"]
    return document


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + "…"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    # Pictures stay SVG; everything else is text as it is.
    return str(value) if isinstance(value, Markup) else value if not hasattr(value, "isoformat") else value.isoformat()
