"""Both ways of every home-job pair, door to door, at the hours of the jobs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from untoit.core.mobility import kernels, street
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.join import (
    LANES,
    NO_TIME,
    NO_WAY_MIN,
    Homes,
    Points,
    Result,
    Tile,
    UInt8Array,
    join,
    prepare_homes,
)
from untoit.core.mobility.kernels import NO_WAY_S, SEARCHES_AT_ONCE, Int16Array, Search, ServiceDay
from untoit.core.mobility.network import Network
from untoit.core.model.schedule import Schedule
from untoit.core.model.timetable import Int32Array
from untoit.core.model.work import Mode

__all__ = [
    "NO_TIME", "NO_WAY_MIN", "Commutes", "Homes", "Hours", "Moment", "Points", "WorkLabels", "commutes", "homes_near",
    "hours_of", "prepare_works", "service_day",
]

# Columns of a tile: a scan is shared by many jobs, and the rows of the stops near a home stay in the first cache.
TILE_COLUMNS = 768
# Homes that a thread joins at a time, and pairs whose distances are held at once without a timetable.
HOMES_AT_ONCE = 2048
PAIRS_AT_ONCE = 1 << 18

# Called with what is being done, in French, and the fraction done.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Commutes:
    """
    Commutes of ``H`` homes and ``J`` jobs: the worst over the days worked and the rotations.

    Attributes
    ----------
    outward, back
        ``uint8[H, J]``, minutes rounded up; 255 means that there is no way within the horizon on one of the days.
    leaves, back_at
        ``int16[H, J]``, minutes after midnight of the service day: the earliest departure from the front door (rounded
        down) and the latest return to it (rounded up) over the days and rotations; ``NO_TIME`` where there is no way.
        ``None`` when not asked for.
    no_service
        ``bool[J]``: the timetable has no trip on one of the days of the job. Walking all the way may still be possible.
    """

    outward: UInt8Array
    back: UInt8Array
    leaves: Int16Array | None
    back_at: Int16Array | None
    no_service: NDArray[np.bool_]

    @property
    def feasible(self) -> NDArray[np.bool_]:
        """``bool[H, J]``: both ways exist within the horizon."""
        both: NDArray[np.bool_] = (self.outward != NO_WAY_MIN) & (self.back != NO_WAY_MIN)
        return both


@dataclass(frozen=True, slots=True)
class WorkLabels:
    """
    Jobs whose searches are done: what the caller keeps to compare new homes with them.

    Memory is 4 bytes a stop for each distinct (place, hours, timetable): 100 MB for 10,000 jobs and 2,500 stops.
    """

    network: Network
    mode: Mode
    assumptions: Assumptions
    works: Points
    schedules: tuple[Schedule, ...]
    no_service: NDArray[np.bool_]
    tiles: tuple[Tile, ...]

    def against(self, homes: Points | Homes, *, workers: int | None = None, times: bool = True) -> Commutes:
        """Return the commutes between homes and these jobs; homes from :func:`homes_near` are not prepared again."""
        if self.mode is not Mode.TRANSIT:
            points = homes.points if isinstance(homes, Homes) else homes
            return _without_timetable(points, self, times=times)
        near = homes if isinstance(homes, Homes) else homes_near(self.network, homes, self.assumptions)
        found = _blank(len(near), self.no_service, times=times)
        with _Team(workers) as team:
            for tile in self.tiles:
                _join(tile, near, self.assumptions, found, team)
        return found


def commutes(
    network: Network,
    homes: Points | Homes,
    works: Points,
    schedules: Sequence[Schedule],
    on: date,
    mode: Mode = Mode.TRANSIT,
    *,
    assumptions: Assumptions | None = None,
    workers: int | None = None,
    times: bool = True,
    progress: Progress | None = None,
) -> Commutes:
    """
    Compute both ways of every home-job pair, door to door, at the hours of the jobs.

    Parameters
    ----------
    schedules
        One a job. Every rotation and every day worked counts, in the week (Monday to Sunday) of ``on``.
    workers
        Threads; by default one a processor. The answer does not depend on it.
    times
        Whether the hours of departure and return are wanted as well as the minutes: 4 bytes a pair more.
    progress
        Called with what is being done, in French, and the fraction done.

    Notes
    -----
    By public transport, ``outward`` runs from the latest possible departure at the front door to ``start - margin`` and
    ``back`` from ``end + margin`` to the front door; walking all the way competes. A day without service leaves
    walking. Works are taken tile by tile, so that labels never fill the memory.
    """
    chosen = assumptions or Assumptions.default(on)
    if mode is not Mode.TRANSIT:
        labels = prepare_works(network, works, schedules, on, mode, assumptions=chosen)
        return labels.against(homes, times=times)
    near = homes if isinstance(homes, Homes) else homes_near(network, homes, chosen)
    with _Team(workers) as team:
        plan = _plan(network, works, schedules, on, chosen)
        found = _blank(len(near), plan.no_service, times=times)
        done = 0
        for tile in _tiles(plan, chosen, team):
            _join(tile, near, chosen, found, team)
            done += len(tile.job)
            if progress is not None:
                progress("Trajets", done / len(works))
    return found


def prepare_works(
    network: Network,
    works: Points,
    schedules: Sequence[Schedule],
    on: date,
    mode: Mode = Mode.TRANSIT,
    *,
    assumptions: Assumptions | None = None,
    workers: int | None = None,
) -> WorkLabels:
    """Search the timetable once for these jobs (arguments as in :func:`commutes`), to compare homes with them later."""
    chosen = assumptions or Assumptions.default(on)
    if len(schedules) != len(works):
        raise ValueError(f"{len(schedules)} schedules for {len(works)} works")
    if mode is not Mode.TRANSIT:
        return WorkLabels(network, mode, chosen, works, tuple(schedules), np.zeros(len(works), np.bool_), ())
    with _Team(workers) as team:
        plan = _plan(network, works, schedules, on, chosen)
        tiles = tuple(_tiles(plan, chosen, team))
    return WorkLabels(network, mode, chosen, works, tuple(schedules), plan.no_service, tiles)


def homes_near(network: Network, homes: Points, assumptions: Assumptions) -> Homes:
    """Return homes with the stops near them, ready to be compared with several sets of jobs."""
    return prepare_homes(homes, network.stop_latitude, network.stop_longitude, assumptions)


# Days already laid out, by network and day key; forgotten with the network.
_PREPARED: WeakKeyDictionary[Network, dict[str, ServiceDay]] = WeakKeyDictionary()
# As many days as two weeks without a day in common: 15 MB each on a metro-size network.
DAYS_KEPT = 14


def service_day(network: Network, day: date) -> ServiceDay | None:
    """Return a day ready to be searched, the same object for the same vehicles; ``None`` when nothing runs."""
    if not network.has_service(day):
        return None
    prepared = _PREPARED.setdefault(network, {})
    key = network.day_key(day)
    if key not in prepared:
        ready = kernels.prepare(network.day(day))
        while len(prepared) >= DAYS_KEPT:
            del prepared[next(iter(prepared))]
        prepared[key] = ready
    return prepared[key]


@dataclass(frozen=True, slots=True)
class _Work:
    """A place and its hours, and the jobs that share both."""

    place: int
    out: tuple[Moment, ...]
    back: tuple[Moment, ...]
    jobs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Every search to do, works with the same hours side by side."""

    places: Points
    near: tuple[Int32Array, Int32Array, Int32Array]
    works: tuple[_Work, ...]
    stops: int
    no_service: NDArray[np.bool_]


