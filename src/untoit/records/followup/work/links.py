"""
The links by which an employer answers one question without an account: one e-mail a day, all its questions in it.

A token is drawn from the secret of the installation and the link, so that an e-mail that was cut short is written again
with the same addresses; the database keeps its hash only. Reading the page changes nothing (mail scanners read it); the
answer is a button, once, and may be corrected for a day.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles.job_track import CLOSED, IN_WORK, LOST, JobState
from untoit.core.wording import counted, typography
from untoit.records.desk.services import open_task
from untoit.records.events.links import ALPHABET, digest
from untoit.records.followup.models import Application, EmployerLink, TrackAct
from untoit.records.followup.tracks import owners
from untoit.records.followup.work import buttons, openings, statements
from untoit.records.followup.work.contacts import contact_of
from untoit.records.followup.work.moves import move
from untoit.records.followup.work.rewind import take_back
from untoit.records.followup.work.words import ends_for, reasons_for
from untoit.records.partners.models import OrganisationKind, Role
from untoit.records.partners.rights import Actor

log = logging.getLogger(__name__)

EXPIRES, CORRECTED_WITHIN = timedelta(days=30), timedelta(hours=24)
# After an interview, the time to make up one's mind.
AFTER_INTERVIEW = timedelta(days=2)
TOKEN_LENGTH = 22
INTERVIEW = "interview_outcome"
QUESTIONS = {
    INTERVIEW: "Quelle suite donnez-vous à l'entretien ?", "hold_1m": "Toujours en poste à 1 mois ?",
    "hold_3m": "Toujours en poste à 3 mois ?", "hold_6m": "Toujours en poste à 6 mois ?",
}
YES, NO = "yes", "no"
_HOLD_CHOICES = {YES: "Oui, toujours en poste", NO: "Non, contrat terminé"}
_INTERVIEW_CHOICES = {
    "offer": "Nous proposons le poste", "pool": "À garder dans le vivier", "no_show": "N'est pas venu·e",
    NO: "Pas de suite",
}


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the page shows: a first name, a job, a question, its answers; nothing else of anybody."""

    first_name: str
    job: str
    question: str
    choices: Mapping[str, str]
    reasons: Mapping[str, str]
    asks_for_a_day: bool
    answered: str
    until: datetime | None


def token_of(link_id: UUID) -> str:
    """Return the token of a link: 22 signs among 58, some 128 bits."""
    left = int.from_bytes(salted_hmac("untoit.records.followup.work.links", str(link_id), algorithm="sha256").digest())
    found = []
    for _ in range(TOKEN_LENGTH):
        left, one = divmod(left, len(ALPHABET))
        found.append(ALPHABET[one])
    return "".join(found)


def address_of(link_id: UUID) -> str:
    """Return the address that the e-mail bears."""
    return f"{settings.SITE_URL}/r/{token_of(link_id)}/"


# What is asked, and the e-mail.

def asked_on(row: Application, on: date) -> str:
    """Return the code of the question to put to the employer on that day, nothing when there is none."""
    if row.state == JobState.INTERVIEW_PLANNED:
        return INTERVIEW if row.interview_on is not None and row.interview_on + AFTER_INTERVIEW <= on else ""
    due = buttons.question(row, on)
    return due.yes if due is not None else ""


def ask_employers(*, at: datetime) -> int:
    """Open the links of the questions that are due, and send each employer its e-mail; return how many e-mails left."""
    today = timezone.localdate(at)
    for organisation, rows in _due(today).items():
        if not _written_to(organisation, today):
            for row, question in rows:
                _open(row, question, at)
    waiting = EmployerLink.objects.filter(sent_to="", used_at__isnull=True, closed_at__isnull=True)
    organisations = waiting.order_by().values_list("application__organisation_id", flat=True).distinct()
    return sum(_sent(organisation, at) for organisation in sorted(organisations))


def _sent(organisation_id: UUID, at: datetime) -> int:
    """Send the e-mail of one employer; one that the mail server refuses keeps nobody else's from leaving."""
    try:
        return _send(organisation_id, at)
    except OSError:
        log.exception("the questions to an employer did not leave; the next round tries again")
        return 0


def _due(today: date) -> dict[UUID, list[tuple[Application, str]]]:
    states = sorted({*IN_WORK, JobState.INTERVIEW_PLANNED})
    rows = Application.objects.filter(
        state__in=states, organisation__kind=OrganisationKind.EMPLOYER
    ).defer("snapshot").order_by("organisation_id", "pk")
    waiting = EmployerLink.objects.filter(used_at__isnull=True, closed_at__isnull=True)
    open_now = set(waiting.values_list("application_id", "question"))
    found: dict[UUID, list[tuple[Application, str]]] = defaultdict(list)
    for row in rows.iterator(chunk_size=2000):
        question = asked_on(row, today)
        # A link that waits is not sent again: the coach calls instead.
        if question and (row.pk, question) not in open_now and (row.state in IN_WORK or row.sent_on is not None):
            found[row.organisation_id].append((row, question))
    return found


