"""
What the committee decides: the five decisions of CCH art. R441-3, written by a person until the minutes are settled.

The checks of the law are in :mod:`untoit.core.lifecycles.committee`; those of the file, and what is frozen that day,
are made by the housing track (:mod:`untoit.records.followup.housing.checks`). Here: the session, the votes, the ranks
of a dwelling, the way back, and the minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles import committee
from untoit.core.lifecycles.committee import ACTIONS, Decision
from untoit.core.lifecycles.committee import Vote as Votes
from untoit.core.lifecycles.housing_track import (
    HOLDING_THE_DWELLING,
    REFUSED_OFFERS,
    HousingState,
    RankedProposal,
    next_rank,
)
from untoit.core.wording import counted, listed, typography
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.followup.committee import members
from untoit.records.followup.committee.locks import locked, require_state
from untoit.records.followup.housing import ceilings, locks, proposals
from untoit.records.followup.models import Letter, Proposal, Session, TrackAct, Vote
from untoit.records.followup.models.committee import SessionState
from untoit.records.followup.tracks import acts, owners
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import DECIDE, Actor

# Why a decision goes back to the agenda (``housing.words.REOPENED_FOR``).
MISTAKE = "MISTAKE"
_ALLOCATED = HOLDING_THE_DWELLING | REFUSED_OFFERS | {HousingState.ALLOCATED}
# What a decision wrote on the proposal, and its way back takes away.
_UNDECIDED: dict[str, Any] = {
    "rank": None, "document": "", "document_due_on": None, "decided_on": None, "decided_by": None, "reasons": [],
    "stated": None, "grounds": [], "quartile": None, "in_scheme": False, "is_transfer": False, "aids_looked_at": False,
}


@transaction.atomic
def rule(
    *, session_id: UUID, proposal_id: UUID, decision: Decision | str, by: Actor, at: datetime,
    votes: Votes | None = None, rank: int | None = None, document: str | None = None, reasons: Sequence[str] = (),
    stated: str = "", aids_looked_at: bool = False, revision: int | None = None,
) -> TrackAct:
    """
    Write down what the committee decided for one candidate, on the day of the session, under the name of a person.

    ``votes`` are those on this decision, ``None`` when the minutes do not detail them; ``reasons`` are codes, one for a
    rejection; ``stated`` is the sentence of a rejection, that the person reads.

    Raises
    ------
    Http404
        When the candidate is not one of this session, or does not concern the actor.
    Conflict
        When a colleague wrote a decision since ``revision``.
    Refused
        With what the law, the votes, the ranks or the facts of the file do not allow.
    """
    session = locked(session_id, by, action=DECIDE)
    require_state(session, SessionState.HELD)
    chosen = Decision(decision)
    row = _candidate(session, proposal_id, by, revision)
    # The table speaks first: a candidate that a colleague just ruled on is not asked for its papers again.
    if row.state == HousingState.ON_AGENDA:
        _require_offered(row, chosen, session)
    if chosen is Decision.ALLOCATED_RANKED:
        committee.check_rank(rank, others=_ranks(row), allocated=_is_allocated(row))
    if chosen is Decision.ALLOCATED and row.state == HousingState.ON_AGENDA and _is_allocated(row):
        raise Refused(typography("Ce logement est déjà attribué à un autre candidat : donnez un rang à celui-ci."))
    if votes is not None:
        _check_votes(session, row, votes)
    given: dict[str, Any] = {"decided_on": session.on, "session": session, "votes": _told(votes)}
    match chosen:
        case Decision.ALLOCATED_RANKED:
            given["rank"] = rank
        case Decision.ALLOCATED_CONDITIONAL:
            given |= {"document": document, "document_due_on": committee.document_due_on(session.on)}
        case Decision.NOT_ALLOCATED:
            given |= {"reasons": list(reasons), "aids_looked_at": aids_looked_at}
        case Decision.REJECTED_INADMISSIBLE:
            given |= {"reasons": list(reasons), "reason": reasons[0] if reasons else "", "stated": stated.strip()}
    act = proposals.move(row, ACTIONS[chosen], given, by=by, at=at)
    Vote.objects.update_or_create(session=session, proposal=row, defaults=_columns(votes))
    return act


def lacking(row: Proposal, session: Session) -> tuple[str, ...]:
    """Return the documents that the file still lacks, in the order of the limitative list."""
    return committee.missing_documents(row.needed_documents, row.documents, session.on)


def refusals(row: Proposal, session: Session) -> dict[Decision, str]:
    """Return why each decision is not offered for a candidate; an empty sentence for one that is."""
    admitted = ceilings.admitted_fundings(row.household, row.vacancy, session.on)
    above_own = admitted is not None and row.vacancy.funding in ceilings.SOCIAL_FUNDINGS and (
        row.vacancy.funding not in admitted
    )
    missing = lacking(row, session)
    return {
        each: committee.why_not(
            each, missing=missing, above_own_ceiling=above_own, above_every_ceiling=admitted == (), on=session.on
        )
        for each in Decision
    }


def _require_offered(row: Proposal, decision: Decision, session: Session) -> None:
    why = refusals(row, session)[decision]
    if not why:
        return
    if decision in (Decision.ALLOCATED, Decision.ALLOCATED_RANKED) and lacking(row, session):
        # The sentence of the law, with the documents that are missing.
        ruling = committee.Ruling(decision, session.on, "x", rank=1)
        committee.check_ruling(ruling, missing=lacking(row, session))
    name = committee.DECISION_NAMES[decision]
    raise Refused(typography(f"« {name} » n'est pas possible pour ce dossier. {why}"))


def _candidate(session: Session, proposal_id: UUID, by: Actor, revision: int | None) -> Proposal:
    row = locks.locked(proposal_id, by, revision=revision)
    if row.session_id != session.pk:
        raise Http404
    return row


def _rivals(row: Proposal) -> Any:
    return Proposal.objects.filter(vacancy_id=row.vacancy_id).exclude(pk=row.pk)


def _ranks(row: Proposal) -> list[int]:
    return list(_rivals(row).filter(state=HousingState.ALLOCATED_RANKED).values_list("rank", flat=True))


def _is_allocated(row: Proposal) -> bool:
    return bool(_rivals(row).filter(state=HousingState.ALLOCATED).exists())


def _check_votes(session: Session, row: Proposal, votes: Votes) -> None:
    there, commune = list(session.members.all()), row.vacancy.commune
    committee.check_votes(
        votes, voters=len(members.voters(there, commune)), mayor_sits=members.mayor_sits(there, commune)
    )


def _columns(votes: Votes | None) -> dict[str, Any]:
    if votes is None:
        return {"in_favour": 0, "against": 0, "abstained": 0, "mayor_in_favour": None}
    return {
        "in_favour": votes.in_favour, "against": votes.against, "abstained": votes.abstained,
        "mayor_in_favour": votes.mayor_in_favour,
    }


def _told(votes: Votes | None) -> dict[str, Any] | None:
    return None if votes is None else _columns(votes)


@transaction.atomic
def take_back(
    *, session_id: UUID, proposal_id: UUID, by: Actor, at: datetime, revision: int | None = None
) -> TrackAct:
    """
    Bring a candidate back before the committee: the decision was written down wrongly, and the minutes are not settled.

    The act that is taken back stays written, under its name; the letters that had not left are cancelled, what the
    pathway gained stays.

    Raises
    ------
    Refused
        When the minutes are settled, a letter has left, or something already followed.
    """
    session = locked(session_id, by, action=DECIDE)
    require_state(session, SessionState.HELD)
    row = _candidate(session, proposal_id, by, revision)
    letters = Letter.objects.filter(proposal=row, cancelled_at__isnull=True)
    if letters.filter(sent_on__isnull=False, written_on__gte=session.on).exists():
        raise Refused(typography(
            "Le courrier de cette décision est déjà parti : elle ne se reprend plus, la commission y revient."
        ))
    for letter_id in letters.filter(sent_on__isnull=True).values_list("pk", flat=True):
        close_task(kind=TaskKind.LETTER_TO_SEND, subject_id=letter_id, at=at, by=by, outcome="letter.cancelled")
    letters.filter(sent_on__isnull=True).update(cancelled_at=at)
    act = acts.record(
        row=row, action="take_back", by=by, at=at,
        given={**_UNDECIDED, "reason": MISTAKE, "session_on": session.on, "from_session": str(session.pk)},
    )
    Vote.objects.filter(session=session, proposal=row).delete()
    return act


@transaction.atomic
def settle_minutes(*, session_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> Session:
    """
    Settle the minutes: every candidate has a decision or was postponed, and ranks follow each other.

    Nothing of the session changes afterwards. Where ranks alone were given, somebody is asked to call the first.

    Raises
    ------
    Refused
        With the dwellings at fault.
    """
    session = locked(session_id, by, action=DECIDE, revision=revision)
    require_state(session, SessionState.HELD)
    waiting = Proposal.objects.filter(session=session, state=HousingState.ON_AGENDA).select_related("vacancy")
    if waiting:
        where = sorted({one.vacancy.reference for one in waiting})
        raise Refused(typography(
            f"{counted(len(waiting), 'candidat attend', 'candidats attendent')} une décision ({listed(where)}) : "
            "décidez, ou reportez à une autre séance."
        ))
    found = _by_dwelling(session)
    for reference, rows in found.items():
        _require_ranks_in_order(session, reference, rows)
    session.state, session.minuted_by_id, session.minuted_at = SessionState.MINUTED, by.user_id, at
    session.revision += 1
    session.save()
    close_task(kind=TaskKind.MINUTES_TO_SETTLE, subject_id=session.pk, by=by, at=at, outcome="committee.minuted")
    note_act(by, "committee.minuted", "session", session.pk, at=at)
    for rows in found.values():
        _ask_first_rank(session, rows, at)
    return session


def _require_ranks_in_order(session: Session, reference: str, rows: list[Proposal]) -> None:
    """Refuse a gap between the ranks of this session; those that an earlier one left open go on from theirs."""
    earlier = Proposal.objects.filter(vacancy_id=rows[0].vacancy_id, state=HousingState.ALLOCATED_RANKED)
    if earlier.exclude(session=session).exists():
        return
    # A rank that was called since is an allocation, and keeps its number.
    ranks = [one.rank for one in rows if one.rank]
    committee.check_ranks(reference, ranks, allocated=any(one.state in _ALLOCATED and not one.rank for one in rows))


def _by_dwelling(session: Session) -> dict[str, list[Proposal]]:
    found: dict[str, list[Proposal]] = defaultdict(list)
    for row in Proposal.objects.filter(session=session).select_related("vacancy"):
        found[row.vacancy.reference].append(row)
    return dict(sorted(found.items()))


def _ask_first_rank(session: Session, rows: list[Proposal], at: datetime) -> None:
    everybody = Proposal.objects.filter(vacancy_id=rows[0].vacancy_id)
    first = next_rank([
        RankedProposal(str(pk), rank or 99, state) for pk, rank, state in everybody.values_list("pk", "rank", "state")
    ])
    if first is None or str(first.reference) not in {str(one.pk) for one in rows}:
        return
    today = timezone.localdate(at)
    keeper = owners.of_organisation(session.organisation, Role.LA)
    open_task(
        kind=TaskKind.NEXT_RANK, organisation=keeper.organisation_id, role=keeper.role, subject_kind="proposal",
        subject_id=UUID(str(first.reference)), at=at,
        due_on=today + timedelta(days=int(parameters.at("followup/committee", today)["next_rank_days"])),
        why=f"Procès-verbal arrêté : confirmer l'appel du rang {first.rank}.",
    )
