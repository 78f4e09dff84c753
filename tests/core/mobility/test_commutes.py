"""Both ways of many pairs: against a brute force on the plain reference, and the situations of the field one by one."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.feeds import position, write_feed

from untoit.core.errors import NoService
from untoit.core.mobility import join, reference, street
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.commutes import (
    NO_TIME,
    NO_WAY_MIN,
    Points,
    commutes,
    homes_near,
    prepare_works,
    service_day,
)
from untoit.core.mobility.network import open_network
from untoit.core.mobility.reference import NO_LABEL, NO_LABEL_FORWARD
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.model.work import Mode

TUESDAY = date(2026, 1, 13)
ASSUMPTIONS = Assumptions.default(TUESDAY)
MONDAY_TO_FRIDAY = range(5)


def _minutes(clock):
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def block(days, start, end):
    return Block(frozenset(days), _minutes(start), _minutes(end))


def week(*blocks):
    return Schedule((Rotation(blocks),))


def shift(start, end, days=MONDAY_TO_FRIDAY):
    return week(block(days, start, end))


def points(*metres):
    """Return places given in metres east and north of the centre."""
    at = np.array([position(east, north) for east, north in metres])
    return Points(at[:, 0], at[:, 1])


def feed(tmp_path, lines, **more):
    stops = {"Nord": (0, 0), "Milieu": (6_000, 0), "Sud": (12_000, 0), "Ouest": (6_000, 250), "Zone": (12_000, 6_000)}
    return open_network([write_feed(tmp_path / "ville.zip", stops=stops, lines=lines, **more)])


HOME = points((0, 0))
WORK = points((12_000, 0))


def test_the_way_to_work_leaves_as_late_as_possible_and_counts_the_early_arrival(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:00 Sud 07:30", "Nord 07:20 Sud 07:50", "Nord 07:40 Sud 08:10"]})

    found = commutes(network, HOME, WORK, [shift("08:00", "16:00")], TUESDAY)

    # Five minutes of margin: be there at 07:55, hence leave at 07:20, of which 5 minutes at the gate.
    assert found.outward[0, 0] == 35
    assert found.leaves[0, 0] == 7 * 60 + 20


def test_the_way_back_counts_the_wait_for_the_first_vehicle(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:50", "Sud 16:04 Nord 16:34", "Sud 16:30 Nord 17:00"]})

    found = commutes(network, HOME, WORK, [shift("08:00", "16:00")], TUESDAY)

    # Out at 16:05: the 16:04 is missed.
    assert found.back[0, 0] == 55
    assert found.back_at[0, 0] == 17 * 60


def test_the_walk_to_the_stops_counts_and_is_limited_to_one_kilometre(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:50", "Sud 16:30 Nord 17:00"]})
    # 740 m make 999 m walked (799.2 s), 742 m make 1,001.7 m: too far.
    homes = points((-740, 0), (-742, 0))

    found = commutes(network, homes, WORK, [shift("08:00", "16:00")], TUESDAY)

    # 35 minutes from the stop, and 13 min 20 s on foot.
    assert found.outward[:, 0].tolist() == [49, NO_WAY_MIN]
    assert found.back[:, 0].tolist() == [69, NO_WAY_MIN]


def test_walking_all_the_way_competes(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:50", "Sud 16:30 Nord 17:00"]})

    found = commutes(network, HOME, points((500, 0), (6_000, 0)), [shift("08:00", "16:00")] * 2, TUESDAY)

    # 675 m and 7,140 m walked at 1.25 m/s: 9 min and 95 min 12 s.
    assert found.outward.tolist() == [[9, 96]]
    assert found.back.tolist() == [[9, 96]]
    assert found.leaves.tolist() == [[7 * 60 + 46, 6 * 60 + 19]]


def test_the_worst_day_and_the_worst_rotation_are_reported(tmp_path):
    friday = ["vendredi: Nord 07:00 Sud 07:30", "vendredi: Sud 16:30 Nord 17:00"]
    evening = [f"{service}: {trip}" for service in ("semaine", "vendredi")
               for trip in ("Nord 12:40 Sud 12:50", "Sud 21:10 Nord 22:50")]
    network = feed(
        tmp_path,
        {"M1": ["Nord 07:20 Sud 07:50", "Sud 16:10 Nord 16:40", *friday, *evening]},
        calendar={"semaine": "1111000", "vendredi": "0000100"},
    )
    day, late = block(MONDAY_TO_FRIDAY, "08:00", "16:00"), block(MONDAY_TO_FRIDAY, "13:00", "21:00")
    both = Schedule((Rotation((day,)), Rotation((late,))))

    found = commutes(network, HOME, points((12_000, 0), (12_000, 0), (12_000, 0)),
                     [shift("08:00", "16:00", range(4)), shift("08:00", "16:00"), both], TUESDAY)

    assert found.outward.tolist() == [[35, 55, 55]]
    assert found.back.tolist() == [[35, 55, 105]]
    # The earliest departure and the latest return need not be those of the longest ways.
    assert found.leaves.tolist() == [[440, 420, 420]]
    assert found.back_at.tolist() == [[16 * 60 + 40, 17 * 60, 22 * 60 + 50]]


def test_a_rotation_without_a_way_makes_the_pair_infeasible(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:50", "Sud 16:10 Nord 16:40"]})
    day, dawn = block(MONDAY_TO_FRIDAY, "08:00", "16:00"), block(MONDAY_TO_FRIDAY, "05:00", "13:00")

    found = commutes(network, HOME, WORK, [Schedule((Rotation((day,)), Rotation((dawn,))))], TUESDAY)

    assert (found.outward[0, 0], found.leaves[0, 0]) == (NO_WAY_MIN, NO_TIME)
    assert not found.feasible[0, 0]


def test_a_split_shift_is_bounded_by_its_first_start_and_its_last_end(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:50", "Sud 20:10 Nord 20:40", "Sud 12:10 Nord 12:40"]})
    split = week(block(MONDAY_TO_FRIDAY, "08:00", "12:00"), block(MONDAY_TO_FRIDAY, "17:00", "20:00"))

    found = commutes(network, HOME, WORK, [split], TUESDAY)

    assert (found.outward[0, 0], found.back[0, 0]) == (35, 35)


def test_a_night_shift_comes_back_with_the_vehicles_of_the_next_day(tmp_path):
    # On Friday night the way back is on Saturday, which has its own service.
    network = feed(
        tmp_path,
        {"M1": ["Nord 20:20 Sud 20:50", "Sud 05:10 Nord 05:40", "samedi: Sud 06:00 Nord 06:30"]},
        calendar={"semaine": "1111100", "samedi": "0000010"},
    )

    thursday, friday = (
        commutes(network, HOME, WORK, [shift("21:00", "29:00", [weekday])], TUESDAY) for weekday in (3, 4)
    )

    assert (thursday.outward[0, 0], thursday.back[0, 0], thursday.back_at[0, 0]) == (35, 35, 29 * 60 + 40)
    assert (friday.outward[0, 0], friday.back[0, 0], friday.back_at[0, 0]) == (35, 85, 30 * 60 + 30)


def test_vehicles_of_the_previous_service_day_count_after_midnight(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 23:50 Sud 24:20", "Sud 26:10 Nord 26:40", "Sud 08:40 Nord 09:10"]})
    after_midnight = shift("00:30", "08:30", [1])

    found = commutes(network, HOME, WORK, [after_midnight], TUESDAY)

    # The last vehicle of Monday; the front door is left on the day before.
    assert found.outward[0, 0] == 35
    assert found.leaves[0, 0] == -10
    assert commutes(network, HOME, WORK, [shift("00:30", "08:30", [0])], TUESDAY).outward[0, 0] == NO_WAY_MIN
    assert commutes(network, HOME, WORK, [shift("18:00", "26:00", [0])], TUESDAY).back_at[0, 0] == 26 * 60 + 40


def test_a_day_without_service_is_told_and_leaves_walking(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:50", "Sud 16:10 Nord 16:40"]})
    works = points((12_000, 0), (12_000, 0), (600, 0))

    found = commutes(
        network, HOME, works, [shift("08:00", "16:00"), shift("08:00", "16:00", [4, 5]), shift("08:00", "16:00", [5])],
        TUESDAY,
    )

    assert found.no_service.tolist() == [False, True, True]
    assert found.outward.tolist() == [[35, NO_WAY_MIN, 11]]
    assert found.leaves.tolist() == [[440, NO_TIME, 7 * 60 + 44]]
    assert service_day(network, date(2026, 1, 17)) is None


def test_a_whole_week_outside_the_timetable_leaves_walking(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:50"]})

    found = commutes(network, HOME, WORK, [shift("08:00", "16:00")], date(2031, 1, 13))

    assert (found.no_service[0], found.outward[0, 0], found.back[0, 0]) == (True, NO_WAY_MIN, NO_WAY_MIN)
    with pytest.raises(NoService, match="2031"):
        network.day(date(2031, 1, 13))


@pytest.mark.parametrize(("leaves", "minutes"), [("05:55", 120), ("05:54", NO_WAY_MIN)])
def test_the_longest_commute_takes_two_hours(tmp_path, leaves, minutes):
    network = feed(tmp_path, {"M1": [f"Nord {leaves} Sud 07:50", "Sud 16:10 Nord 16:40"]})

    assert commutes(network, HOME, WORK, [shift("08:00", "16:00")], TUESDAY).outward[0, 0] == minutes


def test_the_margin_and_the_horizon_are_options(tmp_path):
    network = feed(tmp_path, {"M1": ["Nord 07:20 Sud 07:58", "Sud 16:02 Nord 16:40"]})
    eager = Assumptions(**{**_fields(ASSUMPTIONS), "margin_s": 60, "horizon_s": 39 * 60})

    found = commutes(network, HOME, WORK, [shift("08:00", "16:00")], TUESDAY, assumptions=eager)

    assert (found.outward[0, 0], found.back[0, 0]) == (39, 39)


LINES = {
    "M1": [f"Nord {hour:02d}:{minute:02d} Milieu {hour:02d}:{minute + 9:02d}/{hour:02d}:{minute + 10:02d} "
           f"Sud {hour:02d}:{minute + 19:02d}" for hour in range(4, 26) for minute in (3, 33)]
    + [f"Sud {hour:02d}:{minute:02d} Milieu {hour:02d}:{minute + 9:02d} Nord {hour:02d}:{minute + 20:02d}"
       for hour in range(5, 27) for minute in (11, 38)],
    "B2": [f"Ouest {hour:02d}:05 Zone {hour:02d}:31" for hour in range(6, 22)]
    + [f"Zone {hour:02d}:40 Ouest {hour + 1:02d}:07" for hour in range(6, 24)],
    "S3": ["samedi: Sud 07:00 Zone 07:20 Milieu 07:55", "samedi: Milieu 19:10 Sud 19:31"],
}
SHIFTS = [
    shift("05:00", "13:00"), shift("06:30", "14:30", [0, 2, 5]), shift("08:30", "17:00"), shift("21:00", "29:00"),
    shift("00:30", "08:00", [1, 6]), shift("19:00", "26:00", range(6)),
    Schedule((Rotation((block([0, 1], "07:00", "15:00"),)), Rotation((block([0, 1], "13:00", "21:00"),)))),
]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return feed(
        tmp_path_factory.mktemp("town"), LINES, calendar={"semaine": "1111100", "samedi": "0000010"},
        calendar_dates=[("semaine", "20260114", 2)],
    )


def scattered(seed, count):
    rng = np.random.default_rng(seed)
    centres = np.array([(0, 0), (6_000, 100), (12_000, 0), (12_000, 6_000)])[rng.integers(0, 4, count)]
    return points(*(centres + rng.normal(0, 500, (count, 2))))


def brute_force(network, homes, works, schedules, on):
    """Return the four tables from the plain reference alone; one pair, one day, one stop at a time."""
    monday, horizon = on - timedelta(days=on.weekday()), ASSUMPTIONS.horizon_s
    outward = np.full((len(homes), len(works)), NO_WAY_MIN)
    back, leaves, back_at = outward.copy(), np.full(outward.shape, NO_TIME), np.full(outward.shape, NO_TIME)
    for j, schedule in enumerate(schedules):
        work = works.latitude[j], works.longitude[j]
        egress = _near(network, *work)
        shifts = []
        for weekday, start, end in schedule.shifts():
            by_s, from_s = start * 60 - 300, end * 60 + 300
            try:
                day = network.day(monday + timedelta(days=weekday))
                labels = (
                    reference.arrive_by(day, egress, by_s, horizon),
                    reference.depart_after(day, egress, from_s, horizon),
                )
            except NoService:
                labels = (np.full(network.stops, NO_LABEL), np.full(network.stops, NO_LABEL_FORWARD))
            shifts.append((by_s, from_s, *labels))
        for h in range(len(homes)):
            home = homes.latitude[h], homes.longitude[h]
            on_foot = int(street.walk_s(street.great_circle_m(*home, *work), ASSUMPTIONS))
            access = _near(network, *home)
            go, come, first, last = 0, 0, 10**9, -(10**9)
            for by_s, from_s, backward, forward in shifts:
                rides = [by_s - int(backward[s]) + walk for s, walk in access.items() if backward[s] != NO_LABEL]
                returns = [
                    int(forward[s]) + walk - from_s for s, walk in access.items() if forward[s] != NO_LABEL_FORWARD
                ]
                goes, comes = min([on_foot, *rides]), min([on_foot, *returns])
                go, come = max(go, goes), max(come, comes)
                first, last = min(first, by_s - goes), max(last, from_s + comes)
            if go <= horizon:
                outward[h, j], leaves[h, j] = -(-go // 60), first // 60
            if come <= horizon:
                back[h, j], back_at[h, j] = -(-come // 60), -(-last // 60)
    return outward, back, leaves, back_at


def test_the_matrix_equals_a_brute_force_on_the_reference(town):
    homes, works = scattered(1, 25), scattered(2, 21)
    schedules = [SHIFTS[job % len(SHIFTS)] for job in range(len(works))]

    found = commutes(town, homes, works, schedules, TUESDAY)

    for got, expected in zip(_tables(found), brute_force(town, homes, works, schedules, TUESDAY), strict=True):
        np.testing.assert_array_equal(got, expected)
    assert 0.2 < found.feasible.mean() < 0.9


def test_threads_order_tiles_and_repeated_places_change_nothing(town, monkeypatch):
    homes, works = scattered(3, 90), scattered(4, 150)
    schedules = [SHIFTS[job % len(SHIFTS)] for job in range(len(works))]
    expected = _tables(commutes(town, homes, works, schedules, TUESDAY, workers=1))
    rng = np.random.default_rng(5)
    rows, columns = rng.permutation(len(homes)), rng.integers(0, len(works), 200)

    three_threads = commutes(town, homes, works, schedules, TUESDAY, workers=3)
    monkeypatch.setattr("untoit.core.mobility.commutes.HOMES_AT_ONCE", 7)
    monkeypatch.setattr("untoit.core.mobility.commutes.TILE_COLUMNS", 32)
    monkeypatch.setattr("untoit.core.mobility.commutes.SEARCHES_AT_ONCE", 3)
    shuffled = commutes(
        town, _some(homes, rows), _some(works, columns), [schedules[job] for job in columns], TUESDAY, workers=2
    )

    for one, other, mixed in zip(expected, _tables(three_threads), _tables(shuffled), strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(mixed, one[np.ix_(rows, columns)])


def test_labels_kept_answer_for_one_new_home_and_one_new_job(town):
    homes, works = scattered(7, 30), scattered(8, 40)
    schedules = [SHIFTS[job % len(SHIFTS)] for job in range(len(works))]
    expected = commutes(town, homes, works, schedules, TUESDAY)

    kept = prepare_works(town, works, schedules, TUESDAY)
    one_home = kept.against(_some(homes, [11]))
    near = homes_near(town, homes, ASSUMPTIONS)
    one_job = commutes(town, near, _some(works, [17]), [schedules[17]], TUESDAY, times=False)

    np.testing.assert_array_equal(one_home.back_at, expected.back_at[[11]])
    np.testing.assert_array_equal(one_home.outward, expected.outward[[11]])
    np.testing.assert_array_equal(one_job.back, expected.back[:, [17]])
    assert (one_job.leaves, one_job.back_at) == (None, None)


def test_no_home_and_no_work_give_empty_tables(town):
    none = Points(np.empty(0), np.empty(0))

    assert commutes(town, none, scattered(1, 3), SHIFTS[:3], TUESDAY).outward.shape == (0, 3)
    assert commutes(town, scattered(1, 3), none, [], TUESDAY).outward.shape == (3, 0)


def test_progress_goes_to_the_end(town):
    told = []

    commutes(town, HOME, scattered(9, 50), [SHIFTS[0]] * 50, TUESDAY, progress=lambda *news: told.append(news))

    assert told[-1] == ("Trajets", 1.0)


def test_bicycle_and_walk_take_the_same_time_at_any_hour(town):
    works = points((3_000, 0), (3_000, 0))
    schedules = [shift("05:00", "13:00"), shift("21:00", "29:00")]

    by_bicycle = commutes(town, HOME, works, schedules, TUESDAY, Mode.BIKE)
    on_foot = commutes(town, HOME, works, schedules, TUESDAY, Mode.WALK)

    # 3,780 m at 15 km/h and 3 minutes: 18 min 8 s; at 4.5 km/h: 50 min 24 s.
    assert by_bicycle.outward.tolist() == by_bicycle.back.tolist() == [[19, 19]]
    assert by_bicycle.leaves.tolist() == [[4 * 60 + 36, 20 * 60 + 36]]
    assert by_bicycle.back_at.tolist() == [[13 * 60 + 24, 29 * 60 + 24]]
    assert on_foot.outward.tolist() == [[51, 51]]
    assert not by_bicycle.no_service.any()


def test_a_car_is_slower_at_the_peak_and_the_worst_hour_is_reported(town):
    dawn, peak = shift("05:00", "13:00"), shift("08:30", "17:00")
    both = Schedule((*dawn.rotations, *peak.rotations))

    found = commutes(town, HOME, points((9_000, 0), (9_000, 0), (9_000, 0)), [dawn, peak, both], TUESDAY, Mode.CAR)

    assert found.outward[0, 0] < found.outward[0, 1] == found.outward[0, 2]
    assert found.leaves[0, 2] == found.leaves[0, 0]


def test_a_car_too_far_away_has_no_way(town):
    found = commutes(town, HOME, points((250_000, 0)), [SHIFTS[0]], TUESDAY, Mode.CAR)

    assert (found.outward[0, 0], found.leaves[0, 0], found.back_at[0, 0]) == (NO_WAY_MIN, NO_TIME, NO_TIME)


@pytest.mark.parametrize("wrong", [{"horizon_s": 255 * 60}, {"to_stop_max_m": 30_000.0}])
def test_assumptions_that_do_not_fit_are_refused(town, wrong):
    with pytest.raises(ValueError, match="255 minutes"):
        commutes(town, HOME, WORK, SHIFTS[:1], TUESDAY, assumptions=Assumptions(**{**_fields(ASSUMPTIONS), **wrong}))


def test_arguments_that_do_not_match_are_refused(town):
    with pytest.raises(ValueError, match="2 schedules for 1 works"):
        commutes(town, HOME, WORK, SHIFTS[:2], TUESDAY)
    with pytest.raises(ValueError, match="finite"):
        Points(np.array([np.nan]), np.array([3.0]))
    with pytest.raises(ValueError, match="longitudes"):
        Points(np.zeros(2), np.zeros(3))


@given(
    st.floats(42, 51), st.floats(-4.5, 8), st.floats(0, 2 * np.pi),
    # Not the very edges of the bands: there the last bit of the distance decides.
    st.sampled_from([0.0, 1.0, 399.999999, 400.000001, 999.999999, 1000.000001, 2999.99999, 3000.00001, 9_000.0])
    | st.floats(0, 200_000),
)
@settings(max_examples=500, deadline=None)
def test_the_compiled_walk_equals_the_street_model(latitude, longitude, bearing, metres):
    degrees = metres / street.EARTH_RADIUS_M * 180 / np.pi
    there = latitude + degrees * np.cos(bearing), longitude + degrees * np.sin(bearing) / np.cos(np.radians(latitude))

    walked, phi = np.empty(1, np.int16), np.radians([there[0]])

    join._walk_all_the_way(
        latitude, longitude, phi, np.cos(phi), np.array([there[1]]),
        np.array(ASSUMPTIONS.detours), ASSUMPTIONS.walk_m_s, walked,
    )

    expected = int(street.walk_s(street.great_circle_m(latitude, longitude, *there), ASSUMPTIONS))
    assert int(walked[0]) == min(expected, 16_384)


def _tables(found):
    return found.outward, found.back, found.leaves, found.back_at


def _some(places, rows):
    return Points(places.latitude[rows], places.longitude[rows])


def _near(network, latitude, longitude):
    metres = street.great_circle_m(latitude, longitude, network.stop_latitude, network.stop_longitude)
    walked, seconds = street.walked_m(metres, ASSUMPTIONS), street.walk_s(metres, ASSUMPTIONS)
    return {stop: int(seconds[stop]) for stop in np.flatnonzero(walked <= ASSUMPTIONS.to_stop_max_m).tolist()}


def _fields(assumptions):
    return {name: getattr(assumptions, name) for name in assumptions.__dataclass_fields__}