def _plan(
    network: Network, works: Points, schedules: Sequence[Schedule], on: date, assumptions: Assumptions
) -> _Plan:
    if len(schedules) != len(works):
        raise ValueError(f"{len(schedules)} schedules for {len(works)} works")
    if assumptions.horizon_s >= NO_WAY_MIN * 60 or assumptions.to_stop_max_m / assumptions.walk_m_s >= NO_WAY_S:
        raise ValueError("the longest commute must stay under 255 minutes, and so must the walk to a stop")
    hours = hours_of(network, on, assumptions)
    place_of: dict[tuple[float, float], int] = {}
    jobs: dict[Schedule, dict[int, list[int]]] = {}
    coordinates = zip(works.latitude.tolist(), works.longitude.tolist(), strict=True)
    for job, (at, schedule) in enumerate(zip(coordinates, schedules, strict=True)):
        place = place_of.setdefault(at, len(place_of))
        jobs.setdefault(schedule, {}).setdefault(place, []).append(job)
    no_service = np.zeros(len(works), np.bool_)
    planned = []
    for schedule, by_place in jobs.items():
        out, back, closed = hours.of(schedule)
        for place, members in by_place.items():
            no_service[members] = closed
            planned.append(_Work(place, out, back, tuple(members)))
    planned.sort(key=lambda work: (len(work.out), len(work.back)))
    latitude, longitude = (np.array([at[axis] for at in place_of], np.float64) for axis in (0, 1))
    near = street.stops_within(latitude, longitude, network.stop_latitude, network.stop_longitude, assumptions)
    return _Plan(Points(latitude, longitude), near, tuple(planned), network.stops, no_service)


class Moment(NamedTuple):
    """When to be at work or to leave it, in seconds after midnight, and the day to search (``None``: no service)."""

    at_s: int
    day: ServiceDay | None
    weekday: int


