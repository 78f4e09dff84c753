"""The coach's applications: the list, the page, the card, two words, opening one; the case manager reads."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.followup import an_account, an_application
from tests.factories.records import NOW, consent, linked_household, offer, scheme

from untoit.records.applicants.models import Purpose
from untoit.records.followup.models import Application
from untoit.records.followup.work import statements
from untoit.records.partners.models import ReadLog
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db
LIST = "/accompagnement/candidatures/"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def made():
    return scheme()


def browser(made, name="EMPP"):
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(row, name="application", *more):
    return reverse(f"adviser:{name}", args=[row.pk, *more])


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_shows_the_followed_and_what_is_to_know(made):
    an_application(made, state="hired", start_on=date(2026, 10, 20))
    an_application(made, sent_on=None)
    an_application(made, words_differ=True, state="ended", reason="RESIGNATION")
    client = browser(made)

    seen = text(client.get(LIST))

    for words in ("point à 1 mois", "fiche à envoyer", "paroles différentes", "3\u00a0candidatures"):
        assert words in seen
    assert "1\u00a0candidature" in text(client.get(f"{LIST}?paroles=on"))
    assert "1\u00a0candidature" in text(client.get(f"{LIST}?groupe=poste"))
    assert "3\u00a0candidatures" in text(client.get(f"{LIST}?suivi=on&q=camille+prépa"))
    assert "Aucune candidature pour" in text(browser(made, "EMPP2").get(LIST))
    assert ReadLog.objects.filter(resource="job_application").exists()


def test_a_list_costs_the_same_for_one_and_for_many(made):
    client = browser(made)
    an_application(made)
    text(client.get(LIST))
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(6):
        an_application(made, state="hired")
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)

    assert len(many) == len(one)


@pytest.mark.parametrize("name", ["LA", "LM", "PART", "FUND", "EMPL", "ADM", "DPO"])
def test_landlords_and_employers_have_no_such_page(made, name):
    row = an_application(made)
    client = browser(made, name)

    for address in (LIST, url(row), reverse("adviser:new_application")):
        assert client.get(address).status_code == 404
    assert client.post(url(row, "application_act", "keep_in_pool")).status_code == 404


def test_another_coach_reads_nothing(made):
    row = an_application(made)

    assert browser(made, "EMPP2").get(url(row)).status_code == 404


def test_the_case_manager_reads_and_acts_not(made):
    row = an_application(made)
    client = browser(made, "DEP")

    seen = text(client.get(url(row)))

    assert "Camille Essai" in seen
    assert "Noter la suite" not in seen
    assert client.post(url(row, "application_act", "keep_in_pool")).status_code == 404
    assert client.post(url(row, "application_card", "envoyer")).status_code == 404


def test_the_card_goes_through_the_agreement_the_approval_and_the_sending(made):
    row = an_application(made, sent_on=None, card_approved_at=None)
    client = browser(made)
    assert "Enregistrer l’accord" in text(client.get(url(row)))
    consent(row.household, Purpose.EMPLOYER_CARD)

    client.post(url(row, "application_card", "approuver"))
    assert "Envoyer la fiche" in text(client.get(url(row)))
    client.post(url(row, "application_card", "envoyer"))

    row.refresh_from_db()
    assert row.sent_on == NOW.date()
    assert client.post(url(row, "application_card", "effacer")).status_code == 404


def test_acts_are_noted_with_who_and_why_of_an_end_is_said_in_a_word(made):
    row = an_application(made, state="offered")
    client = browser(made)

    client.post(url(row, "application_act", "hire"), {
        "revision": row.revision, "contract": "CDI", "start_on": "2026-11-02", "last_day": "", "trial_ends_on": "",
    })
    row.refresh_from_db()
    client.post(url(row, "application_act", "end"), {
        "revision": row.revision, "ended_on": "2026-11-20", "reason": "DISMISSAL",
    })

    seen = text(client.get(url(row)))
    assert "Membre EMPP" in seen
    assert "rupture" in seen
    assert "Rupture par l" not in seen
    assert "n&#x27;est pas une sortie durable" in seen


def test_two_words_are_shown_and_settled(made):
    row = an_application(made, state="hired")
    employer, person = made.actor("EMPL"), actor_of(an_account(row.person), at=NOW)
    statements.say(
        application_id=row.pk, present=False, by=employer, at=NOW, ended_on=date(2026, 11, 20), reason="RESIGNATION"
    )
    statements.say(application_id=row.pk, present=True, by=person, at=NOW)
    client = browser(made)
    seen = text(client.get(url(row)))
    assert "Deux paroles différentes" in seen
    assert "contrat terminé le 20/11/2026" in seen
    assert "en poste le 23/11/2026" in seen

    client.post(url(row, "application_settle"))

    assert "Deux paroles différentes" not in text(client.get(url(row)))


def test_an_application_is_opened_from_the_file_of_the_person(made):
    household, job = linked_household(made), offer(made.organisations["employer"])
    client = browser(made)
    file = text(client.get(reverse("adviser:candidate", args=[household.pk])))
    there = f"{reverse('adviser:new_application')}?menage={household.pk}"
    assert there in file
    assert job.title in text(client.get(f"{there}&q=préparateur"))

    answer = client.post(reverse("adviser:new_application"), {
        "person": household.persons.get().pk, "offer": job.pk,
    })

    row = Application.objects.get()
    assert answer["Location"] == url(row)
    assert "Candidature déjà en cours" in text(client.get(f"{there}&q=préparateur"))
    assert "Entrepôts du Nord" in text(client.get(reverse("adviser:candidate", args=[household.pk])))
    assert client.post(reverse("adviser:new_application"), {"person": "x", "offer": job.pk}).status_code == 404
    assert client.get(reverse("adviser:new_application")).status_code == 404
    assert browser(made, "EMPP2").get(there).status_code == 404
