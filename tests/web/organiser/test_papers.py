"""The page of papers: who prints what, for whom, with a line in the journal each time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import scheme

from untoit.records.partners.models import AuditEntry, ReadLog
from untoit.reporting import event_desk

pytestmark = pytest.mark.django_db
CODES = [kind.code for kind in event_desk.KINDS]
PERSONAL = [kind.code for kind in event_desk.KINDS if kind.personal]


@pytest.fixture
def made():
    there = scheme()
    there.event = an_event(there)
    there.stand = a_stand(there.event, organisation=there.organisations["employer"])
    there.person = a_registration(there.event, scheme=there)
    a_meeting(there.person, there.stand, 1)
    published(there.event)
    return there


def get(client, made, name, where="papers", *args, **data):
    client.force_login(made.user(name))
    return client.get(reverse(f"organiser:{where}", args=[made.event.pk, *args]), data)


@pytest.mark.parametrize(("name", "status"), [
    ("LM", 200), ("LA", 200), ("EMPP", 200), ("DEP", 200), ("LM_other", 404), ("EMPL", 404), ("FUND", 404),
    ("ADM", 404), ("DPO", 404),
])
def test_who_opens_the_page(client, made, name, status):
    assert get(client, made, name).status_code == status


@pytest.mark.parametrize("code", CODES)
def test_every_paper_comes_as_a_file_that_nobody_keeps(client, made, code):
    answer = get(client, made, "LA", "paper", code)

    assert answer.status_code == 200
    content = b"".join(answer) if answer.streaming else answer.content
    assert content[:4] in (b"%PDF", b"PK\x03\x04")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("code", CODES)
def test_a_referent_prints_what_is_personal_and_nothing_of_the_hall(client, made, code):
    assert get(client, made, "DEP", "paper", code).status_code == (200 if code in PERSONAL else 404)


def test_a_referent_of_others_has_nobody_to_print_for(client, made):
    answer = get(client, made, "DEP2", "paper", "livrets")

    assert answer.status_code == 302
    assert get(client, made, "DEP2", "paper_of", "livrets", made.person.pk).status_code == 404


def test_one_person_is_printed_alone(client, made):
    assert get(client, made, "LA", "paper_of", "convocations", made.person.pk, gros="1").status_code == 200
    assert get(client, made, "LA", "paper_of", "badges", made.person.pk).status_code == 404
    assert get(client, made, "LA", "paper", "inconnu").status_code == 404


def test_each_print_is_written_in_both_journals(client, made):
    get(client, made, "LA", "paper", "livrets")

    read = ReadLog.objects.get(resource="registration", subject_id=made.event.pk)
    act = AuditEntry.objects.get(action="paper.printed")
    assert (read.count, read.reason) == (1, "impression : Livrets")
    assert act.detail == {"paper": "livrets", "version": 1, "count": 1}


def test_the_page_says_when_what_was_printed_is_older_than_the_timetable(client, made):
    get(client, made, "LA", "paper", "livrets")
    get(client, made, "LA", "paper", "badges")
    fresh = get(client, made, "LA").content.decode()
    made.event.planned_version = 2
    made.event.save()

    stale = get(client, made, "LA").content.decode()

    # A badge does not depend on the timetable.
    assert (fresh.count("Planning modifié depuis"), stale.count("Planning modifié depuis")) == (0, 1)
    assert "Membre LA" in stale


def test_people_followed_by_another_service_are_counted_and_not_printed(client, made):
    a_registration(made.event)

    page = get(client, made, "LA").content.decode()

    assert "1 personne est suivie par un autre service" in page
    assert len(event_desk.make(made.actor("LA"), made.event, "livrets", at=made.actor("LA").at).content) > 0
    assert ReadLog.objects.filter(reason="impression : Livrets").get().count == 1


def test_the_page_of_an_event_without_anybody_says_what_comes_next(client, made):
    made.event.registrations.all().delete()

    page = get(client, made, "LA")

    assert "Personne n’est encore confirmé" in page.content.decode()
    assert get(client, made, "LA", "paper", "livrets").status_code == 302


def test_the_page_takes_as_many_queries_for_one_as_for_three(client, made):
    client.force_login(made.user("LA"))
    url = reverse("organiser:papers", args=[made.event.pk])

    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(url)
        return len(found)

    queries()
    before = queries()
    for slot in (4, 5):
        a_meeting(a_registration(made.event, scheme=made), made.stand, slot)
    assert queries() == before


def test_the_archive_is_sent_while_it_is_made(client, made):
    answer = get(client, made, "LA", "paper", "livrets-zip")

    assert answer.streaming
    assert answer.headers["Content-Type"] == "application/zip"
    assert next(iter(answer))[:4] == b"PK\x03\x04"
    answer.close()
