import csv
import io
import zipfile
from datetime import date

import pytest

from untoit.core.demo.network import LABEL, distance_m, write_network
from untoit.core.demo.tables import metro, places, surface_lines, windows
from untoit.core.mobility.network import open_network
from untoit.core.territory.communes import MEL, communes


@pytest.fixture(scope="module")
def feed(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "reseau_demo.zip"
    write_network(path)
    return path


def rows(feed, name):
    with zipfile.ZipFile(feed) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def seconds(clock):
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def test_network_is_the_same_file_every_time(feed, tmp_path):
    write_network(tmp_path / "again.zip")

    assert (tmp_path / "again.zip").read_bytes() == feed.read_bytes()


def test_network_says_that_it_is_a_demonstration_wherever_it_is_named(feed):
    agency, information = rows(feed, "agency.txt")[0], rows(feed, "feed_info.txt")[0]

    assert agency["agency_name"] == information["feed_publisher_name"] == LABEL
    assert all(route["route_long_name"].endswith("(démonstration)") for route in rows(feed, "routes.txt"))


def test_metro_stands_where_it_stands_and_runs_as_it_runs(shared):
    folder = shared / "data" / "gtfs" / "lille_ilevia_metro"

    def read(name):
        return list(csv.DictReader((folder / name).read_text("utf-8").splitlines()))

    stops = {row["stop_id"]: row for row in read("stops.txt")}
    trips = {row["trip_id"]: row for row in read("trips.txt")}
    runs = {}
    for row in read("stop_times.txt"):
        trip = trips[row["trip_id"]]
        if trip["direction_id"] == "1":
            runs.setdefault(trip["route_id"], []).append(row)

    for ours, theirs in (("M1", "ME1"), ("M2", "ME2")):
        published = sorted(runs[theirs], key=lambda row: int(row["stop_sequence"]))
        start = seconds(published[0]["arrival_time"])
        assert [stop.outward_s for stop in metro()[ours]] == [seconds(row["arrival_time"]) - start for row in published]
        for stop, row in zip(metro()[ours], published, strict=True):
            station = stops[stops[row["stop_id"]]["parent_station"]]
            here = places()[stop.station].position
            assert here.latitude == pytest.approx(float(station["stop_lat"]), abs=0.002)
            assert here.longitude == pytest.approx(float(station["stop_lon"]), abs=0.002)


def test_metro_has_its_62_stations():
    assert len(metro()["M1"]) == 18
    assert len(metro()["M2"]) == 44
    assert len({stop.station for line in metro().values() for stop in line}) == 60  # two of them on both lines


def test_nobody_rides_a_bus_or_a_tram_between_half_past_midnight_and_a_quarter_past_five(feed):
    rides = [row for row in rows(feed, "stop_times.txt") if not row["trip_id"].startswith(("M1-", "M2-"))]

    assert min(seconds(row["departure_time"]) for row in rides) >= seconds("05:15:00")
    assert max(seconds(row["arrival_time"]) for row in rides) <= seconds("24:30:00")


def test_every_commune_of_the_metropolis_is_served():
    served = {places()[point].commune for line in surface_lines() for point in line.points}
    served |= {places()[stop.station].commune for line in metro().values() for stop in line}

    assert {commune.code for commune in communes(MEL)} - served == set()


def test_every_place_stands_near_its_commune():
    positions = {commune.code: commune.position for commune in communes(MEL)}
    far = {
        place.name: round(distance_m(place.position, positions[place.commune]))
        for place in places().values()
        if distance_m(place.position, positions[place.commune]) > 7_500
    }

    assert far == {}


def test_every_line_names_a_known_profile_and_known_places():
    for line in surface_lines():
        assert line.profile in windows()
        assert set(line.points) <= set(places())


def test_public_holidays_run_the_service_of_a_sunday(feed):
    network = open_network([feed])
    christmas, new_year_sunday = date(2026, 12, 25), date(2026, 12, 27)

    def departures_of(day):
        own_day = (day.departure >= 6 * 3600) & (day.departure < 24 * 3600)
        return int(own_day.sum())

    assert departures_of(network.day(christmas)) == departures_of(network.day(new_year_sunday))
    assert departures_of(network.day(date(2026, 12, 24))) > departures_of(network.day(christmas))


def test_both_ways_of_stating_departures_are_there(feed):
    repeated = {row["trip_id"] for row in rows(feed, "frequencies.txt")}

    assert repeated == {row["trip_id"] for row in rows(feed, "trips.txt") if row["route_id"] in ("M1", "M2")}
    assert len(rows(feed, "trips.txt")) > 5_000
