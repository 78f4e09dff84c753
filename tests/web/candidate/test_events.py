"""The meetings in a candidate's own space: the same answers as by the link, for one's own household only."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories.events import a_registration, an_event
from tests.factories.records import linked_household, scheme

from untoit.records.partners.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def row(made):
    event = an_event(made, state="inviting", on=timezone.localdate() + timedelta(days=20))
    return a_registration(event, household=linked_household(made), state="invited", wave=None)


def candidate(of, name="camille"):
    user = User.objects.create_user(f"{name}@exemple.invalid", full_name="Camille Essai")
    of.persons.filter(number=1).update(account=user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_person_finds_the_meeting_and_comes(row):
    client = candidate(row.person.household)
    home, listed = (client.get(reverse(name)).content.decode() for name in ("candidate:home", "candidate:events"))
    url = reverse("candidate:event", args=[row.pk])
    assert reverse("candidate:events") in home
    assert url in listed

    done = client.post(url, {"answer": "wave", "wave": row.event.waves.get(number=2).pk}, follow=True)

    row.refresh_from_db()
    assert (row.state, row.wave.number, row.answered_by) == ("confirmed", 2, "person")
    assert "votre place est gardée" in done.content.decode()
    assert client.get(reverse("candidate:event_calendar", args=[row.pk])).content.startswith(b"BEGIN:VCALENDAR")


def test_somebody_else_has_no_such_page(made, row):
    client = candidate(linked_household(made), "autre")

    assert client.get(reverse("candidate:event", args=[row.pk])).status_code == 404
    assert client.post(reverse("candidate:event", args=[row.pk]), {"answer": "out"}).status_code == 404


@pytest.mark.parametrize("name", ["DEP", "LA", "LM", "EMPL"])
def test_professionals_answer_on_their_own_pages(made, row, name):
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("candidate:event", args=[row.pk])).status_code == 404


def test_what_was_not_asked_yet_is_not_shown(row):
    row.state = "proposed"
    row.save()
    client = candidate(row.person.household)

    assert client.get(reverse("candidate:event", args=[row.pk])).status_code == 404
    assert "Aucune rencontre" in client.get(reverse("candidate:events")).content.decode()
