"""Levers in a tiny town, where what each one opens can be counted by hand."""

from datetime import date

import pytest
from tests.factories.people import household
from tests.factories.town import factory_offer, hours, person, records, station_dwelling, town

from untoit.core.model.work import Mode
from untoit.core.pairing.records import Settings
from untoit.core.pairing.run import prepare
from untoit.core.sandbox.appraisal import Base, solved
from untoit.core.sandbox.levers import (
    Wanted,
    chance_source,
    found_levers,
    predicted_doubles,
    ranked,
    sentence,
    worth_solving,
)

ON = date(2026, 3, 3)
OTHER = "059012600000100009"


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"))


def base_of(network, **changes):
    return Base.of(prepare(records(**changes), network, Settings(ON)))


def families(base, **wanted):
    return {lever.change.family: lever for lever in found_levers(base, Wanted(**wanted))}


def test_a_shift_before_the_first_bus_is_opened_by_a_bicycle_or_by_a_bus(network):
    base = base_of(network, offers=[factory_offer(schedule=hours("05:30", "13:00"))])

    found = families(base)

    assert {"velo", "navette"} <= set(found)
    trip = found["navette"].change.trip
    assert trip.origin == "Gare" and trip.destination == "Usine"
    assert trip.arrives_min < 5 * 60 + 30 and trip.days == frozenset(range(5))
    for lever in (found["velo"], found["navette"]):
        again = solved(base, lever)
        assert again.obtained.opened == lever.opened == 1
        assert again.obtained.placed == 1
        assert 0 < again.obtained.gained <= lever.predicted + base.loose


def test_one_more_home_is_worth_something_when_two_want_the_only_one(network):
    base = base_of(
        network, households=[household(), household(application_number=OTHER)], persons=[person(), person(OTHER)],
        offers=[factory_offer(openings=2)],
    )

    lever = families(base)["logement"]

    assert solved(base, lever).obtained.placed == 1
    assert "1\u00a0logement de plus" in sentence(base, lever)


def test_one_more_opening_is_worth_something_when_two_want_the_only_one(network):
    base = base_of(
        network, households=[household(), household(application_number=OTHER)], persons=[person(), person(OTHER)],
        dwellings=[station_dwelling(), station_dwelling(reference="LOG-2")],
    )

    lever = families(base)["poste"]

    assert solved(base, lever).obtained.placed == 1


def test_nothing_is_found_for_who_did_not_consent(network):
    base = base_of(
        network, households=[household(consented_on=None)], offers=[factory_offer(schedule=hours("05:30", "13:00"))],
    )

    assert found_levers(base, Wanted()) == []


def test_one_household_alone_has_only_its_own_levers(network):
    base = base_of(
        network, households=[household(), household(application_number=OTHER)],
        persons=[person(), person(OTHER, back_no_later_min=17 * 60 + 20)],
    )

    found = found_levers(base, Wanted(household=OTHER))

    assert {lever.change.household for lever in found} <= {OTHER}


def test_one_more_day_opens_the_job_of_the_saturday(network):
    weekdays = frozenset(range(5))
    base = base_of(
        network, persons=[person(workable_days=weekdays, modes=frozenset({Mode.BIKE}))],
        offers=[factory_offer(schedule=hours("09:00", "17:00", range(6)))],
    )

    lever = families(base)["jour"]

    assert lever.change.words.endswith("samedi")
    assert lever.change.edits[0].value == "lu ma me je ve sa"
    assert solved(base, lever).obtained.placed == 1


def test_the_dearest_of_each_family_is_solved_first_and_stays_first(network):
    base = base_of(network, offers=[factory_offer(schedule=hours("05:30", "13:00"))])
    levers = found_levers(base, Wanted())

    chosen = worth_solving(levers, 2)
    order = ranked(levers, [solved(base, lever) for lever in chosen])

    assert len({lever.change.family for lever in chosen}) == 2
    assert [lever.obtained is not None for lever in order] == [True] * 2 + [False] * (len(order) - 2)


def test_every_figure_says_where_its_chances_come_from(network):
    base = base_of(network)

    assert "hypothèses du projet" in chance_source(base.prepared.settings)
    assert predicted_doubles(base, next(iter(found_levers(base, Wanted())), None) or _nothing()) >= 0


def _nothing():
    from untoit.core.sandbox.appraisal import Lever
    from untoit.core.sandbox.changes import Change

    return Lever(Change("personne", "velo", ""), 0, 0)
