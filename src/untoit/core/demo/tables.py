"""
The facts on which the demonstration stands, read from the small tables beside this module.

``metro.csv`` holds real positions and running times; every other table is an approximation typed by hand, labelled so
wherever it is shown (``SOURCES.md``).
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from untoit.core.model.place import Position


@dataclass(frozen=True, slots=True)
class Place:
    """A named point: a town centre (``bourg``), a district, a zone of employment, a tram stop or a metro station."""

    name: str
    nature: str
    commune: str
    position: Position


@dataclass(frozen=True, slots=True)
class MetroStop:
    """One station of one metro line: seconds from the first terminus on the way out and to it on the way back."""

    line: str
    station: str
    outward_s: int
    back_s: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of tram or bus: the places that it joins in a straight line, one after the other."""

    code: str
    name: str
    kind: str
    profile: str
    speed_kmh: float
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Departures from both ends, every ``headway_min``, from ``start_min`` to before ``end_min``."""

    days: str
    start_min: int
    end_min: int
    headway_min: int


@cache
def places() -> dict[str, Place]:
    """Return every named point, metro stations included, by name."""
    rows = [(row["nom"], row["nature"], row) for row in table("places.csv")]
    rows += [(row["station"], "metro", row) for row in table("metro.csv")]
    found: dict[str, Place] = {}
    for name, nature, row in rows:
        position = Position(float(row["latitude"]), float(row["longitude"]))
        found.setdefault(name, Place(name, nature, row["code_insee"], position))
    return found


@cache
def metro() -> dict[str, tuple[MetroStop, ...]]:
    """Return the stations of each metro line, in the order of the way out."""
    lines: dict[str, list[MetroStop]] = {}
    for row in table("metro.csv"):
        stop = MetroStop(row["ligne"], row["station"], int(row["secondes_aller"]), int(row["secondes_retour"]))
        lines.setdefault(stop.line, []).append(stop)
    return {line: tuple(stops) for line, stops in lines.items()}


@cache
def surface_lines() -> tuple[Line, ...]:
    """Return the tram and bus lines."""
    return tuple(
        Line(row["ligne"], row["nom"], row["genre"], row["profil"], float(row["vitesse_kmh"]),
             tuple(row["points"].split("|")))
        for row in table("lines.csv")
    )


@cache
def windows() -> dict[str, tuple[Window, ...]]:
    """Return the service windows of each profile of line."""
    profiles: dict[str, list[Window]] = {}
    for row in table("services.csv"):
        window = Window(row["jours"], _minutes(row["debut"]), _minutes(row["fin"]), int(row["intervalle_min"]))
        profiles.setdefault(row["profil"], []).append(window)
    return {profile: tuple(spans) for profile, spans in profiles.items()}


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the tables beside this module."""
    text = (resources.files("untoit.core.demo") / "tables" / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))
