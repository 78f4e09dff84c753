"""
The demonstration network, as a GTFS feed that any reader can open.

The metro runs at its real stations and speeds, by ``frequencies.txt``; trams and buses join declared points in straight
lines, by explicit trips. The feed calls itself a demonstration everywhere a reader may show its name.
"""

import csv
import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from untoit.core.demo.tables import Line, Place, Window, metro, places, surface_lines, windows
from untoit.core.model.holidays import public_holidays
from untoit.core.model.place import Position

LABEL = "Réseau de DÉMONSTRATION (approximation de ilévia)"
VALID_FROM, VALID_UNTIL = date(2025, 9, 1), date(2027, 12, 31)
DAY_TYPES = {"lu-ve": (1, 1, 1, 1, 1, 0, 0), "sa": (0, 0, 0, 0, 0, 1, 0), "di": (0, 0, 0, 0, 0, 0, 1)}
ROUTE_TYPES = {"metro": 1, "tram": 0, "bus": 3}
COLOURS = {"metro": ("C8102E", "FFFFFF"), "tram": ("1F6F8B", "FFFFFF"), "bus": ("6B6257", "FFFFFF")}

# Demonstration assumptions: a bus winds around the straight line, stops about every 600 m, and none carries anybody
# between 00:30 and the first departures of the tables.
WINDING = 1.15
STOP_SPACING_M = 600
LAST_SURFACE_ARRIVAL_S = (24 * 60 + 30) * 60

Row = Sequence[object]


def write_network(path: Path) -> None:
    """Write the demonstration feed to ``path``: the same bytes every time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (columns, rows) in _feed().items():
            # A fixed date, so that two feeds that say the same thing have the same fingerprint.
            archive.writestr(zipfile.ZipInfo(name, (2025, 9, 1, 0, 0, 0)), _csv(columns, rows),
                             zipfile.ZIP_DEFLATED, compresslevel=3)


def _feed() -> dict[str, tuple[str, Iterable[Row]]]:
    stops = _Stops()
    routes: list[Row] = []
    trips: list[Row] = []
    stop_times: list[Row] = []
    frequencies: list[Row] = []
    for code, stations in metro().items():
        routes.append(_route(code, f"{stations[0].station} – {stations[-1].station}", "metro"))
        for direction, calls in enumerate(_metro_calls(stops, code)):
            for days in DAY_TYPES:
                trip = f"{code}-{days}-{direction}"
                trips.append((code, days, trip, stations[-1 if direction == 0 else 0].station, direction))
                stop_times += _call_rows(trip, calls, 0)
                frequencies += [
                    (trip, _clock(span.start_min * 60), _clock(span.end_min * 60), span.headway_min * 60, 0)
                    for span in windows()["metro"] if span.days == days
                ]
    for line in surface_lines():
        routes.append(_route(line.code, line.name, line.kind))
        for direction, calls in enumerate(_surface_calls(stops, line)):
            for days in DAY_TYPES:
                for number, start_s in enumerate(_departures(windows()[line.profile], days)):
                    if start_s + calls[-1][1] > LAST_SURFACE_ARRIVAL_S:
                        continue
                    trip = f"{line.code.replace(' ', '')}-{days}-{direction}-{number:03d}"
                    trips.append((line.code, days, trip, line.points[-1 if direction == 0 else 0], direction))
                    stop_times += _call_rows(trip, calls, start_s)
    return {
        "agency.txt": (
            "agency_id,agency_name,agency_url,agency_timezone,agency_lang",
            [("DEMO", LABEL, "https://example.org/", "Europe/Paris", "fr")],
        ),
        "feed_info.txt": (
            "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version",
            [(LABEL, "https://example.org/", "fr", _day(VALID_FROM), _day(VALID_UNTIL), "demonstration-1")],
        ),
        "stops.txt": ("stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station", stops.rows),
        "routes.txt": (
            "route_id,agency_id,route_short_name,route_long_name,route_type,route_color,route_text_color", routes,
        ),
        "trips.txt": ("route_id,service_id,trip_id,trip_headsign,direction_id", trips),
        "stop_times.txt": ("trip_id,arrival_time,departure_time,stop_id,stop_sequence", stop_times),
        "frequencies.txt": ("trip_id,start_time,end_time,headway_secs,exact_times", frequencies),
        "calendar.txt": (
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
            [(days, *flags, _day(VALID_FROM), _day(VALID_UNTIL)) for days, flags in DAY_TYPES.items()],
        ),
        "calendar_dates.txt": ("service_id,date,exception_type", list(_holiday_rows())),
    }


class _Stops:
    """The stops met so far: a metro station has a parent and a platform, a surface stop stands alone."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._known: dict[tuple[str, str], str] = {}

    def platform(self, station: str) -> str:
        key = ("metro", station)
        if key not in self._known:
            number, position = len(self._known), places()[station].position
            self._add(f"G{number:04d}", station, position, 1, "")
            self._known[key] = self._add(f"M{number:04d}", station, position, 0, f"G{number:04d}")
        return self._known[key]

    def surface(self, name: str, position: Position) -> str:
        key = ("surface", name)
        if key not in self._known:
            self._known[key] = self._add(f"S{len(self._known):04d}", name, position, 0, "")
        return self._known[key]

    def _add(self, stop_id: str, name: str, position: Position, kind: int, parent: str) -> str:
        self.rows.append((stop_id, name, f"{position.latitude:.6f}", f"{position.longitude:.6f}", kind, parent))
        return stop_id


