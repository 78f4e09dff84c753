"""One GTFS feed, read into arrays: stops, lines, trips, service days, visits, rules of change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import UnusableInput
from untoit.core.mobility.calendar import Calendar, read_calendar
from untoit.core.mobility.notices import Notices
from untoit.core.mobility.route_kinds import SCHOOL
from untoit.core.mobility.stop_times import StopTimes, clock_s, read_stop_times
from untoit.core.mobility.street import FloatArray
from untoit.core.mobility.tables import FeedFiles
from untoit.core.model.timetable import Int32Array

BOARDING_PLACES = {"", "0", "4"}  # location_type: a stop or a platform, or a boarding area of a platform
STATION = "1"
FORBIDDEN = -1
UNKNOWN_TYPE = 3  # a line without a readable type is a bus: most are
LONGEST_TRANSFER_S = 24 * 3600
MOST_RUNS_A_FREQUENCY = 10_000


@dataclass(frozen=True, slots=True)
class Feed:
    """
    A timetable for every service day, as numbered stops, lines and trips.

    Attributes
    ----------
    label
        Who publishes it.
    stop_id, stop_name, stop_latitude, stop_longitude
        The boarding points where a vehicle stops on some day, ``S`` of them.
    route_name, route_type
        Public name and GTFS type of each line.
    trip_route, trip_service, trip_headsign
        ``int32[T]``: line, service (-1 when it never runs) and number in ``headsigns`` of each trip.
    calendar, visits
        Service days, and the visits of the trips.
    run_trip, run_offset
        ``int32``: one vehicle run a service day, the trip that it follows and how many seconds later than the trip
        says. A trip of ``frequencies.txt`` has as many runs as departures, any other one run with offset 0.
    rule_from, rule_to, rule_seconds
        ``int32``: ``transfers.txt`` between boarding points; least seconds between two vehicles, or ``FORBIDDEN``.
    problems
        Notices in French about what was left out or supposed.
    """

    label: str
    stop_id: tuple[str, ...]
    stop_name: tuple[str, ...]
    stop_latitude: FloatArray
    stop_longitude: FloatArray
    route_name: tuple[str, ...]
    route_type: Int32Array
    headsigns: tuple[str, ...]
    trip_route: Int32Array
    trip_service: Int32Array
    trip_headsign: Int32Array
    calendar: Calendar
    visits: StopTimes
    run_trip: Int32Array
    run_offset: Int32Array
    rule_from: Int32Array
    rule_to: Int32Array
    rule_seconds: Int32Array
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Places:
    """``stops.txt``: the boarding points, and which of them each identifier stands for (a station: all of its own)."""

    ids: list[str]
    names: list[str]
    latitude: FloatArray
    longitude: FloatArray
    members: dict[str, list[int]]
    stations: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Trips:
    numbers: dict[str, int]
    route: list[int]
    service: list[int]
    headsign: list[int]
    headsigns: tuple[str, ...]


def read_feed(path: Path) -> Feed:
    """
    Return the feed of a zip or of a folder.

    Raises
    ------
    UnusableInput
        When it is no GTFS feed, or nothing in it can run.
    """
    notices = Notices(path.name)
    with FeedFiles(path) as files:
        for table in ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt"):
            if table not in files:
                raise UnusableInput(f"« {path.name} » n’est pas un horaire GTFS complet : il manque {table}.")
        services, calendar = read_calendar(files, notices)
        places = _read_places(files, notices)
        routes, route_name, route_type = _read_routes(files, notices)
        trips = _read_trips(files, routes, services, notices)
        numbers = {identifier: number for number, identifier in enumerate(places.ids)}
        visits = read_stop_times(files, trips.numbers, numbers, places.latitude, places.longitude, notices)
        run_trip, run_offset = _read_frequencies(files, trips, visits, notices)
        rules = _read_rules(files, places, notices)
        label = _publisher(files)
    service = np.array(trips.service, np.int32)
    running = service[run_trip]
    if not calendar.ever_active()[running[running >= 0]].any():
        raise UnusableInput(f"« {path.name} » : aucune course ne circule, aucun jour ; il n’y a rien à calculer.")
    feed = Feed(
        label, tuple(places.ids), tuple(places.names), places.latitude, places.longitude, route_name, route_type,
        trips.headsigns, np.array(trips.route, np.int32), service, np.array(trips.headsign, np.int32), calendar,
        visits, run_trip, run_offset, *rules, notices.sentences(),
    )
    return _only_served_stops(feed)


def _read_places(files: FeedFiles, notices: Notices) -> _Places:
    columns = ("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station")
    rows = {row[0]: row for row in files.rows("stops.txt", columns, ("stop_id",))}
    ids = [stop for stop, row in rows.items() if row[4] in BOARDING_PLACES]
    degrees = np.full((len(ids), 2), np.nan)
    members: dict[str, list[int]] = {}
    stations = frozenset(stop for stop, row in rows.items() if row[4] == STATION)
    names = []
    for number, stop in enumerate(ids):
        _, name, latitude, longitude, _, parent = rows[stop]
        above = rows.get(parent)
        at = _degrees(latitude, longitude) or (_degrees(above[2], above[3]) if above else None)
        if at is None:
            notices.add(
                "stops.txt", "arrêt n’a pas de position lisible ; il n’est pas desservi",
                "arrêts n’ont pas de position lisible ; ils ne sont pas desservis", stop,
            )
        else:
            degrees[number] = at
        names.append(name or (above[1] if above else "") or stop)
        members[stop] = [number]
    for number, stop in enumerate(ids):
        # A boarding area belongs to a platform, which belongs to a station; a loop in the file must not hang us.
        parent = rows[stop][5]
        for _ in range(3):
            if parent and parent != stop and parent in rows:
                members.setdefault(parent, []).append(number)
                parent = rows[parent][5]
    return _Places(ids, names, degrees[:, 0].copy(), degrees[:, 1].copy(), members, stations)


def _degrees(latitude: str, longitude: str) -> tuple[float, float] | None:
    try:
        at = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    except ValueError:
        return None
    # 0, 0 lies in the Gulf of Guinea: it is how exports write "unknown".
    return at if abs(at[0]) <= 90 and abs(at[1]) <= 180 and at != (0.0, 0.0) else None


def _read_routes(files: FeedFiles, notices: Notices) -> tuple[dict[str, int], tuple[str, ...], Int32Array]:
    numbers: dict[str, int] = {}
    names, types = [], []
    columns = ("route_id", "route_short_name", "route_long_name", "route_type")
    for route, short, long, kind in files.rows("routes.txt", columns, ("route_id",)):
        if route in numbers:
            continue
        numbers[route] = len(numbers)
        names.append(short or long or route)
        readable = kind.isdecimal() and len(kind) <= 4
        if not readable:
            notices.add(
                "routes.txt", "ligne n’a pas de type lisible ; elle est prise pour un bus",
                "lignes n’ont pas de type lisible ; elles sont prises pour des bus", route,
            )
        types.append(int(kind) if readable else UNKNOWN_TYPE)
    notices.add(
        "routes.txt", "ligne scolaire (type 712) est comptée comme ouverte à tous",
        "lignes scolaires (type 712) sont comptées comme ouvertes à tous", count=types.count(SCHOOL),
    )
    return numbers, tuple(names), np.array(types, np.int32)


def _read_trips(files: FeedFiles, routes: dict[str, int], services: dict[str, int], notices: Notices) -> _Trips:
    numbers: dict[str, int] = {}
    headsigns: dict[str, int] = {}
    trips = _Trips(numbers, [], [], [], ())
    columns = ("trip_id", "route_id", "service_id", "trip_headsign")
    for trip, route, service, headsign in files.rows("trips.txt", columns, columns[:3]):
        if trip in numbers:
            notices.add(
                "trips.txt", "course est répétée ; la première compte",
                "courses sont répétées ; la première compte", trip,
            )
            continue
        if route not in routes:
            notices.add(
                "trips.txt", "course cite une ligne inconnue ; elle est ignorée",
                "courses citent une ligne inconnue ; elles sont ignorées", trip,
            )
            continue
        if service not in services:
            notices.add(
                "trips.txt", "course n’a aucun jour de circulation ; elle est ignorée",
                "courses n’ont aucun jour de circulation ; elles sont ignorées", trip,
            )
        numbers[trip] = len(numbers)
        trips.route.append(routes[route])
        trips.service.append(services.get(service, -1))
        trips.headsign.append(headsigns.setdefault(headsign, len(headsigns)))
    return _Trips(numbers, trips.route, trips.service, trips.headsign, tuple(headsigns))


def _read_frequencies(
    files: FeedFiles, trips: _Trips, visits: StopTimes, notices: Notices
) -> tuple[Int32Array, Int32Array]:
    """
    Return the runs of every trip that has visits: trip and offset in seconds.

    Where only the headway is promised (``exact_times`` 0), vehicles are supposed to leave at the start of the period
    and then every headway, and a notice says so.
    """
    runs: dict[int, set[int]] = {}
    columns = ("trip_id", "start_time", "end_time", "headway_secs", "exact_times")
    for trip, start, end, headway, exact in files.rows("frequencies.txt", columns, columns[:4]):
        number, first, last = trips.numbers.get(trip), clock_s(start), clock_s(end)
        every = int(headway) if headway.isdecimal() and len(headway) <= 6 else 0
        if number is None or first < 0 or last < first or every == 0 or (last - first) > every * MOST_RUNS_A_FREQUENCY:
            notices.add(
                "frequencies.txt", "fréquence est illisible ou cite une course inconnue ; elle est ignorée",
                "fréquences sont illisibles ou citent une course inconnue ; elles sont ignorées", trip,
            )
            continue
        if exact != "1":
            supposed = "sans horaire exact : les départs sont supposés réguliers dès le début de la période"
            notices.add("frequencies.txt", f"fréquence {supposed}", f"fréquences {supposed}", trip)
        visited = visits.trip_start[number]
        if visited < visits.trip_start[number + 1]:
            leaves = int(visits.departure[visited])
            runs.setdefault(number, set()).update(at - leaves for at in range(first, last, every))
    plain = np.flatnonzero(np.diff(visits.trip_start) > 0)
    plain = plain[~np.isin(plain, list(runs))]
    run_trip = np.concatenate([plain, np.repeat(list(runs), [len(offsets) for offsets in runs.values()])])
    run_offset = np.concatenate([np.zeros(len(plain)), *(sorted(offsets) for offsets in runs.values())])
    order = np.lexsort((run_offset, run_trip))
    return run_trip[order].astype(np.int32), run_offset[order].astype(np.int32)


def _read_rules(files: FeedFiles, places: _Places, notices: Notices) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Return ``transfers.txt`` between boarding points; a row about a platform prevails over one about its station."""
    particular = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
    columns = ("from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time", *particular)
    rules: dict[tuple[int, int], tuple[int, int]] = {}
    for from_stop, to_stop, kind, least, *lines in files.rows("transfers.txt", columns, columns[:2]):
        if any(lines):
            notices.add(
                "transfers.txt", "règle propre à une ligne ou à une course n’est pas appliquée",
                "règles propres à une ligne ou à une course ne sont pas appliquées", f"{from_stop} → {to_stop}",
            )
            continue
        if from_stop not in places.members or to_stop not in places.members:
            notices.add(
                "transfers.txt", "règle cite un arrêt inconnu ; elle est ignorée",
                "règles citent un arrêt inconnu ; elles sont ignorées", f"{from_stop} → {to_stop}",
            )
            continue
        seconds = 0
        if kind == "3":
            seconds = FORBIDDEN
        elif kind == "2" and least.isdecimal() and len(least) <= 6:
            seconds = min(int(least), LONGEST_TRANSFER_S)
        precision = (from_stop not in places.stations) + (to_stop not in places.stations)
        for pair in _pairs(places.members[from_stop], places.members[to_stop]):
            if precision >= rules.get(pair, (0, 0))[0]:
                rules[pair] = precision, seconds
    kept = [(*pair, seconds) for pair, (_, seconds) in sorted(rules.items()) if seconds]
    table = np.array(kept, np.int32).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _pairs(some: list[int], others: list[int]) -> Iterator[tuple[int, int]]:
    return ((one, other) for one in some for other in others)


def _publisher(files: FeedFiles) -> str:
    for table, column in (("feed_info.txt", "feed_publisher_name"), ("agency.txt", "agency_name")):
        names = dict.fromkeys(name for (name,) in files.rows(table, (column,)) if name)
        if names:
            return ", ".join(names)
    return files.path.name


def _only_served_stops(feed: Feed) -> Feed:
    """Return the feed without the stops where no vehicle ever stops: to walk there would lead nowhere."""
    served: NDArray[np.bool_] = np.zeros(len(feed.stop_id), bool)
    served[feed.visits.stop] = True
    kept = np.flatnonzero(served)
    number = (np.cumsum(served) - 1).astype(np.int32)
    rule = served[feed.rule_from] & served[feed.rule_to]
    return replace(
        feed,
        stop_id=tuple(feed.stop_id[stop] for stop in kept),
        stop_name=tuple(feed.stop_name[stop] for stop in kept),
        stop_latitude=feed.stop_latitude[served],
        stop_longitude=feed.stop_longitude[served],
        visits=replace(feed.visits, stop=number[feed.visits.stop]),
        rule_from=number[feed.rule_from[rule]],
        rule_to=number[feed.rule_to[rule]],
        rule_seconds=feed.rule_seconds[rule],
    )
