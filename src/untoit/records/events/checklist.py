"""
The check-list of an event: who does what, from J-45 to J+180, done or undone in a click, re-dated with the event.

What falls due within a week becomes a task on the desk of whoever holds it (:mod:`tasks_checklist`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import yaml
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from untoit.core.errors import Refused, UnusableInput
from untoit.core.lifecycles.event import EventState
from untoit.core.wording import typography
from untoit.records.desk import services as desk
from untoit.records.desk.models import Task, TaskKind
from untoit.records.events.models import ChecklistItem, Event
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Organisation, OrganisationKind, Role
from untoit.records.partners.rights import WRITE, Actor, require

SUBJECT = "checklist_item"
DUE_WITHIN = timedelta(days=7)
FIRST_DAY, LAST_DAY = -120, 365
HOLDERS = {Role.LM: "Chef de projet du bailleur", Role.LA: "Conseil du bailleur", Role.DEP: "Référents du Département",
           Role.EMPP: "Partenaire emploi"}
_KINDS = {
    Role.LM: (OrganisationKind.LANDLORD, OrganisationKind.PARTNER_LANDLORD),
    Role.LA: (OrganisationKind.LANDLORD, OrganisationKind.PARTNER_LANDLORD),
    Role.DEP: (OrganisationKind.DEPARTMENT,), Role.EMPP: (OrganisationKind.EMPLOYMENT_PARTNER,),
}
# When nobody of the usual service is there, whoever prepares the event holds it.
_STAND_IN = {OrganisationKind.EMPLOYMENT_PARTNER: Role.EMPP}


@cache
def template() -> tuple[dict[str, Any], ...]:
    """Return the usual items, as written."""
    text = resources.files("untoit.records.events").joinpath("checklist.yaml").read_text("utf-8")
    return tuple(yaml.safe_load(text)["items"])


@transaction.atomic
def fill(event: Event, *, by: Actor, at: datetime, like: Event | None = None) -> None:
    """Give a new event the usual items, and those of its own that the event it copies had."""
    holders = {role: _holder(event, role) for role in _KINDS}
    items = [
        ChecklistItem(
            event=event, code=one["code"], label=typography(one["label"]), day_offset=one["day"],
            due_on=event.on + timedelta(days=one["day"]),
            organisation_id=holders[Role(one["role"])][0], role=holders[Role(one["role"])][1],
        )
        for one in template()
    ]
    if like is not None:
        items += [
            ChecklistItem(
                event=event, label=one.label, day_offset=one.day_offset,
                due_on=event.on + timedelta(days=one.day_offset), organisation_id=one.organisation_id,
                role=one.role, owner_id=one.owner_id,
            )
            for one in like.checklist.filter(code="")
        ]
    ChecklistItem.objects.bulk_create(items)


def _holder(event: Event, role: Role) -> tuple[UUID, Role]:
    """Return the organisation that holds what this role does, and the role; the event's own when there is none."""
    own = Organisation.objects.get(pk=event.organisation_id)
    kinds = _KINDS[role]
    if own.kind in kinds:
        return own.pk, role
    found = Organisation.objects.filter(kind__in=kinds, is_active=True).order_by("created_at", "pk").first()
    if found is not None:
        return found.pk, role
    return own.pk, _STAND_IN.get(OrganisationKind(own.kind), Role.LM)


def items_of(by: Actor, event: Event) -> QuerySet[ChecklistItem]:
    """Return the check-list of an event that the actor may open."""
    get_object_or_404(Event.objects.visible_to(by), pk=event.pk)
    return event.checklist.select_related("organisation", "owner__user", "done_by").order_by("due_on", "label")


def may_tick(by: Actor, item: ChecklistItem) -> bool:
    """Whether the actor says of this item that it is done: its own, or all of them for who prepares the event."""
    return by.may("event", WRITE) or (item.organisation_id == by.organisation_id and item.role in ("", by.role))


@transaction.atomic
def tick(*, item_id: UUID, done: bool, by: Actor, at: datetime) -> ChecklistItem:
    """Say that an item is done, or not done after all; the task of the desk follows."""
    item = _locked(item_id, by)
    if done == (item.done_at is not None):
        return item
    item.done_at, item.done_by_id = (at, by.user_id) if done else (None, None)
    item.save(update_fields=["done_at", "done_by"])
    if done:
        desk.close_task(kind=TaskKind.EVENT_CHECKLIST, subject_id=item.pk, at=at, by=by, outcome="done")
    else:
        open_due(on=by.today, at=at, only=item.pk)
    note_act(by, "event.checked" if done else "event.unchecked", "event", item.event_id, at=at, code=item.code)
    return item