class Hours:
    """The distinct moments of every schedule in the week of a date; days with the same vehicles around one are one."""

    def __init__(self, network: Network, monday: date, assumptions: Assumptions) -> None:
        # Kept as long as the network, so it must not keep the network.
        self._network = ref(network)
        self._monday = monday
        self._assumptions = assumptions
        self._days: dict[int, ServiceDay | None] = {}
        self._alike: dict[tuple[int, int], list[ServiceDay]] = {}
        self._of: dict[Schedule, tuple[tuple[Moment, ...], tuple[Moment, ...], bool]] = {}

    def of(self, schedule: Schedule) -> tuple[tuple[Moment, ...], tuple[Moment, ...], bool]:
        """Return the arrivals to make, the departures to make, and whether a day has no service at all."""
        if schedule not in self._of:
            out: dict[tuple[int, int], Moment] = {}
            back: dict[tuple[int, int], Moment] = {}
            closed = False
            for weekday, start_min, end_min in schedule.shifts():
                by_s = start_min * 60 - self._assumptions.margin_s
                from_s = end_min * 60 + self._assumptions.margin_s
                for found, at_s, sign in ((out, by_s, 1), (back, from_s, -1)):
                    day = self._searched(weekday, at_s, sign)
                    closed |= day is None
                    found.setdefault((at_s, id(day)), Moment(at_s, day, weekday))
            self._of[schedule] = tuple(out.values()), tuple(back.values()), closed
        return self._of[schedule]

    def date_of(self, weekday: int) -> date:
        """Return the day of that week."""
        return self._monday + timedelta(days=weekday)

    def _searched(self, weekday: int, at_s: int, sign: int) -> ServiceDay | None:
        if weekday not in self._days:
            network = self._network()
            assert network is not None, "whoever asks holds the network"
            self._days[weekday] = service_day(network, self.date_of(weekday))
        day = self._days[weekday]
        if day is None:
            return None
        alike = self._alike.setdefault((at_s, sign), [])
        for other in alike:
            if other is day or kernels.same_window(
                day.direction(sign), other.direction(sign), sign * at_s, self._assumptions.horizon_s
            ):
                return other
        alike.append(day)
        return day


# What is known of the weeks asked last, forgotten with the network.
_HOURS: WeakKeyDictionary[Network, dict[tuple[date, Assumptions], Hours]] = WeakKeyDictionary()
WEEKS_KEPT = 2


def hours_of(network: Network, on: date, assumptions: Assumptions) -> Hours:
    """Return the moments of the week of a date: the same object while the same weeks are asked."""
    weeks = _HOURS.setdefault(network, {})
    key = on - timedelta(days=on.weekday()), assumptions
    if key not in weeks:
        while len(weeks) >= WEEKS_KEPT:
            del weeks[next(iter(weeks))]
        weeks[key] = Hours(network, *key)
    return weeks[key]


