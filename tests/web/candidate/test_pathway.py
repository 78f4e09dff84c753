"""The person's own pathway: she reads all of it, says what is done, asks for another moment, and takes her paper."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories.followup import a_pathway, an_account
from tests.factories.records import linked_household, scheme

from untoit.records.followup.models import Appointment, PathwayItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def pathway(made):
    row = a_pathway(made, person=linked_household(made).persons.get(), stage="preparing")
    an_account(row.person)
    for kind, code, values in (
        ("goal", "HOME", {"words": "Plus près de l'école"}), ("obstacle", "HEALTH_NEED", {}),
        ("action", "TRAINING", {"by_person": True, "due_on": timezone.localdate()}),
    ):
        PathwayItem.objects.create(pathway=row, kind=kind, code=code, created_at=timezone.now(), **values)
    Appointment.objects.create(
        pathway=row, at=timezone.now() + timedelta(days=4), with_whom=made.members["DEP"], created_at=timezone.now(),
    )
    return row


@pytest.fixture
def own(client, pathway):
    client.force_login(pathway.person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_she_reads_everything(own, made, pathway):
    page = own.get(reverse("candidate:pathway")).content.decode()

    for words in ("Plus près de l", "Besoin lié à la santé", "Formation", "Membre DEP", "Demander un autre moment",
                  "Rien n’est transmis ni déclenché"):
        assert words in page
    assert reverse("candidate:pathway") in own.get(reverse("candidate:home")).content.decode()


def test_she_says_that_it_is_done_and_takes_it_back(own, pathway):
    item = pathway.items.get(kind="action")

    own.post(reverse("candidate:pathway_done", args=[item.pk]))
    item.refresh_from_db()
    assert item.state == "done"

    own.post(reverse("candidate:pathway_undo", args=[item.pk]))
    item.refresh_from_db()
    assert item.state == "open"


def test_she_asks_for_another_moment(own, made, pathway):
    meeting = pathway.appointments.get()
    there = reverse("candidate:pathway_ask_move", args=[meeting.pk])
    assert own.post(there, {}).status_code == 422

    page = own.post(there, {"wish": "AFTERNOON"}, follow=True).content.decode()
    assert "autre moment demandé" in page
    assert own.post(there, {"wish": "PHONE"}).status_code == 409

    page = own.post(reverse("candidate:pathway_keep", args=[meeting.pk]), follow=True).content.decode()
    assert "autre moment demandé" not in page


def test_she_takes_her_paper_in_two_sizes(own, pathway):
    for query in ("", "?gros=1"):
        answer = own.get(reverse("candidate:pathway_summary") + query)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")


def test_without_a_pathway_the_page_says_what_comes_next(client, made):
    person = linked_household(made).persons.get()
    client.force_login(an_account(person), backend="django.contrib.auth.backends.ModelBackend")

    assert "pas encore ouvert" in client.get(reverse("candidate:pathway")).content.decode()
    assert client.get(reverse("candidate:pathway_summary")).status_code == 404


def test_another_person_has_no_such_page(client, made, pathway):
    other = a_pathway(made, person=linked_household(made).persons.get())
    client.force_login(an_account(other.person), backend="django.contrib.auth.backends.ModelBackend")
    item, meeting = pathway.items.get(kind="action"), pathway.appointments.get()

    assert client.post(reverse("candidate:pathway_done", args=[item.pk])).status_code == 404
    assert client.get(reverse("candidate:pathway_ask_move", args=[meeting.pk])).status_code == 404


@pytest.mark.parametrize("name", ["DEP", "LA", "EMPL"])
def test_professionals_have_their_own_pages(client, made, pathway, name):
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("candidate:pathway")).status_code == 404
    assert client.get(reverse("candidate:agenda")).status_code == 404
