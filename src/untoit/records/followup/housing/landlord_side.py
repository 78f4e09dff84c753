"""The proposals of a landlord's own dwellings, as its advisers and project lead read them: the list and one page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from untoit.core.lifecycles import committee
from untoit.core.lifecycles.housing_track import CLOSED, HOUSING_STATE_NAMES, LEASED, OPEN, HousingState
from untoit.core.lifecycles.lifecycle import Transition
from untoit.records.applicants.models import Person
from untoit.records.applicants.selectors import found_by
from untoit.records.applicants.view import title_of
from untoit.records.desk.models import Task
from untoit.records.followup.cases.words import HOUSING_ACTS
from untoit.records.followup.housing import buttons
from untoit.records.followup.housing.words import STEPS, reasons_in_words
from untoit.records.followup.models import Letter, Proposal, TrackAct
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.stock import selectors as stock
from untoit.records.stock.models import Vacancy

S = HousingState
GROUPS: dict[str, tuple[str, frozenset[str]]] = {
    "ouvertes": ("En cours", OPEN),
    "dossier": ("Visite et dossier", frozenset({S.PROPOSED, S.VISIT_PLANNED, S.VISITED, S.FILE_INCOMPLETE,
                                                S.FILE_COMPLETE})),
    "commission": ("Commission", frozenset({S.ON_AGENDA, S.ALLOCATED, S.ALLOCATED_RANKED, S.ALLOCATED_CONDITIONAL})),
    "offre": ("Réponse attendue", frozenset({S.NOTIFIED})),
    "bail": ("Acceptées et baux", frozenset({S.ACCEPTED}) | LEASED),
    "closes": ("Closes", CLOSED | {S.TENANCY_ENDED}),
}
# What the person says, that a landlord may write down for her.
_WORD_OF_THE_PERSON = frozenset({"accept", "refuse", "withdraw_person"})


def proposals_of(actor: Actor) -> QuerySet[Proposal]:
    """
    Return the proposals of the actor's own dwellings to the households that it follows.

    Raises
    ------
    Http404
        For another role: the Département and the coach read the stage on the page of the case, the person her own.
    """
    if actor.role not in LANDLORDS:
        raise Http404
    return Proposal.objects.visible_to(actor)


def as_listed(rows: QuerySet) -> QuerySet:
    """Return proposals with what a line shows: never what is sealed."""
    due = Task.objects.open().filter(subject_id=OuterRef("pk")).order_by("due_on").values("due_on")[:1]
    return rows.select_related("vacancy").defer(
        "snapshot", "stated", "vacancy__search", "vacancy__search_masked"
    ).annotate(next_due_on=Subquery(due))


def late(rows: QuerySet, on: date) -> QuerySet:
    """Keep those for which something should have been done before this day."""
    return rows.filter(Exists(Task.objects.open().filter(subject_id=OuterRef("pk"), due_on__lt=on)))


def searched(actor: Actor, rows: QuerySet, text: str) -> QuerySet:
    """Keep those of the persons, or of the dwellings, that a text finds among what the actor sees."""
    people = found_by(Person.objects.visible_to(actor), text, actor).order_by().values("household_id")
    homes = stock.found_by(Vacancy.objects.visible_to(actor), actor, text).order_by().values("pk")
    return rows.filter(Q(household__in=people) | Q(vacancy__in=homes))


def communes_of(actor: Actor) -> list[tuple[str, str]]:
    """Return the communes of the dwellings proposed, code and name."""
    codes = proposals_of(actor).order_by().values_list("vacancy__commune", flat=True).distinct()
    return sorted(((code, stock.commune_name(code)) for code in codes), key=lambda one: one[1])


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A line of the list."""

    id: UUID
    who: str
    reference: str
    place: str
    state: str
    kind: str
    since: date
    due_on: date | None
    is_late: bool


def rows_of(actor: Actor, rows: Iterable[Any]) -> list[ProposalRow]:
    """Return the lines of a page: one query for the names, whatever their number."""
    shown = list(rows)
    names = names_of(actor, {one.household_id for one in shown})
    return [
        ProposalRow(
            one.pk, names[one.household_id], one.vacancy.reference,
            f"T{one.vacancy.rooms}, {stock.commune_name(one.vacancy.commune)}", one.get_state_display(),
            kind_of(one.state), one.since, one.next_due_on,
            one.next_due_on is not None and one.next_due_on < actor.today,
        )
        for one in shown
    ]


def names_of(actor: Actor, households: Iterable[UUID]) -> dict[UUID, str]:
    """Return what each household is called."""
    persons: dict[UUID, list[Person]] = defaultdict(list)
    found = Person.objects.visible_to(actor).filter(household__in=list(households)).defer("search").order_by("number")
    for person in found:
        persons[person.household_id].append(person)
    return {pk: title_of(persons[pk], actor) for pk in households}


