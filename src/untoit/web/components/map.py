"""
A map without tiles: places and lines on a plain ground with the names of the communes around.

Nothing is asked from another host. What the map shows is told in words beside it (``MapData.in_words``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from untoit.core.territory.communes import communes

PLACE_KINDS = {"home": "Logement", "job": "Emploi", "stop": "Arrêt", "other": "Lieu"}
LINE_KINDS = frozenset({"walk", "bus", "tram", "metro", "train", "bike", "car", "link"})
_NAMES_AT_MOST = 14
# About two kilometres around what is shown.
_MARGIN_DEGREES = 0.03


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One place. ``label`` is read on the map and in the text; ``kind`` is one of ``PLACE_KINDS``."""

    latitude: float
    longitude: float
    label: str
    kind: str = "other"
    url: str = ""


@dataclass(frozen=True, slots=True)
class MapLine:
    """One way: a path of (latitude, longitude); ``style`` is one of ``LINE_KINDS``."""

    path: Sequence[tuple[float, float]]
    label: str
    style: str = "link"


@dataclass(frozen=True, slots=True)
class MapData:
    """What one map shows. ``steps`` are the sentences that tell a way; without them the text is the list of places."""

    points: Sequence[MapPoint]
    lines: Sequence[MapLine] = ()
    steps: Sequence[str] = field(default=())

    @property
    def in_words(self) -> list[str]:
        """What the map shows, as sentences."""
        places = [f"{PLACE_KINDS[point.kind]} : {point.label}" for point in self.points]
        return [*places, *(self.steps or [line.label for line in self.lines if line.label])]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of places shown, for the legend."""
        used = {point.kind for point in self.points}
        return [(kind, label) for kind, label in PLACE_KINDS.items() if kind in used]

    def as_json(self) -> dict[str, Any]:
        """Return what ``map.js`` draws."""
        unknown = {line.style for line in self.lines} - LINE_KINDS
        unknown |= {point.kind for point in self.points} - PLACE_KINDS.keys()
        if unknown:
            raise ValueError(f"unknown kinds on a map: {sorted(unknown)}")
        return {
            "points": [
                {"at": [one.latitude, one.longitude], "label": one.label, "kind": one.kind, "url": one.url}
                for one in self.points
            ],
            "lines": [
                {"path": [list(point) for point in one.path], "label": one.label, "style": one.style}
                for one in self.lines
            ],
            "towns": [{"at": [latitude, longitude], "name": name} for latitude, longitude, name in self._towns()],
        }

    def _towns(self) -> Iterable[tuple[float, float, str]]:
        spots = [(one.latitude, one.longitude) for one in self.points]
        spots += [spot for one in self.lines for spot in one.path]
        if not spots:
            return []
        south, north = min(spot[0] for spot in spots), max(spot[0] for spot in spots)
        west, east = min(spot[1] for spot in spots), max(spot[1] for spot in spots)
        around = [
            place for place in communes()
            if south - _MARGIN_DEGREES <= place.position.latitude <= north + _MARGIN_DEGREES
            and west - _MARGIN_DEGREES <= place.position.longitude <= east + _MARGIN_DEGREES
        ]
        around.sort(key=lambda place: (-place.population, place.code))
        return [(place.position.latitude, place.position.longitude, place.name) for place in around[:_NAMES_AT_MOST]]
