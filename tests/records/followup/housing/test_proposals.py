"""Proposals through the records: what is sealed, what is refused, who may act, and what each act leaves behind."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.followup import TODAY, a_proposal, a_session, an_account
from tests.factories.records import NOW, linked_household, scheme, vacancy

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.housing_track import HOLDING_THE_DWELLING, HOUSING_STATE_NAMES, LEASED
from untoit.records.desk.models import Task
from untoit.records.followup.housing import proposals
from untoit.records.followup.models import Case, Letter, Proposal, TrackAct
from untoit.records.partners.models import AuditEntry
from untoit.records.partners.selectors import actor_of
from untoit.records.stock.services import withdraw_vacancy

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


def propose(made, name="LA", **changes):
    who = changes.pop("who", None) or linked_household(made)
    home = changes.pop("home", None) or vacancy(made.organisations["landlord"])
    return proposals.propose(household_id=who.pk, vacancy_id=home.pk, by=made.actor(name), at=NOW, **changes)


def act(made, row, action, name="LA", **given):
    return proposals.act(proposal_id=row.pk, action=action, given=given, by=made.actor(name), at=NOW)


def tasks_of(row):
    return set(Task.objects.open().filter(subject_id=row.pk).values_list("kind", flat=True))


# Proposing.


def test_what_was_proposed_is_sealed_and_the_visit_is_to_be_planned(made):
    who = linked_household(made, wished_communes=["59009", "59350"])

    row = propose(made, who=who)

    assert (row.state, row.opened_on, row.source) == ("proposed", TODAY, "adviser")
    assert row.snapshot["rent_cents"] == 38000 and row.snapshot["features"] == {"wish_rank": 1}
    task = Task.objects.open().get(subject_id=row.pk)
    assert (task.kind, task.role, task.due_on) == ("visit_to_plan", "LA", TODAY + timedelta(days=7))
    assert TrackAct.objects.get(subject_id=row.pk).action == "propose"
    assert AuditEntry.objects.filter(action="housing.propose", subject_id=row.pk).exists()
    assert Case.objects.get(household=who).code == "home_in_progress"


def test_income_above_the_ceiling_is_refused_with_the_sentence_of_the_rule(made):
    rich = linked_household(made, finances={"tax_income_n2_eur_year": "23900"})

    with pytest.raises(Refused, match="au-dessus du plafond PLUS") as refusal:
        propose(made, who=rich)

    assert "23900" in "".join(refusal.value.sentence.split())
    assert "La demande reste active" in refusal.value.sentence and "PLS" in refusal.value.sentence
    assert not Proposal.objects.exists()


def test_other_rules_warn_and_a_person_decides(made):
    crowd = linked_household(made, adult_ages=[34, 36], child_ages=[4, 7, 9])

    row = propose(made, who=crowd)

    assert row.state == "proposed"
    assert any("pièce" in one or "surface" in one.lower() for one in row.snapshot["warnings"])


def test_a_file_too_incomplete_for_the_rules_warns(made):
    row = propose(made, who=linked_household(made, finances={}))

    assert "reste" in row.snapshot["warnings"][0]


@pytest.mark.parametrize("name", ["LM_other", "PART", "DEP", "EMPP", "EMPL", "FUND", "ADM", "DPO"])
def test_nobody_proposes_what_is_not_hers(made, name):
    with pytest.raises(Http404):
        propose(made, name)


def test_a_household_that_is_not_followed_does_not_exist(made):
    from tests.factories.records import household

    with pytest.raises(Http404):
        propose(made, who=household())


@pytest.mark.parametrize(("state", "says"), [("expired", "toujours libre"), ("let", "loué"), ("withdrawn", "retiré")])
def test_a_dwelling_that_is_not_open_is_not_proposed(made, state, says):
    with pytest.raises(Refused, match=says):
        propose(made, home=vacancy(made.organisations["landlord"], state=state))


def test_the_same_dwelling_is_not_proposed_twice_to_a_household(made):
    row = propose(made)

    with pytest.raises(Conflict, match="déjà proposé à ce ménage"):
        propose(made, who=row.household, home=row.vacancy)


# Visits and file.


def test_a_visit_is_planned_missed_planned_again_and_noted(made):
    row = propose(made)

    act(made, row, "plan_visit", visit_on=TODAY + timedelta(days=3))
    assert tasks_of(row) == {"visit_outcome"}
    act(made, row, "miss_visit")
    act(made, row, "plan_visit", visit_on=TODAY + timedelta(days=4))
    act(made, row, "record_visit", visited_on=TODAY)

    row.refresh_from_db()
    assert (row.state, row.visited_on, tasks_of(row)) == ("visited", TODAY, set())


def test_a_visit_in_another_century_is_a_slip_of_the_finger(made):
    with pytest.raises(Refused, match="vérifiez la date"):
        act(made, propose(made), "plan_visit", visit_on=date(2062, 11, 26))


def test_only_documents_of_the_limitative_list_are_asked_for(made):
    row = propose(made)

    with pytest.raises(Refused, match="hors de la liste limitative"):
        act(made, row, "declare_missing", missing_documents=["BANK_STATEMENT"])
    act(made, row, "declare_missing", missing_documents=["TAX_NOTICE"])
    with pytest.raises(Refused, match=r"il manque avis d.imposition"):
        act(made, row, "complete_file", documents=["IDENTITY"])
    act(made, row, "complete_file", documents=["IDENTITY", "TAX_NOTICE"])

    row.refresh_from_db()
    assert (row.state, row.documents) == ("file_complete", ["IDENTITY", "TAX_NOTICE"])


# The committee.


def test_a_decision_freezes_what_the_commitment_is_counted_by(made):
    who = linked_household(made, grounds=["e"], evidenced_grounds=["e"], filed_grounds=["e"], in_scheme=True)
    row = a_proposal(made, state="on_agenda", household=who)

    act(made, row, "allocate", "LM", decided_on=TODAY)
    who.evidenced_grounds, who.filed_grounds, who.in_scheme = [], [], False
    who.save()

    row.refresh_from_db()
    assert (row.state, row.grounds, row.in_scheme, row.quartile) == ("allocated", ["e"], True, 1)
    assert row.decided_by == made.user("LM")


def test_an_incomplete_file_is_only_allocated_under_condition_and_the_document_lifts_it(made):
    row = a_proposal(made, state="on_agenda", documents=["IDENTITY"])

    with pytest.raises(Refused, match="condition suspensive"):
        act(made, row, "allocate", "LM", decided_on=TODAY)
    act(made, row, "allocate_conditional", "LM", decided_on=TODAY, document="TAX_NOTICE",
        document_due_on=TODAY + timedelta(days=15))
    assert tasks_of(row) == {"document_awaited"}
    act(made, row, "receive_document", received_on=TODAY)

    row.refresh_from_db()
    assert (row.state, row.documents, tasks_of(row)) == ("allocated", ["IDENTITY", "TAX_NOTICE"], {"offer_to_notify"})


def test_an_adviser_does_not_decide(made):
    with pytest.raises(Refused, match="ne relève pas de votre rôle"):
        act(made, a_proposal(made, state="on_agenda"), "allocate", decided_on=TODAY)


def test_a_rank_is_called_by_a_person_after_those_before(made):
    home = vacancy(made.organisations["landlord"])
    first = a_proposal(made, state="notified", home=home, rank=1)
    second = a_proposal(made, state="allocated_ranked", home=home, rank=2)
    third = a_proposal(made, state="allocated_ranked", home=home, rank=3)

    with pytest.raises(Refused, match="rang 1 en attente"):
        act(made, second, "call_rank", called_on=TODAY)
    act(made, first, "refuse", reasons=["TOO_SMALL"])
    assert tasks_of(second) == {"next_rank"} and tasks_of(third) == set()
    with pytest.raises(Refused, match="rang 2 en attente"):
        act(made, third, "call_rank", called_on=TODAY)
    act(made, second, "call_rank", called_on=TODAY)

    second.refresh_from_db()
    assert (second.state, tasks_of(second)) == ("allocated", {"offer_to_notify"})


def test_the_agenda_takes_a_session_of_ones_own(made):
    row = a_proposal(made, state="file_complete")
    other = a_session(made, organisation=made.organisations["landlord_other"])

    with pytest.raises(Refused, match="Choisissez la séance"):
        act(made, row, "put_on_agenda", session=other)
    act(made, row, "put_on_agenda", session=a_session(made))

    row.refresh_from_db()
    assert row.state == "on_agenda"


# The offer and its answer.


def test_an_offer_leaves_ten_days_at_least(made):
    row = a_proposal(made, state="allocated")

    with pytest.raises(Refused, match="dix jours au moins"):
        act(made, row, "notify", notified_on=TODAY, answer_due_on=TODAY + timedelta(days=9))
    act(made, row, "notify", notified_on=TODAY, answer_due_on=TODAY + timedelta(days=10))

    letter = Letter.objects.get(proposal=row)
    assert (letter.kind, letter.facts["answer_due_on"]) == ("offer", "2026-12-03")
    assert letter.facts["names"] == ["Camille Essai"] and letter.facts["home"]["rent_cents"] == 38000
    assert tasks_of(row) == {"answer_awaited"}


def test_the_person_answers_from_her_own_space_and_only_that(made):
    row = a_proposal(made, state="notified")
    me = actor_of(an_account(row.household.persons.get()), at=NOW)

    with pytest.raises(Refused, match="ne relève pas de votre rôle"):
        proposals.act(proposal_id=row.pk, action="withdraw_landlord", given={"reason": "OTHER"}, by=me, at=NOW)
    made_act = proposals.act(
        proposal_id=row.pk, action="accept", given={"answered_on": date(2026, 11, 1), "rank": 1}, by=me, at=NOW
    )

    row.refresh_from_db()
    assert (row.state, row.answered_on, row.rank, made_act.role) == ("accepted", TODAY, None, "CAND")


def test_another_household_does_not_exist_for_the_person(made):
    row = a_proposal(made, state="notified")
    me = actor_of(an_account(linked_household(made).persons.get()), at=NOW)

    with pytest.raises(Http404):
        proposals.act(proposal_id=row.pk, action="accept", given={}, by=me, at=NOW)


def test_an_answer_after_the_last_day_is_late_one_noted_afterwards_is_not(made):
    late = a_proposal(made, state="notified", answer_due_on=date(2026, 11, 20), notified_on=date(2026, 11, 10))

    with pytest.raises(Refused, match="refusée par le silence"):
        act(made, late, "accept", answered_on=TODAY)
    act(made, late, "accept", answered_on=date(2026, 11, 20))

    late.refresh_from_db()
    assert (late.state, late.since) == ("accepted", date(2026, 11, 20))


@pytest.mark.parametrize("reasons", [["UNKNOWN"], ["NO_ANSWER"]])
def test_a_refusal_gives_fine_codes_of_the_list(made, reasons):
    with pytest.raises(Refused):
        act(made, a_proposal(made, state="notified"), "refuse", reasons=reasons)


def test_a_refusal_keeps_its_reasons_and_withdraws_nothing_else(made):
    row = a_proposal(made, state="notified")
    other = a_proposal(made, household=row.household)

    act(made, row, "refuse", reasons=["RENT_TOO_HIGH", "FAR_FROM_WORK"])

    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, row.reasons) == ("refused", ["RENT_TOO_HIGH", "FAR_FROM_WORK"])
    assert other.state == "proposed"


@pytest.mark.parametrize(("action", "name"), [("withdraw_person", "LA"), ("withdraw_landlord", "LM")])
def test_a_withdrawal_gives_a_reason_of_its_list(made, action, name):
    row = a_proposal(made)

    with pytest.raises(Refused, match="raison de la liste"):
        act(made, row, action, name, reason="BECAUSE")
    act(made, row, action, name, reason="OTHER")

    row.refresh_from_db()
    assert (row.state, row.reason) == ("withdrawn", "OTHER")


# The lease and after.


def test_a_lease_lets_the_dwelling_and_withdraws_what_it_settles(made):
    row = a_proposal(made, state="accepted")
    elsewhere = a_proposal(made, household=row.household)
    rival = a_proposal(made, state="allocated_ranked", home=row.vacancy, rank=2)

    act(made, row, "sign_lease", signed_on=TODAY)

    for one in (row, elsewhere, rival, row.vacancy):
        one.refresh_from_db()
    assert (row.state, elsewhere.state, rival.state) == ("lease_signed", "withdrawn", "withdrawn")
    assert row.vacancy.state == "let"
    assert AuditEntry.objects.filter(action="vacancy.let", subject_id=row.vacancy_id).exists()
    caused = TrackAct.objects.get(subject_id=rival.pk)
    assert (caused.action, caused.how, caused.user) == ("supersede", "effect", None)


def test_a_tenancy_that_ends_leaves_the_dwelling_as_it_is_and_can_be_restored(made):
    row = a_proposal(made, state="keys_handed", home=vacancy(made.organisations["landlord"], state="let"))

    act(made, row, "end_tenancy", ended_on=TODAY, reason="TENANT_LEAVES")
    row.vacancy.refresh_from_db()
    assert row.vacancy.state == "let"
    act(made, row, "restore_tenancy", "LM", reason="MISTAKE")

    row.refresh_from_db()
    assert (row.state, row.ended_on) == ("keys_handed", None)


def test_a_check_is_not_noted_before_its_day(made):
    row = a_proposal(made, state="keys_handed")

    with pytest.raises(Refused, match="se note à partir du 19/02/2027"):
        act(made, row, "check_3m", checked_on=TODAY)


@pytest.mark.parametrize(("action", "field", "state"), [
    ("sign_lease", "signed_on", "accepted"), ("make_inventory", "inventory_on", "lease_signed"),
    ("hand_keys", "keys_on", "inventory_done"), ("end_tenancy", "ended_on", "keys_handed"),
])
def test_days_are_in_order_and_not_to_come(made, action, field, state):
    row = a_proposal(made, state=state)
    more = {"reason": "OTHER"} if action == "end_tenancy" else {}

    with pytest.raises(Refused, match="est avant"):
        act(made, row, action, **{field: date(2026, 1, 1)}, **more)
    with pytest.raises(Refused, match="est à venir"):
        act(made, row, action, **{field: TODAY + timedelta(days=1)}, **more)


# What was closed comes back.


def test_a_proposal_that_starts_again_forgets_its_rank_and_its_offer(made):
    row = a_proposal(made, state="refused", rank=1, grounds=["e"])

    act(made, row, "reopen", reason="CHANGED")

    row.refresh_from_db()
    assert (row.state, row.rank, row.answer_due_on, row.grounds) == ("proposed", None, None, [])
    assert tasks_of(row) == {"visit_to_plan"}


def test_an_offer_refused_by_silence_is_reopened_by_who_decides_with_ten_more_days(made):
    row = a_proposal(made, state="refused_silence")

    with pytest.raises(Refused, match="ne relève pas"):
        act(made, row, "reopen_offer", reason="ANSWER", answer_due_on=TODAY + timedelta(days=10))
    with pytest.raises(Refused, match="dix jours"):
        act(made, row, "reopen_offer", "LM", reason="ANSWER", answer_due_on=TODAY + timedelta(days=2))
    act(made, row, "reopen_offer", "LM", reason="ANSWER", answer_due_on=TODAY + timedelta(days=10))

    row.refresh_from_db()
    assert (row.state, row.answer_due_on) == ("notified", TODAY + timedelta(days=10))


def test_nothing_comes_back_on_a_dwelling_that_was_withdrawn(made):
    row = a_proposal(made, state="declined")
    withdraw_vacancy(vacancy_id=row.vacancy_id, by=made.actor("LM"), at=NOW)

    with pytest.raises(Refused, match="a été retiré"):
        act(made, row, "reopen", reason="CHANGED")


# Who came first.


def test_the_second_to_write_is_told(made):
    row = a_proposal(made)
    proposals.act(proposal_id=row.pk, action="plan_visit", given={"visit_on": TODAY}, by=made.actor("LA"), at=NOW,
                  revision=row.revision)

    with pytest.raises(Conflict, match="modifiée"):
        proposals.act(proposal_id=row.pk, action="withdraw_landlord", given={"reason": "OTHER"}, by=made.actor("LM"),
                      at=NOW, revision=row.revision)


@pytest.mark.parametrize("state", sorted(HOLDING_THE_DWELLING))
def test_while_a_household_holds_a_dwelling_nobody_else_is_offered_it(made, state):
    held = a_proposal(made, state=state)
    other = a_proposal(made, state="allocated", home=held.vacancy)

    with pytest.raises(Refused, match="déjà proposé ou loué"):
        act(made, other, "notify", notified_on=TODAY, answer_due_on=TODAY + timedelta(days=10))


@pytest.mark.parametrize("state", sorted(HOUSING_STATE_NAMES))
def test_the_factory_makes_a_row_that_the_database_accepts(made, state):
    row = a_proposal(made, state=state)

    assert (row.signed_on is not None) == (state in LEASED | {"tenancy_ended"})


