"""
What an employer reads and says of the applications to its offers: the only door from its pages to the follow-up.

Rows are turned into :class:`EmployerApplication` here: a page cannot wander from it to a household, an address, a home,
a resource, nor to what the person herself said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from untoit.core.lifecycles.job_track import BEFORE_HIRE, CLOSED, IN_WORK, LOST, JobState
from untoit.core.wording import NO_BREAK, typography
from untoit.records.applicants.models import Consent, Purpose
from untoit.records.followup.models import Application
from untoit.records.followup.work import applications, buttons, statements
from untoit.records.followup.work.words import ENGAGEMENT_NAMES, done_words, ends_for, reason_words, reasons_for
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

__all__ = [
    "CONTRACTS", "GROUPS", "EmployerApplication", "EmployerList", "act", "application_of", "applications_of",
    "done_words", "ends_for", "reasons_for", "say",
]
CONTRACTS = ENGAGEMENT_NAMES
PER_PAGE = 24
WAITING_SHOWN = 12
_IN_GROUP = {"suivre": BEFORE_HIRE, "poste": IN_WORK, "terminees": CLOSED | LOST}
GROUPS = {"suivre": "À suivre", "poste": "En poste", "terminees": "Terminées"}
# What the columns of a card are: the query brings no other one.
_COLUMNS = (
    "state", "since", "reason", "last_action", "sent_on", "interview_on", "interviewed_on", "contract", "start_on",
    "last_day", "trial_ends_on", "trial_passed_on", "ended_on", "snapshot", "revision", "offer__title",
    "offer__contract", "person__first_name", "person__last_name", "person__available_on", "person__skills",
    "person__licences",
)
act, say = applications.act, statements.say


@dataclass(frozen=True, slots=True)
class Act:
    """One act that the employer may do now."""

    action: str
    label: str


@dataclass(frozen=True, slots=True)
class EmployerApplication:
    """
    One application as its employer reads it.

    ``name`` has the initial of the surname until an interview is fixed; ``skills`` and ``licences`` are empty once the
    person took her agreement back. ``question`` is the check that is due, nothing otherwise.
    """

    id: UUID
    name: str
    job: str
    state: str
    state_label: str
    kind: str
    since: date
    sent_on: date | None
    interview_on: date | None
    interviewed_on: date | None
    contract: str
    offered_contract: str
    start_on: date | None
    last_day: date | None
    trial_ends_on: date | None
    trial_passed_on: date | None
    ended_on: date | None
    reason: str
    availability: str
    travel_min: int | None
    skills: tuple[str, ...]
    licences: tuple[str, ...]
    question: str
    acts: tuple[Act, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class EmployerList:
    """One page of a group, how many each group has, and the questions that wait, the oldest first."""

    rows: tuple[EmployerApplication, ...]
    counts: dict[str, int]
    waiting: tuple[EmployerApplication, ...]
    page: int
    pages: int


def applications_of(actor: Actor, *, group: str = "suivre", page: int = 1) -> EmployerList:
    """Return the applications that the employer reads, one group of states at a time."""
    found = _visible(actor)
    counts = found.order_by().aggregate(
        **{name: Count("pk", filter=Q(state__in=sorted(states))) for name, states in _IN_GROUP.items()}
    )
    rows = found.filter(state__in=sorted(_IN_GROUP.get(group, BEFORE_HIRE))).order_by("-since", "pk")
    pages = Paginator(rows, PER_PAGE)
    shown = pages.get_page(page)
    at_work = found.filter(state__in=sorted(IN_WORK)).order_by("start_on", "pk")
    waiting = [one for one in (_seen(row, actor) for row in at_work) if one.question][:WAITING_SHOWN]
    return EmployerList(
        tuple(_seen(row, actor) for row in shown), counts, tuple(waiting), shown.number, pages.num_pages
    )


def application_of(actor: Actor, application_id: UUID) -> EmployerApplication:
    """Return one of them, or the 404 of a page that does not exist."""
    row = _visible(actor).filter(pk=application_id).first()
    if row is None:
        raise Http404
    return _seen(row, actor)


def _visible(actor: Actor) -> QuerySet[Application]:
    if actor.role is not Role.EMPL:
        raise Http404
    agrees = Consent.objects.filter(
        household=OuterRef("household"), purpose=Purpose.EMPLOYER_CARD, withdrawn_at__isnull=True
    )
    found: QuerySet[Application] = (
        Application.objects.visible_to(actor).annotate(agrees=Exists(agrees)).select_related("offer", "person")
        .only(*_COLUMNS)
    )
    return found


def _seen(row: Application, actor: Actor) -> EmployerApplication:
    person, today = row.person, actor.today
    known = row.interview_on is not None or row.interviewed_on is not None or row.state in IN_WORK | LOST
    last_name = person.last_name if known else f"{person.last_name[:1].upper()}." * bool(person.last_name)
    shows = bool(row.agrees)  # type: ignore[attr-defined]
    asked = buttons.question(row, today)
    return EmployerApplication(
        id=row.pk, name=f"{person.first_name} {last_name}".strip() or "Prénom à demander", job=row.offer.title,
        state=row.state, state_label=_label(row), kind=_kind(row.state), since=row.since, sent_on=row.sent_on,
        interview_on=row.interview_on, interviewed_on=row.interviewed_on,
        contract=ENGAGEMENT_NAMES.get(row.contract, ""), offered_contract=row.offer.contract, start_on=row.start_on,
        last_day=row.last_day, trial_ends_on=row.trial_ends_on, trial_passed_on=row.trial_passed_on,
        ended_on=row.ended_on if row.state in LOST else None, reason=_reason(row, today),
        availability=_availability(person.available_on, today), travel_min=row.snapshot.get("outward_min"),
        skills=tuple(person.skills) if shows else (), licences=tuple(person.licences) if shows else (),
        question=asked.question if asked is not None else "",
        acts=tuple(Act(one.action, one.label) for one in buttons.possible(row, Role.EMPL, today)),
        revision=row.revision,
    )


def _label(row: Application) -> str:
    if row.state == JobState.WITHDRAWN and row.last_action == "close_offer":
        return "Offre close"
    return row.get_state_display()


def _kind(state: str) -> str:
    if state in IN_WORK:
        return "ok"
    return "quiet" if state in CLOSED | LOST else "info"


def _reason(row: Application, today: date) -> str:
    """Return why it ended when the employer said so; why a person withdrew is hers."""
    if row.last_action not in ("turn_down", "withdraw_employer", "end", "break_trial") or not row.reason:
        return ""
    return reason_words(row.last_action, row.reason, today)


def _availability(available_on: date | None, today: date) -> str:
    if available_on is None:
        return ""
    if available_on <= today:
        return "Disponible tout de suite"
    return typography(f"Disponible à partir du{NO_BREAK}{available_on:%d/%m/%Y}")
