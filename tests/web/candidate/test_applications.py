"""My applications: mine only, my card before it leaves, withdrawing in two taps, saying whether I still work there."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories.followup import an_account, an_application
from tests.factories.records import NOW, consent, linked_household, person, scheme

from untoit.records.applicants.models import Purpose
from untoit.records.followup.models import TrackAct

pytestmark = pytest.mark.django_db
LIST = "/mon-espace/candidatures/"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def made():
    return scheme()


def herself(row):
    client = Client()
    client.force_login(an_account(row.person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(row, name="application", *more):
    return reverse(f"candidate:{name}", args=[row.pk, *more])


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_i_read_my_applications_and_find_them_from_my_space(made):
    row = an_application(made, state="not_retained", reason="HOURS", last_action="turn_down")
    client = herself(row)

    assert LIST in text(client.get(reverse("candidate:home")))
    assert "Préparateur de commandes" in text(client.get(LIST))
    seen = text(client.get(url(row)))
    assert "n’a pas retenu" in seen
    assert "Raison : horaires" in seen


def test_i_read_neither_those_of_others_nor_of_my_household(made):
    mine = an_application(made)
    partner = person(mine.household, number=2)
    theirs = [an_application(made), an_application(made, person=partner)]
    client = herself(mine)

    for row in theirs:
        assert client.get(url(row)).status_code == 404
        assert client.post(url(row, "application_withdraw"), {"reason": "OTHER"}).status_code == 404
        assert client.post(url(row, "application_say", "oui")).status_code == 404


def test_my_card_leaves_once_i_say_that_it_is_right(made):
    row = an_application(made, sent_on=None, card_approved_at=None)
    consent(row.household, Purpose.EMPLOYER_CARD)
    client = herself(row)
    seen = text(client.get(url(row)))
    assert "Camille E." in seen

    client.post(url(row, "application_card"))

    row.refresh_from_db()
    assert row.sent_on == NOW.date()


def test_my_card_waits_for_my_agreement(made):
    row = an_application(made, sent_on=None, card_approved_at=None)
    client = herself(row)

    client.post(url(row, "application_card"))

    row.refresh_from_db()
    assert (row.sent_on, row.card_approved_at) == (None, NOW)
    assert "donnez l’accord" in text(client.get(url(row)))


def test_i_withdraw_with_a_reason(made):
    row = an_application(made, state="interviewed")
    client = herself(row)

    assert client.post(url(row, "application_withdraw"), {"reason": "RSA"}).status_code == 422
    client.post(url(row, "application_withdraw"), {"reason": "NO_CHILDCARE", "revision": row.revision})

    row.refresh_from_db()
    assert (row.state, row.reason) == ("withdrawn", "NO_CHILDCARE")
    assert TrackAct.objects.get().role == "CAND"


def test_i_say_that_i_still_work_there_or_that_it_is_over(made):
    row = an_application(made, state="hired", start_on=date(2026, 10, 20))
    client = herself(row)

    client.post(url(row, "application_say", "oui"), {"revision": row.revision})
    row.refresh_from_db()
    assert row.state == "held_1m"
    assert client.post(url(row, "application_say", "non"), {"revision": row.revision}).status_code == 422
    client.post(url(row, "application_say", "non"), {
        "revision": row.revision, "ended_on": "2026-11-20", "reason": "OTHER_JOB",
    })

    row.refresh_from_db()
    assert row.state == "ended"
    assert "Est-ce exact" in text(client.get(url(row)))


@pytest.mark.parametrize("name", ["EMPP", "EMPL", "DEP", "LA"])
def test_professionals_have_their_own_pages(made, name):
    row = an_application(made, person=linked_household(made).persons.get())
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(LIST).status_code == 404
    assert client.get(url(row)).status_code == 404
