"""Pictures of the follow-up: the share since January against its target, and how well announced chances came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from untoit.core.learning.calibration import Calibration
from untoit.reporting.charts import FONT, INK, MUTED, as_svg

HOME, WORK = "#a8452c", "#2e867d"
_CONFIG: Mapping[str, object] = {
    "background": None, "view": {"stroke": None}, "font": FONT, "text": {"fontSize": 13, "color": INK},
    "axis": {"labelFontSize": 13, "titleFontSize": 13, "labelColor": INK, "titleColor": INK, "titleFontWeight": 500,
             "gridColor": "#e4dbcc", "domain": False, "ticks": False, "labelPadding": 6},
}
_PERCENT: Mapping[str, object] = {"format": ".0%", "labelExpr": "replace(datum.label, '%', ' %')"}


def share_of_year(
    shares: Sequence[tuple[str, float, str]], target: float, target_text: str,
    foreseen: tuple[float, float, float] | None,
) -> Markup:
    """
    Return the cumulated share, month after month, and the target; ``shares`` holds the label, the share, its text.

    ``foreseen`` is the low, the middle and the high of the end of the year.
    """
    months = [label for label, _, _ in shares]
    end = "31 déc."
    x = {"field": "month", "type": "ordinal", "sort": [*months, end], "title": None, "axis": {"labelAngle": 0}}
    tops = [share for _, share, _ in shares] + [target] + ([foreseen[2]] if foreseen else [])
    scale = {"domain": [0, min(1.0, max(0.5, 1.15 * max(tops)))]}
    y = {"field": "share", "type": "quantitative", "title": None, "axis": {**_PERCENT, "tickCount": 5}, "scale": scale}
    rows = [{"month": label, "share": share, "text": text} for label, share, text in shares]
    layers: list[Mapping[str, object]] = [
        {"data": {"values": [{"share": target}]},
         "mark": {"type": "rule", "color": HOME, "strokeDash": [6, 4], "strokeWidth": 2}, "encoding": {"y": y}},
        {"data": {"values": [{"share": target, "text": target_text}]},
         "mark": {"type": "text", "align": "left", "x": 4, "dy": -9, "color": HOME, "fontWeight": 600},
         "encoding": {"y": y, "text": {"field": "text"}}},
        {"data": {"values": rows}, "mark": {"type": "line", "color": WORK, "strokeWidth": 3, "point": {"size": 50}},
         "encoding": {"x": x, "y": y}},
        {"data": {"values": rows[-1:]}, "mark": {"type": "text", "dy": -14, "fontWeight": 600},
         "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
    ]
    if foreseen is not None:
        low, middle, high = foreseen
        values = [{"month": end, "share": middle, "low": low, "high": high}]
        layers += [
            {"data": {"values": values}, "mark": {"type": "rule", "color": MUTED, "strokeWidth": 3},
             "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
            {"data": {"values": values},
             "mark": {"type": "point", "filled": True, "fill": "white", "stroke": MUTED, "size": 80, "strokeWidth": 2},
             "encoding": {"x": x, "y": y}},
        ]
    return as_svg({"width": 560, "height": 230, "layer": layers, "config": _CONFIG})


def calibration_picture(before: Calibration, after: Calibration | None) -> Markup:
    """Return what was announced against what came true, tenth by tenth; the diagonal is what chances should say."""
    def points(found: Calibration, which: str) -> list[dict[str, object]]:
        return [
            {"announced": each.announced, "seen": each.succeeded / each.of, "of": each.of, "which": which}
            for each in found.bins
        ]

    names = ["valeurs actuelles", "valeurs proposées"]
    values = points(before, names[0]) + (points(after, names[1]) if after is not None else [])
    axis = {**_PERCENT, "tickCount": 5}
    scale = {"domain": [0, 1]}
    # Flush labels would touch each other at the end of the axis.
    across = {**axis, "labelFlush": False}
    x = {"field": "announced", "type": "quantitative", "title": "chance annoncée", "axis": across, "scale": scale}
    y = {"field": "seen", "type": "quantitative", "title": "issue favorable constatée", "axis": axis, "scale": scale}
    return as_svg({
        "width": 420, "height": 280,
        "layer": [
            {"data": {"values": [{"announced": 0, "seen": 0}, {"announced": 1, "seen": 1}]},
             "mark": {"type": "line", "color": MUTED, "strokeDash": [4, 4]}, "encoding": {"x": x, "y": y}},
            {"data": {"values": values}, "mark": {"type": "point", "filled": True, "opacity": 0.9, "size": 90},
             "encoding": {
                 "x": x, "y": y,
                 "color": {"field": "which", "type": "nominal", "title": None,
                           "legend": {"orient": "bottom", "columnPadding": 36},
                           "scale": {"domain": names, "range": [HOME, WORK]}},
                 "shape": {"field": "which", "type": "nominal", "title": None,
                           "scale": {"domain": names, "range": ["circle", "diamond"]}},
             }},
        ],
        "config": _CONFIG,
    })
