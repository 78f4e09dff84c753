"""The plain search that judges the kernels: by hand on small towns, and its two directions against each other."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.feeds import write_feed

from untoit.core.mobility.network import open_network
from untoit.core.mobility.reference import NO_LABEL, NO_LABEL_FORWARD, arrive_by, depart_after
from untoit.core.model.timetable import DayTimetable

MONDAY = date(2026, 1, 12)
TWO_HOURS = 7200
STOPS = {"Maison": (0, 0), "Gare": (2_000, 0), "Place": (2_000, 200), "Usine": (6_000, 0)}


@pytest.fixture
def town(tmp_path):
    """Return a function that opens a town of the given lines."""

    def opened(lines, **description):
        return open_network([write_feed(tmp_path / "ville.zip", stops=STOPS, lines=lines, **description)])

    return opened


def minutes(text):
    hours, rest = text.split(":")
    return 60 * int(hours) + int(rest)


def leaves(network, deadline, egress, horizon_s=TWO_HOURS, on=MONDAY):
    """Return the last departures that are in time, by name of stop, as minutes."""
    stops = {network.stop_name.index(stop): seconds for stop, seconds in egress.items()}
    labels = arrive_by(network.day(on), stops, 60 * minutes(deadline), horizon_s)
    return {name: label / 60 for name, label in zip(network.stop_name, labels, strict=True) if label > NO_LABEL}


def arrives(network, start, access, horizon_s=TWO_HOURS, on=MONDAY):
    """Return the first arrivals, by name of stop, as minutes."""
    stops = {network.stop_name.index(stop): seconds for stop, seconds in access.items()}
    labels = depart_after(network.day(on), stops, 60 * minutes(start), horizon_s)
    return {name: label / 60 for name, label in zip(network.stop_name, labels, strict=True) if label < NO_LABEL_FORWARD}


def test_the_last_vehicle_in_time_is_found(town):
    network = town({"M": ["Maison 07:00 Usine 07:20", "Maison 07:10 Usine 07:30", "Maison 07:20 Usine 07:40"]})

    assert leaves(network, "07:35", {"Usine": 300}) == {"Maison": minutes("07:10")}
    assert leaves(network, "07:34", {"Usine": 300}) == {"Maison": minutes("07:00")}
    assert arrives(network, "07:05", {"Maison": 300}) == {"Usine": minutes("07:30")}
    assert arrives(network, "07:05", {"Maison": 301}) == {"Usine": minutes("07:40")}


def test_a_slower_vehicle_that_leaves_later_is_passed_over_when_it_is_late(town):
    network = town({"M": ["Maison 07:00 Usine 07:50", "Maison 07:10 Usine 07:30", "Maison 07:12 Usine 08:10"]})

    assert leaves(network, "08:00", {"Usine": 0}) == {"Maison": minutes("07:10")}
    assert arrives(network, "07:00", {"Maison": 0}) == {"Usine": minutes("07:30")}


def test_a_change_at_one_stop_takes_two_minutes_and_staying_on_board_nothing(town):
    through = town({"M": ["Maison 07:00 Gare 07:10 Usine 07:20"]})
    assert leaves(through, "07:20", {"Usine": 0})["Maison"] == minutes("07:00")

    just_made = town({"M": ["Maison 07:00 Gare 07:10"], "N": ["Gare 07:12 Usine 07:20"]})
    assert leaves(just_made, "07:20", {"Usine": 0})["Maison"] == minutes("07:00")
    assert arrives(just_made, "07:00", {"Maison": 0})["Usine"] == minutes("07:20")

    missed = town({"M": ["Maison 07:00 Gare 07:10"], "N": ["Gare 07:11 Usine 07:20"]})
    assert leaves(missed, "07:20", {"Usine": 0}) == {"Gare": minutes("07:11")}
    assert arrives(missed, "07:00", {"Maison": 0}) == {"Gare": minutes("07:10")}


def test_a_change_with_a_walk_takes_two_minutes_and_the_walk(town):
    """From Gare to Place, 282 m walked: 226 s, hence 346 s between the two vehicles."""
    late = town({"M": ["Maison 07:00 Gare 07:10"], "N": ["Place 07:15:45 Usine 07:25"]})
    made = town({"M": ["Maison 07:00 Gare 07:10"], "N": ["Place 07:15:46 Usine 07:25"]})

    assert "Maison" not in leaves(late, "07:25", {"Usine": 0})
    assert leaves(made, "07:25", {"Usine": 0})["Maison"] == minutes("07:00")
    assert arrives(made, "07:00", {"Maison": 0})["Usine"] == minutes("07:25")


def test_the_first_boarding_costs_only_the_walk(town):
    network = town({"M": ["Gare 07:00 Usine 07:20"]})

    assert arrives(network, "07:00", {"Gare": 0}) == {"Usine": minutes("07:20")}
    assert arrives(network, "07:00", {"Gare": 1}) == {}


def test_the_horizon_includes_its_very_end(town):
    network = town({"M": ["Maison 06:00 Usine 07:00", "Maison 08:00 Usine 09:00"]})

    assert leaves(network, "08:00", {"Usine": 0}) == {"Maison": minutes("06:00")}
    assert leaves(network, "08:01", {"Usine": 0}) == {}
    assert arrives(network, "07:00", {"Maison": 0}) == {"Usine": minutes("09:00")}
    assert arrives(network, "06:59", {"Maison": 3600}) == {}


def test_stops_where_one_may_not_get_on_or_off_are_ridden_through(town):
    header = "trip_id,stop_sequence,stop_id,arrival_time,departure_time,pickup_type,drop_off_type\n"
    rows = "M-1,1,Maison,07:00:00,07:00:00,0,0\nM-1,2,Gare,07:10:00,07:10:00,1,1\nM-1,3,Usine,07:20:00,07:20:00,0,0\n"
    network = town({"M": ["Maison 07:00 Usine 07:20"]}, files={"stop_times.txt": header + rows})

    assert leaves(network, "07:20", {"Usine": 0}) == {"Maison": minutes("07:00")}
    assert leaves(network, "07:20", {"Gare": 0}) == {}
    assert arrives(network, "07:00", {"Maison": 0}) == {"Usine": minutes("07:20")}
    assert arrives(network, "07:00", {"Gare": 0}) == {}


def test_hops_that_take_no_time_are_chained(town):
    network = town({"M": ["Maison 07:00 Gare 07:00 Place 07:00 Usine 07:00"]})

    everywhere = dict.fromkeys(("Maison", "Gare", "Place"), minutes("07:00"))
    assert leaves(network, "07:00", {"Usine": 0}) == everywhere
    assert arrives(network, "07:00", {"Maison": 0}) == dict.fromkeys(("Gare", "Place", "Usine"), minutes("07:00"))


def test_a_vehicle_of_the_day_before_brings_home_after_midnight(town):
    network = town({"N": ["Usine 24:20 Maison 24:50"], "M": ["Maison 07:00 Usine 07:20"]})
    tuesday = date(2026, 1, 13)

    assert arrives(network, "24:05", {"Usine": 0}) == {"Maison": minutes("24:50")}
    assert leaves(network, "01:00", {"Maison": 0}, on=tuesday) == {"Usine": minutes("00:20")}


def test_a_forbidden_change_is_not_made(town):
    transfers = "from_stop_id,to_stop_id,transfer_type\nGare,Gare,3\n"
    lines = {"M": ["Maison 07:00 Gare 07:10"], "N": ["Gare 07:30 Usine 07:40"]}

    assert "Maison" in leaves(town(lines), "08:00", {"Usine": 0})
    assert "Maison" not in leaves(town(lines, files={"transfers.txt": transfers}), "08:00", {"Usine": 0})


def test_three_vehicles_make_a_journey(town):
    lines = {"M": ["Maison 07:00 Gare 07:10"], "N": ["Place 07:20 Gare 07:25"], "O": ["Gare 07:30 Usine 07:40"]}

    assert leaves(town(lines), "07:40", {"Usine": 0}) == {
        "Maison": minutes("07:00"), "Gare": minutes("07:30"), "Place": minutes("07:20"),
    }  # fmt: skip


# ---------------------------------------------------------------- the two directions judge each other


@st.composite
def days(draw):
    """Draw a small day: up to ten vehicles over six stops, bans, hops without duration, one-way changes."""
    stops, hops = 6, []
    runs = draw(st.integers(1, 10))
    for run in range(runs):
        clock = draw(st.integers(0, 600))
        path = draw(st.lists(st.integers(0, stops - 1), min_size=2, max_size=5))
        for position, (here, there) in enumerate(pairwise(path)):
            departure = clock + draw(st.sampled_from((0, 0, 30)))
            clock = departure + draw(st.sampled_from((0, 60, 90, 400)))
            bans = draw(st.integers(0, 8))
            hops.append((departure, clock, run, position, here, there, bans != 1, bans != 2))
    hops.sort()
    table = np.array(hops, np.int32)
    changes = draw(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(1, 200), max_size=12))
    changes |= {(stop, stop): 120 for stop in range(stops) if draw(st.booleans())}
    pairs = sorted(changes)
    return DayTimetable(
        stop_latitude=np.zeros(stops), stop_longitude=np.zeros(stops),
        departure=table[:, 0].copy(), arrival=table[:, 1].copy(), from_stop=table[:, 4].copy(),
        to_stop=table[:, 5].copy(), run=table[:, 2].copy(), runs=runs, may_board=table[:, 6] == 1,
        may_alight=table[:, 7] == 1,
        transfer_start=np.searchsorted([pair[0] for pair in pairs], np.arange(stops + 1)).astype(np.int32),
        transfer_stop=np.array([pair[1] for pair in pairs], np.int32),
        transfer_seconds=np.array([changes[pair] for pair in pairs], np.int32),
        route=np.zeros(runs, np.int32), trip=np.arange(runs, dtype=np.int32),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(day=days(), target=st.integers(0, 5), walk=st.integers(0, 100), deadline=st.integers(0, 1500))
def test_whoever_leaves_at_the_label_is_in_time_and_whoever_leaves_later_is_not(day, target, walk, deadline):
    labels = arrive_by(day, {target: walk}, deadline, 10_000)

    for stop, label in enumerate(labels.tolist()):
        later = 0 if label == NO_LABEL else label + 1
        assert depart_after(day, {stop: 0}, later, 10_000)[target] > deadline - walk
        if label != NO_LABEL:
            assert depart_after(day, {stop: 0}, label, 10_000)[target] <= deadline - walk


@settings(max_examples=150, deadline=None)
@given(day=days(), origin=st.integers(0, 5), walk=st.integers(0, 100), start=st.integers(0, 900))
def test_whoever_wants_to_arrive_before_the_first_arrival_must_leave_earlier(day, origin, walk, start):
    labels = depart_after(day, {origin: walk}, start, 10_000)

    for stop, label in enumerate(labels.tolist()):
        if label != NO_LABEL_FORWARD:
            assert arrive_by(day, {stop: 0}, label, 10_000)[origin] >= start + walk
            assert arrive_by(day, {stop: 0}, label - 1, 10_000)[origin] < start + walk
        else:
            assert arrive_by(day, {stop: 0}, 5_000, 10_000)[origin] < start + walk


@settings(max_examples=60, deadline=None)
@given(day=days(), target=st.integers(0, 5), horizon=st.integers(0, 900))
def test_a_shorter_horizon_only_removes_labels(day, target, horizon):
    far = arrive_by(day, {target: 0}, 900, 5_000)
    near = arrive_by(day, {target: 0}, 900, horizon)

    np.testing.assert_array_equal(near, np.where(far >= 900 - horizon, far, NO_LABEL))


def test_numbers_of_runs_do_not_matter(town):
    day = town({"M": ["Maison 07:00 Gare 07:10"], "N": ["Gare 07:12 Usine 07:20"]}).day(MONDAY)
    renumbered = replace(day, run=(day.runs - 1 - day.run).astype(np.int32))

    for each in (day, renumbered):
        assert depart_after(each, {0: 0}, 7 * 3600, TWO_HOURS).tolist() == [NO_LABEL_FORWARD, 25_800, 26_400]
