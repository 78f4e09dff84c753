"""Scenario 23 through the records: 24 invited, 20 present, 12 hired, 11 leases, 10 both: 50.0 % and 41.7 %."""

from datetime import date

import pytest
from tests.factories.events import a_registration, an_event
from tests.factories.figures import lease
from tests.factories.followup import an_application
from tests.factories.records import NOW, linked_household, scheme

from untoit.reporting.event_counts import counts_of, participants_of
from untoit.reporting.event_review import review_of
from untoit.reporting.followup_steering import followup_report, tally

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 17)


@pytest.fixture
def made():
    there = scheme()
    there.event = an_event(there, state="ended", on=ON)
    for number in range(24):
        household = linked_household(there)
        a_registration(
            there.event, person=household.persons.get(), present_at=NOW if number < 20 else None, state="confirmed",
        )
        if number < 12:
            an_application(there, state="hired", person=household.persons.get(), opened_on=date(2026, 9, 20),
                           start_on=date(2026, 10, 1))
        if 2 <= number < 13:
            lease(there, who=household, signed=date(2026, 11, 2), opened_on=date(2026, 9, 25))
    return there


def test_scenario_23_both_denominators_follow_the_tracks(made):
    funnel = counts_of(made.event).funnel

    assert (funnel.invited, funnel.present) == (24, 20)
    assert [funnel.step(code).count for code in ("hired", "leased", "both")] == [12, 11, 10]
    assert (funnel.success.of_present.percent, funnel.success.of_invited.percent) == (50.0, 41.7)


def test_scenario_23_what_began_ninety_one_days_later_is_not_of_the_event(made):
    late = linked_household(made)
    a_registration(made.event, person=late.persons.get(), present_at=NOW, state="confirmed")
    lease(made, who=late, signed=date(2026, 12, 30), opened_on=date(2026, 12, 17))

    assert tally(participants_of([made.event.pk])).both_present == 10
    assert counts_of(made.event).funnel.step("leased").count == 11


def test_scenario_23_the_review_says_the_rule_and_no_longer_that_nobody_follows(made):
    part = next(one for one in review_of(made.actor("LM"), made.event).parts if one.code == "funnel")

    assert "90 jours" in part.note
    assert not any("non suivi" in cell for row in part.rows for cell in row)


def test_scenario_23_those_who_steer_read_both_shares_unless_they_point_at_somebody(made):
    # Four of twenty-four did not come: said, it would tell who.
    report = followup_report(made.actor("FUND"))
    assert {row[2] for part in report.parts if part.code == "success_quarter" for row in part.rows} == {"masqué"}

    for _ in range(6):
        a_registration(made.event, person=linked_household(made).persons.get(), state="confirmed")
    rows = {
        row[0]: row[1:] for part in followup_report(made.actor("FUND")).parts if part.code == "success_quarter"
        for row in part.rows
    }

    assert rows["Total"][:2] == ("30", "20")
    assert rows["Total"][2].startswith("10 sur 20, soit 50,0") and rows["Total"][3].startswith("10 sur 30, soit 33,3")
