"""The employer's applications: its own, from the day the card left, in at most two taps; and nothing of housing."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.followup import an_application
from tests.factories.records import NOW, consent, linked_household, offer, scheme

from untoit.records.applicants.models import Purpose
from untoit.records.followup.models import Application
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db
FORBIDDEN = re.compile(
    r"logement|toit|\brsa\b|bailleur|\bloyer|ménage|0590126|zqadressezq|zqnomzq|zqnumerozq|573[,.]49|12000|bail\b",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def made():
    return scheme()


def browser(made, name="EMPL"):
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def main(text):
    shown = text.split("<main", 1)[1].split("</main>", 1)[0]
    return unescape(re.sub(r"<[^>]*>", " ", shown))


def url(row, name="application", *more):
    return reverse(f"employer:{name}", args=[row.pk, *more])


LIST = "/employeur/candidatures/"


def test_an_employer_reads_nothing_of_a_home_on_any_of_these_pages(made):
    of = linked_household(made, application_number="zqnumerozq")
    of.persons.update(last_name="zqnomzq", address="zqadressezq", skills=["cariste"], licences=["B"])
    row = an_application(made, state="in_pool", person=of.persons.get())
    an_application(made, state="hired", start_on=date(2026, 10, 1))
    an_application(made, state="ended", reason="RESIGNATION", last_action="end")
    client = browser(made)

    texts = [page(client, f"{LIST}?groupe={group}") for group in ("suivre", "poste", "terminees")]
    texts.append(page(client, url(row)))

    assert "Camille Z." in main(texts[0])
    assert "cariste" not in main(texts[0])
    for text in texts:
        assert FORBIDDEN.findall(main(text)) == []
        assert FORBIDDEN.findall(re.sub(r"Rencontres emploi|stand\.css", "", text.split("<main", 1)[1])) == []
    consent(of, Purpose.EMPLOYER_CARD)
    assert "cariste" in main(page(client, url(row)))


def test_a_surname_is_an_initial_until_an_interview_is_fixed(made):
    row = an_application(made)
    client = browser(made)
    assert "Camille E." in main(page(client, url(row)))

    answer = client.post(url(row, "application_act", "plan_interview"), {"interview_on": "2026-11-30"}, follow=True)

    assert "Camille Essai" in main(answer.content.decode())


def test_what_was_not_sent_or_ended_long_ago_does_not_exist(made):
    unsent = an_application(made, sent_on=None)
    old = an_application(made, state="not_retained", since=date(2026, 10, 1), reason="SKILLS")
    theirs = an_application(made, job=offer(made.organisations["employer_other"]))
    client = browser(made)

    absent = client.get("/employeur/n-existe-pas/").content
    for row in (unsent, old, theirs):
        answer = client.get(url(row))
        assert (answer.status_code, answer.content) == (404, absent)
        assert client.post(url(row, "application_act", "keep_in_pool")).status_code == 404
        assert client.post(url(row, "application_say", "oui")).status_code == 404
    assert "Aucune candidature à suivre" in page(client, LIST)


@pytest.mark.parametrize("name", ["LM", "LA", "DEP", "EMPP", "PART", "FUND", "ADM", "DPO"])
def test_the_pages_are_the_employers_alone(made, name):
    row = an_application(made)

    assert browser(made, name).get(LIST).status_code == 404
    assert browser(made, name).get(url(row)).status_code == 404


def test_acts_take_one_or_two_taps(made):
    row = an_application(made, state="interviewed")
    client = browser(made)
    seen = page(client, LIST)
    assert '<button class="button small" name="reason" value="HOURS">' in seen

    answer = client.post(
        url(row, "application_act", "turn_down"), {"reason": "HOURS", "revision": row.revision, "retour": "suivre"}
    )

    row.refresh_from_db()
    assert (row.state, row.reason) == ("not_retained", "HOURS")
    assert answer["Location"] == f"{LIST}?groupe=suivre"


def test_the_check_that_is_due_is_asked_first_and_answered_in_one_tap(made):
    row = an_application(made, state="hired", start_on=date(2026, 10, 20))
    client = browser(made)
    assert "Toujours en poste à 1" in main(page(client, LIST))

    client.post(url(row, "application_say", "oui"), {"revision": row.revision})

    row.refresh_from_db()
    assert row.state == "held_1m"
    assert "Votre réponse est attendue" not in page(client, LIST)


def test_a_no_asks_when_and_why_on_the_same_page(made):
    row = an_application(made, state="hired", start_on=date(2026, 10, 20))
    client = browser(made)

    wrong = client.post(url(row, "application_say", "non"), {"revision": row.revision})
    assert wrong.status_code == 422
    assert "Dernier jour travaillé" in wrong.content.decode()
    client.post(url(row, "application_say", "non"), {
        "revision": row.revision, "ended_on": "2026-11-20", "reason": "RESIGNATION",
    })

    row.refresh_from_db()
    assert (row.state, row.ended_on) == ("ended", date(2026, 11, 20))


def test_a_form_that_lacks_something_comes_back_with_what_was_typed(made):
    row = an_application(made, state="offered")

    answer = browser(made).post(
        url(row, "application_act", "hire"), {"revision": row.revision, "contract": "CDI"}
    )

    assert answer.status_code == 422
    assert '<option value="CDI" selected>' in answer.content.decode()


def test_two_colleagues_the_second_is_told(made):
    row = an_application(made, state="interviewed")
    Application.objects.filter(pk=row.pk).update(revision=row.revision + 1)

    answer = browser(made).post(
        url(row, "application_act", "keep_in_pool"), {"revision": row.revision}
    )

    assert answer.status_code == 409


@pytest.mark.parametrize(("action", "status"), [("restore", 302), ("hop", 404), ("close_offer", 302)])
def test_an_act_that_is_not_the_employers_changes_nothing(made, action, status):
    row = an_application(made, state="in_pool")

    answer = browser(made).post(url(row, "application_act", action), {"revision": row.revision, "reason": "MISTAKE"})

    row.refresh_from_db()
    assert (answer.status_code, row.state) == (status, "in_pool")


def test_reads_are_written_and_a_list_costs_the_same_for_one_and_for_many(made):
    client = browser(made)
    an_application(made)
    page(client, LIST)
    assert ReadLog.objects.filter(resource="job_application").count() == 1

    with CaptureQueriesContext(connection) as one:
        page(client, LIST)
    for _ in range(5):
        an_application(made)
        an_application(made, state="hired", start_on=date(2026, 10, 20))
    with CaptureQueriesContext(connection) as many:
        page(client, LIST)

    assert len(many) == len(one)


def test_a_no_can_be_taken_back_and_a_withdrawal_of_the_person_cannot(made):
    row = an_application(made, state="interviewed")
    hers = an_application(made, state="withdrawn", last_action="withdraw_person", reason="PAY", since=NOW.date())
    client = browser(made)
    answer = client.post(url(row, "application_act", "turn_down"), {"reason": "HOURS"}, follow=True)
    undo = re.search(r'action="([^"]*annuler[^"]*)"', answer.content.decode())[1]

    client.post(undo)

    row.refresh_from_db()
    assert (row.state, row.reason) == ("applied", "MISTAKE")
    assert "Rouvrir" not in main(page(client, url(hers)))
    client.post(url(hers, "application_act", "reopen"), {"reason": "ASKED"})
    hers.refresh_from_db()
    assert hers.state == "withdrawn"


def test_an_end_of_long_ago_leaves_the_pages_at_once_and_the_employer_on_its_list(made):
    row = an_application(made, state="hired", start_on=date(2026, 7, 1))

    answer = browser(made).post(url(row, "application_say", "non"), {
        "revision": row.revision, "ended_on": "2026-08-31", "reason": "TERM",
    })

    assert (answer.status_code, answer["Location"]) == (302, LIST)
