"""The public transport of a territory: one feed or several, opened once, compiled day by day, kept in a cache."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import NoService, UnusableInput
from untoit.core.mobility import store
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.calendar import Calendar, joined, neighbours
from untoit.core.mobility.compile import WINDOW_S, Transfers, compile_day, compile_transfers, service_spans
from untoit.core.mobility.gtfs import Feed, read_feed
from untoit.core.mobility.route_kinds import kind_in_french
from untoit.core.mobility.stop_times import StopTimes
from untoit.core.mobility.street import FloatArray
from untoit.core.mobility.tables import FeedFiles
from untoit.core.model.timetable import DayTimetable

# Raised whenever what is stored, or how it is read or compiled, changes: old cache files are then ignored.
FORMAT = 1


def open_network(
    paths: Sequence[Path], *, cache: Path | None = None, assumptions: Assumptions | None = None
) -> Network:
    """
    Return the network of one GTFS feed or several, each a zip or a folder.

    Parameters
    ----------
    cache
        A folder for what is compiled: it is opened again in a few milliseconds as long as the feeds are the same. What
        is damaged there is made again.
    assumptions
        The walks and changes between stops; by default those in force when the timetable starts.

    Raises
    ------
    UnusableInput
        When a feed cannot be used; one sentence in French says why.
    """
    if not paths:
        raise UnusableInput("Aucun horaire n’est donné : il faut au moins un fichier GTFS.")
    hashes = []
    for path in paths:
        with FeedFiles(path) as files:
            hashes.append(files.digest())
    version = hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16]
    file = cache / f"{version}-{FORMAT}.network" if cache else None
    feed = _load_feed(file) if file else None
    if feed is None:
        feed = _merged([read_feed(path) for path in paths])
        if file:
            store.save(file, *_flat(feed))
    used = np.zeros(len(feed.calendar.weekdays), bool)
    service = feed.trip_service[feed.run_trip]
    used[service[service >= 0]] = True
    valid_from, valid_until = feed.calendar.period(used)
    return Network(feed, version, valid_from, valid_until, assumptions or Assumptions.default(valid_from), cache)


@dataclass(frozen=True, eq=False)
class Network:
    """
    Stops, lines and service days.

    ``version`` is a hash of the feeds, stored with every result; ``valid_from`` and ``valid_until`` are the first and
    the last day on which a vehicle may run; ``assumptions`` are those of the changes between stops.
    """

    feed: Feed
    version: str
    valid_from: date
    valid_until: date
    assumptions: Assumptions
    cache: Path | None
    _days: dict[str, DayTimetable] = field(default_factory=dict, repr=False, compare=False)
    _memory: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """Publishers and period, for people."""
        return f"{self.feed.label}, du {self.valid_from:%d/%m/%Y} au {self.valid_until:%d/%m/%Y}"

    @property
    def problems(self) -> tuple[str, ...]:
        """What was left out or supposed when the feeds were read, one French sentence each."""
        return self.feed.problems

    @property
    def stops(self) -> int:
        """Number of stops, ``S``."""
        return len(self.feed.stop_id)

    @property
    def stop_id(self) -> tuple[str, ...]:
        """Identifier of each stop in its feed, after ``1:``, ``2:`` … when there are several feeds."""
        return self.feed.stop_id

    @property
    def stop_name(self) -> tuple[str, ...]:
        """Public name of each stop."""
        return self.feed.stop_name

    @property
    def stop_latitude(self) -> FloatArray:
        """``float64[S]``, degrees."""
        return self.feed.stop_latitude

    @property
    def stop_longitude(self) -> FloatArray:
        """``float64[S]``, degrees."""
        return self.feed.stop_longitude

    def route_name(self, route: int) -> str:
        """Return the public name of a line: short, or long when it has no short one."""
        return self.feed.route_name[route]

    def route_kind(self, route: int) -> str:
        """Return the kind of vehicle in French: ``métro``, ``tram``, ``bus`` …."""
        return kind_in_french(int(self.feed.route_type[route]))

    def trip_headsign(self, trip: int) -> str:
        """Return what is written on the front of the vehicle; blank when the feed does not say."""
        return self.feed.headsigns[int(self.feed.trip_headsign[trip])]

    def day(self, on: date) -> DayTimetable:
        """
        Return what runs around a service day, compiled or from the cache; the same object for the same ``day_key``.

        Raises
        ------
        NoService
            When no trip belongs to that service day; the sentence gives the period covered.
        """
        if not self.has_service(on):
            raise NoService(
                f"Aucun transport en commun ne circule le {on:%d/%m/%Y} d’après cet horaire, "
                f"qui va du {self.valid_from:%d/%m/%Y} au {self.valid_until:%d/%m/%Y}."
            )
        key = self.day_key(on)
        if key not in self._days:
            self._days[key] = self._open_day(key, on)
        return self._days[key]

    def has_service(self, on: date) -> bool:
        """Whether a trip belongs to that service day."""
        first, _ = self._spans()
        return bool((self.feed.calendar.active(on) & (first <= WINDOW_S[1])).any())

    def day_key(self, on: date, from_s: int = WINDOW_S[0], until_s: int = WINDOW_S[1]) -> str:
        """
        Return a text that is equal for two dates on which the same vehicles run, without compiling them.

        ``from_s`` and ``until_s``, seconds of the service day, narrow the question to the services that have a vehicle
        between the two: a search from 06:00 to 08:00 sees the same network on a Monday as on a Tuesday, although what
        ran on the evening before differs.
        """
        first, last = self._spans()
        digest = hashlib.sha256()
        for shift, day in neighbours(on):
            active = self.feed.calendar.active(day) & (first + shift <= until_s) & (last + shift >= from_s)
            digest.update(np.packbits(active).tobytes())
        return digest.hexdigest()[:16]

    def _spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if "spans" not in self._memory:
            self._memory["spans"] = service_spans(self.feed)
        spans: tuple[NDArray[np.int64], NDArray[np.int64]] = self._memory["spans"]
        return spans

    def _transfers(self) -> Transfers:
        if "transfers" not in self._memory:
            self._memory["transfers"] = compile_transfers(self.feed, self.assumptions)
        transfers: Transfers = self._memory["transfers"]
        return transfers

    def _open_day(self, key: str, on: date) -> DayTimetable:
        file = None
        if self.cache:
            walking = hashlib.sha256(repr(self.assumptions).encode()).hexdigest()[:8]
            file = self.cache / f"{self.version}-{FORMAT}-{walking}-{key}.day"
            if stored := store.load(file):
                parts: dict[str, Any] = {**stored[0], **stored[1]}
                return DayTimetable(**parts)
        day = compile_day(self.feed, self._transfers(), on)
        if file:
            arrays = {part.name: getattr(day, part.name) for part in fields(day) if part.name != "runs"}
            store.save(file, arrays, {"runs": day.runs})
        return day


def with_feed(network: Network, feed: Feed, version: str) -> Network:
    """Return the network with one more feed, known as ``version``; nothing that is compiled for it is kept on disk."""
    merged = _merged([network.feed, feed])
    return Network(merged, version, network.valid_from, network.valid_until, network.assumptions, None)


def _merged(feeds: Sequence[Feed]) -> Feed:
    """Return one feed that holds several: numbers of the second follow those of the first."""
    if len(feeds) == 1:
        return feeds[0]
    stop = _offsets([len(feed.stop_id) for feed in feeds])
    route = _offsets([len(feed.route_name) for feed in feeds])
    trip = _offsets([len(feed.trip_route) for feed in feeds])
    service = _offsets([len(feed.calendar.weekdays) for feed in feeds])
    headsign = _offsets([len(feed.headsigns) for feed in feeds])
    visit = _offsets([len(feed.visits.stop) for feed in feeds])

    def numbered(part: str, offsets: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.concatenate([getattr(feed, part) + offset for feed, offset in zip(feeds, offsets, strict=True)])

    def visited(part: str) -> NDArray[Any]:
        return np.concatenate([getattr(feed.visits, part) for feed in feeds])

    return Feed(
        label=" + ".join(dict.fromkeys(feed.label for feed in feeds)),
        stop_id=tuple(f"{number}:{stop}" for number, feed in enumerate(feeds, start=1) for stop in feed.stop_id),
        stop_name=tuple(name for feed in feeds for name in feed.stop_name),
        stop_latitude=np.concatenate([feed.stop_latitude for feed in feeds]),
        stop_longitude=np.concatenate([feed.stop_longitude for feed in feeds]),
        route_name=tuple(name for feed in feeds for name in feed.route_name),
        route_type=np.concatenate([feed.route_type for feed in feeds]),
        headsigns=tuple(name for feed in feeds for name in feed.headsigns),
        trip_route=numbered("trip_route", route),
        trip_service=np.concatenate(
            [
                np.where(feed.trip_service < 0, feed.trip_service, feed.trip_service + offset)
                for feed, offset in zip(feeds, service, strict=True)
            ]
        ),
        trip_headsign=numbered("trip_headsign", headsign),
        calendar=joined([feed.calendar for feed in feeds]),
        visits=StopTimes(
            trip_start=np.concatenate(
                [
                    np.zeros(1, np.int32),
                    *(feed.visits.trip_start[1:] + offset for feed, offset in zip(feeds, visit, strict=True)),
                ]
            ),
            stop=np.concatenate([feed.visits.stop + offset for feed, offset in zip(feeds, stop, strict=True)]),
            arrival=visited("arrival"),
            departure=visited("departure"),
            may_board=visited("may_board"),
            may_alight=visited("may_alight"),
        ),
        run_trip=numbered("run_trip", trip),
        run_offset=np.concatenate([feed.run_offset for feed in feeds]),
        rule_from=numbered("rule_from", stop),
        rule_to=numbered("rule_to", stop),
        rule_seconds=np.concatenate([feed.rule_seconds for feed in feeds]),
        problems=tuple(problem for feed in feeds for problem in feed.problems),
    )


def _offsets(lengths: Sequence[int]) -> NDArray[np.int32]:
    return np.cumsum([0, *lengths[:-1]]).astype(np.int32)


def _flat(feed: Feed) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and the other facts of a feed, by dotted name."""
    arrays: dict[str, NDArray[Any]] = {}
    facts: dict[str, Any] = {}
    for prefix, part in (("", feed), ("calendar.", feed.calendar), ("visits.", feed.visits)):
        for item in fields(part):
            value = getattr(part, item.name)
            if isinstance(value, np.ndarray):
                arrays[prefix + item.name] = value
            elif isinstance(value, str | tuple):
                facts[prefix + item.name] = value
    return arrays, facts


def _load_feed(file: Path) -> Feed | None:
    stored = store.load(file)
    if stored is None:
        return None
    arrays, facts = stored
    parts: dict[str, dict[str, Any]] = {"": {}, "calendar": {}, "visits": {}}
    for name, value in {**arrays, **facts}.items():
        part, _, item = name.rpartition(".")
        parts[part][item] = tuple(value) if isinstance(value, list) else value
    return Feed(**parts[""], calendar=Calendar(**parts["calendar"]), visits=StopTimes(**parts["visits"]))
