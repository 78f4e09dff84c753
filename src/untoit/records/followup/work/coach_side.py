"""The applications as a coach and a case manager read them: the list, one page, what to send and what to settle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from untoit.core.lifecycles.job_track import BEFORE_HIRE, CLOSED, IN_WORK, LOST, JobState
from untoit.records.applicants.models import Consent, Household, Person, Purpose
from untoit.records.applicants.querysets import open_links
from untoit.records.applicants.view import name_of
from untoit.records.followup.models import Application, EmployerLink
from untoit.records.followup.work import buttons, history, two_words
from untoit.records.followup.work.applications import agrees
from untoit.records.followup.work.outcomes import OutcomeView, outcome_of
from untoit.records.followup.work.words import ENGAGEMENT_NAMES, end_words, reason_words
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.jobs.selectors import commune_name, found_by
from untoit.records.pairings.models import Tandem, TandemJob
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

READERS = frozenset({Role.EMPP, Role.DEP})
GROUPS = {"suivre": BEFORE_HIRE, "poste": IN_WORK, "terminees": CLOSED | LOST}
GROUP_NAMES = {"suivre": "À suivre", "poste": "En poste", "terminees": "Terminées"}
OFFERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One line of the list; ``notes`` are short things to know, each with the kind of its badge."""

    id: UUID
    name: str
    job: str
    employer: str
    state: str
    kind: str
    since: date
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Where the card stands, and whether it may leave."""

    agrees: bool
    approved: bool
    sent_on: date | None
    skills: tuple[str, ...]
    licences: tuple[str, ...]
    available_on: date | None


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One application with all that a coach or a case manager may read of it."""

    id: UUID
    household_id: UUID
    name: str
    job: str
    employer: str
    place: str
    state: str
    state_label: str
    kind: str
    since: date
    reason: str
    contract: str
    contract_code: str
    offered_contract: str
    interview_on: date | None
    start_on: date | None
    last_day: date | None
    trial_ends_on: date | None
    trial_passed_on: date | None
    ended_on: date | None
    outward_min: int | None
    back_min: int | None
    card: Card | None
    words: tuple[str, ...]
    words_differ: bool
    outcome: OutcomeView | None
    question: str
    link_waits: date | None
    history: tuple[history.Line, ...]
    acts: tuple[tuple[str, str], ...]
    revision: int


def applications_of(actor: Actor) -> QuerySet[Application]:
    """Return the applications of the persons that the actor follows."""
    if actor.role not in READERS:
        raise Http404
    found: QuerySet[Application] = Application.objects.visible_to(actor)
    return found


