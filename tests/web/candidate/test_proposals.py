"""My homes: plain words, my answer in two taps, never anybody else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories.followup import a_proposal, an_account
from tests.factories.records import NOW, linked_household, scheme, vacancy

from untoit.core.lifecycles.housing_track import HOUSING_STATE_NAMES
from untoit.records.followup.models import Letter, Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def made():
    return scheme()


def offered(made, **changes):
    due = NOW.date() + timedelta(days=3)
    return a_proposal(made, state="notified", answer_due_on=due, **changes)


def enter(client, row):
    client.force_login(an_account(row.household.persons.get()))
    return client


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " "))


def url(name, row, *more):
    return reverse(f"candidate:{name}", args=[row.pk, *more])


def test_my_list_puts_first_what_waits_for_my_answer(client, made):
    row = offered(made)
    a_proposal(made, household=row.household, home=vacancy(made.organisations["landlord"], rooms=4))
    page = text(enter(client, row).get(reverse("candidate:proposals")))

    assert "il vous reste 3 jours" in page
    assert page.index("T2 de 45") < page.index("T4 de 45")


def test_i_accept_in_two_taps(client, made):
    row = offered(made)
    page = text(enter(client, row).get(url("proposal", row)))
    assert "J’accepte ce logement" in page and "Oui, j’accepte" in page

    client.post(url("proposal_answer", row, "accept"), {"revision": 1})

    assert Proposal.objects.get(pk=row.pk).state == "accepted"


def test_i_refuse_in_two_taps_and_the_page_says_what_it_does(client, made):
    row = offered(made)
    page = text(enter(client, row).get(url("proposal", row)))
    assert "Dire non ne retire pas votre demande de logement" in page and "Je refuse : trop loin du travail" in page

    data = {"reasons": "FAR_FROM_WORK", "revision": 1}
    answer = client.post(url("proposal_answer", row, "refuse"), data, follow=True)

    found = Proposal.objects.get(pk=row.pk)
    assert (found.state, found.reasons) == ("refused", ["FAR_FROM_WORK"])
    assert "Votre demande reste active" in text(answer) and "Trop loin du travail" in text(answer)


def test_a_late_answer_is_told_so(client, made):
    row = a_proposal(made, state="notified", answer_due_on=NOW.date() - timedelta(days=1))
    page = text(enter(client, row).get(url("proposal", row)))
    assert "Oui, j’accepte" not in page and "La date pour répondre est passée" in page

    answer = client.post(url("proposal_answer", row, "accept"), follow=True)

    assert "refusée par le silence" in text(answer)


def test_a_page_that_is_too_old_is_told_so(client, made):
    row = offered(made, revision=4)

    assert enter(client, row).post(url("proposal_answer", row, "accept"), {"revision": 3}).status_code == 409


@pytest.mark.parametrize("action", ["notify", "sign_lease", "reopen", "withdraw_landlord"])
def test_the_other_acts_are_not_mine(client, made, action):
    row = offered(made)

    assert enter(client, row).post(url("proposal_answer", row, action)).status_code == 404


def test_what_is_proposed_to_another_does_not_exist(client, made):
    row, mine = offered(made), a_proposal(made)

    assert enter(client, mine).get(url("proposal", row)).status_code == 404
    assert client.post(url("proposal_answer", row, "accept")).status_code == 404


def test_my_letters_are_mine(client, made):
    row = offered(made)
    letter = Letter.objects.create(
        household=row.household, organisation=row.organisation, kind="offer", proposal=row, written_on=NOW.date(),
        created_at=NOW, facts={"names": ["Camille Essai"], "landlord": "Bailleur", "answer_due_on": "2026-12-03"},
    )
    other = a_proposal(made)

    assert enter(client, row).get(url("proposal_letter", row, letter.pk)).content.startswith(b"%PDF")
    client.force_login(an_account(other.household.persons.get()))
    assert client.get(url("proposal_letter", row, letter.pk)).status_code == 404
    assert client.get(url("proposal_letter", other, letter.pk)).status_code == 404


@pytest.mark.parametrize("state", sorted(HOUSING_STATE_NAMES))
def test_no_state_tells_a_rank_or_another_household(client, made, state):
    row = a_proposal(made, state=state)
    rival = linked_household(made)
    rival.persons.update(first_name="Zoé", last_name="Rivale")
    a_proposal(made, household=rival, home=row.vacancy, state="allocated_ranked", rank=7)

    page = text(enter(client, row).get(url("proposal", row)))

    assert not re.search(r"\brangs?\b|Zoé|Rivale|ménage|vote", page, re.IGNORECASE)


@pytest.mark.parametrize("name", ["LA", "DEP", "EMPP", "EMPL", "DPO"])
def test_nobody_else_opens_my_space(client, made, name):
    row = offered(made)
    client.force_login(made.user(name))

    assert client.get(url("proposal", row)).status_code == 404
    assert client.get(reverse("candidate:proposals")).status_code == 404
