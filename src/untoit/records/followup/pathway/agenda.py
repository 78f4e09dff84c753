"""
What stands in somebody's calendar: own appointments, visits, interviews, sessions, tasks; a person's own dates.

A calendar is read over a shoulder and shared with a family or a team: no name, no place, no address. A household is
four signs, which the page of the pathway shows too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac

from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.lifecycles.job_track import JobState
from untoit.core.lifecycles.pathway_track import AppointmentState
from untoit.core.wording import typography
from untoit.records.desk.models import Task
from untoit.records.events.links import ALPHABET
from untoit.records.events.models import Registration
from untoit.records.followup.models import Application, Appointment, PathwayItem, Proposal, Session
from untoit.records.followup.models.committee import SessionState
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.pathway.steps import STILL
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

BEFORE, AFTER = timedelta(days=30), timedelta(days=180)
_SESSION_MIN, _CODE_LENGTH = 180, 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a calendar: at an hour, or a whole day; ``page`` says what it is about (kind, key)."""

    key: str
    title: str
    on: date
    starts_at: datetime | None
    minutes: int
    page: tuple[str, UUID]


def file_code(household_id: UUID) -> str:
    """Return the four signs by which a calendar names a household; they lead nowhere by themselves."""
    left = int.from_bytes(salted_hmac("untoit.records.followup.agenda", str(household_id), algorithm="sha256").digest())
    found = ""
    for _ in range(_CODE_LENGTH):
        left, one = divmod(left, 30)
        # Digits and capitals only: it may be said over the telephone.
        found += ALPHABET[one]
    return found


def entries_of(actor: Actor) -> list[Entry]:
    """Return the calendar of the actor, from a month ago to six months ahead, in order."""
    first, last = actor.today - BEFORE, actor.today + AFTER
    found = [*_own(actor, first, last)] if actor.role is Role.CAND else [*_work(actor, first, last)]
    return sorted(found, key=lambda one: (one.on, one.starts_at or _midnight(one.on), one.key))


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))


def _hour(key: str, title: str, at: datetime, minutes: int, page: tuple[str, UUID]) -> Entry:
    return Entry(key, typography(title), timezone.localdate(at), at, minutes, page)


def _day(key: str, title: str, on: date, page: tuple[str, UUID]) -> Entry:
    return Entry(key, typography(title), on, None, 0, page)


def _planned(actor: Actor, first: date, last: date) -> Iterator[tuple[Appointment, UUID, UUID]]:
    rows = Appointment.objects.visible_to(actor).filter(
        state=AppointmentState.PLANNED, at__date__gte=first, at__date__lte=last
    ).select_related("pathway")
    for row in rows if actor.role is Role.CAND else rows.filter(with_whom_id=actor.membership_id):
        yield row, row.pathway.household_id, row.pathway.person_id


def _interviews(actor: Actor, days: tuple[date, date]) -> Iterator[tuple[Application, date]]:
    for row in Application.objects.visible_to(actor).filter(
        state=JobState.INTERVIEW_PLANNED, interview_on__range=days
    ).only("pk", "household_id", "interview_on"):
        if row.interview_on is not None:
            yield row, row.interview_on


def _work(actor: Actor, first: date, last: date) -> Iterator[Entry]:
    for row, household, person in _planned(actor, first, last):
        yield _hour(f"a{row.pk}", f"Rendez-vous · dossier {file_code(household)}", row.at, row.minutes,
                    ("pathway", person))
    days = (first, last)
    if actor.role in (Role.LA, Role.PART):
        for proposal in Proposal.objects.visible_to(actor).filter(
            state=HousingState.VISIT_PLANNED, visit_on__range=days
        ).only("pk", "household_id", "visit_on"):
            assert proposal.visit_on is not None, "kept by the filter"
            yield _day(f"v{proposal.pk}", f"Visite · dossier {file_code(proposal.household_id)}", proposal.visit_on,
                       ("proposal", proposal.pk))
    if actor.role in (Role.EMPP, Role.EMPL):
        for job, on in _interviews(actor, days):
            yield _day(f"i{job.pk}", f"Entretien · dossier {file_code(job.household_id)}", on, ("application", job.pk))
    for session in Session.objects.visible_to(actor).filter(on__range=days).exclude(state=SessionState.CANCELLED):
        yield _hour(f"s{session.pk}", "Commission d'attribution",
                    _midnight(session.on) + timedelta(minutes=session.starts_min), _SESSION_MIN,
                    ("session", session.pk))
    for task in Task.objects.visible_to(actor).open().filter(owner_id=actor.membership_id, due_on__range=days):
        yield _day(f"t{task.pk}", f"À faire : {task.get_kind_display()}", task.due_on, ("task", task.pk))


def _own(actor: Actor, first: date, last: date) -> Iterator[Entry]:
    for row, _household, person in _planned(actor, first, last):
        yield _hour(f"a{row.pk}", "Rendez-vous", row.at, row.minutes, ("pathway", person))
    days = (first, last)
    for item in PathwayItem.objects.visible_to(actor).filter(
        kind=ItemKind.ACTION, state__in=STILL, by_person=True, due_on__range=days
    ).select_related("pathway"):
        assert item.due_on is not None, "an action has a day (action_has_a_day)"
        yield _day(f"p{item.pk}", "Une chose à faire", item.due_on, ("pathway", item.pathway.person_id))
    for seat in Registration.objects.visible_to(actor).filter(
        person__account_id=actor.user_id, state="confirmed", event__on__range=days
    ).exclude(event__state="cancelled").select_related("event", "wave"):
        event = seat.event
        starts = event.minute_of(seat.wave.first_slot) if seat.wave else event.starts_min
        yield _hour(f"e{seat.pk}", event.neutral_name, _midnight(event.on) + timedelta(minutes=starts),
                    max(event.ends_min - starts, 30), ("event", seat.pk))
    for proposal in Proposal.objects.visible_to(actor).filter(
        state__in=(HousingState.VISIT_PLANNED, HousingState.NOTIFIED)
    ).only("pk", "state", "visit_on", "answer_due_on"):
        if proposal.state == HousingState.VISIT_PLANNED and proposal.visit_on and first <= proposal.visit_on <= last:
            yield _day(f"v{proposal.pk}", "Visite", proposal.visit_on, ("proposal", proposal.pk))
        due = proposal.answer_due_on
        if proposal.state == HousingState.NOTIFIED and due and first <= due <= last:
            yield _day(f"o{proposal.pk}", "Dernier jour pour répondre", due, ("proposal", proposal.pk))
    for job, on in _interviews(actor, days):
        yield _day(f"i{job.pk}", "Entretien", on, ("application", job.pk))
