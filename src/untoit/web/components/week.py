"""
The hours of a job: a field that writes them by a weekly picker, and how they are shown, in words and as a picture.

The value is the schedule grammar of ``formats.md``. Without JavaScript the field is a plain text; the server checks it
either way with ``core.exchange.parse_schedule``.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from untoit.core.exchange import parse_schedule
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.wording import listed, typography
from untoit.core.wording.moments import DAY_MIN, DAYS, clock


class WeekInput(forms.TextInput):
    """A text input that ``week.js`` turns into days to tick and hours to choose."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"maxlength": 300, "autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Name the script, whose address is known once the static files are collected."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].update({"data-week": "", "data-script": static("site/week.js")})
        return context


class WeekField(forms.CharField):
    """Hours of work; ``cleaned_data`` holds their text in the grammar of the exchange files."""

    widget = WeekInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 300)
        options.setdefault("help_text", "Par exemple « lu-ve 05:00-13:00 » ; « / » entre deux équipes qui alternent.")
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        """Return the text as the exchange files write it."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            schedule = parse_schedule(text)
        except ValueError as problem:
            raise forms.ValidationError(f"Cet horaire ne se lit pas : {problem}.") from problem
        return str(schedule)


def in_words(schedule: Schedule) -> str:
    """Return « du lundi au vendredi, de 5 h à 13 h »; teams that alternate are told one after the other."""
    teams = [_rotation_in_words(rotation) for rotation in schedule.rotations]
    if len(teams) == 1:
        return teams[0]
    return typography("en alternance : " + " ; ou ".join(teams))


def _rotation_in_words(rotation: Rotation) -> str:
    by_days: dict[frozenset[int], list[Block]] = {}
    for block in sorted(rotation.blocks, key=lambda one: (min(one.days), one.start_min)):
        by_days.setdefault(block.days, []).append(block)
    parts = [f"{days_in_words(days)}, {listed([_span(block) for block in blocks])}" for days, blocks in by_days.items()]
    return typography(" ; ".join(parts))


def days_in_words(days: frozenset[int]) -> str:
    """Return « du lundi au vendredi », « le lundi et le jeudi », « tous les jours »."""
    ordered = sorted(days)
    if len(ordered) == 7:
        return "tous les jours"
    if len(ordered) >= 3 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"du {DAYS[ordered[0]]} au {DAYS[ordered[-1]]}"
    return listed([f"le {DAYS[one]}" for one in ordered])


def _span(block: Block) -> str:
    after = " le lendemain" if block.end_min > DAY_MIN else ""
    return f"de {_clock(block.start_min)} à {_clock(block.end_min)}{after}"


def _clock(minutes: int) -> str:
    return clock(minutes) if minutes % DAY_MIN else "minuit"


_LEFT, _STEP, _TALL, _GAP = 34, 10, 14, 4


def picture(schedule: Schedule) -> SafeString:
    """Return the week as a small SVG, a row a day and a bar a span; the words beside say the same."""
    shade = {index: f"week-team-{min(index, 2)}" for index in range(len(schedule.rotations))}
    bars: list[tuple[str, float, float, float, float]] = []
    tall = _TALL / len(schedule.rotations)
    for index, rotation in enumerate(schedule.rotations):
        for block in rotation.blocks:
            for day in block.days:
                for row, start, end in _rows(day, block):
                    top = 14 + row * (_TALL + _GAP) + index * tall
                    bars.append((shade[index], _LEFT + start / 60 * _STEP, top, (end - start) / 60 * _STEP, tall))
    height = 14 + 7 * (_TALL + _GAP)
    marks = [(_LEFT + hour * _STEP, hour) for hour in range(0, 25, 6)]
    lines = [(_LEFT + hour * _STEP, _LEFT + hour * _STEP, height) for hour in range(0, 25, 6)]
    labels = [(14 + row * (_TALL + _GAP) + _TALL - 3, name[:2]) for row, name in enumerate(DAYS)]
    return format_html(
        '<svg class="week-picture" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}{}{}</svg>',
        _LEFT + 24 * _STEP + 12, height,
        format_html_join("", '<line x1="{}" x2="{}" y1="12" y2="{}"/>', lines),
        format_html_join("", '<text x="{}" y="9" text-anchor="middle">{} h</text>', marks),
        format_html_join("", '<text x="0" y="{}">{}</text>', labels),
        format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>', (
            (team, *(f"{length:.1f}" for length in lengths)) for team, *lengths in bars
        )),
    )


def _rows(day: int, block: Block) -> list[tuple[int, int, int]]:
    """The rows that a span lies on: a night goes on the next day's."""
    if block.end_min <= DAY_MIN:
        return [(day, block.start_min, block.end_min)]
    return [(day, block.start_min, DAY_MIN), ((day + 1) % 7, 0, block.end_min - DAY_MIN)]
