"""The compiled kernels answer what the plain reference answers, label by label."""

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from untoit.core.mobility import kernels, reference
from untoit.core.mobility.kernels import Search
from untoit.core.mobility.network import open_network
from untoit.core.mobility.reference import NO_LABEL, NO_LABEL_FORWARD
from untoit.core.model.timetable import DayTimetable

HORIZON_S = 7200


def timetable(runs, changes, stops=4):
    """Return a day: each run is a list of ``(departure, from, arrival, to, may_board, may_alight)``, ``changes``
    gives the seconds of each ``(alighted, boarded)``."""
    hops = sorted(
        (hop[0], hop[2], run, position, hop) for run, hops in enumerate(runs) for position, hop in enumerate(hops)
    )
    columns = [
        np.array([hop[part] for *_, hop in hops], np.bool_ if part > 3 else np.int32) for part in range(6)
    ]
    pairs = sorted(changes)
    start = np.searchsorted([alighted for alighted, _ in pairs], np.arange(stops + 1)).astype(np.int32)
    return DayTimetable(
        np.zeros(stops), np.zeros(stops), columns[0], columns[2], columns[1], columns[3],
        np.array([run for _, _, run, _, _ in hops], np.int32), len(runs), columns[4], columns[5],
        start, np.array([boarded for _, boarded in pairs], np.int32),
        np.array([changes[pair] for pair in pairs], np.int32),
        np.zeros(len(runs), np.int32), np.arange(len(runs), dtype=np.int32),
    )


def line(*visits, board=True, alight=True):
    """Return one run from ``(stop, second)`` visits."""
    return [(t, a, u, b, board, alight) for (a, t), (b, u) in itertools.pairwise(visits)]


@st.composite
def days(draw):
    """Small timetables with hops of no length, overtaking, loops, bans and times around midnight."""
    stops = draw(st.integers(2, 5))
    runs = []
    for _ in range(draw(st.integers(1, 7))):
        clock = draw(st.integers(-300, 900))
        hops, here = [], draw(st.integers(0, stops - 1))
        for _ in range(draw(st.integers(1, 5))):
            there = draw(st.integers(0, stops - 1))
            ride = draw(st.sampled_from([0, 0, 60, 120, 121, 240]))
            hops.append((clock, here, clock + ride, there, draw(st.booleans()) or draw(st.booleans()),
                         draw(st.booleans()) or draw(st.booleans())))
            clock, here = clock + ride + draw(st.sampled_from([0, 0, 30])), there
        runs.append(hops)
    pairs = st.tuples(st.integers(0, stops - 1), st.integers(0, stops - 1))
    changes = draw(st.dictionaries(pairs, st.sampled_from([1, 60, 120, 121, 400, 20_000]), max_size=12))
    walks = st.dictionaries(st.integers(0, stops - 1), st.sampled_from([0, 30, 120, 800]), max_size=3)
    return timetable(runs, changes, stops), draw(walks), draw(walks)


@given(days(), st.integers(0, 2400), st.sampled_from([60, 600, 1500, HORIZON_S]))
@settings(max_examples=400, deadline=None)
def test_both_kernels_equal_the_reference_on_every_label(case, at_s, horizon_s):
    day, walks, _ = case
    ready = kernels.prepare(day)

    backward = kernels.arrive_by(ready, walks, at_s, horizon_s)
    forward = kernels.depart_after(ready, walks, at_s, horizon_s)

    np.testing.assert_array_equal(backward, reference.arrive_by(day, walks, at_s, horizon_s))
    np.testing.assert_array_equal(forward, reference.depart_after(day, walks, at_s, horizon_s))