def _written_to(organisation_id: UUID, today: date) -> bool:
    """Whether the employer had its e-mail of the day."""
    return EmployerLink.objects.filter(
        application__organisation_id=organisation_id, created_at__date=today
    ).exclude(sent_to="").exists()


def _open(row: Application, question: str, at: datetime) -> None:
    key = uuid4()
    try:
        with transaction.atomic():
            EmployerLink.objects.create(
                pk=key, application=row, question=question, token_hash=digest(token_of(key)), created_at=at,
                expires_on=timezone.localdate(at) + EXPIRES,
            )
    except IntegrityError:
        # Another worker opened it at the same instant: its e-mail is the one that leaves.
        return


@transaction.atomic
def _send(organisation_id: UUID, at: datetime) -> int:
    """Send the e-mail of one employer; killed before the commit, it leaves again with the same addresses."""
    links = list(
        EmployerLink.objects.filter(
            application__organisation_id=organisation_id, sent_to="", used_at__isnull=True, closed_at__isnull=True
        ).select_related("application__person", "application__offer").select_for_update(of=("self",), skip_locked=True)
        .order_by("created_at", "pk")
    )
    contact = contact_of(organisation_id)
    if not links or contact is None:
        return 0
    name = uuid5(organisation_id, f"{timezone.localdate(at):%F}")
    EmailMessage(
        "Une question sur vos entretiens et vos embauches" if len(links) == 1
        else f"{len(links)} questions sur vos entretiens et vos embauches",
        _words(links), settings.DEFAULT_FROM_EMAIL, [contact.email],
        headers={"Message-ID": f"<{name}@questions.invalid>", "Auto-Submitted": "auto-generated"},
    ).send()
    EmployerLink.objects.filter(pk__in=[one.pk for one in links]).update(sent_to=contact.email)
    return 1


def _words(links: list[EmployerLink]) -> str:
    lines = "\n\n".join(
        f"{_first_name(one)}, {one.application.offer.title} : {QUESTIONS[one.question]}\n{address_of(one.pk)}"
        for one in links
    )
    days = counted(EXPIRES.days, "jour", "jours")
    return typography(
        f"Bonjour,\n\nUn clic suffit pour répondre, sans compte ni mot de passe.\n\n{lines}\n\n"
        f"Chaque adresse sert une fois et reste ouverte {days}. Merci de ne pas la transférer.\n\nRencontres emploi"
    )


def _first_name(link: EmployerLink) -> str:
    return link.application.person.first_name or "La personne reçue"


def call_instead(*, at: datetime) -> int:
    """Ask the coach to call the employers who have not answered in time; return how many tasks there are."""
    today = timezone.localdate(at)
    days = int(parameters.at("followup/job_outcomes", today)["answer_days"])
    late = EmployerLink.objects.filter(
        used_at__isnull=True, closed_at__isnull=True, created_at__date__lte=today - timedelta(days=days)
    ).exclude(sent_to="").select_related("application").order_by("created_at")
    count = 0
    for link in late:
        keeper = owners.following(link.application.household_id, Role.EMPP, at)
        if keeper is None or not _still_asked(link):
            continue
        open_task(
            kind=link.question, organisation=keeper.organisation_id, role=keeper.role, owner=keeper.member,
            subject_kind="application", subject_id=link.application_id, due_on=today, at=at,
            why="L'employeur n'a pas répondu au message : l'appeler, ou demander à la personne.",
        )
        count += 1
    return count


# The page and the answer.

def of_token(token: str, *, at: datetime) -> EmployerLink | None:
    """Return the link that a token opens now: unused and not expired, or used less than a day ago to be corrected."""
    if len(token) != TOKEN_LENGTH or not set(token) <= set(ALPHABET):
        return None
    found: EmployerLink | None = (
        EmployerLink.objects.select_related("application__person", "application__offer")
        .filter(token_hash=digest(token)).first()
    )
    return found if found is not None and _opens(found, at) else None


def _opens(link: EmployerLink, at: datetime) -> bool:
    if link.used_at is not None:
        return at - link.used_at <= CORRECTED_WITHIN and not _acted_since(link)
    return link.closed_at is None and timezone.localdate(at) <= link.expires_on and _still_asked(link)


