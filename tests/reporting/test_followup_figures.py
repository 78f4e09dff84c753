"""What the rows of the follow-up give the indicators, and that erased rows go on counting through their twins."""

from datetime import date, timedelta

import pytest
from tests.factories.events import a_registration, an_event
from tests.factories.figures import lease, refusal
from tests.factories.followup import an_application
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.indicators.retention_rate import Stay
from untoit.core.indicators.shares import Share
from untoit.records.followup.models import TrackAct, Twin
from untoit.reporting import followup_figures as figures

pytestmark = pytest.mark.django_db
GROUP = "6f1c1f9e-8f5e-4a53-9c55-0d9bb1f1c001"


@pytest.fixture
def made():
    return scheme()


def twin(made, kind, **facts):
    return Twin.objects.create(
        kind=kind, organisation=made.organisations["landlord"], month=date(2026, 3, 1), facts=facts, group=GROUP
    )


def test_a_candidate_ranked_behind_and_never_called_was_not_allocated_the_home(made):
    lease(made, state="allocated_ranked", rank=2, signed_on=None, keys_on=None, notified_on=None, answer_due_on=None)
    called = lease(made)

    (found,) = figures.allocations(organisation_id=None)

    assert (found.reference, found.signed_on) == (str(called.pk), called.signed_on)


def test_a_landlord_reads_its_own_allocations(made):
    lease(made)

    assert figures.allocations(organisation_id=made.organisations["landlord_other"].pk) == ()
    assert len(figures.allocations(organisation_id=made.organisations["landlord"].pk)) == 1


def test_stays_say_what_was_seen_and_twins_what_was_written_down(made):
    lease(made, state="checked_3m", signed=date(2026, 3, 2))
    an_application(made, state="ended", start_on=date(2026, 3, 2), ended_on=date(2026, 4, 20))
    twin(made, "application", hired="2026-03", held={"1": True, "3": False}, outcome="durable")

    assert figures.stays_at_home(organisation_id=None) == (Stay(date(2026, 3, 2), None, {3: True}),)
    assert figures.stays_in_job(organisation_id=None) == (
        Stay(date(2026, 3, 2), date(2026, 4, 20), {}), Stay(date(2026, 3, 1), None, {1: True, 3: False}),
    )
    assert figures.outcome_classes(organisation_id=None, on=NOW.date())["durable"] == 2


def test_silence_is_a_refusal_without_a_reason_of_hers(made):
    lease(made, state="refused_silence", signed_on=None, keys_on=None, answered_on=None)
    refusal(made, "TOO_SMALL")

    assert {one.codes for one in figures.refusals(organisation_id=None)} == {("NO_ANSWER",), ("TOO_SMALL",)}


def test_the_signature_rate_counts_what_is_settled(made):
    lease(made)
    refusal(made, "TOO_SMALL")
    lease(made, state="accepted", signed_on=None, keys_on=None)

    assert figures.signature_rate(organisation_id=None, since=date(2025, 1, 1)) == Share(1, 2)
    assert figures.signature_rate(organisation_id=None, since=date(2026, 12, 1)) == Share(0, 0)


def test_delays_run_from_the_last_event_that_was_attended_in_the_ninety_days_before(made):
    who = linked_household(made)
    day = date(2026, 6, 10)
    for on in (day - timedelta(200), day):
        a_registration(an_event(made, state="reviewed", on=on), person=who.persons.get(), present_at=NOW)
    lease(made, who=who, opened_on=day + timedelta(10), signed=day + timedelta(44))
    job = an_application(made, state="hired", person=who.persons.get(), opened_on=day + timedelta(5))
    TrackAct.objects.create(
        household=who, person=who.persons.get(), track="job", subject_id=job.pk, action="hire", to_state="hired",
        on=day + timedelta(20), at=NOW,
    )

    assert figures.delays(organisation_id=None) == figures.Delays((20,), (44,))
