"""
Searches on one service day: the compiled twin of :mod:`untoit.core.mobility.reference`.

One scan serves both questions. Read with time reversed, "the earliest arrival after" is "the latest departure by", so
a day is laid out twice (:class:`Direction`) and each kernel exists once. Names below are those of the arrive-by
direction; in the other one every time is negated and both ends of a hop, of a change and of a journey are exchanged.

The scan is the Connection Scan Algorithm [1]_ bounded by the horizon: connections are visited from the latest departure
to the earliest, so that the first label that a stop receives is final. ``docs/decisions/0004`` says why not RAPTOR.

.. [1] Dibbelt, Pajor, Strasser, Wagner, "Connection Scan Algorithm", ACM Journal of Experimental Algorithmics 23, 2018.
"""

# ruff: noqa: ANN001 - numba infers the types of compiled functions

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from untoit.core.mobility.reference import NO_LABEL, NO_LABEL_FORWARD
from untoit.core.model.timetable import DayTimetable, Int32Array

Int16Array = NDArray[np.int16]

# A duration that no commute has; label + walk still fits 16 bits. See ``join``.
NO_WAY_S = np.int16(16_384)
# Lanes of one scan: the more, the less each costs, as long as labels (256 bytes a stop) stay in the second cache.
SEARCHES_AT_ONCE = 128
# Rides told apart when a journey is rebuilt; a journey with more is still found, its rides are only no longer minimal.
RIDES_COUNTED = 8


@dataclass(frozen=True, slots=True)
class Direction:
    """
    A service day laid out for one direction of search.

    ``sign`` is 1 for arrive-by and -1 for depart-after, whose times are negated. Connections are scanned from the last
    one to the first: ``departure`` never falls along the array.

    Attributes
    ----------
    departure, arrival, from_stop, to_stop, run, may_board, may_alight
        As in :class:`~untoit.core.model.timetable.DayTimetable`, exchanged when time is reversed.
    change_start, change_stop, change_s
        Rows of the stop where the next vehicle is boarded: each stop where one may alight before, the seconds between.
    connection
        ``int32[C]``, number of each connection in the day timetable.
    follow
        ``int32[C]``, how many connections further the same run goes on; 0 when it does not. Two windows of two days
        that are equal in everything but the numbers of the runs have equal ``follow``.
    """

    sign: int
    departure: Int32Array
    arrival: Int32Array
    from_stop: Int32Array
    to_stop: Int32Array
    run: Int32Array
    runs: int
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]
    change_start: Int32Array
    change_stop: Int32Array
    change_s: Int32Array
    connection: Int32Array
    follow: Int32Array

    @property
    def stops(self) -> int:
        """Number of stops of the network."""
        return len(self.change_start) - 1

    def window(self, deadline_s: int, horizon_s: int) -> tuple[int, int]:
        """Return the bounds of the connections that leave in the ``horizon_s`` before a (signed) deadline."""
        # Bounds of the same type: otherwise the whole column would be converted first.
        bounds = np.array([deadline_s - horizon_s, deadline_s + 1], np.int32)
        first, last = np.searchsorted(self.departure, bounds)
        return int(first), int(last)


@dataclass(frozen=True, slots=True)
class Search:
    """A place and its (signed) deadline ``at_s``: its ``target`` stops are ``walk_s`` seconds away."""

    at_s: int
    target: Int32Array
    walk_s: Int32Array


@dataclass(frozen=True, slots=True, eq=False)
class ServiceDay:
    """A service day ready for both directions of search."""

    timetable: DayTimetable
    arrive_by: Direction
    depart_after: Direction

    def direction(self, sign: int) -> Direction:
        """Return the direction of search whose times have that sign."""
        return self.arrive_by if sign == 1 else self.depart_after


