"""``stop_times.txt``: read in bulk, put in order, blank times interpolated, what cannot run left out with a notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from untoit.core.mobility.notices import Notices
from untoit.core.mobility.street import FloatArray, great_circle_m
from untoit.core.mobility.tables import FeedFiles
from untoit.core.model.timetable import Int32Array

TABLE = "stop_times.txt"
COLUMNS = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time", "pickup_type", "drop_off_type")
REQUIRED = COLUMNS[:5]

UNKNOWN = -1
BLANK = -1
UNREADABLE = -2
LATEST_HOUR = 240  # ten days after the departure: beyond, the time is a slip of the keyboard

NO_BOARDING = 1  # pickup_type and drop_off_type; 2 and 3 ask to call ahead or to wave at the driver


@dataclass(frozen=True, slots=True)
class StopTimes:
    """
    The visits of every trip, in order; trips that cannot run have none.

    Attributes
    ----------
    trip_start
        ``int32[T + 1]``: the visits of trip ``t`` are ``trip_start[t]`` to ``trip_start[t + 1] - 1``, none or two at
        least.
    stop, arrival, departure
        ``int32[N]``; seconds after midnight of the service day, never falling along a trip.
    may_board, may_alight
        ``bool[N]``.
    """

    trip_start: Int32Array
    stop: Int32Array
    arrival: Int32Array
    departure: Int32Array
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]


class _Lookup(dict[str, int]):
    """Values of a column by their text: a timetable repeats the same few thousand texts half a million times."""

    def __init__(self, parse: Callable[[str], int]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: str) -> int:
        value = self[text] = self._parse(text)
        return value


def read_stop_times(
    files: FeedFiles,
    trips: Mapping[str, int],
    stops: Mapping[str, int],
    stop_latitude: FloatArray,
    stop_longitude: FloatArray,
    notices: Notices,
) -> StopTimes:
    """
    Return the visits of the trips, in the numbers that ``trips`` and ``stops`` give to the identifiers.

    A visit of a stop without coordinates (``nan``) is left out: nobody can be sent there, the vehicle goes by.
    """
    trip, stop, sequence, arrival, departure, pickup, drop_off = _columns(files, trips, stops)
    _report_unreadable(files, trip, stop, sequence, arrival, departure, notices)
    on_request = int(np.isin(pickup, (2, 3)).sum() + np.isin(drop_off, (2, 3)).sum())
    notices.add(
        TABLE, "montée ou descente se fait sur demande ; elle est comptée comme possible",
        "montées ou descentes se font sur demande ; elles sont comptées comme possibles", count=on_request,
    )
    kept = (trip >= 0) & (stop >= 0) & (sequence >= 0)
    kept[kept] &= ~np.isnan(stop_latitude[stop[kept]])
    order = np.flatnonzero(kept)
    place = trip[order].astype(np.int64) << 32 | sequence[order]
    if np.any(place[1:] < place[:-1]):
        ascending = np.argsort(place, kind="stable")
        order, place = order[ascending], place[ascending]
    repeated = np.append(False, place[1:] == place[:-1])
    notices.add(
        TABLE, "rang d’arrêt est répété dans sa course ; le premier compte",
        "rangs d’arrêt sont répétés dans leur course ; le premier compte", count=int(repeated.sum()),
    )
    order = order[~repeated]
    trip, stop, arrival, departure, pickup, drop_off = (
        column[order] for column in (trip, stop, arrival, departure, pickup, drop_off)
    )
    arrival = np.where(arrival < 0, departure, arrival)
    departure = np.where(departure < 0, arrival, departure)
    notices.add(
        TABLE, "départ précède l’arrivée au même arrêt ; l’arrivée compte",
        "départs précèdent l’arrivée au même arrêt ; l’arrivée compte", count=int((departure < arrival).sum()),
    )
    departure = np.maximum(arrival, departure)
    visit = _interpolated(trip, arrival, departure, stop_latitude[stop], stop_longitude[stop])
    visit &= _runs(trip, arrival, departure, visit, list(trips), notices)
    trip = trip[visit]
    start = np.zeros(len(trips) + 1, np.int32)
    np.cumsum(np.bincount(trip, minlength=len(trips)), out=start[1:])
    return StopTimes(
        start, stop[visit], arrival[visit], departure[visit],
        pickup[visit] != NO_BOARDING, drop_off[visit] != NO_BOARDING,
    )  # fmt: skip


def clock_s(text: str) -> int:
    """Return the seconds of ``H:MM:SS`` (hours may exceed 24, seconds may be missing), ``BLANK`` or ``UNREADABLE``."""
    text = text.strip()
    if not text:
        return BLANK
    parts = text.split(":")
    if len(parts) not in {2, 3} or not all(part.isdecimal() and len(part) <= 3 for part in parts):
        return UNREADABLE
    hours, minutes, seconds = (int(part) for part in [*parts, "0"][:3])
    if hours > LATEST_HOUR or minutes > 59 or seconds > 59:
        return UNREADABLE
    return hours * 3600 + minutes * 60 + seconds


def _columns(files: FeedFiles, trips: Mapping[str, int], stops: Mapping[str, int]) -> tuple[Int32Array, ...]:
    trip_lookup = _Lookup(lambda text: trips.get(text.strip(), UNKNOWN))
    stop_lookup = _Lookup(lambda text: stops.get(text.strip(), UNKNOWN))
    clock, whole = _Lookup(clock_s), _Lookup(_whole)
    lookups = (trip_lookup, stop_lookup, whole, clock, clock, whole, whole)
    chunks = [
        [_read(column, lookup) for column, lookup in zip(chunk, lookups, strict=True)]
        for chunk in files.chunks(TABLE, COLUMNS, REQUIRED)
    ]
    if not chunks:
        return tuple(np.empty(0, np.int32) for _ in COLUMNS)
    return tuple(np.concatenate(column) for column in zip(*chunks, strict=True))


def _read(column: list[str], lookup: _Lookup) -> Int32Array:
    return np.fromiter(map(lookup.__getitem__, column), np.int32, len(column))


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 9 else UNKNOWN


def _report_unreadable(
    files: FeedFiles,
    trip: Int32Array,
    stop: Int32Array,
    sequence: Int32Array,
    arrival: Int32Array,
    departure: Int32Array,
    notices: Notices,
) -> None:
    troubles = (
        (trip < 0, "trip_id", "horaire cite une course inconnue ; il est ignoré",
         "horaires citent une course inconnue ; ils sont ignorés"),
        (stop < 0, "stop_id", "horaire cite un arrêt inconnu ; il est ignoré",
         "horaires citent un arrêt inconnu ; ils sont ignorés"),
        (sequence < 0, "stop_sequence", "horaire n’a pas de rang lisible ; il est ignoré",
         "horaires n’ont pas de rang lisible ; ils sont ignorés"),
        ((arrival == UNREADABLE) | (departure == UNREADABLE), "",
         "heure est illisible ; elle est estimée entre ses voisines",
         "heures sont illisibles ; elles sont estimées entre leurs voisines"),
    )  # fmt: skip
    for trouble, column, one, many in troubles:
        if count := int(trouble.sum()):
            example = _value(files, column, int(trouble.argmax())) if column else ""
            notices.add(TABLE, one, many, example, count)


def _value(files: FeedFiles, column: str, row: int) -> str:
    """Return one value of the table again, for an example that a person can look up."""
    for (values,) in files.chunks(TABLE, (column,)):
        if row < len(values):
            return values[row]
        row -= len(values)
    return ""


def _interpolated(
    trip: Int32Array, arrival: Int32Array, departure: Int32Array, latitude: FloatArray, longitude: FloatArray
) -> NDArray[np.bool_]:
    """
    Fill in place the blank times between two known ones, in proportion to the distance along the stops.

    Return which visits have a time in the end: before the first known time of a trip and after the last, nothing tells.
    """
    timed = arrival >= 0
    for number in np.unique(trip[~timed]):
        first, last = np.searchsorted(trip, (number, number + 1))
        visits = np.arange(first, last)
        known = visits[timed[visits]]
        if len(known) < 2:
            continue
        blank = visits[~timed[visits] & (visits > known[0]) & (visits < known[-1])]
        along = np.zeros(len(visits))
        here, there = visits[:-1], visits[1:]
        hops = great_circle_m(latitude[here], longitude[here], latitude[there], longitude[there])
        # One metre more a hop: where several stops share a place, their order spreads them.
        np.cumsum(hops + 1, out=along[1:])
        # Between two known visits the vehicle leaves the first at its departure and reaches the next at its arrival.
        after = np.searchsorted(known, blank)
        before, until = known[after - 1], known[after]
        share = (along[blank - first] - along[before - first]) / (along[until - first] - along[before - first])
        leaves, reaches = departure[before], arrival[until]
        arrival[blank] = departure[blank] = np.rint(leaves + share * (reaches - leaves)).astype(np.int32)
    return arrival >= 0


def _runs(
    trip: Int32Array,
    arrival: Int32Array,
    departure: Int32Array,
    visit: NDArray[np.bool_],
    trip_ids: list[str],
    notices: Notices,
) -> NDArray[np.bool_]:
    """Return the visits of the trips that can run: two timed visits at least, and time never goes back."""
    numbers, times, leaves = trip[visit], arrival[visit], departure[visit]
    back = np.zeros(len(trip_ids), bool)
    back[numbers[1:][(numbers[1:] == numbers[:-1]) & (times[1:] < leaves[:-1])]] = True
    alone = (np.bincount(trip, minlength=len(trip_ids)) > 0) & (np.bincount(numbers, minlength=len(trip_ids)) < 2)
    for trouble, one, many in (
        (back, "course remonte le temps ; elle est ignorée", "courses remontent le temps ; elles sont ignorées"),
        (alone, "course n’a pas deux arrêts à une heure connue ; elle est ignorée",
         "courses n’ont pas deux arrêts à une heure connue ; elles sont ignorées"),
    ):  # fmt: skip
        if trouble.any():
            notices.add(TABLE, one, many, trip_ids[int(trouble.argmax())], int(trouble.sum()))
    untimed = int((~visit).sum())
    notices.add(
        TABLE, "horaire de début ou de fin de course est vide ; il est ignoré",
        "horaires de début ou de fin de course sont vides ; ils sont ignorés", count=untimed,
    )
    return ~(back | alone)[trip]
