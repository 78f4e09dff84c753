"""The whole run on the demonstration territory, judged again by the readable rules, one option at a time."""

from datetime import date

import numpy as np
import pytest
from tests.factories.runs import demo_files

from untoit.core.exchange import read_dwellings, read_households, read_offers, read_persons
from untoit.core.mobility.journeys import detail
from untoit.core.mobility.network import open_network
from untoit.core.pairing.records import Records, Settings
from untoit.core.pairing.run import choose, prepare, problem_of
from untoit.core.pairing.tandems import tandem_rows
from untoit.core.rules.housing import judge
from untoit.core.rules.rule import blocks
from untoit.core.rules.work import judge_fit

ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    data = demo_files(tmp_path_factory.mktemp("demo") / "donnees")
    records = Records.of(
        read_households(data / "menages.csv").rows, read_persons(data / "personnes.csv").rows,
        read_dwellings(data / "logements.csv").rows, read_offers(data / "offres.csv").rows,
    )
    return prepare(records, open_network([data / "reseau_demo.zip"]), Settings(ON))


def test_every_option_is_lawful_and_fitting_by_the_readable_rules_and_no_other_is(prepared):
    records, options = prepared.records, prepared.options
    lawful = {
        (h, d)
        for h, household in enumerate(records.households)
        for d, dwelling in enumerate(records.dwellings)
        if not any(map(blocks, judge(household, dwelling, ON)))
    }
    fitting = {
        (s, j)
        for s, person in enumerate(records.persons)
        for j, offer in enumerate(records.offers)
        if not any(map(blocks, judge_fit(person.seeker, offer, ON)))
    }

    assert set(zip(*np.nonzero(prepared.lawful), strict=True)) == lawful
    assert set(zip(*np.nonzero(prepared.fit.allowed), strict=True)) == fitting
    assert {
        (h, d) for h, d in zip(options.pair_household, options.pair_dwelling, strict=True)
    } <= lawful
    assert set(zip(options.seeker, options.offer, strict=True)) <= fitting


def test_every_option_shown_is_reached_in_the_minutes_and_limits_it_says(prepared):
    records, options = prepared.records, prepared.options

    for n in range(0, len(options.pair), max(1, len(options.pair) // 150)):
        home = records.dwellings[options.pair_dwelling[options.pair[n]]].position
        offer = records.offers[options.offer[n]]
        seeker = records.persons[options.seeker[n]].seeker
        mode = prepared.modes[options.mode[n]]
        way = detail(prepared.network, home, offer.position, offer.schedule, ON, mode)
        assert mode in seeker.modes
        assert (way.outward_min, way.back_min) == (options.outward[n], options.back[n])
        assert max(way.outward_min, way.back_min) <= seeker.max_commute_min
        if seeker.leaves_no_earlier_min is not None:
            assert way.outward.depart_min >= seeker.leaves_no_earlier_min
        if seeker.back_no_later_min is not None:
            assert way.back.arrive_min <= seeker.back_no_later_min


def test_plan_proposes_at_most_one_home_a_household_and_one_household_a_home(prepared):
    plan = choose(problem_of(prepared), prepared.settings)

    rows = tandem_rows(prepared, plan, None, lambda stage, fraction: None)

    homes = {(row.application_number, row.dwelling.reference) for row in rows}
    assert len(homes) == len({number for number, _ in homes}) == len({home for _, home in homes})
    taken = {}
    for row in rows:
        taken[row.offer.reference] = taken.get(row.offer.reference, 0) + 1
    assert all(taken[row.offer.reference] <= row.offer.openings for row in rows)