def prepare(day: DayTimetable) -> ServiceDay:
    """
    Return a service day laid out for both directions of search.

    Raises
    ------
    ValueError
        When a change costs no time at all: the scan settles a stop before what only leaves it at the same second.
    """
    if len(day.transfer_seconds) and int(day.transfer_seconds.min()) < 1:
        raise ValueError("every change of vehicle must cost at least one second")
    stops = len(day.transfer_start) - 1
    alighted = np.repeat(np.arange(stops, dtype=np.int32), np.diff(day.transfer_start))
    by_boarding = np.argsort(day.transfer_stop, kind="stable")
    boarding_start = np.zeros(stops + 1, np.int32)
    np.cumsum(np.bincount(day.transfer_stop, minlength=stops), out=boarding_start[1:])
    backward = Direction(
        1, day.departure, day.arrival, day.from_stop, day.to_stop, day.run, day.runs, day.may_board, day.may_alight,
        boarding_start, alighted[by_boarding], day.transfer_seconds[by_boarding],
        np.arange(len(day.run), dtype=np.int32), _follow(day.run, day.runs),
    )
    # Stable: the hops of one run keep their order, here reversed, even when they last no time.
    order = np.argsort(day.arrival, kind="stable")[::-1].astype(np.int32)
    run = day.run[order]
    forward = Direction(
        -1, -day.arrival[order], -day.departure[order], day.to_stop[order], day.from_stop[order], run, day.runs,
        day.may_alight[order], day.may_board[order],
        day.transfer_start, day.transfer_stop, day.transfer_seconds, order, _follow(run, day.runs),
    )
    return ServiceDay(day, backward, forward)


def arrive_by(day: ServiceDay, egress: Mapping[int, int], deadline_s: int, horizon_s: int) -> Int32Array:
    """
    Return, for each stop, the latest departure of a vehicle boarded there that still reaches a place in time.

    ``egress`` gives the seconds walked from stops to the place; see :func:`untoit.core.mobility.reference.arrive_by`.
    """
    return labels(day.arrive_by, _search(deadline_s, egress), horizon_s)


def depart_after(day: ServiceDay, access: Mapping[int, int], start_s: int, horizon_s: int) -> Int32Array:
    """
    Return, for each stop, the earliest arrival in a vehicle there after leaving a place at ``start_s``.

    ``access`` gives the seconds walked to stops; see :func:`untoit.core.mobility.reference.depart_after`.
    """
    found = labels(day.depart_after, _search(-start_s, access), horizon_s)
    return np.where(found == NO_LABEL, NO_LABEL_FORWARD, -found).astype(np.int32)


def labels(direction: Direction, search: Search, horizon_s: int) -> Int32Array:
    """Return the (signed) label of each stop, ``int32[S]``; ``NO_LABEL`` where no vehicle leaves within the horizon."""
    before = np.empty((direction.stops, 1), np.int16)
    fill(direction, search.at_s, [search], horizon_s, before, 0)
    return np.where(before[:, 0] == NO_WAY_S, NO_LABEL, search.at_s - before[:, 0].astype(np.int32)).astype(np.int32)


def fill(
    direction: Direction, at_s: int, searches: Sequence[Search], horizon_s: int, into: Int16Array, column: int
) -> None:
    """
    Write the labels of searches with one (signed) deadline as seconds before it, one column each from ``column`` on.

    ``into`` is ``int16[S, L]``; ``NO_WAY_S`` where there is no label. Holds no lock: callers may share the columns
    between threads. One scan serves all the searches, up to ``SEARCHES_AT_ONCE`` of them without spilling the cache.

    Raises
    ------
    ValueError
        When the horizon does not fit 16 bits.
    """
    if not 0 < horizon_s < NO_WAY_S:
        raise ValueError(f"a horizon of {horizon_s} s is not within {NO_WAY_S} s")
    start = np.zeros(len(searches) + 1, np.int64)
    np.cumsum([len(search.target) for search in searches], out=start[1:])
    before, needed = (np.empty((direction.stops, len(searches)), np.int16) for _ in range(2))
    _scan(
        *_connections(direction), *direction.window(at_s, horizon_s), at_s, start,
        np.concatenate([search.target for search in searches]),
        np.concatenate([search.walk_s for search in searches]),
        before, needed, np.empty((direction.runs, len(searches)), np.int16),
    )
    into[:, column : column + len(searches)] = before


