"""The page of the review: who reads it, before and after the day, and who says that it is settled."""

import pytest
from django.urls import reverse
from tests.factories.events import a_meeting, a_registration, a_stand, an_event
from tests.factories.records import NOW, scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    there = scheme()
    there.event = an_event(there, state="ended")
    stand = a_stand(there.event, organisation=there.organisations["employer"])
    a_meeting(a_registration(there.event, scheme=there, present_at=NOW), stand, 1)
    return there


def url(made, where="review", *args):
    return reverse(f"organiser:{where}", args=[made.event.pk, *args])


@pytest.mark.parametrize(("name", "status"), [
    ("LM", 200), ("LA", 200), ("EMPP", 200), ("DEP", 200), ("ADM", 200), ("DPO", 200), ("LM_other", 404),
    ("EMPL", 404), ("FUND", 404), ("PART", 404),
])
@pytest.mark.parametrize("where", [("review",), ("review_file", "pdf"), ("review_file", "xlsx")])
def test_who_reads_the_review(client, made, name, status, where):
    client.force_login(made.user(name))

    assert client.get(url(made, *where)).status_code == status


def test_before_the_end_there_is_nothing_to_read_and_no_file(client, made):
    made.event.state = "open"
    made.event.save()
    client.force_login(made.user("LM"))

    assert "Le bilan se fait après la journée" in client.get(url(made)).content.decode()
    assert client.get(url(made, "review_file", "pdf")).status_code == 404
    assert client.get(url(made, "review_file", "doc")).status_code == 404


def test_leases_are_followed_by_a_rule_that_is_said(client, made):
    client.force_login(made.user("LM"))

    page = client.get(url(made)).content.decode()

    assert "non suivi" not in page and "dans les 90 jours qui suivent" in page


def test_settling_with_missing_outcomes_is_asked_for_twice(client, made):
    client.force_login(made.user("LM"))
    data = {"revision": made.event.revision}

    client.post(url(made, "review_settle"), data)
    made.event.refresh_from_db()
    assert made.event.state == "ended"

    client.post(url(made, "review_settle"), {**data, "anyway": "1"})
    made.event.refresh_from_db()
    assert made.event.state == "reviewed"
    assert "Le bilan est arrêté" in client.get(url(made)).content.decode()


def test_somebody_who_was_overtaken_is_told(client, made):
    client.force_login(made.user("LM"))

    answer = client.post(url(made, "review_settle"), {"revision": made.event.revision - 1, "anyway": "1"})

    assert answer.status_code == 409


@pytest.mark.parametrize("name", ["DEP", "DPO"])
def test_a_reader_settles_nothing(client, made, name):
    client.force_login(made.user(name))

    assert client.post(url(made, "review_settle"), {"anyway": "1"}).status_code == 404


def test_a_task_about_a_meeting_leads_to_where_its_outcome_is_written(client, made):
    meeting = made.event.meetings.get()
    address = reverse("organiser:meeting_of", args=[meeting.pk])
    made.event.published_version = made.event.planned_version = 1
    made.event.save()

    pages = {}
    for name in ("LA", "EMPP", "EMPL", "EMPL_other", "DEP2"):
        client.force_login(made.user(name))
        answer = client.get(address)
        pages[name] = answer.get("Location", "") if answer.status_code == 302 else answer.status_code

    suites = reverse("organiser:outcomes", args=[made.event.pk])
    assert pages == {
        "LA": suites, "EMPP": suites, "EMPL": reverse("employer:event", args=[made.event.pk]), "EMPL_other": 404,
        "DEP2": 404,
    }


def test_the_desk_names_a_meeting_by_its_stand_and_hour(made):
    from untoit.web.desk.subjects import subjects

    meeting = made.event.meetings.get()

    found = subjects(made.actor("LA"), [("meeting", meeting.pk)])[meeting.pk]

    assert found.label.replace("\u00a0", " ") == "Stand 1, 9 h 12 le 08/12/2026"
    assert subjects(made.actor("DEP2"), [("meeting", meeting.pk)]) == {}
