"""From a timetable to one service day: hops of vehicles in order of time, and changes between stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from untoit.core.mobility.assumptions import LONGEST_SEARCH_S, Assumptions
from untoit.core.mobility.calendar import neighbours
from untoit.core.mobility.gtfs import FORBIDDEN, Feed
from untoit.core.mobility.street import within_walk
from untoit.core.model.timetable import DayTimetable, Int32Array

# A shift starts on the day and ends before the next midnight but one; the longest search before and two hours after it.
WINDOW_S = (-LONGEST_SEARCH_S, 50 * 3600)


@dataclass(frozen=True, slots=True)
class Transfers:
    """Changes of vehicle in compressed rows; see :class:`~untoit.core.model.timetable.DayTimetable`."""

    start: Int32Array
    stop: Int32Array
    seconds: Int32Array


def compile_transfers(feed: Feed, assumptions: Assumptions) -> Transfers:
    """
    Return the changes between stops: 120 s plus the walk, unless ``transfers.txt`` forbids or lengthens them.

    ``transfers.txt`` never links stops that are farther apart than the longest walk, nor makes a change shorter.
    """
    stops = len(feed.stop_latitude)
    start, stop, walks = within_walk(
        feed.stop_latitude, feed.stop_longitude, feed.stop_latitude, feed.stop_longitude,
        assumptions.between_stops_max_m, assumptions,
    )  # fmt: skip
    origin = np.repeat(np.arange(stops), np.diff(start))
    seconds = walks + np.int32(assumptions.change_s)
    pair = origin * stops + stop
    rule_pair = feed.rule_from.astype(np.int64) * stops + feed.rule_to
    place = np.searchsorted(pair, rule_pair)
    known = place < len(pair)
    known[known] &= pair[place[known]] == rule_pair[known]
    place, least = place[known], feed.rule_seconds[known]
    seconds[place] = np.maximum(seconds[place], least)
    allowed = np.ones(len(pair), bool)
    allowed[place[least == FORBIDDEN]] = False
    start = np.zeros(stops + 1, np.int32)
    np.cumsum(np.bincount(origin[allowed], minlength=stops), out=start[1:])
    return Transfers(start, stop[allowed], seconds[allowed])


def compile_day(feed: Feed, transfers: Transfers, on: date) -> DayTimetable:
    """
    Return what can be ridden around a service day.

    The vehicles of the day before, of the day and of the day after, in the seconds of the day; hops that lie outside
    ``WINDOW_S`` are left out. Two trips of one ``block_id`` are two runs, between which one changes: the feed does not
    promise that a passenger may stay seated.
    """
    trips, offsets = [], []
    for shift, day in neighbours(on):
        runs = _running(feed, day)
        trips.append(feed.run_trip[runs])
        offsets.append(feed.run_offset[runs] + shift)
    trip = np.concatenate(trips)
    offset = np.concatenate(offsets).astype(np.int64)
    visits = feed.visits
    first, last = visits.trip_start[trip], visits.trip_start[trip + 1] - 1
    inside = (visits.arrival[last] + offset >= WINDOW_S[0]) & (visits.departure[first] + offset <= WINDOW_S[1])
    trip, offset, first, last = trip[inside], offset[inside], first[inside], last[inside]
    hops = last - first
    run = np.repeat(np.arange(len(trip)), hops)
    visit = np.arange(len(run)) - np.repeat(np.cumsum(hops) - hops, hops) + np.repeat(first, hops)
    departure = visits.departure[visit] + offset[run]
    arrival = visits.arrival[visit + 1] + offset[run]
    kept = np.flatnonzero((departure >= WINDOW_S[0]) & (arrival <= WINDOW_S[1]))
    # Run and position ascend already: a stable sort on departure and arrival alone keeps them in order.
    span = WINDOW_S[1] - WINDOW_S[0] + 1
    order = kept[np.argsort(departure[kept] * span + arrival[kept] - WINDOW_S[0], kind="stable")]
    return DayTimetable(
        stop_latitude=feed.stop_latitude,
        stop_longitude=feed.stop_longitude,
        departure=departure[order].astype(np.int32),
        arrival=arrival[order].astype(np.int32),
        from_stop=visits.stop[visit[order]],
        to_stop=visits.stop[visit[order] + 1],
        run=run[order].astype(np.int32),
        runs=len(trip),
        may_board=visits.may_board[visit[order]],
        may_alight=visits.may_alight[visit[order] + 1],
        transfer_start=transfers.start,
        transfer_stop=transfers.stop,
        transfer_seconds=transfers.seconds,
        route=feed.trip_route[trip],
        trip=trip.astype(np.int32),
    )


def service_spans(feed: Feed) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each service, its first departure and its last arrival, in seconds of its service day."""
    services = len(feed.calendar.weekdays)
    service = feed.trip_service[feed.run_trip]
    runs = service >= 0
    trip, offset = feed.run_trip[runs], feed.run_offset[runs]
    earliest = np.full(services, np.iinfo(np.int32).max, np.int64)
    latest = np.full(services, np.iinfo(np.int32).min, np.int64)
    np.minimum.at(earliest, service[runs], feed.visits.departure[feed.visits.trip_start[trip]] + offset)
    np.maximum.at(latest, service[runs], feed.visits.arrival[feed.visits.trip_start[trip + 1] - 1] + offset)
    return earliest, latest


def _running(feed: Feed, day: date) -> NDArray[np.intp]:
    service = feed.trip_service[feed.run_trip]
    return np.flatnonzero((service >= 0) & feed.calendar.active(day)[service])
