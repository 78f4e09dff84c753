"""
Reading the committee: the sessions of one's organisation, an agenda with its candidates, who else could be a candidate.

A candidate whose file is no longer shared with the landlord keeps a number and loses everything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from untoit.core.lifecycles import committee
from untoit.core.lifecycles.committee import ACTIONS, DECISION_NAMES, Decision
from untoit.core.lifecycles.housing_track import OPEN, HousingState
from untoit.core.wording import NO_BREAK, counted, listed, number, typography
from untoit.records.applicants.models import Person
from untoit.records.applicants.view import title_of
from untoit.records.followup.committee import decisions
from untoit.records.followup.committee.facts import CandidateFacts, evidence_of, facts_of
from untoit.records.followup.housing.words import reasons_in_words
from untoit.records.followup.models import AgendaLine, Proposal, Session, TrackAct, Vote
from untoit.records.followup.work import facts as work
from untoit.records.pairings.models import Tandem
from untoit.records.pairings.querysets import RELEASED
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy
from untoit.records.stock.selectors import commune_name

DECISIVE = {**{action: decision for decision, action in ACTIONS.items()}, "postpone": None}
_READY = (HousingState.FILE_INCOMPLETE, HousingState.FILE_COMPLETE)
_EARLY = (HousingState.PROPOSED, HousingState.VISIT_PLANNED, HousingState.VISITED)
SUGGESTED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the committee decided for a candidate; ``decision`` is ``None`` when it was left for another session."""

    decision: Decision | None
    label: str
    detail: str
    votes: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate of a dwelling; without ``facts``, the file is no longer shared with the organisation."""

    proposal_id: UUID
    household_id: UUID | None
    number: int
    name: str
    revision: int
    facts: CandidateFacts | None
    outcome: Outcome | None
    missing: tuple[tuple[str, str], ...] = ()
    refusals: dict[Decision, str] = field(default_factory=dict)

    @property
    def is_waiting(self) -> bool:
        """Whether the committee has still to decide."""
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class Line:
    """One dwelling of an agenda with its candidates, and whether the law lets it be closed."""

    id: UUID
    vacancy: Vacancy
    title: str
    place: str
    candidates: tuple[Candidate, ...]
    least: int
    exception: str
    exception_label: str
    exception_by: str
    exception_at: datetime | None

    @property
    def is_ready(self) -> bool:
        """Whether this dwelling has enough candidates, or a candidate and the exception."""
        seen = len(self.candidates)
        return seen >= self.least or bool(self.exception and seen)

    @property
    def told(self) -> str:
        """Return « 2 candidats sur 3 »."""
        return f"{counted(len(self.candidates), 'candidat', 'candidats')} sur {self.least}"

    @property
    def waiting(self) -> int:
        """How many candidates wait for a decision."""
        return sum(one.is_waiting for one in self.candidates)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who could be a candidate; ``proposal_id`` is set when the dwelling was proposed already."""

    household_id: UUID
    name: str
    why: str
    proposal_id: UUID | None = None
    tandem_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Who could be a candidate: at once, once the file is looked at, or by a new proposal."""

    ready: tuple[Suggestion, ...]
    early: tuple[Suggestion, ...]
    others: tuple[Suggestion, ...]


def session_of(actor: Actor, session_id: UUID) -> Session:
    """Return a session of the actor's committee, or the 404 of a page that does not exist."""
    found: Session | None = (
        Session.objects.visible_to(actor).select_related("organisation", "minuted_by", "closed_by")
        .filter(pk=session_id).first()
    )
    if found is None:
        raise Http404
    return found


def check_candidate(session: Session, line_id: UUID, proposal_id: UUID) -> None:
    """
    Check that a proposal is one of the dwelling of a line of this session.

    Raises
    ------
    Http404
        For the line of another session, or the proposal of another dwelling: what is asked for does not exist.
    """
    homes = session.lines.filter(pk=line_id).values("vacancy_id")
    if not Proposal.objects.filter(pk=proposal_id, vacancy_id__in=homes).exists():
        raise Http404


