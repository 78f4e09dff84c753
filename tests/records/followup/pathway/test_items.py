"""Goals, actions and obstacles: an action has somebody and a day, an obstacle no cause, and a task follows each."""

from datetime import timedelta

import pytest
from django.http import Http404
from tests.factories.followup import TODAY, a_pathway, an_account
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.desk.models import Task, TaskKind
from untoit.records.followup.models import PathwayItem
from untoit.records.followup.pathway import items
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db
SOON = TODAY + timedelta(days=7)


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def pathway(made):
    return a_pathway(made, person=linked_household(made).persons.get(), stage="preparing")


def add(made, pathway, kind="action", code="TRAINING", name="DEP", **values):
    if kind == "action":
        values = {"due_on": SOON, "owner_id": made.members["DEP"].pk} | values
    return items.add_item(pathway_id=pathway.pk, kind=kind, code=code, by=made.actor(name), at=NOW, **values)


def act(made, item, action, name="DEP", **values):
    return items.act_on_item(item_id=item.pk, action=action, by=made.actor(name), at=NOW, **values)


def test_an_action_has_a_task_for_its_owner_on_its_day(made, pathway):
    item = add(made, pathway, owner_id=made.members["EMPP"].pk)

    task = Task.objects.open().get(kind=TaskKind.PATHWAY_ACTION)

    assert (task.owner, task.due_on, task.subject_kind, task.subject_id) == (
        made.members["EMPP"], SOON, "pathway_item", item.pk
    )
    assert "Camille" not in task.why


def test_what_the_person_takes_on_is_looked_at_the_day_after_by_who_follows_her(made, pathway):
    add(made, pathway, owner_id=None, by_person=True)

    task = Task.objects.open().get(kind=TaskKind.PATHWAY_ACTION)

    assert (task.owner, task.due_on) == (made.members["DEP"], SOON + timedelta(days=1))


@pytest.mark.parametrize(("values", "sentence"), [
    ({"due_on": None}, "et une date"), ({"owner_id": None}, "s'en charge"),
    ({"due_on": TODAY - timedelta(days=1)}, "à partir d'aujourd'hui"), ({"code": "SANCTION"}, "dans la liste"),
])
def test_an_action_without_somebody_a_day_or_a_known_code_is_refused(made, pathway, values, sentence):
    with pytest.raises(Refused, match=sentence):
        add(made, pathway, **values)


def test_only_who_follows_the_person_takes_an_action_on(made, pathway):
    with pytest.raises(Refused, match="ne suit plus"):
        add(made, pathway, owner_id=made.members["LA"].pk)


def test_an_obstacle_is_a_word_of_the_list_and_nothing_more(made, pathway):
    item = add(made, pathway, kind="obstacle", code="HEALTH_NEED", wording="une maladie")

    assert PathwayItem.objects.get(pk=item.pk).words == ""
    with pytest.raises(Refused, match="dans la liste"):
        add(made, pathway, kind="obstacle", code="ILLNESS")


def test_done_is_noted_with_its_day_and_length_and_taken_back(made, pathway):
    item = add(made, pathway)

    done = act(made, item, "finish", given={"done_on": TODAY, "minutes": 120})
    assert (done.state, done.done_on, done.minutes) == ("done", TODAY, 120)
    assert not Task.objects.open().filter(subject_id=item.pk).exists()

    back = items.take_back(item_id=item.pk, by=made.actor("DEP"), at=NOW)
    assert (back.state, back.done_on, back.minutes) == ("open", None, None)
    assert Task.objects.open().filter(subject_id=item.pk).exists()


def test_what_is_done_is_done_today_or_before(made, pathway):
    item = add(made, pathway)

    with pytest.raises(Refused, match="à venir"):
        act(made, item, "finish", given={"done_on": TODAY + timedelta(days=1)})
    with pytest.raises(Refused, match="durée"):
        act(made, item, "finish", given={"minutes": 5000})


def test_two_people_on_one_action_the_second_is_told(made, pathway):
    item = add(made, pathway)
    act(made, item, "start", revision=1)

    with pytest.raises(Conflict, match="modifiée"):
        act(made, item, "finish", "EMPP", revision=1)


def test_the_person_says_that_an_action_is_done_and_changes_nothing_else(made, pathway):
    own = actor_of(an_account(pathway.person), at=NOW)
    action, goal = add(made, pathway, owner_id=None, by_person=True), add(made, pathway, kind="goal", code="JOB")

    assert items.act_on_item(item_id=action.pk, action="finish", by=own, at=NOW).state == "done"
    assert items.take_back(item_id=action.pk, by=own, at=NOW).state == "open"

    for item, what in ((goal, "finish"), (action, "drop")):
        with pytest.raises(Http404):
            items.act_on_item(item_id=item.pk, action=what, given={"reason": "OTHER"}, by=own, at=NOW)
    with pytest.raises(Http404):
        items.add_item(pathway_id=pathway.pk, kind="goal", code="JOB", by=own, at=NOW)


@pytest.mark.parametrize("name", ["LA", "LM", "PART", "EMPL", "FUND", "DEP2"])
def test_nobody_else_reads_or_touches_an_item(made, pathway, name):
    item = add(made, pathway)

    assert not PathwayItem.objects.visible_to(made.actor(name)).exists()
    with pytest.raises(Http404):
        act(made, item, "finish", name)
