"""The page of the policies: curves of compromise and their table, in one HTML file."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from untoit.core.sandbox.policy_report import Curve, PolicyReport
from untoit.reporting.curves import SERIES, lines
from untoit.reporting.run_report import LONG_NOTICE
from untoit.reporting.standalone import standalone, write_page


def write_policy_report(path: Path, report: PolicyReport) -> None:
    """Write the page to ``path``, all or nothing."""
    write_page(path, render(report))


def render(report: PolicyReport) -> str:
    """Return the page as HTML text."""
    names = list(dict.fromkeys(series for curve in report.curves for _, _, series in curve.points))
    return standalone(
        "policy_report.html", ("run_report.css", "sandbox.css"),
        report=report,
        curves=[(curve.title, _chart(curve, names)) for curve in report.curves if curve.points],
        legend=[(SERIES[n % len(SERIES)], name) for n, name in enumerate(names)],
        LONG_NOTICE=LONG_NOTICE,
    )


def _chart(curve: Curve, names: list[str]) -> Markup:
    return lines(
        [{"x": x, "y": y, "series": series} for x, y, series in curve.points],
        "part prioritaire demandée", curve.axis, names,
        percent=curve.percent,
    )