def same_window(one: Direction, other: Direction, deadline_s: int, horizon_s: int) -> bool:
    """Return whether two days have the same vehicles in a window, so that one search answers for both."""
    first, last = one.window(deadline_s, horizon_s)
    other_first, other_last = other.window(deadline_s, horizon_s)
    if last - first != other_last - other_first:
        return False
    here, there = slice(first, last), slice(other_first, other_last)
    for name in ("departure", "arrival", "from_stop", "to_stop", "may_board", "may_alight"):
        if not np.array_equal(getattr(one, name)[here], getattr(other, name)[there]):
            return False
    # A run that goes on after the window ends for us at its last hop inside.
    left = np.arange(last - first, 0, -1)
    follow, other_follow = one.follow[here], other.follow[there]
    return np.array_equal(np.where(follow < left, follow, 0), np.where(other_follow < left, other_follow, 0)) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("change_start", "change_stop", "change_s")
    )


@dataclass(frozen=True, slots=True)
class Ride:
    """One vehicle of a rebuilt journey: its first and its last connection, by their numbers in the day timetable."""

    first: int
    last: int


def fewest_rides(
    direction: Direction, goal: Search, start: Search
) -> tuple[int, tuple[Ride, ...]] | None:
    """
    Return the journey of fewest vehicles between two places, and among those the one that leaves last.

    Parameters
    ----------
    goal
        The place where one must be by ``goal.at_s``.
    start
        The other place; one may leave it from ``start.at_s`` on.

    Returns
    -------
    tuple
        When one leaves ``start`` (signed), and the rides in the order of travel; ``None`` when there is no journey.
    """
    stops = direction.stops
    label = np.empty((RIDES_COUNTED, stops), np.int32)
    needed = np.empty((RIDES_COUNTED, stops), np.int32)
    boarded, alighted, after = (np.empty((RIDES_COUNTED, stops), np.int32) for _ in range(3))
    first, last = direction.window(goal.at_s, goal.at_s - start.at_s)
    _scan_rides(*_connections(direction), first, last, goal.target, goal.walk_s, goal.at_s, label, needed,
                boarded, alighted, after, np.empty(direction.runs, np.int32), np.empty(direction.runs, np.int32))
    rides, stop, leaves = _best_start(label, start.target, start.walk_s, start.at_s)
    if rides < 0:
        return None
    chain = []
    place = rides * stops + stop
    while place >= 0:
        count, stop = divmod(place, stops)
        ends = direction.connection[[boarded[count, stop], alighted[count, stop]]]
        chain.append(Ride(int(ends.min()), int(ends.max())))
        place = int(after[count, direction.to_stop[alighted[count, stop]]])
    return leaves, tuple(chain if direction.sign == 1 else reversed(chain))


def _connections(direction: Direction) -> tuple[NDArray[np.generic], ...]:
    return (
        direction.departure, direction.arrival, direction.from_stop, direction.to_stop, direction.run,
        direction.may_board, direction.may_alight, direction.change_start, direction.change_stop, direction.change_s,
    )


def _search(at_s: int, walks: Mapping[int, int]) -> Search:
    return Search(at_s, np.array(list(walks), np.int32), np.array(list(walks.values()), np.int32))


@njit(cache=True, nogil=True)
def _follow(run, runs):  # type: ignore[no-untyped-def]
    """Return how many connections further each run goes on, 0 for its last connection."""
    following = np.full(runs, -1, np.int32)
    follow = np.zeros(len(run), np.int32)
    for c in range(len(run) - 1, -1, -1):
        if following[run[c]] >= 0:
            follow[c] = following[run[c]] - c
        following[run[c]] = c
    return follow


