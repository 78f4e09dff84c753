"""Walking, cycling and driving from the great-circle distance."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.feeds import CENTRE, position

from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.street import bike_s, car_s, great_circle_m, stops_within, walk_s, walked_m, within_walk

USUAL = Assumptions.default(date(2026, 1, 13))


def test_the_great_circle_from_lille_to_paris_is_known():
    assert great_circle_m(50.6366, 3.0635, 48.8534, 2.3488) == pytest.approx(204_800, rel=0.002)


def test_great_circles_broadcast():
    distances = great_circle_m(np.zeros((2, 1)), np.zeros((2, 1)), np.zeros(3), np.array([0.0, 1.0, 180.0]))

    assert distances.shape == (2, 3)
    assert distances[0] == pytest.approx([0, 111_195.08, 20_015_114.4])


@pytest.mark.parametrize(
    ("straight", "walked"),
    [
        (0, 0), (100, 141), (399.99, 563.9859), (400, 540), (1000, 1350), (1000.01, 1260.0126), (3000, 3780),
        (3000.01, 3570.0119), (10_000, 11_900),
    ],
)  # fmt: skip
def test_the_walked_distance_has_the_detour_of_its_band(straight, walked):
    assert walked_m(straight, USUAL) == pytest.approx(walked)


@pytest.mark.parametrize(
    ("straight", "seconds"), [(0, 0), (1, 2), (125 / 1.41, 100), (125.1 / 1.41, 101), (1000, 1080)]
)
def test_walking_seconds_are_rounded_up(straight, seconds):
    assert walk_s(straight, USUAL) == seconds


def test_cycling_is_at_15_km_h_and_three_minutes():
    assert bike_s(1000, USUAL) == 180 + 324  # 1,350 m at 4.1667 m/s
    assert bike_s(0, USUAL) == 180


@pytest.mark.parametrize(
    ("straight", "minute", "minutes"),
    [
        (0, 720, 5),
        (2000 / 1.3, 720, 5 + 2 / 18 * 60 * 1.1),
        (5000 / 1.3, 480, 5 + (2 / 18 + 3 / 26) * 60 * 1.4),
        (20_000 / 1.3, 120, 5 + (2 / 18 + 3 / 26 + 5 / 36 + 10 / 52) * 60 * 0.9),
        (5000 / 1.3, 480 + 1440, 5 + (2 / 18 + 3 / 26) * 60 * 1.4),  # the next morning
        (5000 / 1.3, 480 - 1440, 5 + (2 / 18 + 3 / 26) * 60 * 1.4),  # the morning before
    ],
)
def test_driving_goes_by_bands_of_distance_and_by_the_hour(straight, minute, minutes):
    assert car_s(straight, minute, USUAL) == pytest.approx(minutes * 60, abs=1)


def test_driving_takes_longer_farther_and_broadcasts():
    seconds = car_s(np.linspace(0, 60_000, 500)[:, None], np.array([0, 480, 720]), USUAL)

    assert seconds.shape == (500, 3)
    assert (np.diff(seconds, axis=0) >= 0).all()
    assert (seconds[:, 1] >= seconds[:, 2]).all()


def test_a_stop_at_exactly_the_longest_walk_is_within():
    longest = float(walked_m(great_circle_m(*CENTRE, *position(700, 0)), USUAL))
    below = np.nextafter(longest, 0)

    assert within_walk(*CENTRE, *position(700, 0), longest, USUAL)[1].tolist() == [0]
    assert within_walk(*CENTRE, *position(700, 0), below, USUAL)[1].tolist() == []


def test_the_walked_distance_decides_not_the_straight_one():
    """At 399 m the detour makes 563 m, at 401 m it makes 541 m: with a limit of 550 m only the farther one is near."""
    latitude, longitude = zip(position(399, 0), position(401, 0), strict=True)

    start, stop, seconds = within_walk(*CENTRE, latitude, longitude, 550, USUAL)

    assert (start.tolist(), stop.tolist(), seconds.tolist()) == ([0, 1], [1], [434])


def test_stops_near_a_home_are_those_within_1000_m_walked():
    latitude, longitude = zip(*(position(east, 0) for east in (0, 740, 741, 5_000)), strict=True)

    start, stop, seconds = stops_within([CENTRE[0], 0.0], [CENTRE[1], 0.0], latitude, longitude, USUAL)

    assert (start.tolist(), stop.tolist(), seconds.tolist()) == ([0, 2, 2], [0, 1], [0, 800])


def test_no_points_and_no_stops_are_answered():
    start, stop, _ = stops_within([], [], [50.0], [3.0], USUAL)
    alone, none, _ = stops_within([50.0], [3.0], [], [], USUAL)

    assert (start.tolist(), stop.size, alone.tolist(), none.size) == ([0], 0, [0, 0], 0)


@given(
    points=st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=8),
    stops=st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=8),
    longest=st.floats(0, 2000),
)
def test_targets_within_a_walk_are_those_of_a_plain_search(points, stops, longest):
    here, there = (np.array([position(*at) for at in places]) for places in (points, stops))

    start, stop, seconds = within_walk(here[:, 0], here[:, 1], there[:, 0], there[:, 1], longest, USUAL)

    distance = great_circle_m(here[:, :1], here[:, 1:], there[:, 0], there[:, 1])
    point, expected = np.nonzero(walked_m(distance, USUAL) <= longest)
    np.testing.assert_array_equal(np.repeat(np.arange(len(points)), np.diff(start)), point)
    np.testing.assert_array_equal(stop, expected)
    np.testing.assert_array_equal(seconds, walk_s(distance[point, expected], USUAL))


def test_assumptions_are_those_of_the_design_and_still_to_be_checked():
    assert (USUAL.walk_m_s, USUAL.detours) == (1.25, (1.41, 1.35, 1.26, 1.19))
    assert (USUAL.to_stop_max_m, USUAL.between_stops_max_m) == (1000, 500)
    assert (USUAL.change_s, USUAL.margin_s, USUAL.horizon_s) == (120, 300, 7200)
    assert (USUAL.bicycle_m_s, USUAL.bicycle_ready_s) == (pytest.approx(15 / 3.6), 180)
    assert USUAL.to_check


@pytest.mark.parametrize("wrong", [{"change_s": 0}, {"horizon_s": 6 * 3600}, {"horizon_s": -300}])
def test_assumptions_that_the_search_cannot_honour_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(USUAL, **wrong)
