"""One act on a locked application: what it must say, the table, the openings of the offer, and whose word differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from untoit.core.lifecycles.job_track import JobState
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.followup.models import Application, EmployerLink, TrackAct
from untoit.records.followup.tracks import acts
from untoit.records.followup.work import openings, two_words
from untoit.records.followup.work.checks import HOLDS, checked, fact_day
from untoit.records.partners.rights import Actor

# What says something of the contract, and may be contradicted.
TELLING = frozenset({"break_trial", "end", "restore", *HOLDS})


def move(
    row: Application, action: str, given: Mapping[str, Any], *, by: Actor | None, at: datetime, on: date | None = None,
    how: str = "screen", as_role: str | None = None, caused_by: TrackAct | None = None,
) -> TrackAct:
    """
    Record one act on an application that the caller has locked, with all that follows.

    The caller locks the offer before the application for the acts of ``openings.TOUCH_OPENINGS``.

    Raises
    ------
    Refused
        When the table, a date or a reason does not allow it.
    """
    before, today = row.state, timezone.localdate(at)
    values = checked(row, action, given, today=today)
    if action == "hire":
        openings.require_one(openings.locked(row.offer_id))
    if action == "plan_interview":
        # Fixed again: what comes of it is asked after the new day.
        close_task(kind=TaskKind.INTERVIEW_OUTCOME, subject_id=row.pk, at=at, outcome="job.plan_interview")
    day = on or fact_day(action, values) or today
    act = acts.record(
        row=row, action=action, by=by, at=at, on=day, given=values, how=how, as_role=as_role, caused_by=caused_by
    )
    if before == JobState.OFFERED:
        close_task(kind=TaskKind.OFFER_ANSWER, subject_id=row.pk, at=at, outcome=f"job.{action}")
    openings.follow(row, before, act, by=by, at=at)
    if action == "restore":
        close_task(kind=TaskKind.JOB_TO_RESUME, subject_id=row.pk, at=at, outcome="job.restore")
    if action in TELLING:
        two_words.compare(row, at=at)
    _shut_links(row, how, at)
    return act


def _shut_links(row: Application, how: str, at: datetime) -> None:
    """Shut the links whose question has been answered otherwise: the one in use is marked by who answered it."""
    if how != "link":
        EmployerLink.objects.filter(application=row, used_at__isnull=True, closed_at__isnull=True).update(closed_at=at)
