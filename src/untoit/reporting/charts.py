"""
Charts of the reports: Vega-Lite specifications rendered to SVG by vl-convert.

The specifications are written as they are, not through altair: the picture is the same and a report starts two seconds
earlier.
"""

import re
from collections.abc import Mapping, Sequence

import vl_convert
from markupsafe import Markup

INK, MUTED = "#2b2622", "#6b6257"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif"


def horizontal_bars(values: Sequence[Mapping[str, object]], colour: str) -> Markup:
    """
    Return an SVG of horizontal bars in the order given.

    Each value holds ``label``, ``count`` and ``text``, what is printed at the end of the bar. The SVG has no size of
    its own: it takes the width of what holds it.
    """
    spec = {
        "data": {"values": list(values)},
        "width": 300,
        "height": {"step": 34},
        # Room for readers whose font is wider than the one that is measured here.
        "padding": {"left": 30, "right": 16, "top": 2, "bottom": 2},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "title": None,
                  "axis": {"domain": False, "ticks": False, "labelPadding": 8, "labelLimit": 240}},
            "x": {"field": "count", "type": "quantitative", "title": None, "axis": None,
                  "scale": {"domainMin": 0, "padding": 0}},
        },
        "layer": [
            {"mark": {"type": "bar", "color": colour, "cornerRadiusEnd": 3, "height": 20}},
            {"mark": {"type": "text", "align": "left", "dx": 6, "fontWeight": 600},
             "encoding": {"text": {"field": "text"}}},
        ],
        "config": {
            "background": None,
            "view": {"stroke": None},
            "font": FONT,
            "text": {"fontSize": 14, "color": INK},
            "axis": {"labelFontSize": 14, "labelColor": INK},
        },
    }
    return as_svg(spec)


def as_svg(spec: Mapping[str, object]) -> Markup:
    """Return a specification as an SVG without a size of its own, hidden from screen readers."""
    svg = vl_convert.vegalite_to_svg(dict(spec))
    # The table beside says the same thing to a screen reader; the size comes from the page.
    svg = re.sub(r'\swidth="[\d.]+" height="[\d.]+"', ' aria-hidden="true" focusable="false"', svg, count=1)
    return Markup(svg)