@transaction.atomic
def add_item(
    *, event_id: UUID, label: str, day_offset: int, role: str, by: Actor, at: datetime, code: str = ""
) -> ChecklistItem:
    """Add something to do so many days before (negative) or after the event; ``code`` puts a usual item back."""
    require(by, "event", WRITE)
    event = get_object_or_404(Event.objects.visible_to(by), pk=event_id)
    tidy = " ".join(label.split())[:200]
    if not tidy:
        raise UnusableInput("Écrivez ce qu'il y a à faire.")
    if not FIRST_DAY <= day_offset <= LAST_DAY:
        raise UnusableInput(f"Choisissez un jour entre J{FIRST_DAY} et J+{LAST_DAY}.")
    if role not in _KINDS:
        raise UnusableInput("Choisissez qui s'en occupe.")
    organisation_id, held_by = _holder(event, Role(role))
    if code and event.checklist.filter(code=code).exists():
        raise Refused("Ce point est déjà dans la liste.")
    item = ChecklistItem.objects.create(
        event=event, code=code, label=tidy, day_offset=day_offset, due_on=event.on + timedelta(days=day_offset),
        organisation_id=organisation_id, role=held_by,
    )
    open_due(on=by.today, at=at, only=item.pk)
    note_act(by, "event.item_added", "event", event.pk, at=at)
    return item


@transaction.atomic
def remove_item(*, item_id: UUID, by: Actor, at: datetime) -> dict[str, Any]:
    """Take an item away, with its task; what it was comes back, to undo with :func:`add_item`."""
    require(by, "event", WRITE)
    item = _locked(item_id, by)
    if item.done_at is not None:
        raise Refused("C'est déjà fait : gardez-en la trace, ou dites d'abord que ce n'est pas fait.")
    desk.close_task(kind=TaskKind.EVENT_CHECKLIST, subject_id=item.pk, at=at, by=by, outcome="removed")
    kept: dict[str, Any] = {
        "event_id": item.event_id, "code": item.code, "label": item.label, "day_offset": item.day_offset,
        "role": item.role or Role.LM.value,
    }
    item.delete()
    note_act(by, "event.item_removed", "event", kept["event_id"], at=at)
    return kept


@transaction.atomic
def redate(event: Event, *, at: datetime) -> None:
    """Move what is not done with the day of the event; open tasks take the new day."""
    items = list(event.checklist.select_for_update().filter(done_at__isnull=True))
    for item in items:
        item.due_on = event.on + timedelta(days=item.day_offset)
    ChecklistItem.objects.bulk_update(items, ["due_on"])
    tasks = {task.subject_id: task for task in Task.objects.open().filter(
        kind=TaskKind.EVENT_CHECKLIST, subject_id__in=[item.pk for item in items]
    )}
    for item in items:
        if item.pk in tasks:
            tasks[item.pk].due_on = item.due_on
    Task.objects.bulk_update(tasks.values(), ["due_on"])


def close_tasks(event: Event, *, at: datetime, by: Actor | None, outcome: str) -> None:
    """Close the open tasks of an event that will not be held."""
    for pk in event.checklist.filter(done_at__isnull=True).values_list("pk", flat=True):
        desk.close_task(kind=TaskKind.EVENT_CHECKLIST, subject_id=pk, at=at, by=by, outcome=outcome)


@transaction.atomic
def open_due(*, on: date, at: datetime, only: UUID | None = None) -> int:
    """Open a task for each item due within a week and not done, unless it has one; return how many are due."""
    due = ChecklistItem.objects.filter(done_at__isnull=True, due_on__lte=on + DUE_WITHIN).exclude(
        event__state=EventState.CANCELLED
    ).select_related("event")
    if only is not None:
        due = due.filter(pk=only)
    items = list(due)
    desk.open_tasks(
        Task(
            kind=TaskKind.EVENT_CHECKLIST, organisation_id=item.organisation_id, role=item.role, owner_id=item.owner_id,
            subject_kind=SUBJECT, subject_id=item.pk, due_on=max(item.due_on, on), created_at=at,
            why=typography(f"{day_words(item.day_offset)}, {item.event.neutral_name} : {item.label}.")[:300],
        )
        for item in items
    )
    return len(items)


def day_words(offset: int) -> str:
    """Return ``J-7``, ``Jour J``, ``J+15``."""
    return "Jour J" if offset == 0 else f"J{offset:+d}"


def _locked(item_id: UUID, by: Actor) -> ChecklistItem:
    """Return an item of a visible event that the actor may tick, held until the transaction ends."""
    item = get_object_or_404(
        ChecklistItem.objects.select_for_update(of=("self",)).filter(event__in=Event.objects.visible_to(by)), pk=item_id
    )
    if not may_tick(by, item):
        raise Refused("Ce point relève d'une autre organisation.")
    return item
