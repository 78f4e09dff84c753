"""The events of the demonstration: one that comes, one that is over, everybody fictitious."""

import pytest
from django.utils import timezone

from untoit.config import demonstration, demonstration_data, demonstration_events
from untoit.records.events.models import EmployerOutcome, Event, Feedback, HousingOutcome, Notice, Stand, StandKind
from untoit.records.pairings.models import Run
from untoit.records.partners.models import Role
from untoit.reporting import event_review

pytestmark = pytest.mark.django_db


def test_one_event_comes_and_one_is_over(tmp_path, settings):
    settings.DATA_DIR, settings.DEMO = tmp_path, True
    at = timezone.now()
    demonstration.load(folder=tmp_path, at=at, say=lambda _: None)
    who = demonstration_data.cast(at)

    coming = Event.objects.get()
    assert (coming.state, coming.is_fictitious, coming.published_version) == ("ready", True, 1)
    assert coming.registrations.filter(state="confirmed").count() > 20
    assert coming.meetings.active().count() > 60
    assert Stand.objects.visible_to(who.employer).get().organisation_id == who.employer.organisation_id

    run = Run.objects.get(state="released")
    past = demonstration_events.play_past(who, run)

    assert past is not None
    assert (past.state, past.is_fictitious) == ("reviewed", True)
    assert demonstration_events.play_past(who, run) is None
    assert EmployerOutcome.objects.filter(decision="hire").exists() and HousingOutcome.objects.exists()
    assert Feedback.objects.exists()
    # Nothing of ten weeks ago leaves now.
    assert not Notice.objects.filter(registration__event=past, sent_at__isnull=True).exists()
    shown = event_review.review_of(who.manager, past).funnel
    assert shown.step("present").count < shown.step("confirmed").count < shown.step("invited").count
    assert {who.manager.role, who.employer.role} == {Role.LM, Role.EMPL}
    assert Stand.objects.filter(event=past, kind=StandKind.HOUSING).count() == 1
