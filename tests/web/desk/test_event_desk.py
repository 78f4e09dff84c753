"""The morning page and the news of events: each task leads where it is done, each act is told to whom it concerns."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import linked_household, scheme

from untoit.records.desk import services
from untoit.records.desk.models import TaskKind
from untoit.records.events.models import ChecklistItem
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.web.desk.morning import ACTIONS
from untoit.web.desk.news import ACTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Hold one event of the landlord, with a stand of the employer and somebody whom everybody follows."""
    of = scheme()
    event = an_event(of, on=timezone.localdate() + timedelta(days=1))
    stand = a_stand(event, organisation=of.organisations["employer"])
    household = linked_household(of)
    row = a_registration(event, household=household)
    meeting = a_meeting(row, stand, 3)
    published(event, at=timezone.now() - timedelta(days=1))
    item = ChecklistItem.objects.create(
        event=event, label="Réserver la salle", day_offset=-10, due_on=timezone.localdate(),
        organisation=of.organisations["landlord"], role="LA",
    )
    return {
        "of": of, "event": event, "stand": stand, "household": household, "registration": row, "meeting": meeting,
        "checklist_item": item,
    }


def page(client, of, name, url="desk:morning"):
    client.force_login(of.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(url)).content.decode()


def task(world, kind, subject, role="LA", organisation="landlord"):
    return services.open_task(
        kind=kind, organisation=world["of"].organisations[organisation], role=role, subject_kind=subject,
        subject_id=world[subject].pk, why="À faire.", due_on=timezone.localdate(), at=timezone.now(),
    )


@pytest.mark.parametrize(("kind", "subject", "role", "organisation", "about", "door"), [
    (TaskKind.EVENT_CHECKLIST, "checklist_item", "LA", "landlord", "Réserver la salle", "organiser:checklist_item"),
    (TaskKind.EVENT_REPLY, "registration", "DEP", "department", "Camille", "organiser:registration_of"),
    (TaskKind.EVENT_PAPER, "registration", "DEP", "department", "Camille", "organiser:registration_of"),
    (TaskKind.AFTER_EVENT, "registration", "EMPP", "employment", "Camille", "organiser:registration_of"),
    (TaskKind.AFTER_EVENT, "household", "LA", "landlord", "Camille", "adviser:candidate"),
    (TaskKind.AFTER_EVENT, "event", "LM", "landlord", "décembre", "organiser:event"),
    (TaskKind.OUTCOME_MISSING, "meeting", "EMPP", "employment", "Stand 1", "organiser:meeting_of"),
    (TaskKind.OUTCOME_MISSING, "meeting", "DEP", "department", "Stand 1", "organiser:meeting_of"),
    (TaskKind.OUTCOME_MISSING, "meeting", "EMPL", "employer", "Stand 1", "organiser:meeting_of"),
])
def test_each_task_of_an_event_leads_to_a_page_that_opens(
    client, world, kind, subject, role, organisation, about, door
):
    task(world, kind, subject, role, organisation)

    shown = page(client, world["of"], role)
    url = reverse(door, args=[world[subject].pk])
    opened = client.get(url, follow=True)

    assert about in shown and url in shown and ACTIONS[kind] in shown
    assert opened.status_code == 200


def test_a_contradiction_leads_to_the_reception(client, world):
    task(world, TaskKind.EVENT_CONFLICT, "registration")

    shown = page(client, world["of"], "LA")
    url = reverse("organiser:attendance", args=[world["event"].pk])

    assert "Camille" in shown and url in shown
    assert reverse("organiser:registration_of", args=[world["registration"].pk]) not in shown
    assert client.get(url).status_code == 200


def test_a_contradiction_about_somebody_that_another_service_follows_names_a_badge(client, world):
    world["household"].links.all().delete()
    task(world, TaskKind.EVENT_CONFLICT, "registration")

    shown = page(client, world["of"], "LA")

    assert "Camille" not in shown
    assert world["registration"].badge in shown and reverse("organiser:attendance", args=[world["event"].pk]) in shown


def test_the_tasks_of_a_stand_say_nothing_of_the_scheme_to_an_employer(client, world):
    task(world, TaskKind.OUTCOME_MISSING, "meeting", "EMPL", "employer")

    shown = page(client, world["of"], "EMPL")
    lines = shown[shown.index("<h1"):shown.index("</main>")]

    assert "Stand 1" in lines
    assert "Un toit, un emploi : décembre" not in lines and "logement" not in lines.lower() and "Camille" not in lines


def told(client, world, name, action, subject):
    """Return whether somebody reads this act of somebody else in the news."""
    note_act(world["of"].actor("DEP_head"), action, subject, world[subject].pk, at=timezone.now())
    return ACTS[action].label in page(client, world["of"], name, "desk:changes")


@pytest.mark.parametrize(("name", "action", "subject", "expected"), [
    ("LA", "event.created", "event", True), ("DEP", "event.created", "event", False),
    ("DEP", "event.cancel", "event", True), ("EMPP", "event.proposed", "event", True),
    ("DEP", "event.proposed", "event", False), ("LM_other", "event.cancel", "event", False),
    ("LA", "registration.confirm", "registration", True), ("DEP2", "registration.confirm", "registration", False),
    ("DEP", "registration.call_asked", "registration", True), ("LA", "messages.stopped", "registration", True),
    ("LA", "outcome.employer", "meeting", False), ("EMPP", "outcome.employer", "meeting", True),
    ("LA", "outcome.housing", "meeting", True), ("EMPP", "outcome.housing", "meeting", False),
    ("LM", "timetable.repaired", "event", True), ("DEP", "timetable.repaired", "event", False),
    ("EMPP", "stand.changed", "stand", True),
])
def test_an_act_of_an_event_is_told_to_whom_it_concerns(client, world, name, action, subject, expected):
    assert told(client, world, name, action, subject) is expected


SUBJECTS = {"registration": "registration", "messages": "registration", "feedback": "registration",
            "outcome": "meeting"}


def test_an_employer_hears_of_its_own_stand_and_of_nothing_else_of_an_event(client, world):
    of = world["of"]
    for action in ACTS:
        head = action.split(".")[0]
        if head in ("event", "timetable", "preparation", *SUBJECTS) or action in ("stand.added", "stand.removed"):
            subject = SUBJECTS.get(head, "event")
            note_act(of.actor("LM"), action, subject, world[subject].pk, at=timezone.now())
    others = a_stand(world["event"])
    note_act(of.actor("LM"), "stand.restored", "stand", others.pk, at=timezone.now())

    nothing = page(client, of, "EMPL", "desk:changes")
    note_act(of.actor("LM"), "stand.changed", "stand", world["stand"].pk, at=timezone.now())
    own = page(client, of, "EMPL", "desk:changes")

    assert not [act.label for act in ACTS.values() if act.label in nothing]
    assert "Stand modifié" in own and "Stand remis" not in own and "Un toit, un emploi : décembre" not in own
    assert reverse("employer:event", args=[world["event"].pk]) in own
    assert "Camille" not in own


def test_what_the_person_did_alone_says_so(client, world):
    alone = Actor(role=Role.PUB, at=timezone.now())
    note_act(alone, "registration.confirm", "registration", world["registration"].pk)

    assert "la personne elle-même" in page(client, world["of"], "LA", "desk:changes")
