"""The employer's link: reading changes nothing, one tap answers, a closed one says so; nothing but a question."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories.followup import an_application
from tests.factories.records import scheme

from untoit.records.followup.models import EmployerLink, TrackAct
from untoit.records.followup.work import links

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 12, 3, 6, 40, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    now = [MORNING]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[0])
    return now


@pytest.fixture
def row(clock):
    made = scheme()
    found = an_application(made, state="hired")
    found.person.address = "12 rue de l'Essai"
    found.person.save()
    links.ask_employers(at=MORNING)
    return found


def address(row):
    return reverse("public:employer_link", args=[links.token_of(EmployerLink.objects.get(application=row).pk)])


def words(answer):
    return unescape(re.sub(r"<[^>]*>", " ", answer.content.decode().split("<main", 1)[1]))


def test_the_page_says_a_first_name_a_job_a_question_and_nothing_else(row):
    answer = Client().get(address(row))

    shown = words(answer)
    for expected in ("Camille, Préparateur de commandes", "Toujours en poste à 1", "Oui, toujours en poste"):
        assert expected in shown
    for word in ("Essai", "Entrepôts", "logement", "toit", "RSA", "Lesquin", "2026"):
        assert word not in shown
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_a_mail_scanner_changes_nothing(row):
    for _ in range(3):
        Client().get(address(row))
        Client().head(address(row))

    row.refresh_from_db()
    assert row.state == "hired"
    assert EmployerLink.objects.get().used_at is None


def test_one_tap_answers_and_the_page_then_offers_to_correct(row):
    answer = Client().post(address(row), {"choice": "yes"}, follow=True)

    row.refresh_from_db()
    assert row.state == "held_1m"
    assert "Merci, c’est noté" in words(answer)
    assert "changer votre réponse" in words(answer)
    Client().post(address(row), {"choice": "no", "ended_on": "2026-11-30", "reason": "RESIGNATION"})
    row.refresh_from_db()
    assert (row.state, row.ended_on) == ("ended", date(2026, 11, 30))


@pytest.mark.parametrize("sent", [
    {"choice": "no"}, {"choice": "no", "ended_on": "2027-01-01", "reason": "TERM"}, {"choice": "peut-être"}, {},
])
def test_an_answer_that_cannot_be_is_told_and_writes_nothing(row, sent):
    answer = Client().post(address(row), sent)

    assert answer.status_code == 422
    assert not TrackAct.objects.exists()


def test_used_expired_and_unknown_addresses_give_the_same_kind_page(row, clock):
    here = address(row)
    Client().post(here, {"choice": "yes"})
    clock[0] = MORNING + timedelta(hours=25)

    answers = [Client().get(here), Client().post(here, {"choice": "no"}), Client().get("/r/zzz/"),
               Client().get(f"/r/{'2' * 22}/")]

    assert {one.status_code for one in answers} == {404}
    assert len({words(one) for one in answers}) == 1
    assert "Cette adresse n’ouvre plus rien" in words(answers[0])
