"""
Meetings written with the places that they take: what no two clicks may break is held by the database.

Callers hold the lock of the event (:func:`untoit.records.events.timetable.locked_event`). The members of one household
in their common talk sit at one table: the first of them takes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from untoit.core import timetabling as core
from untoit.records.events.models import Event, Meeting, Place, Wish
from untoit.records.events.timetable import Problem, taken_meanwhile

GUARDS = ("one_person_per_table", "nobody_in_two_places", "one_meeting_per_stand")


@dataclass(frozen=True, slots=True)
class Written:
    """What a timetable changed in the records."""

    added: tuple[Meeting, ...]
    moved: tuple[Meeting, ...]
    cancelled: tuple[Meeting, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.moved or self.cancelled)


def write(problem: Problem, wanted: Sequence[core.Meeting], *, because: str) -> Written:
    """
    Make the meetings still to come those of ``wanted``, in the caller's transaction; what was held stays as it is.

    ``because`` is the code kept with each cancelled one. The version of the timetable grows when anything changed.
    """
    event = problem.row
    keys = {(one.candidate, one.stand): one for one in wanted}
    moved, cancelled = [], []
    for key, row in problem.rows.items():
        target = keys.get(key)
        if row.state != "planned":
            continue
        if target is None:
            row.state, row.cancelled_because = "cancelled", because
            cancelled.append(row)
        elif (row.table, row.slot) != (table := problem.number(target.stand, target.table), target.slot):
            row.table, row.slot = table, target.slot
            moved.append(row)
    offers = _shown(event.pk)
    added = [
        Meeting(
            event=event, registration_id=UUID(one.candidate), stand_id=UUID(one.stand), slot=one.slot,
            table=problem.number(one.stand, one.table), length=problem.event.length(problem.event.stand_of[one.stand]),
            **offers.get(key, {}),
        )
        for key, one in keys.items() if key not in problem.rows
    ]
    written = Written(tuple(added), tuple(moved), tuple(cancelled))
    if written:
        save(event, written)
    return written


def save(event: Event, written: Written) -> None:
    """
    Write these changes and the places of the event, and count one version more.

    Raises
    ------
    Conflict
        When a place was taken by somebody who does not hold the lock of the event (a device, at its table).
    """
    changed = [*written.moved, *written.cancelled]
    for row in changed:
        row.revision += 1
    try:
        with transaction.atomic():
            Place.objects.filter(meeting__in=changed).delete()
            Meeting.objects.bulk_update(changed, ["table", "slot", "state", "cancelled_because", "revision"])
            Meeting.objects.bulk_create(written.added)
            seat(event, [*written.moved, *written.added])
    except IntegrityError as refusal:
        if not any(guard in str(refusal) for guard in GUARDS):
            raise
        raise taken_meanwhile() from refusal
    new_version(event)


def seat(event: Event, rows: Iterable[Meeting]) -> None:
    """Write the places of meetings; the table of a talk goes on being held when the one who held it leaves."""
    rows = list(rows)
    held = set(
        Place.objects.filter(meeting__event=event, takes_table=True).values_list("stand_id", "table", "slot")
    )
    talks = _common_talks(event, rows)
    places = []
    for row in sorted(rows, key=lambda row: str(row.pk)):
        for slot in range(row.slot, row.slot + row.length):
            cell = (row.stand_id, row.table, slot)
            shares = cell in held and row.pk in talks
            held.add(cell)
            places.append(Place(
                meeting=row, registration_id=row.registration_id, stand_id=row.stand_id, table=row.table, slot=slot,
                takes_table=not shares,
            ))
    Place.objects.bulk_create(places)
    _hold_again(event)


def _common_talks(event: Event, rows: Sequence[Meeting]) -> set[UUID]:
    """Return those of these meetings that are the common talk of a household: same stand, same table, same slot."""
    talks: dict[tuple, list[tuple[UUID, UUID]]] = {}
    found = Meeting.objects.active().filter(
        event=event, stand__kind="housing", stand__in={row.stand_id for row in rows}
    ).values_list("pk", "registration_id", "stand_id", "table", "slot", "registration__person__household_id")
    for pk, person, stand, table, slot, household in found:
        talks.setdefault((stand, table, slot, household), []).append((pk, person))
    return {pk for members in talks.values() if len(members) > 1 for pk, _ in members}


def _hold_again(event: Event) -> None:
    """Give the table to somebody of the household when who held it has gone."""
    held = set(
        Place.objects.filter(meeting__event=event, takes_table=True).values_list("stand_id", "table", "slot")
    )
    for place in Place.objects.filter(meeting__event=event, takes_table=False).order_by("pk"):
        cell = (place.stand_id, place.table, place.slot)
        if cell not in held:
            held.add(cell)
            Place.objects.filter(pk=place.pk).update(takes_table=True)


def new_version(event: Event) -> None:
    """Count one version more of the timetable."""
    event.planned_version += 1
    event.save(update_fields=["planned_version"])


def _shown(event_id: UUID) -> Mapping[tuple[str, str], dict[str, UUID | None]]:
    """Return which offer or dwelling each wish is for, by person and stand."""
    found = Wish.objects.filter(registration__event_id=event_id).values_list(
        "registration_id", "stand_id", "offer_id", "vacancy_id"
    )
    return {
        (str(person), str(stand)): {"offer_id": offer, "vacancy_id": vacancy}
        for person, stand, offer, vacancy in found
    }
