"""The page of the levers: one HTML file that opens from a folder, without any network, and prints well."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from untoit.core.model.place import Position
from untoit.core.sandbox.report import LeverLine, LeversReport
from untoit.reporting import french
from untoit.reporting.charts import horizontal_bars
from untoit.reporting.curves import paired_bars
from untoit.reporting.map import MapPicture, Sheet, draw
from untoit.reporting.run_report import LONG_NOTICE
from untoit.reporting.standalone import standalone, write_page

FAMILY_COLOUR = "#b98a3a"
_MOST_IN_LABEL = 40
_LEAST_RADIUS, _MOST_RADIUS = 7.0, 20.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A lever on the map: a circle whose surface follows its price, numbered when it was solved again."""

    x: float
    y: float
    radius: float
    style: str
    number: int | None
    title: str
    path: str | None = None


def write_levers_report(path: Path, report: LeversReport) -> None:
    """Write the page to ``path``, all or nothing."""
    write_page(path, render(report))


def render(report: LeversReport) -> str:
    """Return the page as HTML text."""
    picture = draw(report.run)
    return standalone(
        "levers_report.html", ("run_report.css", "sandbox.css"),
        report=report,
        picture=picture,
        marks=_marks(report, picture),
        chart=_solved_chart(report),
        families_chart=_families_chart(report),
        LONG_NOTICE=LONG_NOTICE,
    )


def _solved_chart(report: LeversReport) -> Markup | None:
    if not report.solved:
        return None
    return paired_bars([
        {
            "label": f"{line.rank}. {_short(line)}", "predicted": line.predicted,
            "obtained": max(line.obtained or 0, 0), "text": french.number(line.obtained, 2),
        }
        for line in report.solved
    ])


def _short(line: LeverLine) -> str:
    words = line.words if line.who == "Territoire" else line.label
    words = words.replace("Un bus de plus à ", "Bus à ").replace(" de plus comme", " comme")
    return words if len(words) <= _MOST_IN_LABEL else words[:_MOST_IN_LABEL - 1].rstrip(" ,(") + "…"


def _families_chart(report: LeversReport) -> Markup | None:
    if not report.families:
        return None
    return horizontal_bars(
        [{"label": one.label, "count": one.doubles, "text": french.number(one.doubles, 1)} for one in report.families],
        FAMILY_COLOUR,
    )


def _marks(report: LeversReport, picture: MapPicture | None) -> list[Mark]:
    """Return what the map shows of the levers that have a place, the largest first so that none hides another."""
    if picture is None:
        return []
    sheet = Sheet.around(
        [one.position for one in report.run.dwellings] + [one.position for one in report.run.offers]
    )
    placed = [line for line in report.lines if line.places and (line.family != "commune" or line.obtained is not None)]
    most = max((line.predicted for line in placed), default=0.0)
    marks = []
    for line in sorted(placed, key=lambda one: (one.obtained is not None, -one.predicted, one.rank)):
        number = line.rank if line.obtained is not None else None
        radius = max(_LEAST_RADIUS, _MOST_RADIUS * (line.predicted / most) ** 0.5) if most else _LEAST_RADIUS
        x, y = sheet.point(line.places[-1])
        path = _arc(sheet, *line.places) if len(line.places) == 2 else None
        marks.append(Mark(x, y, round(max(radius, 12.0) if number else radius, 1), line.family, number,
                          line.sentence, path))
    return marks


def _arc(sheet: Sheet, here: Position, there: Position) -> str:
    (x, y), (to_x, to_y) = sheet.point(here), sheet.point(there)
    bend_x, bend_y = (x + to_x) / 2 - (to_y - y) * 0.12, (y + to_y) / 2 + (to_x - x) * 0.12
    return f"M{x:g} {y:g} Q{bend_x:.1f} {bend_y:.1f} {to_x:g} {to_y:g}"
