"""What an employer said at a table of an event, as acts on the application: the job half of ``from_events``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from untoit.core.lifecycles.job_track import BEFORE_HIRE, IN_WORK, JobState
from untoit.core.model.months import months_after
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import open_task
from untoit.records.events.models import EmployerOutcome, Meeting, StandOffer
from untoit.records.followup.models import Application
from untoit.records.followup.tracks import owners
from untoit.records.followup.work import openings
from untoit.records.followup.work.applications import open_for
from untoit.records.followup.work.moves import move
from untoit.records.followup.work.rewind import take_back
from untoit.records.followup.work.words import WITH_A_TERM
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

_TO_FIX = timedelta(days=3)


def offer_of(meeting: Meeting) -> Offer | None:
    """Return the job that was spoken of: that of the meeting, else the only one that the stand showed."""
    if meeting.offer_id is not None:
        return Offer.objects.defer("search").get(pk=meeting.offer_id)
    shown = list(StandOffer.objects.filter(stand_id=meeting.stand_id).values_list("offer_id", flat=True)[:2])
    return Offer.objects.defer("search").get(pk=shown[0]) if len(shown) == 1 else None


def row_for(meeting: Meeting, offer: Offer, *, by: Actor, at: datetime) -> Application:
    """Return the open application of the person for this job, locked, opening it when there is none."""
    openings.locked(offer.pk)
    person = meeting.registration.person
    open_states = sorted(BEFORE_HIRE | IN_WORK)
    found = Application.objects.select_for_update(of=("self",)).filter(
        person=person, offer=offer, state__in=open_states
    ).first()
    if found is not None:
        return found
    tandem = meeting.registration.tandem
    fits = tandem is not None and tandem.jobs.filter(person=person, offer=offer).exists()
    return open_for(
        person=person, offer=offer, by=by, at=at, tandem=tandem if fits else None, source="event",
        event=meeting.event, how="event",
    )


def follow(row: Application, sheet: EmployerOutcome, *, corrects: bool, by: Actor, at: datetime) -> None:
    """
    Do on a locked application what the sheet says; ``corrects``: it was followed before, and says something else now.

    Raises
    ------
    Refused
        When the track stands where the sheet no longer has a sense; the caller then tells a person.
    """
    on = sheet.meeting.event.on
    if corrects:
        take_back(row, because="SHEET", by=by, at=at, how="event")
    if sheet.decision == "hire" and row.state in IN_WORK | {JobState.OFFERED}:
        return
    came = not (sheet.decision == "no" and sheet.reason_code == "NO_SHOW")
    if came and row.state in (JobState.APPLIED, JobState.INTERVIEW_PLANNED):
        _move(row, "record_interview", {"interviewed_on": on}, on, by, at)
    match sheet.decision:
        case "hire":
            _hire(row, sheet, on, by, at)
        case "second" if sheet.next_on is not None:
            _move(row, "plan_interview", {"interview_on": sheet.next_on}, on, by, at)
        case "second":
            _ask_for_a_day(row, at)
        case "pool" if row.state != JobState.IN_POOL:
            _move(row, "keep_in_pool", {}, on, by, at)
        case "no":
            _move(row, "turn_down", {"reason": sheet.reason_code}, on, by, at)


def _move(row: Application, action: str, given: dict[str, Any], on: date, by: Actor, at: datetime) -> None:
    # The sheet tells the employer's word, whoever typed it: the organisation of its author stands beside.
    move(
        row, action, given, by=by, at=at, on=min(on, timezone.localdate(at)), how="event", as_role=str(Role.EMPL)
    )


def _hire(row: Application, sheet: EmployerOutcome, on: date, by: Actor, at: datetime) -> None:
    """Hire when the contract is known whole (its kind, its first day, its term); otherwise the job is offered."""
    offer, start = row.offer, sheet.next_on
    last = _last_day(offer, start)
    if start is None or (offer.contract in WITH_A_TERM and last is None):
        _move(row, "offer", {"contract": offer.contract}, on, by, at)
        return
    _move(row, "hire", {"contract": offer.contract, "start_on": start, "last_day": last}, on, by, at)


def _last_day(offer: Offer, start: date | None) -> date | None:
    months = offer.duration_months
    if start is None or not months or months != int(months):
        return None
    return months_after(start, int(months)) - timedelta(days=1)


def _ask_for_a_day(row: Application, at: datetime) -> None:
    keeper = owners.of_organisation(row.organisation, Role.EMPL)
    open_task(
        kind=TaskKind.INTERVIEW_OUTCOME, organisation=keeper.organisation_id, role=keeper.role, at=at,
        subject_kind="application", subject_id=row.pk, due_on=timezone.localdate(at) + _TO_FIX,
        why="Un deuxième entretien est annoncé, sans date : fixez-la.",
    )


def row_again(application_id: Any) -> Application:
    """Return the application that a first version of the sheet opened, locked after its offer."""
    offer_id = Application.objects.filter(pk=application_id).values_list("offer_id", flat=True).get()
    openings.locked(offer_id)
    return Application.objects.select_for_update(of=("self",)).get(pk=application_id)
