"""Journeys in words, and why there is none."""

import itertools
import re
from datetime import date

import numpy as np
import pytest
from tests.factories.feeds import position, write_feed

from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.commutes import Points, commutes, homes_near, prepare_works
from untoit.core.mobility.journeys import Refusals, detail, explain_infeasible, waits_before_shift
from untoit.core.mobility.network import open_network
from untoit.core.model.place import Position
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.model.work import Mode

TUESDAY = date(2026, 1, 13)
STOPS = {
    "Gare": (0, 0), "Mairie": (6_000, 0), "Mairie-quai": (6_000, 200), "Usine": (6_000, 9_000), "Terminus": (14_000, 0),
}


def place(east, north):
    return Position(*position(east, north))


def shift(start_min, end_min, days=range(5)):
    return Schedule((Rotation((Block(frozenset(days), start_min, end_min),)),))


def feed(tmp_path, lines, **more):
    return open_network([write_feed(tmp_path / "ville.zip", stops=STOPS, lines=lines, **more)])


HOME, WORK = place(-450, 0), place(6_000, 9_300)
LINES = {
    "M2": ["Gare 06:50 Mairie 07:02 Terminus 07:20", "Gare 07:00 Mairie 07:12 Terminus 07:30",
           "Terminus 16:30 Mairie 16:48 Gare 17:00"],
    "12": ["Mairie-quai 07:20 Usine 07:44", "Usine 16:12 Mairie-quai 16:36"],
}
DAY_SHIFT = shift(8 * 60, 16 * 60)


@pytest.fixture
def town(tmp_path):
    return feed(tmp_path, LINES, route_types={"M2": 1, "12": 3})


def test_both_ways_are_told_in_words(town):
    found = detail(town, HOME, WORK, DAY_SHIFT, TUESDAY, Mode.TRANSIT)

    # 450 m × 1.35 = 607.5 m: 8 min 6 s. From the bus, 300 m × 1.41 = 423 m: 5 min 39 s.
    assert found.outward.words == (
        "8 min à pied, M2 Gare → Mairie (12 min), changement à Mairie-quai (8 min, dont 4 min à pied), "
        "bus 12 Mairie-quai → Usine (24 min), 6 min à pied"
    )
    assert found.back.words == (
        "1 min d'attente, 6 min à pied, bus 12 Usine → Mairie-quai (24 min), "
        "changement à Mairie (12 min, dont 4 min à pied), M2 Mairie → Gare (12 min), 8 min à pied"
    )
    assert (found.outward_min, found.back_min) == (64, 64)
    assert (found.wait_before_shift_min, found.weekday) == (6, 0)


def test_legs_follow_one_another_from_door_to_door(town):
    found = detail(town, HOME, WORK, DAY_SHIFT, TUESDAY, Mode.TRANSIT)

    legs = found.outward.legs
    assert [leg.mode for leg in legs] == [Mode.WALK, Mode.TRANSIT, Mode.WALK, Mode.TRANSIT, Mode.WALK]
    assert [(leg.from_name, leg.to_name) for leg in legs] == [
        (None, "Gare"), ("Gare", "Mairie"), ("Mairie", "Mairie-quai"), ("Mairie-quai", "Usine"), ("Usine", None),
    ]
    assert [(leg.line, leg.kind) for leg in legs if leg.mode is Mode.TRANSIT] == [("M2", "métro"), ("12", "bus")]
    assert all(before.arrive_min <= after.depart_min for before, after in itertools.pairwise(legs))
    assert legs[0].depart_min == found.outward.depart_min == pytest.approx(7 * 60 - 8.1)
    assert legs[-1].arrive_min == found.outward.arrive_min
    assert legs[0].path[0] == (HOME.latitude, HOME.longitude)
    assert legs[-1].path[-1] == (WORK.latitude, WORK.longitude)
    assert all(before.path[-1] == after.path[0] for before, after in itertools.pairwise(legs))


def test_the_path_of_a_ride_passes_by_every_stop(tmp_path):
    trips = ["Gare 07:00 Mairie 07:12 Terminus 07:30", "Terminus 16:30 Mairie 16:48 Gare 17:00"]
    network = feed(tmp_path, {"A": trips})

    ride = detail(network, place(0, 0), place(14_000, 0), DAY_SHIFT, TUESDAY, Mode.TRANSIT).outward.legs[0]

    np.testing.assert_allclose(ride.path, [position(0, 0), position(6_000, 0), position(14_000, 0)], atol=1e-6)


