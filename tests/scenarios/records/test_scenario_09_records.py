"""Scenario 9 through the records: 40 leases outside QPV, 9 to the first quartile: 22.5 %, k = 2 (11/42 = 26.2 %)."""

import pytest
from tests.factories.figures import lease, leases
from tests.factories.records import scheme

from untoit.core.indicators.shares import Share
from untoit.reporting.commitment import commitment_of, usual

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    there = scheme()
    outside, inside = {"in_qpv": False}, {"in_qpv": True}
    leases(there, 9, home=outside, quartile=1)
    leases(there, 31, home=outside, quartile=3)
    leases(there, 5, home=inside, quartile=1)
    return there


def test_scenario_09_nine_of_forty_two_more(made):
    actor = made.actor("LM")

    first, others = commitment_of(actor, usual(actor.today)).neighbours

    assert (first.share, first.share.percent, first.needed) == (Share(9, 40), 22.5, 2)
    assert (first.after, first.after.percent) == (Share(11, 42), 26.2)
    assert others.share == Share(0, 5)


def test_scenario_09_what_was_not_checked_is_listed_and_never_guessed(made):
    lease(made, home={"in_qpv": None}, quartile=1)
    lease(made, home={"in_qpv": False}, quartile=None)
    actor = made.actor("LM")

    first, _ = commitment_of(actor, usual(actor.today)).neighbours

    assert (first.share, len(first.unknown)) == (Share(9, 41), 2)
