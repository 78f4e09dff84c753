"""
The computation of runs, by the worker: one at a time, from frozen inputs, killed and resumed without a trace.

A run is claimed under a lock of the database that dies with the process. Its results are written in one transaction,
whatever the number of processes that computed it: there is one set of them, or none.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from untoit.core.budget import BudgetWorker
from untoit.core.errors import UntoitError
from untoit.core.lifecycles import CLOCK
from untoit.core.pairing.conduct import Outcome, StepClock, conduct, read_files
from untoit.core.pairing.policy import overrides_of
from untoit.core.pairing.records import RunMode, Settings
from untoit.core.pairing.run import Prepared, Tell
from untoit.records.desk import services as desk
from untoit.records.desk.models import TaskKind
from untoit.records.pairings import choices, results, snapshot, timetables
from untoit.records.pairings.lifecycle import RUN
from untoit.records.pairings.models import Run, RunState
from untoit.records.partners import journal
from untoit.records.partners.models import Role

log = logging.getLogger(__name__)

HEARTBEAT_S = 1.0
MOST_ATTEMPTS = 3
REVIEW_WITHIN = timedelta(days=7)
_LOCK = 0x756E746F6974  # any number that nothing else in this database locks
_INTERRUPTED = "Le calcul s'est interrompu trois fois de suite. Prévenez la personne qui administre la plateforme."
_UNEXPECTED = "Le calcul s'est arrêté sur une erreur imprévue, qui a été notée. Vous pouvez le recommencer."

# What was prepared for the last inputs: solving again with other choices takes the time of the choice alone.
_PREPARED: OrderedDict[str, Prepared] = OrderedDict()
_MOST_PREPARED = 2

Clock = Callable[[], datetime]


class Cancelled(Exception):  # the only way out of a computation from within
    """Somebody asked to stop."""


def work_through(worker: BudgetWorker | None, now: Clock = timezone.now) -> int:
    """
    Compute every run that waits, the oldest first, and return how many; another process at work is left to it.

    Whoever asks after the last look of that process finds the lock free: nobody is forgotten between the two.
    """
    done = 0
    while (run_id := _next_waiting()) is not None:
        with _alone() as mine:
            if not mine:
                return done
            # Under the lock, one that is "computing" is one whose process died.
            run_id = _next_waiting()
            if run_id is not None:
                compute(run_id, worker, now)
                done += 1
    return done


def compute(run_id: UUID, worker: BudgetWorker | None, now: Clock = timezone.now) -> None:
    """Compute one run from its frozen inputs; one that is computed already, or stopped, is left as it is."""
    run = _claim(run_id, now())
    if run is None:
        return
    try:
        with _heartbeat(run.pk, now) as tell:
            outcome, clock, refused = _outcome(run, worker, tell)
        _finish(run, outcome, clock, refused, now())
    except Cancelled:
        _stop(run.pk, "Arrêté à la demande.", now())
    except UntoitError as refusal:
        _stop(run.pk, refusal.sentence, now())
    except Exception:
        log.exception("run stopped", extra={"run": str(run.pk)})
        _stop(run.pk, _UNEXPECTED, now())


def settings_of(run: Run) -> Settings:
    """Return the settings that the core takes, as ``untoit match`` would read them from its arguments."""
    return Settings(
        on=run.on, mode=RunMode(run.mode), priority_per_mille=run.policy.priority_per_mille, seed=run.seed,
        workers=os.cpu_count() or 1, overrides=overrides_of(run.policy.settings),
    )


def _outcome(run: Run, worker: BudgetWorker | None, tell: Tell) -> tuple[Outcome, StepClock, int]:
    clock = StepClock(tell)
    settings = settings_of(run)
    if worker is not None:
        worker.start(run.on)
    clock("Lecture des données gelées", 0.0)
    with tempfile.TemporaryDirectory() as folder:
        records, _, refused = read_files(snapshot.unpack(run, Path(folder)))
    clock("Horaires", 0.0)
    network = timetables.network_of(run.feeds.all())
    prepared = _PREPARED.get(run.inputs_hash)
    picked = choices.to_core(run.choices, snapshot.keys_of(run))
    outcome = conduct(records, network, settings, worker, clock, choices=picked, prepared=prepared)
    _PREPARED[run.inputs_hash] = outcome.prepared
    _PREPARED.move_to_end(run.inputs_hash)
    while len(_PREPARED) > _MOST_PREPARED:
        _PREPARED.popitem(last=False)
    clock("Écriture", 0.0)
    clock.close()
    return outcome, clock, refused


@transaction.atomic
def _claim(run_id: UUID, at: datetime) -> Run | None:
    run = Run.objects.select_for_update(of=("self",)).select_related("policy", "parent").get(pk=run_id)
    if not RUN.may("start", run.state, CLOCK):
        return None
    run.attempts += 1
    if run.cancel_asked_at is not None or run.attempts > MOST_ATTEMPTS:
        _failed(run, "Arrêté à la demande." if run.cancel_asked_at else _INTERRUPTED, at)
        return None
    run.state = RUN.move("start", run.state, CLOCK)
    run.stage, run.progress, run.progress_at = "Démarrage", 0.0, at
    run.save(update_fields=["state", "attempts", "stage", "progress", "progress_at"])
    return run


@transaction.atomic
def _finish(run: Run, outcome: Outcome, clock: StepClock, refused: int, at: datetime) -> None:
    held = Run.objects.select_for_update(of=("self",)).select_related("parent").get(pk=run.pk)
    if not RUN.may("finish", held.state, CLOCK):
        return  # another process was first, or somebody stopped it
    if held.cancel_asked_at is not None:
        _failed(held, "Arrêté à la demande.", at)
        return
    held.result = results.tables(outcome, clock, fictitious=held.fictitious, refused=refused)
    held.certificate = results.certificate(outcome)
    results.write(held, outcome, snapshot.keys_of(held), held.result["versions"])
    held.state = RUN.move("finish", held.state, CLOCK)
    held.stage, held.progress, held.progress_at, held.computed_at, held.failure = "", 1.0, at, at, ""
    held.revision += 1
    held.save()
    _ask_for_reviews(held, at)
    journal.note_act(
        None, "run.computed", "run", held.pk, at=at, tandems=held.tandems.count(), unplaced=held.unplaced.count()
    )


def _ask_for_reviews(run: Run, at: datetime) -> None:
    """Open the task of the landlord, and that of each partner who follows a household that has a tandem."""
    from untoit.records.applicants.models import Link

    if run.parent_id is not None:
        desk.close_task(kind=TaskKind.RUN_TO_REVIEW, subject_id=run.parent_id, at=at, outcome="solved_again")
        desk.close_task(kind=TaskKind.RUN_TO_RELEASE, subject_id=run.parent_id, at=at, outcome="solved_again")
    due_on = timezone.localdate(at + REVIEW_WITHIN)
    desk.open_task(
        kind=TaskKind.RUN_TO_REVIEW, organisation=run.organisation_id, role=Role.LM, subject_kind="run",
        subject_id=run.pk, why="Un calcul est terminé : ses tandems attendent d'être relus.", due_on=due_on, at=at,
    )
    followed = Link.objects.filter(
        household__tandems__run=run, closed_at__isnull=True, expires_on__gte=timezone.localdate(at),
        organisation__kind__in=_REVIEWS_AS,
    ).values_list("organisation_id", "organisation__kind").distinct()
    for organisation_id, kind in followed:
        desk.open_task(
            kind=TaskKind.RUN_TO_REVIEW, organisation=organisation_id, role=_REVIEWS_AS[kind], subject_kind="run",
            subject_id=run.pk, why="Des tandems de personnes que vous suivez attendent votre avis.", due_on=due_on,
            at=at,
        )


_REVIEWS_AS = {"department": Role.DEP, "employment_partner": Role.EMPP}


@transaction.atomic
def _stop(run_id: UUID, why: str, at: datetime) -> None:
    run = Run.objects.select_for_update(of=("self",)).get(pk=run_id)
    if RUN.may("fail", run.state, CLOCK):
        _failed(run, why, at)


def _failed(run: Run, why: str, at: datetime) -> None:
    run.state = RUN.move("fail", run.state, CLOCK, {"reason": why})
    run.failure, run.stage, run.progress_at = why[:500], "", at
    run.revision += 1
    run.save()
    journal.note_act(None, "run.stopped", "run", run.pk, at=at)


def _next_waiting() -> UUID | None:
    waiting = Run.objects.filter(state__in=[RunState.DRAFT, RunState.COMPUTING]).order_by("created_at", "pk")
    return waiting.values_list("pk", flat=True).first()


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the lock of the runs, which the database gives back by itself when this process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@contextmanager
def _heartbeat(run_id: UUID, now: Clock) -> Iterator[Tell]:
    """
    Give what the computation tells its progress to; a thread writes it every second, even in a long silent stage.

    The thread also reads whether somebody asked to stop: the next word of the computation then ends it.
    """
    said: list[tuple[str, float]] = [("Démarrage", 0.0)]
    over, stop = Event(), Event()

    def beat() -> None:
        try:
            while not over.wait(HEARTBEAT_S):
                stage, fraction = said[0]
                mine = Run.objects.filter(pk=run_id, state=RunState.COMPUTING)
                mine.update(stage=stage[:60], progress=min(max(fraction, 0.0), 1.0), progress_at=now())
                if mine.filter(cancel_asked_at__isnull=False).exists():
                    stop.set()
        except Exception:
            log.exception("heartbeat stopped", extra={"run": str(run_id)})
        finally:
            connection.close()  # of this thread

    def tell(stage: str, fraction: float) -> None:
        said[0] = stage, fraction
        if stop.is_set():
            raise Cancelled

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        over.set()
        thread.join()