def kind_of(state: str) -> str:
    """Return how a badge shows a state."""
    if state in LEASED or state == S.ACCEPTED:
        return "ok"
    if state in CLOSED or state == S.TENANCY_ENDED:
        return "quiet"
    return "warn" if state in (S.NOTIFIED, S.ALLOCATED_CONDITIONAL, S.FILE_INCOMPLETE) else "info"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act, as the page tells it."""

    on: date
    at: date
    label: str
    reasons: str
    who: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One document of the file."""

    code: str
    label: str
    received: bool
    awaited_on: date | None


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Everything that the page of one proposal shows to its landlord."""

    row: Proposal
    who: str
    home: str
    place: str
    state: str
    kind: str
    reasons: str
    steps: tuple[tuple[str, str], ...]
    tasks: tuple[Task, ...]
    acts: tuple[Transition, ...]
    in_session: bool
    documents: tuple[DocumentLine, ...]
    warnings: tuple[str, ...]
    letters: tuple[Letter, ...]
    history: tuple[HistoryLine, ...]
    rivals: int

    @property
    def id(self) -> UUID:
        """The key of the proposal."""
        return self.row.pk

    @property
    def rent_cents(self) -> int:
        """The rent as it was proposed, a month."""
        return int(self.row.snapshot.get("rent_cents", self.row.vacancy.rent_cents))

    @property
    def charges_cents(self) -> int:
        """The charges as they were proposed, a month."""
        return int(self.row.snapshot.get("charges_cents", self.row.vacancy.charges_cents))


def proposal_page(actor: Actor, proposal_id: UUID) -> ProposalPage:
    """Return one proposal as its landlord reads it; raises ``Http404`` when it does not concern the actor."""
    row = proposals_of(actor).select_related(
        "vacancy", "organisation", "session", "household", "tandem"
    ).defer("vacancy__search", "vacancy__search_masked", "household__finances").filter(pk=proposal_id).first()
    if row is None:
        raise Http404
    # Those of the whole organisation: the lead reads what waits for an adviser.
    tasks = Task.objects.open().filter(subject_id=row.pk, organisation_id=actor.organisation_id).order_by("due_on")
    home = stock.masked_home(row.vacancy)
    return ProposalPage(
        row=row, who=names_of(actor, [row.household_id])[row.household_id], home=home.title, place=home.commune,
        state=HOUSING_STATE_NAMES[HousingState(row.state)], kind=kind_of(row.state), reasons=_why(row),
        steps=steps_of(row.state, _furthest(row), visited=row.visited_on is not None), tasks=tuple(tasks),
        acts=buttons.possible(row, str(actor.role), actor.today),
        in_session=buttons.waits_for_a_session(row, str(actor.role)), documents=documents_of(row, actor.today),
        warnings=tuple(row.snapshot.get("warnings", ())),
        letters=tuple(Letter.objects.visible_to(actor).filter(proposal=row)), history=history_of(row),
        rivals=Proposal.objects.filter(vacancy_id=row.vacancy_id, state__in=sorted(OPEN)).exclude(pk=row.pk).count(),
    )


def _why(row: Proposal) -> str:
    codes = row.reasons or ([row.reason] if row.reason else [])
    return ", ".join(reasons_in_words(row.last_action, codes, row.since))


def _furthest(row: Proposal) -> int:
    """Return the last step that a closed proposal had reached."""
    if row.signed_on:
        return len(STEPS) - 1 if row.state == S.TENANCY_ENDED else 5
    if row.notified_on:
        return 4
    if row.session_id or row.decided_on:
        return 3
    return 2 if row.documents or row.needed_documents else 1 if row.visited_on else 0


def steps_of(state: str, furthest: int = 0, *, visited: bool = True) -> tuple[tuple[str, str], ...]:
    """
    Return the way of a proposal: each step with ``done``, ``current`` or nothing; a closed one has no current.

    A visit may come late or never: its step is done only when the home was ``visited``.
    """
    here = next((number for number, step in enumerate(STEPS) if state in step.states), None)
    reached = here if here is not None else furthest + 1
    return tuple(
        (step.label, "current" if number == here else "done" if number < reached and (visited or number != 1) else "")
        for number, step in enumerate(STEPS)
    )


def documents_of(row: Proposal, on: date) -> tuple[DocumentLine, ...]:
    """Return the documents of the file, in the order of the limitative list, missing ones with their day."""
    there = set(row.documents)
    return tuple(
        DocumentLine(code, label, code in there, row.document_due_on if code == row.document else None)
        for code, label in committee.documents(on).items() if code in there | set(row.needed_documents)
    )


def history_of(row: Proposal) -> tuple[HistoryLine, ...]:
    """Return every act on a proposal, the latest first: what, when, who and for whom."""
    found = TrackAct.objects.filter(track="housing", subject_id=row.pk).select_related("user", "organisation")
    return tuple(
        HistoryLine(
            one.on, timezone.localdate(one.at), HOUSING_ACTS.get(one.action, one.action),
            ", ".join(reasons_in_words(one.action, one.reasons, one.on)), who_acted(one),
        )
        for one in found.order_by("-at", "-on", "-id")
    )


def who_acted(act: TrackAct) -> str:
    """Return who did an act and for whom, in words."""
    if act.role == Role.CAND:
        return "La personne, dans son espace"
    if act.how == "clock":
        return "L'échéance est passée"
    if act.how == "effect":
        return "Suite d'un autre acte"
    who = ", ".join(str(one) for one in (act.user, act.organisation) if one is not None)
    if act.action in _WORD_OF_THE_PERSON:
        return f"Dit par la personne, noté par {who}" if who else "Dit par la personne"
    return f"{who} (rencontre)" if who and act.how == "event" else who


def letter_page(actor: Actor, letter_id: UUID) -> Letter:
    """Return one letter about a proposal of the actor's organisation."""
    if actor.role not in LANDLORDS:
        raise Http404
    found = Letter.objects.visible_to(actor).select_related("proposal", "organisation", "sent_by").filter(
        pk=letter_id, proposal__isnull=False
    ).first()
    if found is None:
        raise Http404
    return found
