"""What waits for whom, and the messages that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import IntegrityError, transaction

from untoit.core.errors import Conflict, Refused
from untoit.records.desk.models import DigestFrequency, Message, Preference, Task, TaskKind, Visit
from untoit.records.partners.models import Membership, Organisation, Role, User
from untoit.records.partners.rights import Actor

# How long a "done" can be taken back by whoever said it.
UNDO = timedelta(hours=24)
POSTPONE_DAYS_AT_MOST = 60
DONE_BY_HAND = "done"


def _key(organisation: Organisation | UUID) -> UUID:
    return organisation.pk if isinstance(organisation, Organisation) else organisation


def _batched(tasks: Iterable[Task], size: int) -> Iterator[list[Task]]:
    """Cut into lists of at most ``size``."""
    left = iter(tasks)
    while some := list(islice(left, size)):
        yield some


@transaction.atomic
def open_task(
    *, kind: TaskKind | str, organisation: Organisation | UUID, subject_kind: str, subject_id: UUID, why: str,
    due_on: date, at: datetime, role: Role | str = "", owner: Membership | None = None,
) -> Task:
    """
    Return the open task of this kind about this subject for this organisation, making it when there is none.

    One that is already open is left as it is, with the due date that somebody may have chosen. ``why`` is one French
    sentence without personal data; ``role`` says who may claim it, ``owner`` whose it is at once.
    """
    if owner is None and not role:
        raise ValueError("a task has an owner or a role")
    organisation_id = _key(organisation)
    # Two processes may open it at the same instant: the constraint chooses, and both read the row that stayed.
    Task.objects.bulk_create([Task(
        kind=kind, organisation_id=organisation_id, role=role, owner=owner, subject_kind=subject_kind,
        subject_id=subject_id, why=why, due_on=due_on, created_at=at,
    )], ignore_conflicts=True)
    return Task.objects.open().get(kind=kind, organisation_id=organisation_id, subject_id=subject_id)


@transaction.atomic
def open_tasks(tasks: Iterable[Task]) -> None:
    """Open many at once, as :func:`open_task` would one by one: those already open stay as they are."""
    for some in _batched(tasks, 1000):
        Task.objects.bulk_create(some, ignore_conflicts=True)


@transaction.atomic
def close_task(
    *, kind: TaskKind | str, subject_id: UUID, at: datetime, by: Actor | None = None,
    organisation: Organisation | UUID | None = None, outcome: str = "",
) -> int:
    """
    Close the open tasks of this kind about this subject and return how many there were; none is not an error.

    Called by the service that does what the task asked for. Without ``organisation``, those of every organisation.
    """
    tasks = Task.objects.open().filter(kind=kind, subject_id=subject_id)
    if organisation is not None:
        tasks = tasks.filter(organisation_id=_key(organisation))
    return tasks.update(done_at=at, done_by_id=by.user_id if by else None, outcome=outcome or "done_elsewhere")


@transaction.atomic
def notify(*, recipient: User, kind: str, key: str, subject: str, body: str, at: datetime) -> Message | None:
    """
    Put an e-mail in the out-tray, sent after commit; ``None`` when one of the same ``key`` is there already.

    Subject and body name nobody: they say that something waits, and where. To an employer they do not speak of
    housing. What can wait for the morning is a task (:func:`open_task`), which the daily digest counts.
    """
    from untoit.records.desk import tasks

    message = Message(
        recipient=recipient, kind=kind, key=key, subject=subject[:160], body=body, created_at=at
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.filter(pk=message.pk).exists():
        return None
    tasks.send_message.defer(message_id=str(message.pk))
    return message


def _locked(by: Actor, task_id: UUID) -> Task:
    found: Task = Task.objects.visible_to(by).select_for_update(of=("self",)).get(pk=task_id)
    return found


def _still_open(task: Task) -> None:
    if task.done_at is not None:
        raise Conflict("Cette tâche vient d'être terminée : il n'y a plus rien à faire.")


def _save(task: Task, *fields: str) -> Task:
    task.revision += 1
    task.save(update_fields=[*fields, "revision"])
    return task


@transaction.atomic
def claim_task(*, task_id: UUID, by: Actor, at: datetime) -> Task:
    """Make an unclaimed task of one's role one's own; the second to ask is told that it is taken."""
    # Read without the filter on owner: who comes second must read a sentence, not a page that does not exist.
    found = Task.objects.filter(organisation_id=by.organisation_id, role=by.role).select_for_update(of=("self",))
    task: Task = found.get(pk=task_id)
    _still_open(task)
    if task.owner_id == by.membership_id:
        return task
    if task.owner is not None:
        raise Conflict(f"{task.owner.user} s'en occupe déjà.")
    task.owner_id = by.membership_id
    return _save(task, "owner")


@transaction.atomic
def release_task(*, task_id: UUID, by: Actor, at: datetime) -> Task:
    """Give back a task that one had claimed, so that somebody else of the role can take it."""
    task = _locked(by, task_id)
    _still_open(task)
    if not task.role:
        raise Refused("Cette tâche vous est confiée personnellement : elle ne peut pas être remise aux autres.")
    task.owner = None
    return _save(task, "owner")


@transaction.atomic
def finish_task(*, task_id: UUID, by: Actor, at: datetime) -> Task:
    """Say that a task is done; it can be taken back for a day."""
    task = _locked(by, task_id)
    _still_open(task)
    task.done_at, task.done_by_id, task.outcome = at, by.user_id, DONE_BY_HAND
    return _save(task, "done_at", "done_by", "outcome")


@transaction.atomic
def reopen_task(*, task_id: UUID, by: Actor, at: datetime) -> Task:
    """Take back a "done" that one said less than a day ago."""
    task = _locked(by, task_id)
    if task.done_at is None:
        return task
    if task.outcome != DONE_BY_HAND or task.done_by_id != by.user_id or at - task.done_at > UNDO:
        raise Refused("Cette tâche ne peut plus être rouverte.")
    task.done_at, task.done_by, task.outcome = None, None, ""
    try:
        with transaction.atomic():
            return _save(task, "done_at", "done_by", "outcome")
    except IntegrityError as double:
        raise Refused("Une tâche semblable a été ouverte depuis : celle-ci reste terminée.") from double


@transaction.atomic
def postpone_task(*, task_id: UUID, due_on: date, by: Actor, at: datetime) -> Task:
    """Put a task off until a later day, sixty days ahead at most; the day before is kept, to undo."""
    task = _locked(by, task_id)
    _still_open(task)
    if not by.today < due_on <= by.today + timedelta(days=POSTPONE_DAYS_AT_MOST):
        raise Refused(f"Choisissez une date entre demain et dans {POSTPONE_DAYS_AT_MOST} jours.")
    task.postponed_from, task.due_on = task.due_on, due_on
    return _save(task, "postponed_from", "due_on")


@transaction.atomic
def undo_postpone(*, task_id: UUID, by: Actor, at: datetime) -> Task:
    """Give a task back the due date that it had before the last postponement."""
    task = _locked(by, task_id)
    _still_open(task)
    if task.postponed_from is None:
        return task
    task.due_on, task.postponed_from = task.postponed_from, None
    return _save(task, "postponed_from", "due_on")


@transaction.atomic
def note_visit(*, by: Actor, at: datetime) -> datetime | None:
    """
    Record that the actor opened the morning page, and return since when things are new to her or him.

    Visits within half an hour are one: reloading the page must not make the news disappear.
    """
    if by.membership_id is None:
        return None
    Visit.objects.bulk_create([Visit(membership_id=by.membership_id, last_at=at)], ignore_conflicts=True)
    visit = Visit.objects.select_for_update().get(pk=by.membership_id)
    if at - visit.last_at > timedelta(minutes=30):
        visit.previous_at, visit.last_at = visit.last_at, at
        visit.save(update_fields=["previous_at", "last_at"])
    return visit.previous_at


@transaction.atomic
def choose_digest(*, by: Actor, digest: DigestFrequency, at: datetime) -> Preference:
    """Set how often the actor is written to."""
    preference, _made = Preference.objects.update_or_create(user_id=by.user_id, defaults={"digest": digest})
    return preference