@given(days(), st.lists(st.dictionaries(st.integers(0, 1), st.integers(0, 300), max_size=2), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_searches_that_share_a_scan_do_not_meet(case, places):
    day, _, _ = case
    direction = kernels.prepare(day).arrive_by
    searches = [Search(900, np.array(list(each), np.int32), np.array(list(each.values()), np.int32)) for each in places]
    together = np.full((direction.stops, len(searches) + 2), -7, np.int16)

    kernels.fill(direction, 900, searches, HORIZON_S, together, 1)

    alone = np.column_stack([reference.arrive_by(day, each, 900, HORIZON_S) for each in places]).astype(np.int64)
    np.testing.assert_array_equal(together[:, 1:-1], np.where(alone == NO_LABEL, kernels.NO_WAY_S, 900 - alone))
    assert (together[:, [0, -1]] == -7).all()


@given(days(), st.integers(0, 2400), st.sampled_from([1, -1]))
@settings(max_examples=400, deadline=None)
def test_a_rebuilt_journey_can_be_ridden_and_takes_the_minutes_of_the_labels(case, at_s, sign):
    day, work, home = case
    ready = kernels.prepare(day)
    best = _door_to_door(ready, work, home, at_s, sign)

    found = kernels.fewest_rides(
        ready.direction(-sign),
        _search(-sign * (at_s - sign * best) if best is not None else -sign * at_s, home),
        _search(-sign * at_s, work),
    )

    if best is None:
        return
    assert found is not None
    work_s = -sign * found[0]
    leaves, arrives = (at_s - best, work_s) if sign == 1 else (work_s, at_s + best)
    assert (leaves <= arrives <= at_s) if sign == 1 else (at_s <= leaves <= arrives)
    first, last = found[1][0], found[1][-1]
    origin, target = (home, work) if sign == 1 else (work, home)
    assert leaves + origin[int(day.from_stop[first.first])] <= day.departure[first.first]
    assert day.arrival[last.last] + target[int(day.to_stop[last.last])] <= arrives
    for ride in found[1]:
        assert day.run[ride.first] == day.run[ride.last]
        assert ride.first <= ride.last
        assert day.may_board[ride.first]
        assert day.may_alight[ride.last]
    for before, after in zip(found[1], found[1][1:], strict=False):
        seconds = _change_s(day, int(day.to_stop[before.last]), int(day.from_stop[after.first]))
        assert seconds is not None
        assert day.arrival[before.last] + seconds <= day.departure[after.first]


def test_rebuilt_journey_prefers_fewer_vehicles_to_an_earlier_arrival():
    # Both leave at 0 and are in time: through stop 1 with a change (there at 900), or direct (there at 1000).
    direct, first, second = line((0, 0), (3, 1000)), line((0, 0), (1, 300)), line((1, 420), (3, 900))
    ready = kernels.prepare(timetable([direct, first, second], {(1, 1): 120}))

    found = kernels.fewest_rides(ready.depart_after, _search(0, {0: 0}), _search(-1100, {3: 0}))

    assert found is not None
    assert (-found[0], len(found[1])) == (1000, 1)


def test_rebuilt_journey_may_need_more_vehicles_than_are_counted():
    # Twelve vehicles, one after the other: more than the rows of the search.
    runs = [line((k, 300 * k), (k + 1, 300 * k + 100)) for k in range(12)]
    ready = kernels.prepare(timetable(runs, {(k, k): 120 for k in range(13)}, stops=13))

    found = kernels.fewest_rides(ready.depart_after, _search(0, {0: 0}), _search(-4000, {12: 0}))

    assert found is not None
    assert (-found[0], len(found[1])) == (3400, 12)


def test_staying_on_board_is_free_and_a_change_costs_its_seconds():
    through, other = line((0, 0), (1, 100), (2, 200)), line((1, 219), (3, 300))
    one_second_short = kernels.prepare(timetable([through, other], {(1, 1): 120}))
    just_enough = kernels.prepare(timetable([through, line((1, 220), (3, 300))], {(1, 1): 120}))

    assert kernels.arrive_by(one_second_short, {2: 0}, 200, HORIZON_S)[0] == 0
    assert kernels.arrive_by(one_second_short, {3: 0}, 300, HORIZON_S)[0] == NO_LABEL
    assert kernels.arrive_by(just_enough, {3: 0}, 300, HORIZON_S)[0] == 0


def test_a_vehicle_that_may_not_be_boarded_or_left_is_not():
    no_boarding = kernels.prepare(timetable([line((0, 0), (1, 100), board=False)], {}))
    no_alighting = kernels.prepare(timetable([line((0, 0), (1, 100), alight=False)], {}))

    assert kernels.arrive_by(no_boarding, {1: 0}, 100, HORIZON_S)[0] == NO_LABEL
    assert kernels.depart_after(no_alighting, {0: 0}, 0, HORIZON_S)[1] == NO_LABEL_FORWARD


@pytest.mark.parametrize(("horizon_s", "label"), [(99, NO_LABEL), (100, 0)])
def test_the_horizon_is_inclusive(horizon_s, label):
    ready = kernels.prepare(timetable([line((0, 0), (1, 80))], {}))

    assert kernels.arrive_by(ready, {1: 20}, 100, horizon_s)[0] == label


def test_a_change_that_costs_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one second"):
        kernels.prepare(timetable([line((0, 0), (1, 80))], {(0, 0): 0}))


@pytest.mark.parametrize("horizon_s", [0, 16_384])
def test_a_horizon_that_does_not_fit_is_refused(horizon_s):
    ready = kernels.prepare(timetable([line((0, 0), (1, 80))], {}))

    with pytest.raises(ValueError, match="horizon"):
        kernels.arrive_by(ready, {1: 0}, 100, horizon_s)


def test_windows_are_the_same_whatever_the_numbers_of_the_runs():
    one = kernels.prepare(timetable([line((0, 0), (1, 50), (2, 99)), line((0, 10), (1, 60))], {}))
    renumbered = kernels.prepare(timetable([line((0, 10), (1, 60)), line((0, 0), (1, 50), (2, 99))], {}))
    another_vehicle = kernels.prepare(
        timetable([line((0, 0), (1, 50)), line((1, 50), (2, 99)), line((0, 10), (1, 60))], {})
    )

    assert kernels.same_window(one.arrive_by, renumbered.arrive_by, 100, 200)
    assert not kernels.same_window(one.arrive_by, another_vehicle.arrive_by, 100, 200)


def test_windows_that_differ_only_outside_are_the_same():
    one = kernels.prepare(timetable([line((0, 0), (1, 50), (2, 300))], {}))
    other = kernels.prepare(timetable([line((0, 0), (1, 50)), line((1, 120), (2, 300))], {}))

    assert kernels.same_window(one.arrive_by, other.arrive_by, 40, 60)
    assert not kernels.same_window(one.arrive_by, other.arrive_by, 400, 500)


@pytest.fixture(scope="module")
def grenoble(shared, tmp_path_factory):
    """A Wednesday of the real network, for the kernels and for the reference."""
    network = open_network([shared / "data/gtfs/grenoble_tag_2023.zip"], cache=tmp_path_factory.mktemp("cache"))
    return kernels.prepare(network.day(date(2023, 5, 24)))


@pytest.mark.parametrize("hour", [5, 6, 8.5, 21, 26])
def test_kernels_equal_the_reference_on_all_labels_of_grenoble(grenoble, hour):
    day, at_s = grenoble.timetable, int(hour * 3600)
    stops = len(day.stop_latitude)
    places = [
        dict(zip(rng.choice(stops, 8, replace=False).tolist(), rng.integers(0, 800, 8).tolist(), strict=True))
        for rng in [np.random.default_rng(int(hour * 10) + seed) for seed in range(3)]
    ]
    labelled = 0

    for place in places:
        backward = kernels.arrive_by(grenoble, place, at_s, HORIZON_S)
        forward = kernels.depart_after(grenoble, place, at_s, HORIZON_S)
        np.testing.assert_array_equal(backward, reference.arrive_by(day, place, at_s, HORIZON_S))
        np.testing.assert_array_equal(forward, reference.depart_after(day, place, at_s, HORIZON_S))
        labelled += int((backward != NO_LABEL).sum() + (forward != NO_LABEL_FORWARD).sum())

    assert labelled > 0


def _search(at_s, walks):
    return Search(at_s, np.array(list(walks), np.int32), np.array(list(walks.values()), np.int32))


def _door_to_door(ready, work, home, at_s, sign):
    label = kernels.labels(ready.direction(sign), _search(sign * at_s, work), HORIZON_S).astype(np.int64)
    reached = [sign * at_s - label[stop] + walk for stop, walk in home.items() if label[stop] != NO_LABEL]
    return int(min(reached)) if reached else None


def _change_s(day, alighted, boarded):
    row = slice(day.transfer_start[alighted], day.transfer_start[alighted + 1])
    return dict(zip(day.transfer_stop[row].tolist(), day.transfer_seconds[row].tolist(), strict=True)).get(boarded)