@pytest.mark.parametrize(
    ("line", "route_type", "said"),
    [("M2", 1, "M2"), ("2", 1, "métro 2"), ("A", 0, "tram A"), ("C1", 3, "bus C1"), ("Liane 3", 3, "Liane 3")],
)
def test_lines_are_named_as_people_name_them(tmp_path, line, route_type, said):
    lines = {line: ["Gare 07:00 Terminus 07:30", "Terminus 16:30 Gare 17:00"]}
    network = feed(tmp_path, lines, route_types={line: route_type})

    words = detail(network, place(0, 0), place(14_000, 0), DAY_SHIFT, TUESDAY, Mode.TRANSIT).outward.words

    assert words.startswith(f"{said} Gare → Terminus (30 min)")


def test_walking_wins_when_it_is_as_fast(town):
    found = detail(town, HOME, place(100, 0), DAY_SHIFT, TUESDAY, Mode.TRANSIT)

    assert (found.outward.words, found.outward.mode, found.outward_min) == ("10 min à pied", Mode.WALK, 10)
    assert found.outward.arrive_min == 7 * 60 + 55
    assert found.back.depart_min == 16 * 60 + 5
    assert found.wait_before_shift_min == 0


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode.WALK, "51 min à pied"), (Mode.BIKE, "19 min à vélo"),
        (Mode.CAR, r"\d\d min en voiture, stationnement compris"),
    ],
)
def test_other_modes_are_one_leg(town, mode, words):
    home, work = place(0, 0), place(3_000, 0)
    matrix = commutes(town, *(_points(each) for each in (home, work)), [DAY_SHIFT], TUESDAY, mode)

    found = detail(town, home, work, DAY_SHIFT, TUESDAY, mode)

    assert re.fullmatch(words, found.outward.words)
    assert [leg.mode for leg in found.outward.legs] == [mode]
    assert (found.outward_min, found.back_min) == (matrix.outward[0, 0], matrix.back[0, 0])


def test_the_worst_day_is_the_one_that_is_told(tmp_path):
    network = feed(
        tmp_path,
        {"M1": ["Gare 07:20 Terminus 07:50", "vendredi: Gare 06:50 Terminus 07:20", "Terminus 16:10 Gare 16:40",
                "vendredi: Terminus 16:10 Gare 16:40"]},
        calendar={"semaine": "1111000", "vendredi": "0000100"},
    )

    found = detail(network, place(0, 0), place(14_000, 0), DAY_SHIFT, TUESDAY, Mode.TRANSIT)

    assert (found.outward_min, found.weekday, found.wait_before_shift_min) == (65, 4, 35)


def test_a_pair_without_a_way_is_refused(town):
    with pytest.raises(ValueError, match="no way"):
        detail(town, HOME, WORK, shift(5 * 60, 13 * 60), TUESDAY, Mode.TRANSIT)


def test_details_and_waits_equal_the_matrix_on_the_real_network(shared, tmp_path):
    network = open_network([shared / "data/gtfs/grenoble_tag_2023.zip"], cache=tmp_path)
    on, rng = date(2023, 5, 24), np.random.default_rng(0)
    homes, works = (_near_stops(network, rng, 12) for _ in range(2))
    schedules = [[shift(300, 780), shift(510, 1020), shift(840, 1320), shift(1260, 1740)][job % 4] for job in range(12)]
    jobs, near = prepare_works(network, works, schedules, on), homes_near(network, homes, Assumptions.default(on))
    matrix = jobs.against(near)
    checked = 0

    for h, waits in enumerate(waits_before_shift(jobs, near, on)):
        for j in np.flatnonzero(matrix.feasible[h]):
            found = detail(network, _at(homes, h), _at(works, j), schedules[j], on, Mode.TRANSIT)
            assert (found.outward_min, found.back_min) == (matrix.outward[h, j], matrix.back[h, j])
            assert found.wait_before_shift_min == waits[j]
            assert found.outward.legs[0].depart_min == found.outward.depart_min
            assert found.back.legs[-1].arrive_min == found.back.arrive_min
            checked += 1
        assert (waits[matrix.outward[h] == 255] == -1).all()

    assert checked > 50


def test_a_shift_before_the_first_vehicle_is_explained(tmp_path):
    # Scenario 16: a shift at 04:30 in Comines, no vehicle.
    network = feed(tmp_path, {"M1": ["Gare 04:42 Terminus 05:12", "Terminus 13:00 Gare 13:30"]})

    why = explain_infeasible(
        network, place(0, 0), place(14_000, 0), shift(4 * 60 + 30, 12 * 60 + 30), TUESDAY, Mode.TRANSIT
    )

    assert why == (
        "Aucun trajet en transport en commun de moins de 120 min n'arrive à temps (lundi, poste à 04:30) : "
        "le premier possible part à 04:42 et arrive à 05:13."
    )