@njit(cache=True, nogil=True)
def _scan(  # type: ignore[no-untyped-def]
    departure, arrival, from_stop, to_stop, run, may_board, may_alight, change_start, change_stop, change_s,
    first, last, at_s, start, target, walk_s, label, needed, on_board,
):
    """
    Scan once for many searches, one lane each: see :func:`fill`. ``needed`` and ``on_board`` are scratch.

    Every time is in seconds before the deadline, so that the least is the latest. ``needed[v, l]`` is when one must
    have alighted at ``v``; ``on_board[r, l]`` is 0 once staying on run ``r`` leads to the place, ``NO_WAY_S`` before.
    The inner loops hold nothing but 16-bit minima and maxima over adjacent lanes: the compiler makes vector
    instructions of them.
    """
    lanes = label.shape[1]
    aboard = np.int16(0)
    label[:] = NO_WAY_S
    needed[:] = NO_WAY_S
    on_board[:] = NO_WAY_S
    for lane in range(lanes):
        for i in range(start[lane], start[lane + 1]):
            if walk_s[i] < needed[target[i], lane]:
                needed[target[i], lane] = walk_s[i]
    for c in range(last - 1, first - 1, -1):
        r = run[c]
        if may_alight[c] and arrival[c] <= at_s:
            v, alights = to_stop[c], np.int16(at_s - arrival[c])
            for lane in range(lanes):
                on_board[r, lane] = aboard if needed[v, lane] <= alights else on_board[r, lane]
        if not may_board[c]:
            continue
        u, leaves = from_stop[c], np.int16(at_s - departure[c])
        changed = np.int16(0)
        for lane in range(lanes):
            # The first label is the least, as departures only recede: a label that stands is never raised.
            best = min(label[u, lane], max(leaves, on_board[r, lane]))
            changed = np.int16(changed | np.int16(best ^ label[u, lane]))
            label[u, lane] = best
        if changed == 0:
            continue
        for i in range(change_start[u], change_start[u + 1]):
            if change_s[i] < NO_WAY_S:
                w, seconds = change_stop[i], np.int16(change_s[i])
                for lane in range(lanes):
                    needed[w, lane] = min(needed[w, lane], np.int16(label[u, lane] + seconds))


@njit(cache=True, nogil=True)
def _scan_rides(  # type: ignore[no-untyped-def]
    departure, arrival, from_stop, to_stop, run, may_board, may_alight, change_start, change_stop, change_s,
    first, last, target, walk_s, at_s, label, needed, boarded, alighted, after, on_board, leaves_run,
):
    """
    Scan as :func:`_scan` does, by number of rides, and remember the way.

    ``label[k, u]`` is the latest departure from ``u`` with ``k + 1`` vehicles, left out when fewer vehicles do as well;
    the first vehicle is ridden from connection ``boarded[k, u]`` to connection ``alighted[k, u]``. ``after[k, v]`` is
    the label (``k * S + u``) of the next vehicle after alighting at ``v`` when ``k`` vehicles follow, -1 when only the
    walk is left. The last row also holds whatever needs more vehicles.
    """
    rows, stops = label.shape
    label[:] = NO_LABEL
    needed[:] = NO_LABEL
    fewest = np.full(stops, rows, np.int32)
    on_board[:] = rows
    for i in range(len(target)):
        needed[0, target[i]] = max(needed[0, target[i]], at_s - walk_s[i])
        after[0, target[i]] = -1
    for c in range(last - 1, first - 1, -1):
        if may_alight[c]:
            for k in range(on_board[run[c]]):
                if arrival[c] <= needed[k, to_stop[c]]:
                    on_board[run[c]] = k
                    leaves_run[run[c]] = c
                    break
        k, stop = on_board[run[c]], from_stop[c]
        if may_board[c] and k < fewest[stop]:
            fewest[stop] = k
            label[k, stop] = departure[c]
            boarded[k, stop] = c
            alighted[k, stop] = leaves_run[run[c]]
            following = min(k + 1, rows - 1)
            for i in range(change_start[stop], change_start[stop + 1]):
                before = departure[c] - change_s[i]
                if before > needed[following, change_stop[i]]:
                    needed[following, change_stop[i]] = before
                    after[following, change_stop[i]] = k * stops + stop


@njit(cache=True, nogil=True)
def _best_start(label, target, walk_s, at_s):  # type: ignore[no-untyped-def]
    """Return the fewest rides (counted from 0) that leave at ``at_s`` or later, the stop where they start and when."""
    for k in range(len(label)):
        best, best_walk, best_stop = NO_LABEL, 0, -1
        for i in range(len(target)):
            if label[k, target[i]] == NO_LABEL:
                continue
            leaves = label[k, target[i]] - walk_s[i]
            if leaves > best or (leaves == best and walk_s[i] < best_walk):
                best, best_walk, best_stop = leaves, walk_s[i], target[i]
        if best_stop >= 0 and best >= at_s:
            return k, best_stop, best
    return -1, -1, NO_LABEL
