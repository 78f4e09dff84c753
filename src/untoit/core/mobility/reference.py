"""
What the commute kernels must answer, in plain Python: slow, meant to be read, the judge of the fast twin.

Nothing here resembles a scan of connections in order of time: each vehicle is followed from end to end, again and
again, until no label changes any more. The labels are those of :class:`~untoit.core.model.timetable.DayTimetable`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from untoit.core.model.timetable import DayTimetable, Int32Array

NO_LABEL = int(np.iinfo(np.int32).min)  # backward: no departure is late enough
NO_LABEL_FORWARD = int(np.iinfo(np.int32).max)  # forward: no arrival is early enough

# One hop: departure, from_stop, arrival, to_stop, may_board, may_alight.
Hop = tuple[int, int, int, int, bool, bool]


def arrive_by(day: DayTimetable, egress: Mapping[int, int], deadline_s: int, horizon_s: int) -> Int32Array:
    """
    Return, for each stop, when the last vehicle that is in time leaves from it.

    Parameters
    ----------
    egress
        Seconds of walk from the stops where one may get off for good to the door of the workplace.
    deadline_s
        When one must be at that door.

    Returns
    -------
    int32[S]
        Latest departure of a vehicle boarded at the stop which, with any number of changes, leads to the door by
        ``deadline_s``; ``NO_LABEL`` when there is none at ``deadline_s - horizon_s`` or later.
    """
    earliest = deadline_s - horizon_s
    runs = _runs(day, earliest, deadline_s)
    changes = _changes(day)
    # in_time[v]: getting off at v at this time or earlier, one reaches the door by the deadline.
    in_time = {stop: deadline_s - walk for stop, walk in egress.items()}
    leaves: dict[int, int] = {}
    improved = True
    while improved:
        improved = False
        for run in runs:
            reaches_door = False
            for departure, from_stop, arrival, to_stop, may_board, may_alight in reversed(run):
                if may_alight and arrival <= in_time.get(to_stop, NO_LABEL):
                    reaches_door = True
                if reaches_door and may_board and departure > leaves.get(from_stop, NO_LABEL):
                    leaves[from_stop] = departure
                    improved = True
        for alighted_at, boarded_at, seconds in changes:
            if boarded_at in leaves:
                limit = leaves[boarded_at] - seconds
                in_time[alighted_at] = max(in_time.get(alighted_at, NO_LABEL), limit)
    labels = np.full(len(day.stop_latitude), NO_LABEL, np.int32)
    for stop, departure in leaves.items():
        labels[stop] = departure
    return labels


def depart_after(day: DayTimetable, access: Mapping[int, int], start_s: int, horizon_s: int) -> Int32Array:
    """
    Return, for each stop, when the first vehicle that one can be in arrives at it.

    Parameters
    ----------
    access
        Seconds of walk from the door of the workplace to the stops where one may get on first.
    start_s
        When one leaves that door.

    Returns
    -------
    int32[S]
        Earliest arrival in a vehicle at the stop, with any number of changes; ``NO_LABEL_FORWARD`` when there is none
        at ``start_s + horizon_s`` or earlier.
    """
    runs = _runs(day, start_s, start_s + horizon_s)
    changes = _changes(day)
    # ready[u]: one stands at u, able to get on a vehicle, from this time on.
    ready = {stop: start_s + walk for stop, walk in access.items()}
    arrives: dict[int, int] = {}
    improved = True
    while improved:
        improved = False
        for run in runs:
            on_board = False
            for departure, from_stop, arrival, to_stop, may_board, may_alight in run:
                if may_board and departure >= ready.get(from_stop, NO_LABEL_FORWARD):
                    on_board = True
                if on_board and may_alight and arrival < arrives.get(to_stop, NO_LABEL_FORWARD):
                    arrives[to_stop] = arrival
                    improved = True
        for alighted_at, boarded_at, seconds in changes:
            if alighted_at in arrives:
                limit = arrives[alighted_at] + seconds
                ready[boarded_at] = min(ready.get(boarded_at, NO_LABEL_FORWARD), limit)
    labels = np.full(len(day.stop_latitude), NO_LABEL_FORWARD, np.int32)
    for stop, arrival in arrives.items():
        labels[stop] = arrival
    return labels


def _runs(day: DayTimetable, from_s: int, until_s: int) -> list[list[Hop]]:
    """Return the hops of each vehicle between two times, in order."""
    within = (day.departure >= from_s) & (day.arrival <= until_s)
    columns = (day.departure, day.from_stop, day.arrival, day.to_stop, day.may_board, day.may_alight)
    runs: dict[int, list[Hop]] = {}
    for run, *hop in zip(day.run[within].tolist(), *(column[within].tolist() for column in columns), strict=True):
        runs.setdefault(run, []).append(tuple(hop))
    return list(runs.values())


def _changes(day: DayTimetable) -> list[tuple[int, int, int]]:
    """Return every change as (stop where one gets off, stop where one gets on, seconds)."""
    alighted_at = np.repeat(np.arange(len(day.stop_latitude)), np.diff(day.transfer_start))
    return list(zip(alighted_at.tolist(), day.transfer_stop.tolist(), day.transfer_seconds.tolist(), strict=True))
