"""Acceptance scenario 22: an honest alternative to a place that many ask for."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.people import household
from tests.factories.town import factory_offer, person, records, station_dwelling, town

from untoit.core.pairing.alternatives import WITHIN_MIN, less_tense_homes
from untoit.core.pairing.records import Settings
from untoit.core.pairing.run import choose, prepare, problem_of

ON = date(2026, 3, 3)
WISH = {"wished_communes": ("59350",), "wished_rooms": frozenset({2}), "accepts_other_communes": False}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"))


def test_scenario_22_a_wish_for_lille_gets_less_tense_options_with_their_drawbacks(network):
    numbers = [f"05901260000010000{number}" for number in range(1, 5)]
    households = [household(application_number=number, **WISH) for number in numbers]
    homes = [
        station_dwelling(reference="LILLE"),
        station_dwelling(reference="RONCHIN", commune="59507", rent_eur=Decimal(330), surface_m2=Decimal(40)),
        station_dwelling(reference="LOOS", commune="59360", available_on=date(2026, 5, 1)),
        station_dwelling(reference="FACHES", commune="59220", rooms=3, surface_m2=Decimal(60)),
        station_dwelling(reference="LEZENNES", commune="59346"),
    ]
    prepared = prepare(
        records(
            households=households, persons=[person(number) for number in numbers], dwellings=homes,
            offers=[factory_offer(openings=4)],
        ),
        network, Settings(ON),
    )
    plan = choose(problem_of(prepared), prepared.settings)
    (placed,) = {int(h) for h in prepared.options.pair_household[plan.pairs]}

    options = less_tense_homes(prepared, plan, placed)

    assert 1 <= len(options) <= 3
    assert len({one.dwelling.commune for one in options}) == len(options)
    for one in options:
        assert one.interested < one.interested_here == 4
        assert one.estimate.longest_min <= WITHIN_MIN
        assert one.estimate.net_cost_eur is not None and one.dwelling.available_on and one.stops
        assert one.drawbacks and "qui n’est pas changée" in one.drawbacks[0].sentence
    # The wish stands: nothing was proposed outside of it.
    assert prepared.records.households[placed].wished_communes == ("59350",)
    proposed = [prepared.records.dwellings[int(d)] for d in prepared.options.pair_dwelling[plan.pairs]]
    assert [home.reference for home in proposed] == ["LILLE"]
