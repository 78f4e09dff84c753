"""The pictures of a tandem, the same SVG on a page and in a PDF: colours are attributes, no style sheet is needed."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from untoit.core.model.commute import Journey
from untoit.core.model.place import Position
from untoit.core.model.run import BudgetLine
from untoit.core.model.schedule import Rotation, Schedule
from untoit.core.wording.moments import DAYS
from untoit.reporting import french
from untoit.reporting.budget_bars import BAR_FOOT, BAR_HEIGHT, BAR_STEP, BAR_TOP, BAR_WIDTH, Sources, budget_bars
from untoit.reporting.map import SMALL_MAP_SIZES, JourneyPicture, PlacePicture, draw_journeys, draw_place

INK, MUTED, RULE, GROUND = "#2b2622", "#6b6257", "#d8cdbc", "#f7f2e8"
HOME, JOB = "#a8452c", "#1f6f6b"
SOURCE_COLOURS = {"wages": "#1f6f6b", "bonus": "#6aa9a2", "rsa": "#d9a441", "family": "#b98db0", "other": "#b9ada0"}
RIDES = {"metro": ("#3d5a9c", 9, ""), "tram": ("#2f7fa3", 8, ""), "train": ("#6d5f4d", 8, ""),
         "bus": ("#b3701c", 7, ""), "walk": ("#2b2622", 4, "3 9"), "direct": ("#2b2622", 5, "14 8")}
RIDE_NAMES = {"metro": "métro", "tram": "tramway", "train": "train", "bus": "bus", "walk": "à pied",
              "direct": "à vol d’oiseau"}
_SHORT_DAYS = tuple(f"{name[:3]}." for name in DAYS)
_HOURS_WIDE = 250.0
_FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', 'Libertinus Serif', sans-serif"


def week(schedule: Schedule) -> Markup:
    """Return the hours of a job as a picture: seven days, midnight to midnight and on to the next morning."""
    first = min(block.start_min for rotation in schedule.rotations for block in rotation.blocks)
    last = max(block.end_min for rotation in schedule.rotations for block in rotation.blocks)
    start, end = min(first // 60, 6), max(-(-last // 60), 20)
    band, left, hour = 17.0, 40.0, _HOURS_WIDE / (end - start)
    parts, top = [], 18.0
    several = len(schedule.rotations) > 1
    bottom = top + len(schedule.rotations) * (7 * band + (20 if several else 8)) - 8
    for number in range(start, end + 1, 4):
        x = left + (number - start) * hour
        parts.append(_line(x, 14, x, bottom, RULE, 1))
        parts.append(_text(x, 10, f"{number % 24} h", size=11, colour=MUTED, anchor="middle"))
    for index, rotation in enumerate(schedule.rotations):
        if several:
            parts.append(_text(left, top + 8, f"Semaine {index + 1}", size=10, colour=INK))
            top += 12
        parts += _days(rotation, top, band, left, start, hour)
        top += 7 * band + 8
    return _svg(left + _HOURS_WIDE + 14, top, parts)


def _days(rotation: Rotation, top: float, band: float, left: float, start: int, hour: float) -> list[str]:
    parts = []
    for day, name in enumerate(_SHORT_DAYS):
        y = top + day * band
        blocks = [block for block in rotation.blocks if day in block.days]
        parts.append(_text(left - 6, y + 13, name, size=12, colour=INK if blocks else MUTED, anchor="end"))
        parts.append(_line(left, y + band, left + _HOURS_WIDE, y + band, RULE, 0.6))
        for block in blocks:
            x = left + (block.start_min / 60 - start) * hour
            width = (block.end_min - block.start_min) / 60 * hour
            parts.append(
                f'<rect x="{x:.1f}" y="{y + 3:.1f}" width="{width:.1f}" height="{band - 6:.1f}" rx="3" fill="{JOB}"/>'
            )
    return parts


def budget(lines: Sequence[BudgetLine], sources: Sources) -> Markup:
    """Return the stacked bars of a budget, the net housing cost as a line across each of them."""
    bars = budget_bars(lines, sources)
    parts = []
    for bar in bars:
        middle = bar.x + BAR_WIDTH / 2
        parts += [
            f'<rect x="{bar.x}" y="{one.y}" width="{BAR_WIDTH}" height="{one.height}" '
            f'fill="{SOURCE_COLOURS[one.source]}"/>'
            for one in bar.segments
        ]
        parts.append(_line(bar.x - 6, bar.housing_y, bar.x + BAR_WIDTH + 6, bar.housing_y, HOME, 3))
        parts.append(_text(middle, bar.total_y, french.euros(bar.total), size=12, anchor="middle", bold=True))
        parts.append(_text(middle, BAR_TOP + BAR_HEIGHT + 17, bar.label, size=12, anchor="middle"))
    return _svg(BAR_STEP * len(bars) + 10, BAR_TOP + BAR_HEIGHT + BAR_FOOT, parts)


def journeys(home: Position, jobs: Sequence[tuple[Position, Journey]]) -> tuple[Markup, tuple[tuple[str, str], ...]]:
    """Return the map of the way to work, and its legend: a colour and a name for each kind of ride."""
    picture = draw_journeys(home, jobs)
    drawn = [style for style in RIDES if any(ride.style == style for ride in picture.rides)]
    return _map(picture), tuple((RIDES[style][0], RIDE_NAMES[style]) for style in drawn)


def place(position: Position) -> Markup:
    """Return the map of one address: the place, the towns around, a scale."""
    picture = draw_place(position)
    x, y = picture.at
    parts = [
        *_ground(picture),
        f'<path d="M{x} {y} c-26 -34 -38 -50 -38 -70 a38 38 0 1 1 76 0 c0 20 -12 36 -38 70 z" fill="{HOME}" '
        'stroke="#fff" stroke-width="4" stroke-linejoin="round"/>',
        f'<circle cx="{x}" cy="{y - 70}" r="14" fill="#fff"/>',
        *_scale(picture),
    ]
    return _svg(picture.width, picture.height, parts)


def _ground(picture: JourneyPicture | PlacePicture) -> list[str]:
    parts = [f'<rect width="{picture.width}" height="{picture.height}" fill="{GROUND}"/>']
    for town in picture.towns:
        size = SMALL_MAP_SIZES[town.size]
        parts.append(_text(town.x, town.y, town.name, size=size, colour="#857a6c", anchor=town.anchor))
    return parts


def _scale(picture: JourneyPicture | PlacePicture) -> list[str]:
    bottom = picture.height - 26
    length = f"{picture.scale_km:g} km" if picture.scale_km >= 1 else f"{picture.scale_km * 1000:g} m"
    return [
        _line(30, bottom, 30 + picture.scale_px, bottom, INK, 4), _text(30, bottom - 10, length, size=24),
    ]


def _map(picture: JourneyPicture) -> Markup:
    parts = _ground(picture)
    for ride in picture.rides:
        colour, width, dash = RIDES[ride.style]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<path d="{ride.path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
            f'stroke-linejoin="round"{dashed}/>'
        )
    for x, y in picture.jobs:
        parts.append(f'<circle cx="{x}" cy="{y}" r="17" fill="{JOB}" stroke="#fff" stroke-width="4"/>')
    x, y = picture.home
    parts.append(
        f'<path d="M{x} {y - 28} l24 18 v30 h-48 v-30 z" fill="{HOME}" stroke="#fff" stroke-width="4" '
        'stroke-linejoin="round"/>'
    )
    parts += _scale(picture)
    return _svg(picture.width, picture.height, parts)


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float) -> str:
    return f'<path d="M{x:.1f} {y:.1f} L{to_x:.1f} {to_y:.1f}" stroke="{colour}" stroke-width="{width}" fill="none"/>'


def _text(
    x: float, y: float, words: str, *, size: float, colour: str = INK, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-family="{_FONT}" fill="{colour}" '
        f'text-anchor="{anchor}"{weight}>{escape(words)}</text>'
    )


def _svg(width: float, height: float, parts: Sequence[str]) -> Markup:
    # The text beside says the same thing to a screen reader.
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" aria-hidden="true" '
        f'focusable="false">{"".join(parts)}</svg>'
    )
