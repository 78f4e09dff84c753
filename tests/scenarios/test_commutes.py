"""Acceptance scenario 16 on the demonstration network: a night shift and no vehicle, from Comines."""

from datetime import date

import pytest
from tests.factories.people import household
from tests.factories.town import factory_offer as offer_at
from tests.factories.town import hours, person, records, station_dwelling

from untoit.core.demo.network import write_network
from untoit.core.mobility.network import open_network
from untoit.core.model.place import Position
from untoit.core.model.work import Mode
from untoit.core.pairing.left_out import left_out
from untoit.core.pairing.records import Settings
from untoit.core.pairing.run import choose, prepare, problem_of

ON = date(2026, 11, 24)
COMINES = Position(50.7610, 3.0100)
LESQUIN = Position(50.5870, 3.1120)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "reseau.zip"
    write_network(path)
    return open_network([path])


def run(network, modes):
    settings = Settings(ON)
    prepared = prepare(
        records(
            households=[household(consented_on=date(2026, 11, 1))],
            persons=[person(modes=modes, max_commute_min=90)],
            dwellings=[station_dwelling(position=COMINES, commune="59152")],
            offers=[offer_at(position=LESQUIN, commune="59343", schedule=hours("04:30", "12:30"))],
        ),
        network, settings,
    )
    return prepared, choose(problem_of(prepared), settings)


def test_scenario_16_a_shift_at_0430_from_comines_is_out_of_reach_of_public_transport(network):
    prepared, plan = run(network, frozenset({Mode.TRANSIT, Mode.WALK}))

    (one,) = left_out(prepared, plan)

    assert (len(plan.options), one.stage) == (0, "trajet")


def test_scenario_16_the_same_job_is_not_hidden_from_who_says_car_pool(network):
    prepared, plan = run(network, frozenset({Mode.TRANSIT, Mode.CAR}))

    assert [prepared.modes[mode] for mode in prepared.options.mode[plan.options]] == [Mode.CAR]
    assert left_out(prepared, plan) == ()
