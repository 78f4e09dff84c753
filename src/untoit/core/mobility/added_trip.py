"""A trip that does not run today: added to a timetable in memory, and written as a feed that any reader can open."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from untoit.core.mobility.calendar import WEEKDAY_COLUMNS, Calendar
from untoit.core.mobility.gtfs import Feed
from untoit.core.mobility.network import Network, with_feed
from untoit.core.mobility.stop_times import StopTimes
from untoit.core.model.place import Position

_BUS = 3


@dataclass(frozen=True, slots=True)
class AddedTrip:
    """
    One vehicle between two stops, once a day on some weekdays (Monday 0).

    ``leaves_min`` and ``arrives_min`` are minutes after midnight of the service day; the next morning is above 1440.
    """

    name: str
    origin: str
    origin_at: Position
    destination: str
    destination_at: Position
    leaves_min: int
    arrives_min: int
    days: frozenset[int]


def with_trip(network: Network, trip: AddedTrip) -> Network:
    """Return the network with the trip running over its whole period; nothing of it is kept in the cache."""
    version = hashlib.sha256(f"{network.version} {trip}".encode()).hexdigest()[:16]
    return with_feed(network, _feed(trip, network.valid_from, network.valid_until), version)


def write_trip(path: Path, trip: AddedTrip, valid_from: date, valid_until: date) -> None:
    """Write the trip as a GTFS feed of its own, to give beside the real one (``--gtfs reel.zip --gtfs ajout.zip``)."""
    flags = ",".join("1" if day in trip.days else "0" for day in range(7))
    tables = {
        "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n"
                      "ESSAI,Essai « et si »,https://example.org/,Europe/Paris\n",
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
            f"{number},{_quoted(name)},{place.latitude!r},{place.longitude!r}\n"
            for number, (name, place) in enumerate(
                ((trip.origin, trip.origin_at), (trip.destination, trip.destination_at))
            )
        ),
        "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
                      f"ESSAI,ESSAI,{_quoted(trip.name)},,{_BUS}\n",
        "trips.txt": f"route_id,service_id,trip_id,trip_headsign\nESSAI,ESSAI,ESSAI,{_quoted(trip.destination)}\n",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(
            f"ESSAI,{_clock(minute)},{_clock(minute)},{number},{number}\n"
            for number, minute in enumerate((trip.leaves_min, trip.arrives_min))
        ),
        "calendar.txt": f"service_id,{','.join(WEEKDAY_COLUMNS)},start_date,end_date\n"
                        f"ESSAI,{flags},{valid_from:%Y%m%d},{valid_until:%Y%m%d}\n",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            # A fixed date: two feeds that say the same thing have the same fingerprint.
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), text)


def _feed(trip: AddedTrip, first: date, last: date) -> Feed:
    ints = np.int32
    times = np.array([trip.leaves_min * 60, trip.arrives_min * 60], ints)
    return Feed(
        label="essai",
        stop_id=("0", "1"),
        stop_name=(trip.origin, trip.destination),
        stop_latitude=np.array([trip.origin_at.latitude, trip.destination_at.latitude]),
        stop_longitude=np.array([trip.origin_at.longitude, trip.destination_at.longitude]),
        route_name=(trip.name,),
        route_type=np.array([_BUS], ints),
        headsigns=(trip.destination,),
        trip_route=np.zeros(1, ints),
        trip_service=np.zeros(1, ints),
        trip_headsign=np.zeros(1, ints),
        calendar=Calendar(
            np.array([sum(1 << day for day in trip.days)], np.uint8), np.array([first.toordinal()], ints),
            np.array([last.toordinal()], ints), np.zeros(0, ints), np.zeros(0, ints), np.zeros(0, np.bool_),
        ),
        visits=StopTimes(
            np.array([0, 2], ints), np.array([0, 1], ints), times, times, np.ones(2, np.bool_), np.ones(2, np.bool_)
        ),
        run_trip=np.zeros(1, ints),
        run_offset=np.zeros(1, ints),
        rule_from=np.zeros(0, ints),
        rule_to=np.zeros(0, ints),
        rule_seconds=np.zeros(0, ints),
        problems=(),
    )



def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
