"""Letters: sealed as they stood, handed over by a person, cancelled when the proposal took another way."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.followup import TODAY, a_proposal
from tests.factories.records import NOW, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.desk.models import Task
from untoit.records.followup.housing import letters, proposals
from untoit.records.followup.models import Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


def offered(made):
    row = a_proposal(made, state="allocated")
    proposals.act(
        proposal_id=row.pk, action="notify", given={"notified_on": TODAY, "answer_due_on": TODAY + timedelta(days=10)},
        by=made.actor("LA"), at=NOW,
    )
    return row, Letter.objects.get(proposal=row)


def test_a_letter_says_again_what_it_said(made):
    row, letter = offered(made)
    row.vacancy.rent_cents = 99900
    row.vacancy.save()

    letter.refresh_from_db()
    assert letter.facts["home"]["rent_cents"] == 38000
    assert letter.facts["to_check"] is True


def test_a_letter_is_handed_over_once_and_can_be_taken_back(made):
    _, letter = offered(made)
    by = made.actor("LA")

    letters.hand_over(letter_id=letter.pk, how="hand", on=TODAY, by=by, at=NOW)
    assert not Task.objects.open().filter(kind="letter_to_send").exists()
    with pytest.raises(Conflict, match="déjà noté"):
        letters.hand_over(letter_id=letter.pk, how="post", on=TODAY, by=by, at=NOW)
    letters.take_back(letter_id=letter.pk, by=by, at=NOW)

    letter.refresh_from_db()
    assert letter.sent_on is None and Task.objects.open().filter(kind="letter_to_send").exists()


@pytest.mark.parametrize(("how", "on"), [("pigeon", TODAY), ("post", date(2026, 1, 1)), ("post", date(2027, 1, 1))])
def test_how_and_when_it_left_are_possible(made, how, on):
    _, letter = offered(made)

    with pytest.raises(Refused):
        letters.hand_over(letter_id=letter.pk, how=how, on=on, by=made.actor("LA"), at=NOW)


@pytest.mark.parametrize("name", ["LM_other", "PART", "DEP", "EMPL", "FUND"])
def test_who_writes_no_letter_of_the_landlord(made, name):
    _, letter = offered(made)

    with pytest.raises(Http404):
        letters.hand_over(letter_id=letter.pk, how="post", on=TODAY, by=made.actor(name), at=NOW)


def test_an_offer_withdrawn_before_its_letter_left_cancels_it(made):
    row, letter = offered(made)

    proposals.act(proposal_id=row.pk, action="withdraw_landlord", given={"reason": "PROPOSED_BY_MISTAKE"},
                  by=made.actor("LA"), at=NOW)

    letter.refresh_from_db()
    assert letter.cancelled_at == NOW
    assert not Task.objects.open().filter(kind="letter_to_send").exists()


def test_a_letter_that_left_stays_and_the_file_comes_back(made):
    row = a_proposal(made, state="on_agenda")
    proposals.act(proposal_id=row.pk, action="not_allocate", by=made.actor("LM"), at=NOW,
                  given={"decided_on": TODAY, "reasons": ["TOO_SMALL"]})
    letter = Letter.objects.get(proposal=row)
    assert letter.facts["reasons"] == ["logement trop petit"]
    letters.hand_over(letter_id=letter.pk, how="post", on=TODAY, by=made.actor("LA"), at=NOW)

    proposals.act(proposal_id=row.pk, action="reopen", given={"reason": "MISTAKE"}, by=made.actor("LA"), at=NOW)

    letter.refresh_from_db()
    assert letter.cancelled_at is None
