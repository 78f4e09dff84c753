"""The five decisions, their votes, their ranks, the way back, and the minutes after which nothing changes."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.records import NOW, linked_household

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.committee import Decision, Vote
from untoit.records.desk.models import Task, TaskKind
from untoit.records.followup.committee import decisions, selectors, sessions
from untoit.records.followup.models import Letter, Proposal, Session, TrackAct
from untoit.records.followup.models import Vote as VoteRow

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
THEN = NOW + timedelta(days=8)
WRITTEN = "Ressources au-dessus de tous les plafonds du logement social."


def test_an_allocation_is_dated_signed_and_frozen(committee):
    one = committee.proposals[0]
    one.household.evidenced_grounds = one.household.filed_grounds = ["DALO"]
    one.household.in_scheme = True
    one.household.save()

    committee.held().rule(0, Decision.ALLOCATED)

    one.refresh_from_db()
    assert (one.state, one.decided_on, one.decided_by) == ("allocated", DAY, committee.scheme.user("LM"))
    assert (one.grounds, one.in_scheme, one.quartile) == (["DALO"], True, 1)
    assert Task.objects.open().filter(kind=TaskKind.OFFER_TO_NOTIFY, subject_id=one.pk).count() == 1
    assert VoteRow.objects.get().in_favour == 5


def test_ranks_are_unique_within_a_dwelling_and_a_dwelling_is_allocated_once(committee):
    committee.held().rule(0, Decision.ALLOCATED)

    with pytest.raises(Refused, match="déjà attribué"):
        committee.rule(1, Decision.ALLOCATED)
    with pytest.raises(Refused, match="commencent à 2"):
        committee.rule(1, Decision.ALLOCATED_RANKED, rank=1)
    committee.rule(1, Decision.ALLOCATED_RANKED, rank=2)
    with pytest.raises(Refused, match="rang 2 est déjà"):
        committee.rule(2, Decision.ALLOCATED_RANKED, rank=2)
    with pytest.raises(Refused, match="demande un rang"):
        committee.rule(2, Decision.ALLOCATED_RANKED)


def test_a_non_allocation_gives_reasons_that_can_stand(committee):
    committee.held()

    with pytest.raises(Refused, match="seul motif"):
        committee.rule(0, Decision.NOT_ALLOCATED, reasons=["LOW_INCOME"])
    with pytest.raises(Refused, match="aides"):
        committee.rule(0, Decision.NOT_ALLOCATED, reasons=["COST_NOT_BEARABLE"])
    committee.rule(0, Decision.NOT_ALLOCATED, reasons=["COST_NOT_BEARABLE"], aids_looked_at=True)

    assert Letter.objects.get().kind == "not_allocated"
    assert Proposal.objects.get(pk=committee.proposals[0].pk).aids_looked_at


def test_scenario_14_a_rejection_is_offered_above_every_ceiling_and_warns_for_a_month(committee):
    who = linked_household(committee.scheme, finances={"tax_income_n2_eur_year": "31000"})
    committee.candidate(household=who)
    committee.held()
    offered = decisions.refusals(committee.proposals[3], committee.session)
    assert [each for each, why in offered.items() if not why] == [
        Decision.NOT_ALLOCATED, Decision.REJECTED_INADMISSIBLE,
    ]

    with pytest.raises(Refused, match="raison écrite par une personne"):
        committee.rule(3, Decision.REJECTED_INADMISSIBLE, reasons=["ABOVE_EVERY_CEILING"])
    with pytest.raises(Refused, match="sous un plafond au moins"):
        committee.rule(0, Decision.REJECTED_INADMISSIBLE, reasons=["ABOVE_EVERY_CEILING"], stated=WRITTEN)
    committee.rule(3, Decision.REJECTED_INADMISSIBLE, reasons=["ABOVE_EVERY_CEILING"], stated=WRITTEN)

    assert Letter.objects.get().kind == "warning"
    task = Task.objects.open().get(kind=TaskKind.STRIKING_OFF)
    assert (task.role, task.due_on) == ("LM", date(2027, 1, 1))


def test_nothing_is_allocated_above_the_ceiling_of_the_dwelling_alone(committee):
    who = linked_household(committee.scheme, finances={"tax_income_n2_eur_year": "23900"})
    committee.candidate(household=who)
    committee.held()

    with pytest.raises(Refused, match="dépassent le plafond de ce logement"):
        committee.rule(3, Decision.ALLOCATED)
    assert decisions.refusals(committee.proposals[3], committee.session)[Decision.REJECTED_INADMISSIBLE]


@pytest.mark.parametrize(("votes", "words"), [
    (Vote(6, 0), "6\u00a0voix comptées pour 5\u00a0membres"), (Vote(2, 3), "2 pour, 3 contre"),
    (Vote(2, 2), "vote de nouveau"), (Vote(2, 2, 0, False), "n'est pas adoptée"),
])
def test_a_decision_is_carried_by_the_members_who_vote_on_this_dwelling(committee, votes, words):
    committee.held()

    with pytest.raises(Refused, match=words):
        committee.rule(0, Decision.ALLOCATED, votes=votes)


def test_a_tie_goes_to_the_mayor(committee):
    committee.held().rule(0, Decision.ALLOCATED, votes=Vote(2, 2, 1, True))

    assert committee.state(0) == "allocated"


def test_nothing_is_decided_before_the_session_is_open_nor_by_an_adviser(committee):
    with pytest.raises(Refused, match="en préparation"):
        committee.rule(0, Decision.ALLOCATED)
    committee.held()
    with pytest.raises(Http404):
        committee.rule(0, Decision.ALLOCATED, by=committee.actor("LA"))
    with pytest.raises(Http404):
        committee.rule(0, Decision.ALLOCATED, by=committee.actor("LM_other"))


def test_a_decision_is_taken_back_with_its_trace_until_the_minutes(committee):
    committee.held().rule(0, Decision.NOT_ALLOCATED, reasons=["TOO_SMALL"])

    decisions.take_back(
        session_id=committee.session.pk, proposal_id=committee.proposals[0].pk, by=committee.actor(), at=THEN
    )

    one = Proposal.objects.get(pk=committee.proposals[0].pk)
    assert (one.state, one.decided_on, one.decided_by, one.reasons, one.quartile) == ("on_agenda", None, None, [], None)
    assert list(TrackAct.objects.filter(subject_id=one.pk).order_by("at", "from_state").values_list(
        "action", flat=True)) != []
    assert set(TrackAct.objects.filter(subject_id=one.pk, at=THEN).values_list("action", flat=True)) == {
        "not_allocate", "take_back",
    }
    assert Letter.objects.get().cancelled_at == THEN
    assert not Task.objects.open().filter(kind=TaskKind.LETTER_TO_SEND).exists()
    committee.rule(0, Decision.ALLOCATED)
    assert committee.state(0) == "allocated"


def test_a_decision_whose_letter_left_is_not_taken_back(committee):
    committee.held().rule(0, Decision.NOT_ALLOCATED, reasons=["TOO_SMALL"])
    Letter.objects.update(sent_on=date(2026, 12, 1), sent_how="post", written_on=DAY)

    with pytest.raises(Refused, match="déjà parti"):
        decisions.take_back(
            session_id=committee.session.pk, proposal_id=committee.proposals[0].pk, by=committee.actor(), at=THEN
        )


def test_the_minutes_wait_for_every_decision_and_for_ranks_that_follow_each_other(committee):
    committee.held().rule(0, Decision.ALLOCATED_RANKED, rank=1)
    settle = {"session_id": committee.session.pk, "by": committee.actor(), "at": THEN}

    with pytest.raises(Refused, match="2\u00a0candidats attendent"):
        decisions.settle_minutes(**settle)
    committee.rule(1, Decision.ALLOCATED_RANKED, rank=3)
    sessions.postpone(
        session_id=committee.session.pk, proposal_id=committee.proposals[2].pk, reason="TIME",
        by=committee.actor(), at=THEN,
    )
    with pytest.raises(Refused, match="se suivre à partir de 1"):
        decisions.settle_minutes(**settle)


def test_settled_minutes_do_not_change_and_somebody_is_asked_to_call_the_first_rank(committee):
    committee.held()
    for number in range(3):
        committee.rule(number, Decision.ALLOCATED_RANKED, rank=number + 1)

    decisions.settle_minutes(session_id=committee.session.pk, by=committee.actor(), at=THEN)

    session = Session.objects.get()
    assert (session.state, session.minuted_by, session.minuted_at) == ("minuted", committee.scheme.user("LM"), THEN)
    task = Task.objects.open().get(kind=TaskKind.NEXT_RANK)
    assert (task.subject_id, task.role) == (committee.proposals[0].pk, "LA")
    assert not Task.objects.open().filter(kind=TaskKind.MINUTES_TO_SETTLE).exists()
    with pytest.raises(Refused, match="procès-verbal est arrêté"):
        decisions.take_back(
            session_id=session.pk, proposal_id=committee.proposals[0].pk, by=committee.actor(), at=THEN
        )


def test_the_page_keeps_what_was_decided_whatever_happened_since(committee):
    committee.held().rule(0, Decision.ALLOCATED, votes=Vote(3, 1, 1))
    sessions.postpone(
        session_id=committee.session.pk, proposal_id=committee.proposals[1].pk, reason="TIME",
        by=committee.actor(), at=THEN,
    )
    Proposal.objects.filter(pk=committee.proposals[0].pk).update(state="withdrawn", reason="OTHER")

    (line,) = selectors.agenda_of(committee.actor(), committee.session)

    told = {one.proposal_id: one.outcome for one in line.candidates}
    first, second = (told[one.pk] for one in committee.proposals[:2])
    assert (first.label, first.votes) == ("Attribution", "3\u00a0pour, 1\u00a0contre, 1\u00a0abstention")
    assert (second.decision, second.detail) == (None, "séance trop chargée")


def test_a_household_that_is_no_longer_shared_keeps_a_number_and_can_leave(committee):
    committee.held()
    committee.proposals[0].household.links.filter(
        organisation=committee.scheme.organisations["landlord"]).update(closed_at=NOW)

    (line,) = selectors.agenda_of(committee.actor(), committee.session)
    gone = next(one for one in line.candidates if one.proposal_id == committee.proposals[0].pk)

    assert gone.facts is None
    assert gone.name == f"Candidat {gone.number}"
    with pytest.raises(Http404):
        committee.rule(0, Decision.ALLOCATED)
    sessions.postpone(
        session_id=committee.session.pk, proposal_id=committee.proposals[0].pk, reason="OTHER",
        by=committee.actor(), at=THEN,
    )


def test_who_reads_an_old_page_is_told_that_a_colleague_decided(committee):
    committee.held()
    revision = Proposal.objects.get(pk=committee.proposals[0].pk).revision
    committee.rule(0, Decision.ALLOCATED, revision=revision)

    with pytest.raises(Conflict, match="Membre LM"):
        committee.rule(0, Decision.NOT_ALLOCATED, reasons=["TOO_SMALL"], revision=revision)
