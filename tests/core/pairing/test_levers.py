"""Levers for one person: what a lever counts is what the whole computation finds when the change is really made."""

from dataclasses import replace
from datetime import date

import pytest
from tests.factories.people import household
from tests.factories.town import factory_offer, hours, person, records, station_dwelling, town

from untoit.core.model.work import Mode
from untoit.core.pairing.levers import levers
from untoit.core.pairing.records import Settings
from untoit.core.pairing.run import prepare

ON = date(2026, 3, 3)
EARLY = hours("05:30", "13:00")  # the first bus leaves at six


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"))


def opened(network, **changes):
    prepared = prepare(records(**changes), network, Settings(ON))
    return {one.code: one for one in levers(prepared, 0)}


def cyclist(number="059012600000100009"):
    """A second household whose member has a bicycle: the run then knows the ways by bicycle."""
    return [household(), household(application_number=number)], [
        person(), person(number, modes=frozenset({Mode.BIKE, Mode.CAR}), licences=frozenset({"B"}))
    ]


def test_nothing_more_is_said_when_nothing_opens(network):
    assert opened(network) == {}


def test_a_bicycle_opens_the_job_that_starts_before_the_first_bus(network):
    households, persons = cyclist()

    found = opened(network, households=households, persons=persons, offers=[factory_offer(schedule=EARLY)])

    assert found["velo"].opened == 1 and found["velo"].today == 0
    assert found["velo"].sentence.startswith("Avec un vélo, 1\u00a0possibilité s’ouvrirait")


def test_coming_back_later_opens_what_the_hour_forbids(network):
    found = opened(network, persons=[person(back_no_later_min=17 * 60 + 20)])

    assert set(found) == {"retour_30"}
    assert found["retour_30"].touches == "horaires"


def test_fifteen_minutes_more_of_travel(network):
    found = opened(network, persons=[person(max_commute_min=30)])

    assert set(found) == {"trajet_15"}


def test_another_typology_opens_what_only_the_wish_forbids(network):
    found = opened(network, households=[household(wished_rooms=frozenset({1}))])

    assert set(found) == {"typologie_T2"}


def test_what_a_lever_counts_is_what_the_change_gives(network):
    stated = person(max_commute_min=30, back_no_later_min=17 * 60 + 45)
    homes = [station_dwelling(reference=f"LOG-{number}") for number in range(3)]
    before = prepare(records(persons=[stated], dwellings=homes), network, Settings(ON))
    changed = replace(stated, seeker=replace(stated.seeker, max_commute_min=45))
    after = prepare(records(persons=[changed], dwellings=homes), network, Settings(ON))

    (lever,) = levers(before, 0)

    assert lever.opened == len(after.options.pair) - len(before.options.pair) == 3
    assert lever.best == pytest.approx(float(after.probability.max()), abs=1e-3)
