"""The glue of the three tracks: an act moves the row, is written once, and brings about what the effects say."""

from datetime import date, timedelta

import pytest
from tests.factories.followup import TODAY, a_pathway, a_proposal, an_application
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.errors import Refused
from untoit.records.desk.models import Message, Task
from untoit.records.followup.models import Application, Case, Pathway, Proposal, TrackAct
from untoit.records.followup.tracks import acts
from untoit.records.partners.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


MAKERS = (
    (a_proposal, {}, "plan_visit", "LA", {"visit_on": TODAY + timedelta(days=2)}, "visit_planned"),
    (an_application, {}, "plan_interview", "EMPP", {"interview_on": TODAY + timedelta(days=2)}, "interview_planned"),
    (a_pathway, {}, "orient", "DEP", {"oriented_on": TODAY}, "oriented"),
)


@pytest.mark.parametrize(("make", "values", "action", "role", "given", "target"), MAKERS)
def test_an_act_moves_the_row_and_is_written_in_the_act_and_the_journal(
    made, make, values, action, role, given, target
):
    row = make(made, **values)
    acts.record(row=row, action=action, by=made.actor(role), at=NOW, given=given)

    row.refresh_from_db()
    act = TrackAct.objects.get(subject_id=row.pk, action=action)
    assert (acts.state_of(row), row.revision, row.last_action) == (target, 2, action)
    assert (act.to_state, act.role, act.how, act.on, act.user) == (target, role, "screen", TODAY, made.user(role))
    assert AuditEntry.objects.filter(action=f"{act.track}.{action}", subject_id=row.pk).count() == 1
    assert Case.objects.filter(household_id=row.household_id).exists()


@pytest.mark.parametrize(("make", "values", "action", "role", "given", "target"), MAKERS)
def test_an_act_of_the_wrong_role_changes_nothing(made, make, values, action, role, given, target):
    row = make(made, **values)

    with pytest.raises(Refused, match="ne relève pas de votre rôle"):
        acts.record(row=row, action=action, by=made.actor("FUND"), at=NOW, given=given)

    row.refresh_from_db()
    assert row.revision == 1 and not TrackAct.objects.exists()


def test_an_act_of_the_clock_names_nobody(made):
    row = a_proposal(made, state="notified")

    act = acts.record(row=row, action="lapse", by=None, at=NOW)

    assert (act.user, act.organisation, act.role, act.how) == (None, None, "", "clock")


def test_an_answer_by_a_link_is_said_by_the_employer(made):
    row = an_application(made, state="interviewed")

    act = acts.record(row=row, action="offer", by=None, at=NOW, given={"contract": "CDI"}, how="link", as_role="EMPL")

    assert (act.user, act.role, act.how) == (None, "EMPL", "link")


def test_an_act_to_come_is_refused(made):
    with pytest.raises(Refused, match="est à venir"):
        acts.record(row=a_proposal(made, state="accepted"), action="sign_lease", by=made.actor("LA"), at=NOW,
                    on=TODAY + timedelta(days=1), given={"signed_on": TODAY + timedelta(days=1)})


def test_an_act_told_long_after_asks_for_nothing_already_late_on_its_day(made):
    row = a_proposal(made, state="accepted")

    acts.record(row=row, action="sign_lease", by=made.actor("LA"), at=NOW, on=date(2026, 11, 20),
                given={"signed_on": date(2026, 11, 20)})

    assert all(task.due_on >= date(2026, 11, 20) for task in Task.objects.open().filter(subject_id=row.pk))


def test_a_lease_touches_no_application_and_a_hire_no_proposal(made):
    who = linked_household(made)
    home, job = a_proposal(made, state="accepted", household=who), an_application(
        made, state="interviewed", person=who.persons.get()
    )

    acts.record(row=home, action="sign_lease", by=made.actor("LA"), at=NOW, given={"signed_on": TODAY})
    assert Application.objects.get(pk=job.pk).revision == 1
    acts.record(row=job, action="hire", by=made.actor("EMPL"), at=NOW,
                given={"contract": "CDI", "start_on": TODAY})

    assert Proposal.objects.get(pk=home.pk).revision == 2


def test_the_other_tracks_move_the_pathway_forward_and_never_backward(made):
    who = linked_household(made)
    pathway = a_pathway(made, stage="preparing", person=who.persons.get())
    row = a_proposal(made, state="accepted", household=who)

    acts.record(row=row, action="sign_lease", by=made.actor("LA"), at=NOW, given={"signed_on": TODAY})
    moved = Pathway.objects.get(pk=pathway.pk)
    acts.record(row=row, action="end_tenancy", by=made.actor("LA"), at=NOW,
                given={"ended_on": TODAY, "reason": "OTHER"})

    assert moved.stage == "lease_signed"
    assert Pathway.objects.get(pk=pathway.pk).stage == "lease_signed"


def test_the_other_half_in_danger_is_a_task_for_those_who_follow_and_names_nobody(made):
    who = linked_household(made)
    an_application(made, state="hired", person=who.persons.get())
    row = a_proposal(made, state="notified", household=who)

    acts.record(row=row, action="refuse", by=made.actor("LA"), at=NOW, given={"reasons": ["TOO_SMALL"]})

    found = Task.objects.open().filter(kind="other_half")
    assert {one.role for one in found} == {"LA", "EMPP"}
    said = [one.why for one in found] + [one.body for one in Message.objects.all()]
    assert not any("Camille" in text or "Essai" in text for text in said)


def test_what_the_act_came_with_is_kept_and_not_readable_in_the_database(made):
    from django.db import connection

    row = a_proposal(made, state="on_agenda")
    acts.record(row=row, action="reject", by=made.actor("LM"), at=NOW, given={
        "decided_on": TODAY, "reason": "ABOVE_EVERY_CEILING", "stated": "Revenus au-dessus de tous les plafonds",
    })

    act = TrackAct.objects.get(subject_id=row.pk)
    assert act.given["stated"] == "Revenus au-dessus de tous les plafonds" and act.given["decided_on"] == "2026-11-23"
    with connection.cursor() as cursor:
        cursor.execute("SELECT given::text FROM followup_trackact WHERE id = %s", [act.pk])
        assert "plafonds" not in cursor.fetchone()[0]