def test_a_shift_after_the_last_vehicle_is_explained(tmp_path):
    trips = ["Gare 12:00 Terminus 12:30", "Terminus 20:55 Gare 21:25", "Terminus 05:30 Gare 06:00"]
    network = feed(tmp_path, {"M1": trips})

    why = explain_infeasible(network, place(0, 0), place(14_000, 0), shift(13 * 60, 21 * 60), TUESDAY, Mode.TRANSIT)

    assert why == (
        "Aucun retour en transport en commun en moins de 120 min (lundi, fin de poste à 21:00) : "
        "le premier possible part à 05:29 le lendemain et arrive à 06:00 le lendemain."
    )


def test_a_day_without_service_is_explained_apart(town):
    why = explain_infeasible(town, HOME, WORK, shift(480, 960, [4, 5]), TUESDAY, Mode.TRANSIT)

    assert why == (
        "Aucun service de transport en commun le samedi 17/01/2026 d'après l'horaire fourni, et 3 h 00 à pied."
    )


@pytest.mark.parametrize(
    ("home", "work", "name"), [(place(0, 30_000), WORK, "logement"), (HOME, place(0, 30_000), "lieu de travail")]
)
def test_a_place_far_from_any_stop_is_explained(town, home, work, name):
    why = explain_infeasible(town, home, work, DAY_SHIFT, TUESDAY, Mode.TRANSIT)

    assert why == f"Aucun arrêt de transport en commun à moins de 1 000 m à pied du {name}."


@pytest.mark.parametrize(
    ("trips", "why"),
    [
        (["Gare 05:00 Terminus 07:30", "Terminus 16:10 Gare 16:40"],
         "Trajet aller en transport en commun trop long (lundi, poste à 08:00) : 2 h 30, au-delà de 120 min."),
        (["Gare 07:00 Terminus 07:30", "Terminus 16:10 Gare 18:40"],
         "Trajet retour en transport en commun trop long (lundi, fin de poste à 16:00) : 2 h 30, au-delà de 120 min."),
        (["Gare 07:00 Terminus 07:30"],
         "Aucun retour en transport en commun après le poste (lundi, fin de poste à 16:00)."),
        (["Terminus 07:00 Gare 07:30"],
         "Aucun trajet en transport en commun vers ce lieu de travail à cette heure (lundi, poste à 08:00)."),
    ],
)
def test_a_way_that_is_too_long_or_absent_is_explained(tmp_path, trips, why):
    network = feed(tmp_path, {"M1": trips})

    assert explain_infeasible(network, place(0, 0), place(14_000, 0), DAY_SHIFT, TUESDAY, Mode.TRANSIT) == why


def test_a_bicycle_ride_that_is_too_long_is_explained(town):
    why = explain_infeasible(town, place(0, 0), place(60_000, 0), DAY_SHIFT, TUESDAY, Mode.BIKE)

    assert why == "Trajet à vélo : 4 h 49, au-delà de 120 min."


def test_every_infeasible_pair_of_the_matrix_has_a_reason_and_no_feasible_one(town):
    rng = np.random.default_rng(1)
    homes = [place(*at) for at in rng.uniform(-1_000, 15_000, (12, 2))] + [HOME, place(50, 0)]
    works = [place(*at) for at in rng.uniform(-1_000, 15_000, (6, 2))] + [WORK, place(14_000, 50)]
    schedules = [[DAY_SHIFT, shift(300, 780)][job % 2] for job in range(7)] + [DAY_SHIFT]
    matrix = commutes(town, _points(*homes), _points(*works), schedules, TUESDAY)
    refusals = Refusals(town, TUESDAY, Mode.TRANSIT)

    explained = [
        [refusals.sentence(home, work, schedule) != "" for work, schedule in zip(works, schedules, strict=True)]
        for home in homes
    ]

    np.testing.assert_array_equal(explained, ~matrix.feasible)
    assert matrix.feasible.any()


def _points(*places):
    return Points(np.array([at.latitude for at in places]), np.array([at.longitude for at in places]))


def _at(places, index):
    return Position(float(places.latitude[index]), float(places.longitude[index]))


def _near_stops(network, rng, count):
    stop = rng.integers(0, network.stops, count)
    return Points(
        network.stop_latitude[stop] + rng.normal(0, 0.003, count),
        network.stop_longitude[stop] + rng.normal(0, 0.003, count),
    )