Calls = list[tuple[str, int]]


def _metro_calls(stops: _Stops, code: str) -> tuple[Calls, Calls]:
    stations = metro()[code]
    out = [(stops.platform(stop.station), stop.outward_s) for stop in stations]
    back = [(stops.platform(stop.station), stop.back_s) for stop in reversed(stations)]
    return out, back


def _surface_calls(stops: _Stops, line: Line) -> tuple[Calls, Calls]:
    """Return the stops of a line and the seconds since its first one, both ways."""
    out: Calls = []
    run_m = 0.0
    known = [places()[name] for name in line.points]
    for here, there in pairwise(known):
        length = distance_m(here.position, there.position)
        hops = max(1, round(length / STOP_SPACING_M))
        for hop in range(hops):
            name = here.name if hop == 0 else _between(here, there, hop, hops)
            stop = stops.surface(name, _along(here.position, there.position, hop / hops))
            out.append((stop, _seconds(run_m + length * hop / hops, line)))
        run_m += length
    out.append((stops.surface(known[-1].name, known[-1].position), _seconds(run_m, line)))
    total = out[-1][1]
    return out, [(stop, total - seconds) for stop, seconds in reversed(out)]


def _between(here: Place, there: Place, hop: int, hops: int) -> str:
    """Name an intermediate stop the same whichever way the line runs."""
    if here.name > there.name:
        here, there, hop = there, here, hops - hop
    return f"{here.name} ↔ {there.name} ({hop})"


def _seconds(run_m: float, line: Line) -> int:
    return round(run_m * WINDING / (line.speed_kmh / 3.6) / 10) * 10


def _departures(spans: Iterable[Window], days: str) -> Iterator[int]:
    for span in spans:
        if span.days == days:
            for minute in range(span.start_min, span.end_min, span.headway_min):
                yield minute * 60


def _call_rows(trip: str, calls: Calls, start_s: int) -> Iterator[Row]:
    for sequence, (stop, seconds) in enumerate(calls, 1):
        clock = _clock(start_s + seconds)
        yield trip, clock, clock, stop, sequence


def _route(code: str, name: str, kind: str) -> Row:
    return code, "DEMO", code, f"{name} (démonstration)", ROUTE_TYPES[kind], *COLOURS[kind]


def _holiday_rows() -> Iterator[Row]:
    """Give a public holiday of the period of validity the service of a Sunday."""
    years = range(VALID_FROM.year, VALID_UNTIL.year + 1)
    for day in sorted(day for year in years for day in public_holidays(year)):
        if day.weekday() == 6 or not VALID_FROM <= day <= VALID_UNTIL:
            continue
        yield "sa" if day.weekday() == 5 else "lu-ve", _day(day), 2
        yield "di", _day(day), 1


def distance_m(here: Position, there: Position) -> float:
    """Return the distance in metres, flat-earth, good to 0.1 % at the size of a metropolis."""
    north = (there.latitude - here.latitude) * METRES_PER_DEGREE
    east = (there.longitude - here.longitude) * METRES_PER_DEGREE * math.cos(math.radians(here.latitude))
    return math.hypot(north, east)


METRES_PER_DEGREE = 111_195


def _along(here: Position, there: Position, share: float) -> Position:
    return Position(
        here.latitude + (there.latitude - here.latitude) * share,
        here.longitude + (there.longitude - here.longitude) * share,
    )


@cache
def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _csv(columns: str, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    text.write(columns + "\r\n")
    csv.writer(text).writerows(rows)
    return text.getvalue()
