"""The map of a run: homes, jobs, tandems and the lines of public transport, as shapes that a template draws."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from untoit.core.model.commute import Journey
from untoit.core.model.place import Position
from untoit.core.model.run import RunReport
from untoit.core.model.work import Mode
from untoit.core.territory.communes import commune, communes

WIDTH = 1000.0
MARGIN = 34.0
LOWEST, HIGHEST = 520.0, 1100.0
NUMBERED_TANDEMS = 150
"""Above this number of tandems, the map shows densities: small dots, neither numbers nor links."""
LABEL_SIZES = {"large": 17.0, "middle": 14.0, "small": 11.5}
SMALL_MAP_SIZES = {"large": 30.0, "middle": 25.0, "small": 21.0}
"""On a map that is shown at a third of its width."""
LABEL_GAP = 3.0
MARKER_GAP = 21.0
_STYLES = {"métro": "metro", "tram": "tram", "tramway": "tram", "train": "train"}
_NAMES_AROUND = 14


@dataclass(frozen=True, slots=True)
class Town:
    """The name of a commune, where it hides nothing; ``size`` is ``large``, ``middle`` or ``small``."""

    x: float
    y: float
    name: str
    anchor: str
    size: str


@dataclass(frozen=True, slots=True)
class TransitLine:
    """The path of a line; ``style`` is ``metro``, ``tram``, ``train`` or ``bus``."""

    name: str
    kind: str
    style: str
    path: str


@dataclass(slots=True)
class Marker:
    """A home or a job. ``number`` is the rank of the tandem, ``None`` when there is none."""

    x: float
    y: float
    title: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The curve from the home to a job of one tandem."""

    path: str
    number: int


@dataclass(frozen=True, slots=True)
class MapPicture:
    """Everything that is drawn, in the order in which it is drawn."""

    height: float
    lines: tuple[TransitLine, ...]
    links: tuple[Link, ...]
    other_homes: tuple[Marker, ...]
    other_jobs: tuple[Marker, ...]
    jobs: tuple[Marker, ...]
    homes: tuple[Marker, ...]
    towns: tuple[Town, ...]
    scale_px: float
    scale_km: int
    numbered: bool
    width: float = field(default=WIDTH)