def agenda_of(actor: Actor, session: Session, *, line_id: UUID | None = None, ruling: bool = False) -> list[Line]:
    """
    Return the dwellings of an agenda with their candidates: a dozen queries, whatever their number.

    ``line_id`` asks for one dwelling, ``ruling`` for what each decision would be refused for. That the files were read
    is written in the journal.
    """
    rows = list(
        session.lines.select_related("vacancy", "exception_by").defer("vacancy__search", "vacancy__search_masked")
    )
    if line_id is not None:
        rows = [one for one in rows if one.pk == line_id]
        if not rows:
            raise Http404
    votes = {one.proposal_id: one for one in Vote.objects.filter(session=session)}
    found = Proposal.objects.filter(
        Q(session=session) | Q(pk__in=votes), vacancy_id__in=[one.vacancy_id for one in rows]
    )
    proposals = list(found.select_related("household", "vacancy", "tandem").defer(
        "vacancy__search", "vacancy__search_masked"
    ).order_by("opened_on", "pk"))
    shown = set(
        Proposal.objects.visible_to(actor).filter(pk__in=[one.pk for one in proposals]).values_list("pk", flat=True)
    )
    outcomes = _outcomes(session, proposals, votes)
    households = {one.household_id for one in proposals if one.pk in shown}
    names, evidence = names_of(actor, households), evidence_of(households, session.on)
    jobs = work.facts_of(households, session.on)
    by_home: dict[UUID, list[Candidate]] = defaultdict(list)
    for one in proposals:
        there = by_home[one.vacancy_id]
        place = len(there) + 1
        if one.pk not in shown:
            there.append(Candidate(one.pk, None, place, f"Candidat {place}", one.revision, None, outcomes.get(one.pk)))
            continue
        lacking = decisions.lacking(one, session)
        documents = committee.documents(session.on)
        there.append(Candidate(
            one.pk, one.household_id, place, names[one.household_id], one.revision,
            facts_of(
                one, actor, session.on, evidence=evidence[one.household_id], jobs=jobs[one.household_id]
            ),
            outcomes.get(one.pk), tuple((code, documents[code]) for code in lacking),
            decisions.refusals(one, session) if ruling and one.pk not in outcomes else {},
        ))
    if households:
        note_read(actor, "housing_application", "session", session.pk, count=len(households), reason="commission")
        note_read(actor, "income", "session", session.pk, count=len(households), reason="commission")
    return [_line(one, tuple(by_home[one.vacancy_id]), session) for one in rows]


def _line(row: AgendaLine, candidates: tuple[Candidate, ...], session: Session) -> Line:
    vacancy = row.vacancy
    return Line(
        row.pk, vacancy, home_title(vacancy), home_place(vacancy), candidates,
        committee.least_candidates(session.on), row.exception,
        committee.exceptions(session.on).get(row.exception, row.exception), str(row.exception_by or ""),
        row.exception_at,
    )


def home_title(vacancy: Vacancy) -> str:
    """Return « T2 à Lille, 45 m² »."""
    return f"T{vacancy.rooms} à {commune_name(vacancy.commune)}, {number(vacancy.surface_m2)}{NO_BREAK}m²"


def home_place(vacancy: Vacancy) -> str:
    """Return the residence and the address of a dwelling of one's own."""
    return ", ".join(filter(None, (vacancy.building_name, vacancy.address)))


def names_of(actor: Actor, households: Iterable[UUID]) -> dict[UUID, str]:
    """Return what each household is called, as the actor may read it: one query."""
    persons: dict[UUID, list[Person]] = {pk: [] for pk in households}
    for one in Person.objects.visible_to(actor).filter(household_id__in=persons).order_by("number"):
        persons[one.household_id].append(one)
    return {pk: title_of(some, actor) for pk, some in persons.items()}


def _outcomes(
    session: Session, proposals: Iterable[Proposal], votes: dict[UUID, Vote]
) -> dict[UUID, Outcome]:
    """Return what this session decided, from the acts: what happened to a proposal since changes nothing."""
    over = {one.pk for one in proposals if one.state != HousingState.ON_AGENDA or one.session_id != session.pk}
    acts = TrackAct.objects.filter(subject_id__in=over, track="housing", action__in=DECISIVE).select_related("user")
    found: dict[UUID, Outcome] = {}
    mark = str(session.pk)
    for act in acts.order_by("at", "pk"):
        if mark in (act.given.get("session"), act.given.get("from_session")):
            found[act.subject_id] = _outcome(act, votes.get(act.subject_id), session.on)
    return found


