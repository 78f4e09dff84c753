"""Scenario 24 through the records: CDI from 2 March, lease of 15 March: durable, held at six months; the policy."""

from datetime import UTC, date, datetime

import pytest
from tests.factories.followup import a_proposal, an_application
from tests.factories.records import linked_household, scheme

from untoit.core.lifecycles.case import tenancy_dates
from untoit.records.applicants.models import Link
from untoit.records.desk.models import Task
from untoit.records.followup.cases.refresh import refresh
from untoit.records.followup.models import Case
from untoit.records.followup.tracks.values import proposal_value
from untoit.records.followup.work import applications, statements
from untoit.records.followup.work.buttons import question
from untoit.records.followup.work.facts import job_facts
from untoit.records.followup.work.outcomes import outcome_of

pytestmark = pytest.mark.django_db
START, LEASE, CHECK = date(2026, 3, 2), date(2026, 3, 15), date(2026, 9, 2)


def morning(day):
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def home(made):
    return a_proposal(
        made, state="keys_handed", household=linked_household(made), signed_on=LEASE, keys_on=LEASE,
        decided_on=date(2026, 2, 20), notified_on=date(2026, 2, 23), answer_due_on=date(2026, 3, 6), since=LEASE,
    )


def hired(made, home, **trial):
    Link.objects.update(opened_at=datetime(2026, 2, 1, tzinfo=UTC))
    row = an_application(
        made, state="offered", person=home.household.persons.get(), opened_on=date(2026, 2, 10),
        since=date(2026, 2, 20),
    )
    by = made.actor("EMPL", at=morning(START))
    applications.act(
        application_id=row.pk, action="hire", given={"contract": "CDI", "start_on": START, **trial}, by=by, at=by.at
    )
    row.refresh_from_db()
    return row


def test_scenario_24_an_active_cdi_is_durable_and_held_at_six_months(made, home):
    row = hired(made, home)
    by = made.actor("EMPL", at=morning(CHECK))
    assert question(row, CHECK).yes == "hold_6m"

    statements.say(application_id=row.pk, present=True, by=by, at=by.at)

    row.refresh_from_db()
    found = outcome_of(row, CHECK)
    assert (row.state, found.code) == ("held_6m", "durable")
    assert job_facts(row.household_id, CHECK)[0].in_employment
    assert dict(tenancy_dates(proposal_value(home)))["check_6m"] == date(2026, 9, 15)
    refresh([row.household_id], at=morning(CHECK))
    assert Case.objects.get(household=row.household_id).code == "both"


def test_scenario_24_a_cdi_broken_in_the_trial_period_is_not_durable_and_the_policy_is_printed(made, home):
    row = hired(made, home, trial_ends_on=date(2026, 5, 1))
    at = morning(date(2026, 4, 10))
    by = made.actor("EMPL", at=at)

    statements.say(
        application_id=row.pk, present=False, by=by, at=at, ended_on=date(2026, 4, 10), reason="TRIAL_BY_EMPLOYER"
    )

    row.refresh_from_db()
    found = outcome_of(row, CHECK)
    assert (row.state, found.code) == ("trial_broken", "none")
    assert "Une période d'essai rompue n'est pas une sortie durable" in found.policy
    home.refresh_from_db()
    assert home.state == "keys_handed"
    assert Task.objects.filter(kind="other_half", subject_id=row.household_id, done_at=None).exists()