def draw(report: RunReport) -> MapPicture | None:
    """Return the picture of a run, ``None`` when there is neither a dwelling nor an offer to place."""
    positions = [dwelling.position for dwelling in report.dwellings] + [offer.position for offer in report.offers]
    if not positions:
        return None
    sheet = _Sheet.around(positions)
    ranks = _household_ranks(report)
    numbered = len(ranks) <= NUMBERED_TANDEMS
    homes: dict[str, Marker] = {}
    jobs: dict[str, Marker] = {}
    pairs: list[tuple[Marker, Marker, int]] = []
    for row in report.tandems:
        rank = ranks[row.application_number]
        name = report.place_names.get(row.dwelling.commune, row.dwelling.commune)
        home = homes.setdefault(
            row.dwelling.reference,
            Marker(*sheet.point(row.dwelling.position), f"Tandem {rank} : {row.dwelling.typology}, {name}", rank),
        )
        job = jobs.setdefault(
            row.offer.reference, Marker(*sheet.point(row.offer.position), f"{row.offer.title}, {row.offer.employer}")
        )
        pairs.append((home, job, rank))
    _push_apart(list(homes.values()) if numbered else [], sheet.height)
    other_homes = [
        Marker(*sheet.point(dwelling.position), f"{dwelling.typology}, sans tandem ({dwelling.reference})")
        for dwelling in report.dwellings if dwelling.reference not in homes
    ]
    other_jobs = [
        Marker(*sheet.point(offer.position), f"{offer.title}, sans tandem")
        for offer in report.offers if offer.reference not in jobs
    ]
    return MapPicture(
        height=sheet.height,
        lines=tuple(_lines(report, sheet)),
        links=tuple(Link(_curve(home, job), rank) for home, job, rank in pairs) if numbered else (),
        other_homes=tuple(other_homes),
        other_jobs=tuple(other_jobs),
        jobs=tuple(jobs.values()),
        homes=tuple(homes.values()),
        towns=tuple(_towns(report, sheet, homes.values(), [*jobs.values(), *other_homes]) if numbered
                    else _towns(report, sheet, (), ())),
        scale_px=sheet.pixels_per_km * sheet.round_km,
        scale_km=sheet.round_km,
        numbered=numbered,
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The projection: equirectangular around the middle latitude, the north up."""

    west: float
    north: float
    pixels_per_degree: float
    squeeze: float
    height: float

    @classmethod
    def around(
        cls, positions: Sequence[Position], *, least: tuple[float, float] = (0.02, 0.015), lowest: float = LOWEST,
        highest: float = HIGHEST,
    ) -> "_Sheet":
        latitudes = [position.latitude for position in positions]
        longitudes = [position.longitude for position in positions]
        squeeze = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))
        # A single address still makes a map, of about two kilometres unless told otherwise.
        wide = max((max(longitudes) - min(longitudes)) * squeeze, least[0])
        tall = max(max(latitudes) - min(latitudes), least[1])
        scale = min((WIDTH - 2 * MARGIN) / wide, (highest - 2 * MARGIN) / tall)
        height = max(lowest, tall * scale + 2 * MARGIN)
        middle_longitude = (min(longitudes) + max(longitudes)) / 2
        middle_latitude = (min(latitudes) + max(latitudes)) / 2
        return cls(
            west=middle_longitude - WIDTH / 2 / scale / squeeze,
            north=middle_latitude + height / 2 / scale,
            pixels_per_degree=scale,
            squeeze=squeeze,
            height=round(height, 1),
        )

    def point(self, position: Position) -> tuple[float, float]:
        x = (position.longitude - self.west) * self.squeeze * self.pixels_per_degree
        y = (self.north - position.latitude) * self.pixels_per_degree
        return round(x, 1), round(y, 1)

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x <= WIDTH and 0 <= y <= self.height

    @property
    def pixels_per_km(self) -> float:
        return self.pixels_per_degree / 111.195

    @property
    def round_km(self) -> int:
        """A length for the scale bar, between a tenth and a quarter of the width."""
        return next((km for km in (1, 2, 5, 10, 20, 50) if km * self.pixels_per_km >= WIDTH / 12), 100)


@dataclass(frozen=True, slots=True)
class RidePath:
    """One part of a journey on the map; ``style`` is that of the line, or ``walk`` or ``direct``."""

    style: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class JourneyPicture:
    """A home, the jobs of its household and the way to each, on one small map."""

    height: float
    rides: tuple[RidePath, ...]
    home: tuple[float, float]
    jobs: tuple[tuple[float, float], ...]
    towns: tuple[Town, ...]
    scale_px: float
    scale_km: float
    width: float = field(default=WIDTH)


def draw_journeys(home: Position, jobs: Sequence[tuple[Position, Journey]]) -> JourneyPicture:
    """Return the map of one home and of the way out to each job."""
    legs = [leg for _, journey in jobs for leg in journey.legs]
    ends = [home, *(position for position, _ in jobs)]
    passed = [Position(*point) for leg in legs for point in leg.path]
    # A strip rather than a square: it stands beside the facts of the home, and a short way is not lost in it.
    sheet = _Sheet.around([*ends, *passed], least=(0.008, 0.004), lowest=430.0, highest=560.0)
    rides = []
    for leg in legs:
        points = [sheet.point(Position(*point)) for point in leg.path]
        if len(points) > 1:
            style = _STYLES.get(leg.kind or "", "bus") if leg.line else "walk" if leg.mode is Mode.WALK else "direct"
            path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
            rides.append(RidePath(style, f"{leg.kind or ''} {leg.line or ''}".strip(), path))
    for position, journey in jobs:
        if not any(leg.path for leg in journey.legs):
            (x, y), (to_x, to_y) = sheet.point(home), sheet.point(position)
            rides.append(RidePath("direct", "", f"M{x:g} {y:g} L{to_x:g} {to_y:g}"))
    length = 0.2 if sheet.pixels_per_km > WIDTH / 2 else sheet.round_km
    at_home, at_jobs = sheet.point(home), tuple(sheet.point(position) for position, _ in jobs)
    dots = [Marker(*point, "") for point in (at_home, *at_jobs)]
    return JourneyPicture(
        sheet.height, tuple(rides), at_home, at_jobs, tuple(_towns_around(sheet, dots)),
        sheet.pixels_per_km * length, length,
    )


@dataclass(frozen=True, slots=True)
class PlacePicture:
    """Where something takes place, among the names of the towns around."""

    height: float
    at: tuple[float, float]
    towns: tuple[Town, ...]
    scale_px: float
    scale_km: int
    width: float = field(default=WIDTH)


def draw_place(place: Position) -> PlacePicture:
    """Return the map of one address, about twelve kilometres wide."""
    sheet = _Sheet.around([place], least=(0.11, 0.05), lowest=430.0, highest=560.0)
    at = sheet.point(place)
    return PlacePicture(
        sheet.height, at, tuple(_towns_around(sheet, [Marker(*at, "")])), sheet.pixels_per_km * sheet.round_km,
        sheet.round_km,
    )


def _towns_around(sheet: _Sheet, dots: Sequence[Marker]) -> Iterable[Town]:
    found = []
    for place in communes():
        x, y = sheet.point(place.position)
        if sheet.holds(x, y):
            found.append((x, y, place.name, _size(place.population), -place.population))
    names = [one[:4] for one in sorted(found, key=lambda one: (one[4], one[2]))][:_NAMES_AROUND]
    return _placed_names(names, sheet, dots, (), SMALL_MAP_SIZES)


def _household_ranks(report: RunReport) -> dict[str, int]:
    """Number the households placed 1, 2 … in the order of the table."""
    return {
        number: rank for rank, number in enumerate(dict.fromkeys(row.application_number for row in report.tandems), 1)
    }


def _lines(report: RunReport, sheet: _Sheet) -> Iterable[TransitLine]:
    order = ("bus", "train", "tram", "metro")
    lines = []
    for line in report.network_lines:
        points = [sheet.point(Position(latitude, longitude)) for latitude, longitude in line.path]
        if len(points) > 1 and any(sheet.holds(*point) for point in points):
            path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
            lines.append(TransitLine(line.name, line.kind, _STYLES.get(line.kind, "bus"), path))
    return sorted(lines, key=lambda line: order.index(line.style))


def _curve(home: Marker, job: Marker) -> str:
    """Return an arc, so that two tandems between the same places can be told apart."""
    middle_x, middle_y = (home.x + job.x) / 2, (home.y + job.y) / 2
    bend_x, bend_y = middle_x - (job.y - home.y) * 0.14, middle_y + (job.x - home.x) * 0.14
    return f"M{home.x:g} {home.y:g} Q{bend_x:.1f} {bend_y:.1f} {job.x:g} {job.y:g}"


def _push_apart(markers: list[Marker], height: float) -> None:
    """Move numbered markers until none covers another; a fixed number of rounds, the same result every time."""
    for _ in range(60):
        moved = False
        for index, one in enumerate(markers):
            for other in markers[index + 1:]:
                dx, dy = other.x - one.x, other.y - one.y
                apart = math.hypot(dx, dy)
                if apart >= MARKER_GAP:
                    continue
                moved = True
                if apart < 0.01:
                    dx, dy, apart = 1.0, 0.3 * (index % 3 - 1), 1.0
                push = (MARKER_GAP - apart) / 2 / apart
                one.x, one.y = one.x - dx * push, one.y - dy * push
                other.x, other.y = other.x + dx * push, other.y + dy * push
        if not moved:
            break
    for marker in markers:
        marker.x = round(min(max(marker.x, 12), WIDTH - 12), 1)
        marker.y = round(min(max(marker.y, 12), height - 12), 1)


def _towns(
    report: RunReport, sheet: _Sheet, numbers: Iterable[Marker], dots: Iterable[Marker]
) -> Iterable[Town]:
    """Yield the names of the communes, the largest first, each where it covers no marker and no other name."""
    return _placed_names(_named_places(report, sheet), sheet, numbers, dots)


def _placed_names(
    places: Iterable[tuple[float, float, str, str]], sheet: _Sheet, numbers: Iterable[Marker], dots: Iterable[Marker],
    sizes: Mapping[str, float] = LABEL_SIZES,
) -> Iterable[Town]:
    taken = [(marker.x - 10, marker.y - 10, marker.x + 10, marker.y + 10) for marker in numbers]
    taken += [(marker.x - 4, marker.y - 4, marker.x + 4, marker.y + 4) for marker in dots]
    for x, y, name, size in places:
        tall = sizes[size]
        wide = len(name) * tall * 0.58
        for anchor, left, top in (
            ("middle", x - wide / 2, y - 8), ("middle", x - wide / 2, y - 26), ("middle", x - wide / 2, y + 12),
            ("start", x + 10, y - 8), ("end", x - 10 - wide, y - 8),
            ("middle", x - wide / 2, y - 42), ("middle", x - wide / 2, y + 28),
        ):
            box = (left - LABEL_GAP, top, left + wide + LABEL_GAP, top + tall + LABEL_GAP)
            if box[0] < 2 or box[2] > WIDTH - 2 or box[1] < 2 or box[3] > sheet.height - 40:
                continue
            if any(_overlap(box, other) for other in taken):
                continue
            taken.append(box)
            at = {"middle": left + wide / 2, "start": left, "end": left + wide}[anchor]
            yield Town(round(at, 1), round(top + tall - 2, 1), name, anchor, size)
            break


def _named_places(report: RunReport, sheet: _Sheet) -> list[tuple[float, float, str, str]]:
    bodies = {place.epci for code in report.place_names if (place := commune(code)) is not None and place.epci}
    known = {place.code: place for place in communes() if place.epci in bodies}
    found = [(-place.population, *sheet.point(place.position), place.name) for place in known.values()]
    # Communes that the table does not have are named where their homes and jobs are.
    for code, name in report.place_names.items():
        here = [dwelling.position for dwelling in report.dwellings if dwelling.commune == code]
        here += [offer.position for offer in report.offers if offer.commune == code]
        if commune(code) is None and here:
            middle = Position(
                sum(position.latitude for position in here) / len(here),
                sum(position.longitude for position in here) / len(here),
            )
            found.append((-len(here), *sheet.point(middle), name))
    return [(x, y, name, _size(-weight)) for weight, x, y, name in sorted(found) if sheet.holds(x, y)]


def _size(population: int) -> str:
    return "large" if population >= 35_000 else "middle" if population >= 9_000 else "small"


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


Sheet = _Sheet  # other pages draw on the same sheet of paper