def _outcome(act: TrackAct, vote: Vote | None, on: date) -> Outcome:
    decision = DECISIVE[act.action]
    given, detail = act.given, ""
    reasons = listed(reasons_in_words(act.action, act.reasons, on))
    if decision is Decision.ALLOCATED_RANKED:
        detail = f"rang {given.get('rank')}"
    elif decision is Decision.ALLOCATED_CONDITIONAL:
        due = date.fromisoformat(given["document_due_on"])
        detail = f"{committee.documents(on).get(given.get('document', ''), '')}, pour le {due:%d/%m/%Y}"
    elif reasons:
        detail = reasons
    if decision is Decision.REJECTED_INADMISSIBLE and given.get("stated"):
        detail = f"{detail} : {given['stated']}"
    return Outcome(
        decision, DECISION_NAMES[decision] if decision else "Reporté à une autre séance", typography(detail),
        _votes(vote) if decision else "", str(act.user or ""), act.at,
    )


def _votes(vote: Vote | None) -> str:
    if vote is None or not (vote.in_favour or vote.against or vote.abstained):
        return ""
    words = [f"{vote.in_favour}{NO_BREAK}pour", f"{vote.against}{NO_BREAK}contre"]
    if vote.abstained:
        words.append(counted(vote.abstained, "abstention", "abstentions"))
    if vote.in_favour == vote.against:
        words.append("voix du maire favorable" if vote.mayor_in_favour else "voix du maire défavorable")
    return ", ".join(words)


def homes_to_add(actor: Actor, session: Session) -> QuerySet:
    """Return the dwellings that may be put on an agenda and are not there, those with open proposals first."""
    there = session.lines.values("vacancy_id")
    return (
        Vacancy.objects.visible_to(actor).filter(organisation_id=session.organisation_id, state__in=("open", "expired"))
        .exclude(pk__in=there).defer("search", "search_masked").order_by("reference")
    )


def suggestions(actor: Actor, session: Session, line: Line) -> Suggestions:
    """Return who could be a candidate for a dwelling: its open proposals, released tandems, other dwellings' ranks."""
    mine = list(
        Proposal.objects.visible_to(actor).filter(vacancy=line.vacancy, state__in=sorted(OPEN))
        .defer("snapshot", "stated").order_by("opened_on", "pk")
    )
    taken = {one.household_id for one in mine}
    tandems: dict[UUID, Tandem] = {}
    for one in (
        Tandem.objects.visible_to(actor).filter(vacancy=line.vacancy, run__state__in=RELEASED, is_forbidden=False)
        .exclude(review="set_aside").exclude(household_id__in=taken).defer("snapshot").order_by("rank", "pk")
    )[: 3 * SUGGESTED_AT_MOST]:
        tandems.setdefault(one.household_id, one)
    ranked = {
        one.household_id: one for one in
        Proposal.objects.visible_to(actor).filter(
            organisation_id=session.organisation_id, state=HousingState.ALLOCATED_RANKED, rank__gt=1,
            vacancy__rooms=line.vacancy.rooms,
        ).exclude(household_id__in={*taken, *tandems}).select_related("vacancy").defer("snapshot", "stated")
        .order_by("rank", "decided_on")[:SUGGESTED_AT_MOST]
    }
    names = names_of(actor, {*taken, *tandems, *ranked})
    others = [
        Suggestion(pk, names[pk], f"tandem proposé, rang {one.rank}", None, one.pk)
        for pk, one in list(tandems.items())[:SUGGESTED_AT_MOST]
    ]
    others += [
        Suggestion(pk, names[pk], f"rang {one.rank} pour {one.vacancy.reference}") for pk, one in ranked.items()
    ]
    return Suggestions(
        tuple(_proposed(one, names) for one in mine if one.state in _READY),
        tuple(_proposed(one, names) for one in mine if one.state in _EARLY), tuple(others),
    )


def _proposed(one: Proposal, names: dict[UUID, str]) -> Suggestion:
    since = f"proposé le {one.opened_on:%d/%m/%Y}"
    if one.state != HousingState.PROPOSED:
        since = f"{one.get_state_display().lower()}, {since}"
    return Suggestion(one.household_id, names[one.household_id], since, one.pk)
