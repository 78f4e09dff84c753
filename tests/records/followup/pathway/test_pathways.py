"""The pathway itself: opened by who follows the person, moved by its table, handed over without anybody in between."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.followup import TODAY, a_pathway, an_account
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.applicants.models import Assignment, Link
from untoit.records.desk.models import Task, TaskKind
from untoit.records.followup.models import Pathway
from untoit.records.followup.pathway import appointments, items, pathways
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def person(made):
    return linked_household(made).persons.get()


@pytest.fixture
def pathway(made, person):
    return a_pathway(made, person=person, stage="preparing")


def act(made, row, action, name="DEP", **values):
    return pathways.act(pathway_id=row.pk, action=action, by=made.actor(name), at=NOW, **values)


def test_a_pathway_goes_from_identified_to_the_first_steps(made, person):
    row = pathways.open_pathway(person_id=person.pk, by=made.actor("DEP"), at=NOW)
    act(made, row, "orient")
    act(made, row, "consent", given={"consented_on": date(2026, 11, 20)})

    row.refresh_from_db()
    assert (row.stage, row.consented_on) == ("consented", date(2026, 11, 20))
    assert row.organisation == made.organisations["department"]
    first = Task.objects.open().get(kind=TaskKind.FIRST_STEPS, subject_id=row.pk)
    assert first.owner == made.members["DEP"]

    items.add_item(pathway_id=row.pk, kind="goal", code="JOB", by=made.actor("DEP"), at=NOW)
    assert not Task.objects.open().filter(kind=TaskKind.FIRST_STEPS).exists()


def test_somebody_has_one_pathway(made, person, pathway):
    with pytest.raises(Conflict, match="déjà un parcours"):
        pathways.open_pathway(person_id=person.pk, by=made.actor("EMPP"), at=NOW)


@pytest.mark.parametrize("name", ["LA", "LM", "PART", "EMPL", "FUND", "DEP2"])
def test_nobody_else_opens_or_moves_one(made, person, pathway, name):
    with pytest.raises(Http404):
        pathways.open_pathway(person_id=person.pk, by=made.actor(name), at=NOW)
    with pytest.raises(Http404):
        act(made, pathway, "pause", name, given={"reason": "BUSY"})
    assert not Pathway.objects.visible_to(made.actor(name)).exists()


def test_an_agreement_is_given_once_and_withdrawn_as_simply(made, person, pathway):
    own = actor_of(an_account(person), at=NOW)

    pathways.act(pathway_id=pathway.pk, action="withdraw_consent", by=own, at=NOW)

    pathway.refresh_from_db()
    assert (pathway.stage, pathway.consented_on) == ("oriented", None)


def test_an_agreement_to_come_and_a_reason_of_no_list_are_refused(made, pathway):
    other = a_pathway(made, stage="oriented")
    with pytest.raises(Refused, match="à venir"):
        act(made, other, "consent", given={"consented_on": TODAY + timedelta(days=1)})
    with pytest.raises(Refused, match="raison de la liste"):
        act(made, pathway, "pause", given={"reason": "ILLNESS"})


def test_a_pause_asks_for_a_word_in_a_month_and_a_resumption_closes_it(made, pathway):
    act(made, pathway, "pause", given={"reason": "BUSY"})
    assert Task.objects.open().get(kind=TaskKind.PATHWAY_PAUSED).due_on == date(2026, 12, 23)

    act(made, pathway, "resume")

    pathway.refresh_from_db()
    assert (pathway.stage, pathway.reason) == ("preparing", "")
    assert not Task.objects.open().filter(kind=TaskKind.PATHWAY_PAUSED).exists()


def test_what_waits_about_a_pathway_that_nobody_follows_never_goes_to_the_landlord(made, person, pathway):
    own = actor_of(an_account(person), at=NOW)
    Link.objects.exclude(organisation=made.organisations["landlord"]).update(closed_at=NOW - timedelta(days=1))

    pathways.act(pathway_id=pathway.pk, action="pause", given={"reason": "PERSON_ASKS"}, by=own, at=NOW)

    task = Task.objects.open().get(kind=TaskKind.PATHWAY_PAUSED)
    assert (task.organisation, task.role) == (made.organisations["department"], "DEP")


def test_the_way_out_takes_the_tasks_away_and_the_way_back_brings_them_again(made, pathway):
    item = items.add_item(
        pathway_id=pathway.pk, kind="action", code="TRAINING", by=made.actor("DEP"), at=NOW,
        due_on=TODAY + timedelta(days=5), owner_id=made.members["DEP"].pk,
    )
    act(made, pathway, "exit", given={"reason": "MOVED_AWAY"})
    assert not Task.objects.open().filter(subject_id=item.pk).exists()

    act(made, pathway, "reopen", given={"reason": "COMES_BACK"})

    assert Task.objects.open().get(subject_id=item.pk).owner == made.members["DEP"]


def test_somebody_who_was_slower_is_told(made, pathway):
    act(made, pathway, "pause", given={"reason": "BUSY"}, revision=1)

    with pytest.raises(Conflict, match="modifiée"):
        act(made, pathway, "resume", revision=1)


def test_hours_are_the_usual_ones_others_or_none(made, pathway):
    pathways.agree_hours(pathway_id=pathway.pk, weekly_hours=8, waived=False, by=made.actor("EMPP"), at=NOW)
    pathway.refresh_from_db()
    assert (pathway.weekly_hours, pathway.hours_waived) == (8, False)

    pathways.agree_hours(pathway_id=pathway.pk, weekly_hours=8, waived=True, by=made.actor("DEP"), at=NOW)
    pathway.refresh_from_db()
    assert (pathway.weekly_hours, pathway.hours_waived) == (None, True)

    with pytest.raises(Refused, match="1 à 39"):
        pathways.agree_hours(pathway_id=pathway.pk, weekly_hours=60, waived=False, by=made.actor("DEP"), at=NOW)


def test_two_follow_the_person_during_a_handover_and_the_new_one_has_the_actions(made, person, pathway):
    later = NOW + timedelta(days=20)
    item = items.add_item(
        pathway_id=pathway.pk, kind="action", code="HOUSING_STEP", by=made.actor("DEP"), at=NOW,
        due_on=TODAY + timedelta(days=30), owner_id=made.members["DEP"].pk,
    )
    soon, then = (
        appointments.plan(pathway_id=pathway.pk, starts_at=NOW + timedelta(days=days), by=made.actor("DEP"), at=NOW)
        for days in (5, 25)
    )

    pathways.hand_over(pathway_id=pathway.pk, to_membership_id=made.members["DEP2"].pk, by=made.actor("DEP"), at=NOW)

    meeting = Task.objects.open().get(kind=TaskKind.HANDOVER_MEETING)
    assert (meeting.owner, meeting.due_on) == (made.members["DEP2"], TODAY + timedelta(days=14))
    assert Task.objects.open().get(subject_id=item.pk).owner == made.members["DEP2"]
    soon.refresh_from_db(), then.refresh_from_db()
    assert (soon.with_whom, then.with_whom) == (made.members["DEP"], made.members["DEP2"])
    # Both meanwhile, never nobody; then only the new one.
    assert all(Pathway.objects.visible_to(made.actor(name)).exists() for name in ("DEP", "DEP2"))
    assert not Pathway.objects.visible_to(made.actor("DEP", at=later)).exists()
    assert Pathway.objects.visible_to(made.actor("DEP2", at=later)).exists()
    assert Assignment.objects.filter(membership=made.members["DEP"]).get().until == TODAY + timedelta(days=14)


def test_a_pathway_is_not_handed_to_who_follows_it(made, pathway):
    with pytest.raises(Refused):
        pathways.hand_over(pathway_id=pathway.pk, to_membership_id=made.members["DEP"].pk, by=made.actor("DEP"), at=NOW)
