"""The pages of a pathway: for who follows the person, in few taps, and a page that does not exist for the others."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories.followup import a_pathway
from tests.factories.records import linked_household, scheme

from untoit.records.followup.models import Appointment, Pathway, PathwayItem

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def person(made):
    return linked_household(made).persons.get()


@pytest.fixture
def pathway(made, person):
    return a_pathway(made, person=person, stage="preparing")


@pytest.fixture
def desk(client, made):
    client.force_login(made.user("DEP"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name, person, *args):
    return reverse(f"adviser:{name}", args=[person.pk, *args])


def planned(pathway, made, days):
    return Appointment.objects.create(
        pathway=pathway, at=timezone.now() + timedelta(days=days), with_whom=made.members["DEP"],
        created_at=timezone.now(),
    )


def action(pathway, made, **values):
    return PathwayItem.objects.create(**{
        "pathway": pathway, "kind": "action", "code": "TRAINING", "owner": made.members["DEP"],
        "due_on": TODAY - timedelta(days=3), "created_at": timezone.now(), **values,
    })


@pytest.mark.parametrize(("name", "status"), [
    ("DEP", 200), ("EMPP", 200), ("DEP_head", 200), ("DEP2", 404), ("EMPP2", 404), ("LA", 404), ("LM", 404),
    ("PART", 404), ("EMPL", 404), ("FUND", 404), ("ADM", 404), ("DPO", 404),
])
def test_who_reads_a_pathway(client, made, person, pathway, name, status):
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    item, meeting = action(pathway, made), planned(pathway, made, 3)

    pages = [
        url("pathway", person), url("pathway_summary", person), url("pathway_item", person, item.pk),
        url("pathway_appointment", person, meeting.pk), url("pathway_stage", person, "pause"),
        url("pathway_hours", person), url("pathway_hand_over", person),
    ]

    assert {client.get(one).status_code for one in pages} == {status}


def test_a_person_without_a_pathway_gets_one_in_one_tap(desk, person):
    assert "Ouvrir le parcours" in desk.get(url("pathway", person)).content.decode()

    page = desk.post(url("pathway_open", person), follow=True).content.decode()

    assert Pathway.objects.get().person == person
    assert "Aucun rendez-vous à venir" in page
    assert "Pas encore d’objectif" in page


def test_goals_actions_obstacles_and_appointments_are_added_and_taken_back(desk, made, person, pathway):
    me, soon = made.members["DEP"].pk, (TODAY + timedelta(days=9)).isoformat()
    sent = {
        "goal": {"goal-code": "JOB", "goal-wording": "Un poste en entrepôt"}, "obstacle": {"obstacle-code": "MOBILITY"},
        "action": {"action-code": "TRAINING", "action-who": me, "action-due_on": soon},
        "rendez-vous": {"rdv-kind": "APPOINTMENT", "rdv-on": soon, "rdv-hour": "10:30", "rdv-minutes": "60",
                        "rdv-place": "Mairie", "rdv-who": me},
    }
    for kind, data in sent.items():
        assert desk.post(url("pathway_add", person, kind), data).status_code == 302

    page = desk.get(url("pathway", person)).content.decode()
    for words in ("Trouver un emploi", "Un poste en entrepôt", "Formation", "Mobilité", "10:30", "Mairie",
                  "Annuler cette action"):
        assert words in page

    item, meeting = PathwayItem.objects.get(kind="action"), Appointment.objects.get()
    desk.post(url("pathway_item_act", person, item.pk, "drop") + "?annuler")
    desk.post(url("pathway_appointment_act", person, meeting.pk, "cancel") + "?annuler")
    item.refresh_from_db(), meeting.refresh_from_db()
    assert (item.state, meeting.state) == ("dropped", "cancelled")
    # Added by mistake: nobody reads of it any more.
    shown = desk.get(url("pathway", person)).context["page"]
    assert not any(group.actions for group in shown.goals)
    assert not shown.past
    assert desk.get(url("pathway_item", person, item.pk)).status_code == 404


def test_an_action_without_a_day_is_told_and_what_was_typed_is_kept(desk, made, person, pathway):
    answer = desk.post(url("pathway_add", person, "action"), {
        "action-code": "TRAINING", "action-who": "person", "action-wording": "Réserver"
    })

    assert answer.status_code == 422
    assert 'value="Réserver"' in answer.content.decode()
    assert not PathwayItem.objects.exists()


def test_done_is_one_tap_and_one_tap_undoes_it(desk, made, person, pathway):
    item = action(pathway, made)
    page = desk.post(url("pathway_item_act", person, item.pk, "finish") + "?vite", follow=True).content.decode()
    item.refresh_from_db()
    assert item.state == "done"
    assert url("pathway_item_undo", person, item.pk) in page

    desk.post(url("pathway_item_undo", person, item.pk))
    item.refresh_from_db()
    assert item.state == "open"


def test_an_appointment_that_is_over_asks_what_came_of_it(desk, made, person, pathway):
    meeting = planned(pathway, made, -1)
    assert "qu’en est-il" in desk.get(url("pathway", person)).content.decode()

    page = desk.post(url("pathway_appointment_act", person, meeting.pk, "miss") + "?vite", follow=True).content.decode()

    meeting.refresh_from_db()
    assert meeting.state == "missed"
    assert "rien n’est transmis" in page
    desk.post(url("pathway_appointment_undo", person, meeting.pk))
    meeting.refresh_from_db()
    assert meeting.state == "planned"


def test_a_move_is_undone_to_the_minute(desk, made, person, pathway):
    meeting = planned(pathway, made, 5)
    before = meeting.at.replace(second=0, microsecond=0)
    there = url("pathway_appointment_act", person, meeting.pk, "move")
    page = desk.post(there, {
        "revision": 1, "new_on": (TODAY + timedelta(days=8)).isoformat(), "new_hour": "14:00"
    }, follow=True)
    undo = next(one.extra_tags for one in page.context["messages"]).split(" ", 1)[1]

    assert desk.post(undo).status_code == 302

    meeting.refresh_from_db()
    assert meeting.at == before


def test_a_stage_asks_what_it_needs_and_tells_who_was_slower(desk, made, person, pathway):
    there = url("pathway_stage", person, "pause")
    assert desk.post(there, {"revision": 1}).status_code == 422
    assert desk.post(there, {"revision": 1, "reason": "BUSY"}).status_code == 302
    pathway.refresh_from_db()
    assert pathway.stage == "paused"

    assert desk.post(url("pathway_stage", person, "resume"), {"revision": 1}).status_code == 409


def test_the_parts_of_another_pathway_do_not_exist_here(desk, made, person, pathway):
    other = a_pathway(made, person=linked_household(made).persons.get())
    item, meeting = action(other, made), planned(other, made, 2)

    assert desk.get(url("pathway_item", person, item.pk)).status_code == 404
    assert desk.post(url("pathway_appointment_act", person, meeting.pk, "cancel"), {}).status_code == 404


def test_hours_agreed_and_a_handover(desk, made, person, pathway):
    assert desk.post(url("pathway_hours", person), {"agreed": "number", "revision": 1}).status_code == 422
    desk.post(url("pathway_hours", person), {"agreed": "number", "number": 8, "revision": 1})
    pathway.refresh_from_db()
    assert pathway.weekly_hours == 8

    done = desk.post(url("pathway_hand_over", person), {"to": made.members["DEP2"].pk, "revision": 2}, follow=True)
    assert "suit maintenant ce parcours avec vous" in done.content.decode()


def test_the_list_finds_what_is_late_paused_or_silent(desk, made, person, pathway):
    other = a_pathway(made, person=linked_household(made).persons.get(), stage="paused")
    action(pathway, made)
    planned(other, made, 3)

    def listed(**chosen):
        rows = desk.get(reverse("adviser:pathways"), chosen).context["list"].rows
        return {row["row"].pk for row in rows}

    assert listed() == {pathway.pk, other.pk}
    assert listed(retard="on") == {pathway.pk}
    assert listed(pause="on") == {other.pk}
    assert listed(silence="on") == {pathway.pk}
    planned(pathway, made, 4)
    assert listed(silence="on") == set()


def test_a_task_leads_to_its_action_and_to_its_pathway(desk, made, person, pathway):
    item = action(pathway, made)

    assert desk.get(reverse("adviser:pathway_item_of", args=[item.pk])).url == url("pathway_item", person, item.pk)
    assert desk.get(reverse("adviser:pathway", args=[pathway.pk])).url == url("pathway", person)


def test_the_pages_of_a_pathway_cost_the_same_whatever_its_length(desk, made, person, pathway,
                                                                 django_assert_max_num_queries):
    for _ in range(12):
        action(pathway, made), planned(pathway, made, 3)

    with django_assert_max_num_queries(45):
        desk.get(url("pathway", person))
