"""The hours of activity week by week as a small picture; the table beside says the same in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from untoit.records.followup.pathway.page import WeekRow

_LEFT, _WIDE, _GAP, _TALL, _FOOT = 30, 30, 12, 90, 18


def picture(weeks: Sequence[WeekRow], target: int | None) -> SafeString:
    """Return a bar a week as an SVG, with the line of the hours agreed, when there are any."""
    top = max([one.hours for one in weeks] + [float(target or 0), 1.0])
    right = _LEFT + len(weeks) * (_WIDE + _GAP)
    bars = []
    labels = []
    for number, week in enumerate(weeks):
        left, tall = _LEFT + number * (_WIDE + _GAP), week.hours / top * _TALL
        bars.append((left, f"{10 + _TALL - tall:.1f}", _WIDE, f"{tall:.1f}"))
        labels.append((left + _WIDE / 2, 10 + _TALL + 13, f"{week.monday:%d/%m}"))
    level = 10 + _TALL - (target or 0) / top * _TALL
    mark = format_html(
        '<line class="hours-target" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="0" y="{}">{} h</text>',
        _LEFT - 4, right, f"{level:.1f}", f"{level:.1f}", f"{level + 3:.1f}", target,
    ) if target else ""
    return format_html(
        '<svg class="hours-picture" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">'
        '<line x1="{}" x2="{}" y1="{}" y2="{}"/>{}{}{}</svg>',
        right, 10 + _TALL + _FOOT, _LEFT - 4, right, 10 + _TALL, 10 + _TALL,
        format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" rx="2"/>', bars),
        format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', labels), mark,
    )
