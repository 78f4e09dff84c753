"""
Tiny GTFS feeds written from a readable description.

>>> write_feed(
...     tmp_path / "ville.zip",
...     stops={"Gare": (0, 0), "Usine": (3_000, 0)},                 # metres east and north of the centre
...     lines={"M1": ["Gare 06:00 Usine 06:08", "samedi: Gare 07:00 Usine 07:08"]},
...     calendar={"semaine": "1111100", "samedi": "0000010"},
... )
"""

import csv
import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from untoit.core.mobility.network import Network

CENTRE = (50.6366, 3.0635)  # Lille Flandres
METRES_A_DEGREE = 6_371_008.8 * math.pi / 180

WEEKDAYS = {"semaine": "1111100"}


def position(east_m: float, north_m: float) -> tuple[float, float]:
    """Return the latitude and longitude of a point given in metres from the centre of the tiny town."""
    latitude = CENTRE[0] + north_m / METRES_A_DEGREE
    return latitude, CENTRE[1] + east_m / (METRES_A_DEGREE * math.cos(math.radians(CENTRE[0])))


def write_feed(
    path: Path,
    *,
    stops: Mapping[str, tuple[float, float]],
    lines: Mapping[str, Sequence[str]],
    calendar: Mapping[str, str] = WEEKDAYS,
    valid: tuple[str, str] = ("20260101", "20261231"),
    calendar_dates: Sequence[tuple[str, str, int]] = (),
    route_types: Mapping[str, int] | None = None,
    files: Mapping[str, str | bytes | None] | None = None,
    folder: str = "",
) -> Path:
    """
    Write a feed, as a zip when the name says so, else as a folder, and return its path.

    ``lines`` gives each line its trips: ``"samedi: A 06:00 B 06:10/06:12 C -"`` is a trip of the service ``samedi``
    (``semaine`` when unsaid) that arrives at B at 06:10, leaves at 06:12 and has no time at C. Trips are numbered
    within their line: ``M1-1``, ``M1-2``. ``files`` adds or replaces whole files; ``None`` leaves one out.
    ``folder`` is a sub-folder of the zip. ``calendar`` may be empty: no ``calendar.txt`` then.
    """
    trips, stop_times = [], []
    for line, described in lines.items():
        for number, text in enumerate(described, start=1):
            service, visits = _service(text)
            trip = f"{line}-{number}"
            trips.append((line, service, trip, f"vers {visits.split()[-2]}"))
            stop_times += [(trip, *row) for row in _visits(visits)]
    kinds = route_types or {}
    tables = {
        "agency.txt": _table("agency_id,agency_name,agency_timezone", [("A", "Réseau", "Europe/Paris")]),
        "stops.txt": _table(
            "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station",
            [(name, name, *(f"{degrees:.7f}" for degrees in position(*at)), "", "") for name, at in stops.items()],
        ),
        "routes.txt": _table(
            "route_id,route_short_name,route_long_name,route_type",
            [(line, line, f"Ligne {line}", kinds.get(line, 3)) for line in lines],
        ),
        "trips.txt": _table("route_id,service_id,trip_id,trip_headsign", trips),
        "stop_times.txt": _table("trip_id,stop_sequence,stop_id,arrival_time,departure_time", stop_times),
        "calendar.txt": _table(
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
            [(service, *days, *valid) for service, days in calendar.items()],
        )
        if calendar
        else None,
        "calendar_dates.txt": _table("service_id,date,exception_type", calendar_dates) if calendar_dates else None,
        **(files or {}),
    }
    contents = {
        folder + name: content if isinstance(content, bytes) else content.encode()
        for name, content in tables.items()
        if content is not None
    }
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    else:
        for name, content in contents.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    return path


def _service(text: str) -> tuple[str, str]:
    first, _, rest = text.partition(" ")
    return (first[:-1], rest) if first.endswith(":") else ("semaine", text)


def _visits(text: str) -> list[tuple[int, str, str, str]]:
    words = text.split()
    rows = []
    for sequence, (stop, when) in enumerate(zip(words[::2], words[1::2], strict=True), start=1):
        arrival, _, departure = when.partition("/")
        rows.append((sequence, stop, _clock(arrival), _clock(departure or arrival)))
    return rows


def _clock(text: str) -> str:
    """Return ``06:00`` as ``06:00:00``, ``06:00:30`` as it is and ``-`` as a blank."""
    return "" if text == "-" else text if text.count(":") == 2 else f"{text}:00"


def _table(header: str, rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def hops(network: Network, on: date, from_min: int = 0, until_min: int = 1440) -> list[str]:
    """Return the hops that leave between two minutes of a day, in order, as ``Gare 06:00 Usine 06:08``."""
    day = network.day(on)
    names = network.stop_name
    return [
        f"{names[day.from_stop[hop]]} {_hours(day.departure[hop])} {names[day.to_stop[hop]]} {_hours(day.arrival[hop])}"
        for hop in range(len(day.departure))
        if from_min * 60 <= day.departure[hop] < until_min * 60
    ]


def changes(network: Network, on: date) -> dict[tuple[str, str], int]:
    """Return the seconds of every change of vehicle, by names of the two stops."""
    day = network.day(on)
    names = network.stop_name
    return {
        (names[stop], names[day.transfer_stop[row]]): int(day.transfer_seconds[row])
        for stop in range(network.stops)
        for row in range(day.transfer_start[stop], day.transfer_start[stop + 1])
    }


def _hours(seconds: int) -> str:
    """Return ``06:00``, or ``06:00:30`` when it is not a whole minute; hours may be negative."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")
