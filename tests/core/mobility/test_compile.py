"""The compiled service day: every hop that can be ridden, and none else."""

import zipfile
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.feeds import changes, write_feed

from untoit.core.mobility.compile import WINDOW_S, compile_day, compile_transfers
from untoit.core.mobility.network import open_network
from untoit.core.mobility.reference import NO_LABEL, arrive_by

MONDAY = date(2026, 1, 12)
STOPS = {"A": (0, 0), "B": (300, 0), "C": (600, 0), "D": (4_000, 0)}
SERVICES = {"semaine": "1111100", "weekend": "0000011", "lundi": "1000000"}


@st.composite
def lines(draw):
    """Draw trips over four stops, at any hour up to 30:00, on three services."""
    trips = []
    for _ in range(draw(st.integers(1, 5))):
        visits = draw(st.lists(st.sampled_from(list(STOPS)), min_size=2, max_size=5))
        minutes = sorted(draw(st.integers(0, 1800)) for _ in range(2 * len(visits)))
        times = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]
        words = " ".join(
            f"{stop} {arrival}/{departure}"
            for stop, arrival, departure in zip(visits, times[::2], times[1::2], strict=True)
        )
        trips.append(f"{draw(st.sampled_from(list(SERVICES)))}: {words}")
    return trips


def seconds(text):
    hours, minutes = text.split(":")
    return 3600 * int(hours) + 60 * int(minutes)


def expected_hops(trips, on):
    """Expand the trips of three service days by hand."""
    found = []
    for shift in (-1, 0, 1):
        weekday = (on + timedelta(days=shift)).weekday()
        for trip in trips:
            service, *words = trip.split()
            if SERVICES[service.rstrip(":")][weekday] == "0":
                continue
            at = [map(seconds, when.split("/")) for when in words[1::2]]
            visits = [(stop, *times) for stop, times in zip(words[::2], at, strict=True)]
            for (stop, _, leaves), (then, reaches, _) in pairwise(visits):
                hop = (leaves + 86_400 * shift, reaches + 86_400 * shift)
                if hop[0] >= WINDOW_S[0] and hop[1] <= WINDOW_S[1]:
                    found.append((*hop, stop, then))
    return sorted(found)


@settings(max_examples=60, deadline=None)
@given(trips=lines(), days=st.integers(0, 6))
def test_a_day_holds_the_hops_of_three_service_days_and_no_others(tmp_path_factory, trips, days):
    on = MONDAY + timedelta(days=days)
    path = write_feed(tmp_path_factory.mktemp("feed") / "v.zip", stops=STOPS, lines={"L": trips}, calendar=SERVICES)
    town = open_network([path])

    day = compile_day(town.feed, compile_transfers(town.feed, town.assumptions), on)

    names = town.stop_name
    found = [
        (int(day.departure[hop]), int(day.arrival[hop]), names[day.from_stop[hop]], names[day.to_stop[hop]])
        for hop in range(len(day.departure))
    ]
    assert sorted(found) == expected_hops(trips, on)
    assert [hop[:2] for hop in found] == sorted(hop[:2] for hop in found)
    # Along each run, in the order of the table, the vehicle leaves from where it arrived.
    for run in range(day.runs):
        hops = np.flatnonzero(day.run == run)
        np.testing.assert_array_equal(day.from_stop[hops[1:]], day.to_stop[hops[:-1]])
        assert (day.departure[hops[1:]] >= day.arrival[hops[:-1]]).all()
    np.testing.assert_array_equal(day.route[day.run], 0)


def test_changes_join_stops_up_to_500_m_walked(tmp_path):
    path = write_feed(tmp_path / "v.zip", stops=STOPS, lines={"L": ["A 06:00 B 06:01 C 06:02 D 06:10"]})

    found = changes(open_network([path]), MONDAY)

    walk = 120 + 339  # 423 m at 1.25 m/s; from A to C there are 810 m
    assert found == {
        ("A", "A"): 120, ("A", "B"): walk, ("B", "A"): walk, ("B", "B"): 120, ("B", "C"): walk, ("C", "B"): walk,
        ("C", "C"): 120, ("D", "D"): 120,
    }  # fmt: skip


def test_transfers_txt_does_not_link_what_is_too_far_to_walk(tmp_path):
    transfers = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,D,2,600\nD,A,0,\nA,B,2,700\n"
    path = write_feed(
        tmp_path / "v.zip", stops=STOPS, lines={"L": ["A 06:00 B 06:01 D 06:10"]}, files={"transfers.txt": transfers}
    )

    found = changes(open_network([path]), MONDAY)

    assert found == {("A", "A"): 120, ("A", "B"): 700, ("B", "A"): 459, ("B", "B"): 120, ("D", "D"): 120}


@pytest.fixture(scope="module")
def grenoble(shared):
    return open_network([shared / "data" / "gtfs" / "grenoble_tag_2023.zip"])


def test_the_arrays_are_what_compiled_kernels_expect(grenoble):
    day = grenoble.day(date(2023, 5, 9))

    for part in fields(day):
        value = getattr(day, part.name)
        if part.name != "runs":
            kind = {"stop_l": np.float64, "may_bo": np.bool_, "may_al": np.bool_}.get(part.name[:6], np.int32)
            assert (part.name, value.dtype, value.flags.c_contiguous) == (part.name, kind, True)
    assert day.runs == len(day.route) == len(day.trip) == day.run.max() + 1
    assert (len(day.transfer_start), day.transfer_start[-1]) == (grenoble.stops + 1, len(day.transfer_stop))


def test_a_real_day_at_26_00_is_the_next_day_at_02_00(grenoble):
    tuesday, wednesday = grenoble.day(date(2023, 5, 9)), grenoble.day(date(2023, 5, 10))
    egress = dict.fromkeys(range(0, grenoble.stops, 40), 60)

    late = arrive_by(tuesday, egress, 26 * 3600, 7200)
    early = arrive_by(wednesday, egress, 2 * 3600, 7200)

    reached = early > NO_LABEL
    assert reached.sum() > 50
    np.testing.assert_array_equal(late[reached], early[reached] + 86_400)
    assert (late[~reached] == NO_LABEL).all()


def test_the_order_of_rows_in_a_feed_changes_nothing(grenoble, shared, tmp_path):
    """Reversed, the stop_times of the real feed make the same day."""
    with zipfile.ZipFile(shared / "data" / "gtfs" / "grenoble_tag_2023.zip") as archive:
        for name in archive.namelist():
            (tmp_path / name).write_bytes(archive.read(name))
    header, *rows = (tmp_path / "stop_times.txt").read_text("utf-8-sig").splitlines()
    (tmp_path / "stop_times.txt").write_text("\n".join([header, *reversed(rows)]))

    reversed_rows = open_network([tmp_path]).day(date(2023, 5, 9))

    straight = grenoble.day(date(2023, 5, 9))
    for part in fields(straight):
        np.testing.assert_array_equal(getattr(straight, part.name), getattr(reversed_rows, part.name))


def test_assumptions_set_the_changes(grenoble):
    shorter = compile_transfers(grenoble.feed, replace(grenoble.assumptions, between_stops_max_m=200, change_s=60))
    usual = compile_transfers(grenoble.feed, grenoble.assumptions)

    assert len(shorter.stop) < len(usual.stop)
    assert (shorter.seconds.min(), usual.seconds.min()) == (60, 120)