def _still_asked(link: EmployerLink) -> bool:
    """Whether the application stands where the question has a sense: an offer may have been filled meanwhile."""
    state = link.application.state
    return state == JobState.INTERVIEW_PLANNED if link.question == INTERVIEW else state in IN_WORK


def _acted_since(link: EmployerLink) -> bool:
    """Whether somebody else wrote since the answer: it is then no longer the employer's to change."""
    return TrackAct.objects.filter(
        track="job", subject_id=link.application_id, at__gt=link.used_at
    ).exclude(how__in=("link", "effect", "clock")).exists()


def page_of(link: EmployerLink, *, at: datetime) -> LinkPage:
    """Return what the page of a link shows."""
    today = timezone.localdate(at)
    interview = link.question == INTERVIEW
    choices = _INTERVIEW_CHOICES if interview else _HOLD_CHOICES
    return LinkPage(
        _first_name(link), link.application.offer.title, typography(QUESTIONS[link.question]), choices,
        reasons_for("turn_down", today) if interview else ends_for(today), not interview,
        typography(choices.get(link.answer, "")), link.used_at + CORRECTED_WITHIN if link.used_at else None,
    )


@transaction.atomic
def answer(
    *, token: str, choice: str, at: datetime, ended_on: date | None = None, reason: str = ""
) -> EmployerLink | None:
    """
    Record the answer of a link, or its correction within a day; ``None`` when the token opens nothing.

    Raises
    ------
    Refused
        When a day or a reason is missing or cannot be; nothing has changed, and the link still opens.
    """
    seen = of_token(token, at=at)
    if seen is None:
        return None
    openings.locked(seen.application.offer_id)
    row = Application.objects.select_for_update(of=("self",)).get(pk=seen.application_id)
    link = EmployerLink.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if not _opens(link, at):
        return None
    if link.used_at is not None and link.answer == choice and not ended_on:
        return link
    by = Actor(role=Role.EMPL, at=at, organisation_id=row.organisation_id)
    if link.question == INTERVIEW:
        _after_interview(row, link, choice, reason, by, at)
    else:
        _still_there(row, link, choice, ended_on, reason, by, at)
    link.used_at, link.answer = link.used_at or at, choice
    link.save(update_fields=["used_at", "answer"])
    EmployerLink.objects.filter(
        application=row, used_at__isnull=True, closed_at__isnull=True
    ).exclude(pk=link.pk).update(closed_at=at)
    return link


def _still_there(
    row: Application, link: EmployerLink, choice: str, ended_on: date | None, reason: str, by: Actor, at: datetime
) -> None:
    if choice not in _HOLD_CHOICES:
        raise Refused("Répondez par oui ou par non.")
    if link.used_at is not None and row.state in LOST:
        # The table leaves this act to the coach; the employer takes its own word back within the day.
        move(
            row, "restore", {"reason": "ANSWER"}, by=by, at=at, how="link", as_role=str(Role.EMPP),
        )
    statements.said(row, present=choice == YES, by=by, at=at, ended_on=ended_on, reason=reason, how="link")


def _after_interview(
    row: Application, link: EmployerLink, choice: str, reason: str, by: Actor, at: datetime
) -> None:
    if choice not in _INTERVIEW_CHOICES:
        raise Refused("Choisissez une suite.")
    if choice == NO and reason not in reasons_for("turn_down", timezone.localdate(at)):
        raise Refused("Choisissez une raison de la liste.")
    if link.used_at is not None:
        if row.state not in CLOSED | {JobState.OFFERED, JobState.IN_POOL, JobState.APPLIED, JobState.INTERVIEWED}:
            raise Refused("La suite a changé depuis : dites-le à la personne qui vous a présenté cette candidature.")
        take_back(row, because="ANSWER", by=by, at=at, how="link")
    if choice == "no_show":
        if row.state == JobState.INTERVIEW_PLANNED:
            move(row, "miss_interview", {}, by=by, at=at, how="link")
        return
    if row.state in (JobState.APPLIED, JobState.INTERVIEW_PLANNED):
        seen_on = min(row.interview_on or timezone.localdate(at), timezone.localdate(at))
        move(row, "record_interview", {"interviewed_on": seen_on}, by=by, at=at, how="link")
    match choice:
        case "offer":
            move(row, "offer", {"contract": row.offer.contract}, by=by, at=at, how="link")
        case "pool" if row.state != JobState.IN_POOL:
            move(row, "keep_in_pool", {}, by=by, at=at, how="link")
        case "no":
            move(row, "turn_down", {"reason": reason}, by=by, at=at, how="link")