def as_listed(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Add what a line of the list shows."""
    return rows.select_related("person", "offer").defer(
        "snapshot", "offer__search", "offer__description", "person__search"
    )


def followed_by_me(rows: QuerySet[Application], actor: Actor) -> QuerySet[Application]:
    """Keep those of the households that the actor herself follows."""
    mine = open_links(actor).filter(assignments__membership_id=actor.membership_id, assignments__until__isnull=True)
    return rows.filter(Exists(mine.filter(household=OuterRef("household"))))


def searched(rows: QuerySet[Application], text: str) -> QuerySet[Application]:
    """Keep those that a name, a job or an employer finds."""
    for word in text.split()[:4]:
        rows = rows.filter(
            Q(person__first_name__istartswith=word) | Q(person__last_name__istartswith=word)
            | Q(offer__title__icontains=word) | Q(offer__employer__icontains=word)
        )
    return rows


def rows_of(actor: Actor, rows: Iterable[Application]) -> list[ApplicationRow]:
    """Return the lines of one page of the list."""
    return [
        ApplicationRow(
            row.pk, name_of(row.person, actor), row.offer.title, row.offer.employer, row.get_state_display(),
            kind_of(row.state), row.since, tuple(_notes(row, actor)),
        )
        for row in rows
    ]


def kind_of(state: str) -> str:
    """Return the kind of the badge of a state."""
    if state in IN_WORK:
        return "ok"
    return "quiet" if state in CLOSED | LOST else "info"


def _notes(row: Application, actor: Actor) -> Iterable[tuple[str, str]]:
    if row.words_differ:
        yield "paroles différentes", "stop"
    if row.state in BEFORE_HIRE and row.sent_on is None:
        yield "fiche à envoyer", "warn"
    asked = buttons.question(row, actor.today)
    if asked is not None:
        yield f"point à {asked.months} mois", "warn"


def application_page(actor: Actor, application_id: UUID) -> ApplicationPage:
    """Return the page of one application, or the 404 of a page that does not exist."""
    row = applications_of(actor).select_related("person", "offer").defer("offer__search").filter(
        pk=application_id
    ).first()
    if row is None:
        raise Http404
    person, today = row.person, actor.today
    asked = buttons.question(row, today)
    said = two_words.words_of(two_words.acts_of(row))
    waits = EmployerLink.objects.filter(
        application=row, used_at__isnull=True, closed_at__isnull=True, expires_on__gte=today
    ).exclude(sent_to="").order_by("created_at").first()
    card = Card(
        agrees(row), row.card_approved_at is not None, row.sent_on, tuple(person.skills), tuple(person.licences),
        person.available_on,
    )
    return ApplicationPage(
        id=row.pk, household_id=row.household_id, name=name_of(person, actor), job=row.offer.title,
        employer=row.offer.employer, place=commune_name(row.offer.commune), state=row.state,
        state_label=row.get_state_display(), kind=kind_of(row.state), since=row.since, reason=_reason(row, today),
        contract=ENGAGEMENT_NAMES.get(row.contract, ""), contract_code=row.contract,
        offered_contract=row.offer.contract, interview_on=row.interview_on, start_on=row.start_on,
        last_day=row.last_day, trial_ends_on=row.trial_ends_on, trial_passed_on=row.trial_passed_on,
        ended_on=row.ended_on if row.state in LOST else None, outward_min=row.snapshot.get("outward_min"),
        back_min=row.snapshot.get("back_min"), card=card if row.state in BEFORE_HIRE else None,
        words=tuple(one.sentence for one in said.values()), words_differ=row.words_differ,
        outcome=outcome_of(row, today), question=asked.question if asked is not None else "",
        link_waits=waits.created_at.date() if waits is not None else None,
        history=tuple(history.lines_of(actor, row)),
        acts=tuple((one.action, one.label) for one in buttons.possible(row, str(actor.role), today)),
        revision=row.revision,
    )


def _reason(row: Application, today: date) -> str:
    if row.state in LOST:
        return end_words(row.state, row.reason)
    if row.state not in CLOSED or not row.reason:
        return "offre pourvue ou retirée" if row.last_action == "close_offer" else ""
    return reason_words(row.last_action, row.reason, today)


# Opening one.

@dataclass(frozen=True, slots=True)
class Choice:
    """One job that may be proposed in one tap: to whom, which one, and how far when it is known."""

    person_id: UUID
    person: str
    offer_id: UUID
    job: str
    employer: str
    place: str
    minutes: int | None
    has_one: bool


def choices_of_tandem(actor: Actor, tandem_id: UUID) -> tuple[Household, list[Choice]]:
    """Return the jobs of a tandem that the actor sees, for the household that it is of."""
    tandem = Tandem.objects.visible_to(actor).select_related("household").filter(pk=tandem_id).first()
    if tandem is None or actor.role is not Role.EMPP:
        raise Http404
    jobs = TandemJob.objects.filter(tandem=tandem).select_related("person", "offer").defer("offer__search")
    return tandem.household, [
        _choice(actor, job.person, job.offer, max(job.outward_min, job.back_min))
        for job in jobs.order_by("person__number") if job.offer.state == OfferState.OPEN
    ]


def choices_of_person(actor: Actor, person: Person, text: str) -> list[Choice]:
    """Return the open offers that a text finds, for one person; none for no text."""
    if not text.strip():
        return []
    found = found_by(Offer.objects.visible_to(actor).filter(state=OfferState.OPEN), text).defer("search")
    return [_choice(actor, person, offer, None) for offer in found.order_by("title", "pk")[:OFFERS_SHOWN]]


def _choice(actor: Actor, person: Person, offer: Offer, minutes: int | None) -> Choice:
    has_one = Application.objects.filter(
        person=person, offer=offer, state__in=sorted(BEFORE_HIRE | IN_WORK)
    ).exists()
    return Choice(
        person.pk, name_of(person, actor), offer.pk, offer.title, offer.employer, commune_name(offer.commune), minutes,
        has_one,
    )


def of_household(actor: Actor, household_id: UUID) -> list[ApplicationRow]:
    """Return the applications of a household, the latest first; none for a role that reads none."""
    if actor.role not in READERS:
        return []
    found = as_listed(applications_of(actor).filter(household_id=household_id)).order_by("-opened_on", "pk")
    return rows_of(actor, found)


def may_be_sent(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Keep those whose card has not left while the person agrees that it does."""
    agreed = Consent.objects.filter(
        household=OuterRef("household"), purpose=Purpose.EMPLOYER_CARD, withdrawn_at__isnull=True
    )
    return rows.filter(
        Exists(agreed), sent_on__isnull=True, card_approved_at__isnull=False, state__in=sorted(BEFORE_HIRE)
    )


def in_pool(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Keep those whom an employer keeps in mind."""
    return rows.filter(state=JobState.IN_POOL)
