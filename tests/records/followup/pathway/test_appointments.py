"""Appointments: set, moved, attended, and one that was missed, which goes nowhere else."""

from datetime import timedelta

import pytest
from django.http import Http404
from tests.factories.followup import a_pathway, a_proposal, an_account
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.desk.models import Message, Task, TaskKind
from untoit.records.followup.models import Appointment, Case, CaseAlert, Letter, TrackAct
from untoit.records.followup.pathway import appointments, hours
from untoit.records.partners.models import AuditEntry
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db
PAST, FUTURE = NOW - timedelta(hours=3), NOW + timedelta(days=3)


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def pathway(made):
    return a_pathway(made, person=linked_household(made).persons.get(), stage="preparing")


@pytest.fixture
def own(pathway):
    return actor_of(an_account(pathway.person), at=NOW)


def plan(made, pathway, starts_at=FUTURE, **values):
    return appointments.plan(pathway_id=pathway.pk, starts_at=starts_at, by=made.actor("DEP"), at=NOW, **values)


def act(made, row, action, name="DEP", **given):
    return appointments.act_on_appointment(
        appointment_id=row.pk, action=action, given=given, by=made.actor(name), at=NOW
    )


def test_an_appointment_is_with_who_sets_it_unless_told(made, pathway):
    assert plan(made, pathway).with_whom == made.members["DEP"]
    assert plan(made, pathway, with_whom_id=made.members["EMPP"].pk).with_whom == made.members["EMPP"]
    with pytest.raises(Refused, match="ne suit plus"):
        plan(made, pathway, with_whom_id=made.members["LA"].pk)


def test_a_missed_appointment_goes_nowhere_else(made, pathway):
    a_proposal(made, household=pathway.household)
    row = plan(made, pathway, PAST)
    elsewhere = (Task, Message, Letter, TrackAct, CaseAlert, Case)
    before = [model.objects.count() for model in elsewhere]

    act(made, row, "miss")

    row.refresh_from_db()
    assert (row.state, row.reason) == ("missed", "")
    assert [model.objects.count() for model in elsewhere] == before
    # The journal says that something was written, and the week shows no less for it.
    assert AuditEntry.objects.filter(subject_id=row.pk, action="pathway.appointment_miss").count() == 1
    assert hours.weeks_of(pathway, NOW.date())[-1].hours == 0


def test_a_missed_appointment_is_set_again_or_taken_back(made, pathway):
    row = plan(made, pathway, PAST)
    act(made, row, "miss")
    assert act(made, row, "plan_again", new_at=FUTURE).at == FUTURE

    other = plan(made, pathway, PAST)
    act(made, other, "miss")
    back = appointments.take_back(appointment_id=other.pk, by=made.actor("DEP"), at=NOW)
    assert (back.state, back.at) == ("planned", PAST)


def test_what_took_place_counts_as_activity_and_may_be_corrected(made, pathway):
    row = plan(made, pathway, PAST, kind="HOUSING_STEP")
    act(made, row, "attend", minutes=90)
    assert hours.weeks_of(pathway, NOW.date())[-1].hours == 1.5

    appointments.take_back(appointment_id=row.pk, by=made.actor("DEP"), at=NOW)
    assert hours.weeks_of(pathway, NOW.date())[-1].hours == 0


@pytest.mark.parametrize("action", ["attend", "miss"])
def test_what_is_to_come_is_not_over(made, pathway, action):
    with pytest.raises(Refused, match="à venir"):
        act(made, plan(made, pathway), action, minutes=60)


def test_a_move_is_to_a_moment_to_come_and_is_put_back(made, pathway):
    row = plan(made, pathway)
    with pytest.raises(Refused, match="à venir"):
        act(made, row, "move", new_at=PAST)
    act(made, row, "move", new_at=FUTURE + timedelta(days=1))

    back = appointments.put_back(appointment_id=row.pk, before=FUTURE, by=made.actor("DEP"), at=NOW)

    assert back.at == FUTURE


def test_the_person_asks_for_another_moment_and_the_appointment_stands_meanwhile(made, pathway, own):
    row = plan(made, pathway)

    appointments.ask_to_move(appointment_id=row.pk, wish="MORNING", by=own, at=NOW)

    task = Task.objects.open().get(kind=TaskKind.PATHWAY_ACTION)
    assert (task.owner, task.subject_kind, task.subject_id) == (made.members["DEP"], "pathway", pathway.pk)
    assert appointments.asked_of(pathway) == (row.pk, "un matin")
    row.refresh_from_db()
    assert (row.state, row.at) == ("planned", FUTURE)
    with pytest.raises(Conflict, match="déjà partie"):
        appointments.ask_to_move(appointment_id=row.pk, wish="PHONE", by=own, at=NOW)

    act(made, row, "move", new_at=FUTURE + timedelta(days=2))
    assert appointments.asked_of(pathway) is None
    assert not Task.objects.open().filter(kind=TaskKind.PATHWAY_ACTION).exists()


def test_the_person_takes_the_request_back_and_moves_nothing_by_herself(made, pathway, own):
    row = plan(made, pathway)
    appointments.ask_to_move(appointment_id=row.pk, wish="LATER", by=own, at=NOW)

    appointments.take_back_ask(appointment_id=row.pk, by=own, at=NOW)

    assert appointments.asked_of(pathway) is None
    with pytest.raises(Http404):
        appointments.act_on_appointment(appointment_id=row.pk, action="cancel", given={"reason": "PERSON"}, by=own,
                                        at=NOW)


@pytest.mark.parametrize("name", ["LA", "LM", "PART", "EMPL", "FUND", "DEP2"])
def test_nobody_else_reads_or_touches_an_appointment(made, pathway, name):
    row = plan(made, pathway)

    assert not Appointment.objects.visible_to(made.actor(name)).exists()
    with pytest.raises(Http404):
        act(made, row, "cancel", name, reason="SERVICE")
