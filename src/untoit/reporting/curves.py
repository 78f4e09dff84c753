"""Charts of the « et si… » reports: pairs of bars, curves of compromise; SVG by vl-convert, as in ``charts``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert
from markupsafe import Markup

from untoit.reporting.charts import FONT, INK, MUTED

PREDICTED, OBTAINED = "#d9c6a3", "#1f6f6b"
SERIES = ("#1f6f6b", "#a8452c", "#8a5a00", "#4b5fa5", "#7a4f8a", "#5c7a29")


def paired_bars(values: Sequence[Mapping[str, object]]) -> Markup:
    """
    Return an SVG of two bars a line, in the order given: what was predicted, wide and light, then what was obtained.

    Each value holds ``label``, ``predicted``, ``obtained`` and ``text``.
    """
    axis = {"field": "label", "type": "nominal", "sort": None, "title": None,
            "axis": {"domain": False, "ticks": False, "labelPadding": 8, "labelLimit": 300, "labelFontSize": 13}}
    return _svg({
        "data": {"values": list(values)},
        "width": 360,
        "height": {"step": 34},
        "encoding": {"y": axis, "x": {"type": "quantitative", "title": None, "axis": None}},
        "layer": [
            {"mark": {"type": "bar", "color": PREDICTED, "height": 24, "cornerRadiusEnd": 3},
             "encoding": {"x": {"field": "predicted", "type": "quantitative"}}},
            {"mark": {"type": "bar", "color": OBTAINED, "height": 11, "cornerRadiusEnd": 3},
             "encoding": {"x": {"field": "obtained", "type": "quantitative"}}},
            {"transform": [{"calculate": "max(datum.predicted, datum.obtained)", "as": "end"}],
             "mark": {"type": "text", "align": "left", "dx": 6, "fontWeight": 600},
             "encoding": {"text": {"field": "text"}, "x": {"field": "end", "type": "quantitative"}}},
        ],
    }, left=54)  # room for readers whose font is wider than the one that is measured here


def lines(
    values: Sequence[Mapping[str, object]], x_title: str, y_title: str, names: Sequence[str], *, percent: bool = False,
) -> Markup:
    """
    Return an SVG of one line a series with its points, without a legend: the page has one for all its charts.

    Each value holds ``x``, ``y`` and ``series``; ``names`` are all the series of the page, in the order of
    :data:`SERIES`. ``x`` and, with ``percent``, ``y`` are written as percentages.
    """
    colours = [SERIES[number % len(SERIES)] for number in range(len(names))]
    return _svg({
        "data": {"values": list(values)},
        "width": 330,
        "height": 210,
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "title": x_title, "scale": {"zero": False, "nice": False},
                  "axis": {"format": ".0%", "grid": False, "labelOverlap": "greedy", "labelFlush": False,
                           "labelBound": False, "values": sorted({float(str(value["x"])) for value in values})}},
            "y": {"field": "y", "type": "quantitative", "title": y_title, "scale": {"zero": False, "padding": 14},
                  "axis": {"format": ".0%" if percent else "~r", "tickCount": 5}},
            "color": {"field": "series", "type": "nominal", "legend": None,
                      "scale": {"domain": list(names), "range": colours}},
        },
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2.5}},
            {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1}},
        ],
    })


def _svg(spec: dict[str, Any], left: int = 12) -> Markup:
    spec = spec | {
        "padding": {"left": left, "right": 46, "top": 4, "bottom": 4},
        "config": {
            "background": None,
            "view": {"stroke": None},
            "font": FONT,
            "text": {"fontSize": 14, "color": INK},
            "axis": {"labelFontSize": 13, "labelColor": INK, "titleFontSize": 13, "titleColor": MUTED,
                     "titleFontWeight": "normal", "gridColor": "#e9e0d2", "domainColor": "#cfc3b0",
                     "tickColor": "#cfc3b0"},
            "legend": {"labelFontSize": 13, "labelColor": INK, "titleFontSize": 13, "titleColor": MUTED,
                       "titleFontWeight": "normal"},
            "locale": {"number": {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "€"],
                                  "percent": "\u202f%"}},
        },
    }
    svg = vl_convert.vegalite_to_svg(spec)
    # The table beside says the same thing to a screen reader; the size comes from the page.
    svg = re.sub(r'\swidth="[\d.]+" height="[\d.]+"', ' aria-hidden="true" focusable="false"', svg, count=1)
    return Markup(svg)
