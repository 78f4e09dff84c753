"""What is near a home: the stops that can be walked to, and the lines that serve them on the day of the run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import NoService
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.journeys import near_stops
from untoit.core.mobility.network import Network
from untoit.core.model.place import Position
from untoit.core.pairing.run import Prepared

_STOPS_SHOWN = 4
_DAY_S = 86_400
_ROUTES = 1 << 20  # more routes than any feed has: stop and route fit in one number
_ORDER = {"métro": 0, "train": 1, "tram": 2, "tramway": 2, "bus": 3}


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop within a walk: its name, the minutes to it, the lines that stop there and how often on that day."""

    name: str
    walk_min: int
    lines: tuple[str, ...]
    departures: int


def stops_near(prepared: Prepared, home: Position) -> tuple[Stop, ...] | None:
    """
    Return the stops of distinct names within a walk, the nearest first; empty when there is none.

    ``None`` when nothing runs on the day of the run: then nothing is known.
    """
    return _stops_near(prepared.network, prepared.settings.on, home)


@lru_cache(maxsize=4096)
def _stops_near(network: Network, on: date, home: Position) -> tuple[Stop, ...] | None:
    try:
        start, routes, counts = _served(network, on)
    except NoService:
        return None
    (near,) = near_stops(network, [home], Assumptions.default(on))
    by_name: dict[str, tuple[int, set[tuple[int, str]], int]] = {}
    for stop, walk_s in sorted(zip(near.stop.tolist(), near.walk_s.tolist(), strict=True), key=lambda one: one[1]):
        here = slice(start[stop], start[stop + 1])
        if start[stop] == start[stop + 1]:
            continue
        name = network.stop_name[stop]
        nearest, lines, departures = by_name.get(name, (math.ceil(walk_s / 60), set(), 0))
        for route in routes[here].tolist():
            lines.add(_line(network, route))
        by_name[name] = nearest, lines, departures + int(counts[here].sum())
    return tuple(
        Stop(name, walk_min, tuple(words for _, words in sorted(lines)), departures)
        for name, (walk_min, lines, departures) in list(by_name.items())[:_STOPS_SHOWN]
    )


def _line(network: Network, route: int) -> tuple[int, str]:
    kind, name = network.route_kind(route), network.route_name(route)
    # « Bus 14 » is not said « bus Bus 14 ».
    words = name if name.lower().startswith(kind.lower()) else f"{kind} {name}".strip()
    return _ORDER.get(kind, 4), words


@lru_cache(maxsize=4)
def _served(network: Network, on: date) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Return, in compressed rows by stop, the routes that leave from it on that day, and their departures."""
    day = network.day(on)
    today = (day.departure >= 0) & (day.departure < _DAY_S)
    keys = day.from_stop[today].astype(np.int64) * _ROUTES + day.route[day.run[today]]
    served, counts = np.unique(keys, return_counts=True)
    start = np.searchsorted(served, np.arange(network.stops + 1, dtype=np.int64) * _ROUTES)
    return start, served % _ROUTES, counts
