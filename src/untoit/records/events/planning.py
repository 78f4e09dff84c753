"""
The computation of a timetable by the worker: from the records of now, with the locks, to the best found in its time.

A job is computed under a lock of the database that dies with the process: one that was killed is taken up again from
the start. What came out is written only where nothing that it read has changed meanwhile.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from untoit.core import timetabling as core
from untoit.core.errors import UntoitError
from untoit.core.wording import number, typography
from untoit.records.events import seating, timetable
from untoit.records.events.models import Event, PlanJob
from untoit.records.events.timetable import Problem
from untoit.records.partners.journal import note_act

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# By rounds that start from the best so far: whoever asks to stop waits for one at most, and keeps what was found.
ROUND_S = 10.0
_TOLD_EVERY_S = 0.5
_CHANGED = (
    "Le planning, les stands ou les personnes qui viennent ont changé pendant le calcul : rien n'a été écrit. "
    "Lancez-le de nouveau."
)
_UNEXPECTED = "Le calcul s'est arrêté sur une erreur imprévue, qui a été notée. Vous pouvez le recommencer."


class _StopAsked(Exception):
    """Somebody asked to stop: the best so far is kept."""


def work_through(now: Clock = timezone.now) -> int:
    """Compute every job that waits, or whose process died, and return how many."""
    done = 0
    for job_id in list(PlanJob.objects.filter(done_at__isnull=True).order_by("asked_at").values_list("pk", flat=True)):
        done += compute(job_id, now)
    return done


def compute(job_id: UUID, now: Clock = timezone.now) -> bool:
    """Compute one job and write its timetable; return whether this process did."""
    with _alone(job_id) as mine:
        if not mine:
            return False
        job = PlanJob.objects.select_related("event").filter(pk=job_id, done_at__isnull=True).first()
        if job is None:
            return False
        try:
            problem = timetable.problem_of(job.event, at=now())
            found = _search(job, problem)
            _finish(job, problem, found, now())
        except UntoitError as refusal:
            _fail(job, refusal.sentence, now())
        except Exception:
            log.exception("timetable stopped", extra={"job": str(job.pk)})
            _fail(job, _UNEXPECTED, now())
    return True


def to_solve(problem: Problem) -> tuple[core.Event, tuple[core.Meeting, ...]]:
    """
    Return what the engine is asked: those who are absent left out, and the present timetable to start from.

    What is locked is imposed there, and what people were told stays as long as it breaks nothing.
    """
    event = problem.event
    if problem.absent:
        event = replace(event, candidates=tuple(one for one in event.candidates if one.id not in problem.absent))
    return event, tuple(one for one in problem.given if one.candidate not in problem.absent)


def _search(job: PlanJob, problem: Problem) -> core.Timetable:
    """Return the best timetable found in the time given, or before if somebody asked to stop."""
    event, given = to_solve(problem)
    tell = _Teller(job)
    best = core.plan(event, given=given, seconds=0)
    try:
        tell(best.value, best.bound)
        while (left := job.seconds - tell.elapsed) > _TOLD_EVERY_S:
            better = core.plan(event, given=best.meetings, seconds=min(left, ROUND_S), on_progress=tell)
            same = better.value <= best.value
            best = replace(better if not same else best, bound=min(best.bound, better.bound))
            if best.value >= best.bound or (same and better.seconds < ROUND_S / 2):
                break
    except _StopAsked:
        log.info("timetable: stopped on demand")
    gap = (best.bound - best.value) / max(abs(best.bound), 1)
    return replace(best, gap=gap, seconds=tell.elapsed)


class _Teller:
    """Writes the progress of a job, a few times a second at most, and reads whether somebody asked to stop."""

    def __init__(self, job: PlanJob) -> None:
        self._job, self._start, self._last = job, time.monotonic(), 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    def __call__(self, value: int, bound: int) -> None:
        if self._last and self.elapsed - self._last < _TOLD_EVERY_S:
            return
        self._last = self.elapsed
        mine = PlanJob.objects.filter(pk=self._job.pk)
        stage = typography(f"Meilleur planning : {number(value)} points, au plus {number(bound)}")
        mine.update(progress=min(self.elapsed / max(self._job.seconds, 1), 0.99), stage=stage[:80])
        if mine.filter(stop_asked_at__isnull=False).exists():
            raise _StopAsked


@transaction.atomic
def _finish(job: PlanJob, problem: Problem, found: core.Timetable, at: datetime) -> None:
    event = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=job.event_id)
    timetable.require_preparing(event)
    # On the day, time itself has gone on: what has begun since is no change.
    again = timetable.problem_of(event, at=at)
    if replace(again, given=()).fingerprint != replace(problem, given=()).fingerprint or _moved(again, problem):
        _fail(job, typography(_CHANGED), at)
        return
    core_event, _ = to_solve(again)
    wanted = [*found.meetings, *(one for one in again.given if one.candidate in again.absent)]
    written = seating.write(again, wanted, because="plan")
    job.result = _result(core_event, found, event)
    job.result |= {
        "added": len(written.added), "moved": len(written.moved), "cancelled": len(written.cancelled),
        "stopped": PlanJob.objects.filter(pk=job.pk, stop_asked_at__isnull=False).exists(),
    }
    job.done_at, job.progress, job.stage, job.failure = at, 1.0, "", ""
    job.save(update_fields=["result", "done_at", "progress", "stage", "failure"])
    note_act(
        None, "timetable.planned", "event", event.pk, at=at, meetings=len(found.meetings), value=found.value,
        bound=found.bound,
    )


def _moved(again: Problem, before: Problem) -> bool:
    return [one.place for one in again.given] != [one.place for one in before.given] or (
        again.row.planned_version != before.row.planned_version
    )


def _result(event: core.Event, found: core.Timetable, row: Event) -> dict[str, Any]:
    """Return what the page tells: counts and sentences, and identifiers rather than names."""
    return {
        "meetings": len(found.meetings), "value": found.value, "bound": found.bound, "gap": round(found.gap, 4),
        "seconds": round(found.seconds, 2), "engine": found.engine, "version": row.planned_version,
        "missing": [
            {"registration": one.candidate, "stand": one.stand, "code": one.code, "sentence": one.sentence}
            for one in found.missing
        ],
        "statistics": _figures(core.statistics(event, found.meetings)),
        "first_come": _figures(core.statistics(event, core.first_come(event).meetings)),
    }


def _figures(found: core.Statistics) -> dict[str, Any]:
    return {
        name: getattr(found, name) for name in (
            "interviews", "talks", "desks", "people", "without_talk", "below_minimum", "mean_idle", "max_idle",
            "mean_stay", "idle_share",
        )
    }


@transaction.atomic
def _fail(job: PlanJob, why: str, at: datetime) -> None:
    job.done_at, job.failure, job.stage = at, why[:300], ""
    job.save(update_fields=["done_at", "failure", "stage"])


@contextmanager
def _alone(job_id: UUID) -> Iterator[bool]:
    """Hold the lock of this job, which the database gives back by itself when this process dies."""
    key = job_id.int % (1 << 62)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
