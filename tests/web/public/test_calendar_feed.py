"""The address that a calendar reads: a valid file without names, until its owner closes it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories.followup import a_pathway, an_account
from tests.factories.records import linked_household, scheme

from untoit.records.followup.models import Appointment, CalendarFeed, PathwayItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def pathway(made):
    row = a_pathway(made, person=linked_household(made).persons.get(), stage="preparing")
    at = timezone.now().replace(microsecond=0) + timedelta(days=4)
    Appointment.objects.create(pathway=row, at=at, with_whom=made.members["DEP"], place="12 rue de l'Essai, Lille",
                               created_at=timezone.now())
    PathwayItem.objects.create(pathway=row, kind="action", code="CARE", by_person=True,
                               due_on=timezone.localdate() + timedelta(days=6), created_at=timezone.now())
    return row


def enter(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def opened(client, space="desk"):
    page = client.post(reverse(f"{space}:agenda_open"), follow=True).content.decode()
    return re.search(r"<code>(http://testserver/agenda/[^<]+\.ics)</code>", page)[1]


def read_back(body):
    """Parse an iCalendar file as RFC 5545 (3.1) says: lines of 75 octets at most, ended by CRLF, folded by a space."""
    assert body.endswith(b"\r\n")
    lines = body.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    whole = body.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    assert (whole[0], whole[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    head, events = {}, []
    for line in whole[1:-1]:
        name, value = line.split(":", 1)
        if line == "BEGIN:VEVENT":
            events.append({})
        elif line != "END:VEVENT":
            (events[-1] if events else head)[name] = value.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    assert {"VERSION", "PRODID"} <= head.keys()
    assert all({"UID", "DTSTAMP", "SUMMARY"} <= one.keys() for one in events)
    assert len({one["UID"] for one in events}) == len(events)
    return events


def test_a_member_reads_the_dates_that_the_page_shows(client, made, pathway):
    enter(client, made.user("DEP"))
    address = opened(client)
    client.logout()

    answer = client.get(address)
    event, = read_back(answer.content)

    meeting = pathway.appointments.get()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert event["SUMMARY"].startswith("Rendez-vous · dossier ")
    assert datetime.strptime(event["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) == meeting.at
    assert event["URL"].endswith(reverse("adviser:pathway", args=[pathway.person_id]))
    for secret in ("Camille", "Essai", "rue"):
        assert secret not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_the_person_reads_her_own(client, pathway):
    enter(client, an_account(pathway.person))
    address = opened(client, "candidate")

    events = read_back(client.get(address).content)

    assert [one["SUMMARY"] for one in events] == ["Rendez-vous", "Une chose à faire"]
    due = pathway.items.get().due_on
    assert date.fromisoformat(events[1]["DTSTART;VALUE=DATE"]) == due
    assert date.fromisoformat(events[1]["DTEND;VALUE=DATE"]) == due + timedelta(days=1)


def test_the_address_is_shown_once_renewed_and_closed(client, made):
    enter(client, made.user("LA"))
    first = opened(client)
    assert "<code>" not in client.get(reverse("desk:agenda")).content.decode()

    second = opened(client)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200

    client.post(reverse("desk:agenda_close"))
    assert client.get(second).status_code == 404
    assert first.rsplit("/", 1)[1].removesuffix(".ics") not in CalendarFeed.objects.first().token_hash


def test_what_opens_nothing_is_a_page_that_does_not_exist(client, made):
    unknown = client.get(reverse("public:calendar_feed", args=["2" * 32]))

    assert unknown.status_code == 404
    assert client.get("/agenda/nimporte.ics").status_code == 404


def test_an_address_that_is_hammered_waits(client, made):
    enter(client, made.user("DEP"))
    address = opened(client)

    assert client.get(address).status_code == 200
    again = client.get(address)
    assert (again.status_code, again["Retry-After"]) == (429, "60")
    CalendarFeed.objects.update(last_read_at=timezone.now() - timedelta(minutes=1))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["EMPL", "FUND", "ADM", "DPO", "PART", "LM"])
def test_everybody_has_an_agenda_and_those_without_dates_an_empty_one(client, made, pathway, name):
    enter(client, made.user(name))

    assert "Rien de prévu" in client.get(reverse("desk:agenda")).content.decode()
    assert read_back(client.get(opened(client)).content) == []