def _tiles(plan: _Plan, assumptions: Assumptions, team: _Team) -> Iterator[Tile]:
    """Yield the works of a plan with their labels, a bounded number at a time."""
    for (starts, ends), alike in groupby(plan.works, key=lambda work: (len(work.out), len(work.back))):
        members = list(alike)
        at_once = max(1, TILE_COLUMNS // (starts + ends))
        for first in range(0, len(members), at_once):
            yield _tile(plan, members[first : first + at_once], assumptions, team)


def _tile(plan: _Plan, members: Sequence[_Work], assumptions: Assumptions, team: _Team) -> Tile:
    """Return works with their labels: every hour of every work is searched."""
    places = [work.place for work in members]
    starts = list(zip(*(work.out for work in members), strict=True))
    ends = list(zip(*(work.back for work in members), strict=True))
    columns = (len(starts) + len(ends)) * len(members)
    labels = np.full((plan.stops, -(-columns // LANES) * LANES), NO_WAY_S, np.int16)
    near_start, near_stop, near_s = plan.near
    rows = [slice(near_start[place], near_start[place + 1]) for place in places]
    tasks = []
    for k, moments in enumerate([*starts, *ends]):
        sign = 1 if k < len(starts) else -1
        first = 0
        # One scan fills neighbours at the same second of the same day; a day without service has no label.
        for moment, alike in groupby(moments):
            last = first + len(list(alike))
            at_s = sign * moment.at_s
            for begin in range(first, last, SEARCHES_AT_ONCE) if moment.day is not None else ():
                some = rows[begin : min(begin + SEARCHES_AT_ONCE, last)]
                searches = [Search(at_s, near_stop[near], near_s[near]) for near in some]
                direction = moment.day.direction(sign)
                column = k * len(members) + begin
                tasks.append((direction, at_s, searches, assumptions.horizon_s, labels, column))
            first = last
    team.run(kernels.fill, tasks)
    return Tile(
        Points(plan.places.latitude[places], plan.places.longitude[places]),
        labels,
        np.array([[moment.at_s for moment in moments] for moments in starts], np.int32),
        np.array([[moment.at_s for moment in moments] for moments in ends], np.int32),
        np.array([job for work in members for job in work.jobs], np.int32),
        np.repeat(np.arange(len(members), dtype=np.int32), [len(work.jobs) for work in members]),
    )


def _blank(homes: int, no_service: NDArray[np.bool_], *, times: bool) -> Commutes:
    shape = (homes, len(no_service))
    return Commutes(
        np.empty(shape, np.uint8), np.empty(shape, np.uint8),
        np.empty(shape, np.int16) if times else None, np.empty(shape, np.int16) if times else None,
        no_service,
    )


def _join(tile: Tile, homes: Homes, assumptions: Assumptions, found: Commutes, team: _Team) -> None:
    nothing = np.empty((0, 0), np.int16)
    result = Result(
        found.outward, found.back,
        nothing if found.leaves is None else found.leaves, nothing if found.back_at is None else found.back_at,
    )
    shares = range(0, len(homes), HOMES_AT_ONCE)
    team.run(join, [(tile, homes, first, first + HOMES_AT_ONCE, assumptions, result) for first in shares])


class _Team:
    """Threads that share independent work; the compiled kernels release the interpreter's lock."""

    def __init__(self, workers: int | None) -> None:
        self.size = workers or os.cpu_count() or 1
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> _Team:
        if self.size > 1:
            self._pool = ThreadPoolExecutor(self.size)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(self, task: Callable[..., None], arguments: Sequence[tuple[object, ...]]) -> None:
        """Do the task with each tuple of arguments, in any order."""
        if self._pool is None or len(arguments) < 2:
            for each in arguments:
                task(*each)
            return
        for future in [self._pool.submit(task, *each) for each in arguments]:
            future.result()


def _without_timetable(homes: Points, labels: WorkLabels, *, times: bool) -> Commutes:
    """Return the commutes on foot, by bicycle or by car, which follow from the distance (and the hour, by car)."""
    assumptions, works = labels.assumptions, labels.works
    found = _blank(len(homes), labels.no_service, times=times)
    at_once = max(1, PAIRS_AT_ONCE // max(1, len(homes)))
    for first in range(0, len(works), at_once):
        jobs = slice(first, first + at_once)
        distance = street.great_circle_m(
            homes.latitude[:, None], homes.longitude[:, None], works.latitude[jobs], works.longitude[jobs]
        )
        hours = [sorted({(start, end) for _, start, end in schedule.shifts()}) for schedule in labels.schedules[jobs]]
        for column, shifts in enumerate(hours):
            _write_worst(found, first + column, distance[:, column], shifts, labels.mode, assumptions)
    return found


def _write_worst(
    found: Commutes,
    job: int,
    distance: NDArray[np.float64],
    shifts: Sequence[tuple[int, int]],
    mode: Mode,
    assumptions: Assumptions,
) -> None:
    outward_s, back_s = np.zeros(len(distance), np.int32), np.zeros(len(distance), np.int32)
    leaves_s = np.full(len(distance), np.iinfo(np.int32).max, np.int32)
    back_at_s = np.full(len(distance), np.iinfo(np.int32).min, np.int32)
    for start_min, end_min in shifts:
        by_s, from_s = start_min * 60 - assumptions.margin_s, end_min * 60 + assumptions.margin_s
        goes, comes = (travel_s(distance, mode, at_s, assumptions) for at_s in (by_s, from_s))
        np.maximum(outward_s, goes, out=outward_s)
        np.maximum(back_s, comes, out=back_s)
        np.minimum(leaves_s, by_s - goes, out=leaves_s)
        np.maximum(back_at_s, from_s + comes, out=back_at_s)
    for seconds, minutes in ((outward_s, found.outward), (back_s, found.back)):
        minutes[:, job] = np.where(seconds <= assumptions.horizon_s, -(-seconds // 60), NO_WAY_MIN)
    if found.leaves is not None and found.back_at is not None:
        found.leaves[:, job] = np.where(outward_s <= assumptions.horizon_s, leaves_s // 60, NO_TIME)
        found.back_at[:, job] = np.where(back_s <= assumptions.horizon_s, -(-back_at_s // 60), NO_TIME)


def travel_s(distance_m: NDArray[np.float64], mode: Mode, at_s: int, assumptions: Assumptions) -> Int32Array:
    """Return the seconds that great-circle distances take on foot, by bicycle or by car at a second of the day."""
    if mode is Mode.WALK:
        return street.walk_s(distance_m, assumptions)
    if mode is Mode.BIKE:
        return street.bike_s(distance_m, assumptions)
    if mode is Mode.CAR:
        return street.car_s(distance_m, at_s // 60, assumptions)
    raise ValueError(f"{mode} needs a timetable")
