"""
What a person does to the timetable by hand: move a meeting, lock it, cancel it, add one, and take any of it back.

The rules are those of :mod:`untoit.core.timetabling`. What physics forbids is refused; what must not be is done once
the person has confirmed it; a warning is shown. Whoever comes second is told so and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from untoit.core import timetabling as core
from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.event import EventState
from untoit.core.wording import typography
from untoit.records.events import publishing, seating, timetable
from untoit.records.events.models import Event, Meeting, Wish
from untoit.records.events.timetable import Problem
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import AuditEntry
from untoit.records.partners.rights import Actor

REASONS = {
    "person": "À la demande de la personne", "stand": "À la demande du stand",
    "mistake": "Rencontre proposée par erreur", "other": "Autre raison",
}
BY_HAND_SCORE = 60


@dataclass(frozen=True, slots=True)
class Spot:
    """Somewhere a meeting could be held: the number of the table, the slot, and what it would break there."""

    table: int
    slot: int
    broken: tuple[core.Broken, ...]

    @property
    def needs_confirmation(self) -> bool:
        """Whether somebody must say that they mean it."""
        return any(one.level is core.Level.MUST for one in self.broken)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act: ``done`` is false when it waits for a confirmation, with what it would break."""

    meeting: Meeting | None
    done: bool
    broken: tuple[core.Broken, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """What it breaks, in words, each once."""
        return list(dict.fromkeys(one.sentence for one in self.broken))


def spots(problem: Problem, registration: str, stand: str) -> list[Spot]:
    """Return where this meeting may be held from now on, in the order of the day."""
    found = core.may_move(problem.event, problem.given, registration, stand)
    return sorted(
        (
            Spot(problem.number(stand, table), slot, broken)
            for table, slot, broken in found if slot >= problem.now
        ),
        key=lambda spot: (spot.slot, spot.table),
    )


@transaction.atomic
def move_meeting(
    *, meeting_id: UUID, table: int, slot: int, revision: int, by: Actor, at: datetime, confirmed: bool = False
) -> Done:
    """
    Hold a meeting at another table or hour of its stand; the common talk of a household moves as one.

    Raises
    ------
    Conflict
        When somebody moved it, or took the place, since it was read.
    Refused
        When the place is impossible, or the meeting locked, held or past.
    """
    row, event = _locked(meeting_id, by)
    _unchanged(row, revision)
    problem = timetable.problem_of(event, at=at)
    _movable(row, problem)
    if row.is_locked:
        raise Refused(typography("Cette rencontre est verrouillée : déverrouillez-la d'abord."))
    if (row.table, row.slot) == (table, slot):
        return Done(row, True)
    key = (str(row.registration_id), str(row.stand_id))
    spot = _spot(problem, key, table, slot)
    if spot.needs_confirmation and not confirmed:
        return Done(row, False, spot.broken)
    together, before = _together(problem, key), (row.table, row.slot)
    row = problem.rows[key]
    for one in together:
        one.table, one.slot = table, slot
    with recorded(by):
        seating.save(event, seating.Written((), tuple(together), ()))
    note_act(
        by, "meeting.moved", "meeting", row.pk, at=at, event=str(event.pk), slot=slot, table=table, was=list(before),
        broke=sorted({one.rule for one in spot.broken}),
    )
    _tell_on_the_day(event, by=by, at=at)
    return Done(row, True, spot.broken)


@transaction.atomic
def set_lock(*, meeting_id: UUID, locked: bool, by: Actor, at: datetime) -> Meeting:
    """Keep a meeting where it is whatever is computed, or let it move again."""
    row, event = _locked(meeting_id, by)
    if row.is_locked != locked:
        row.is_locked = locked
        row.revision += 1
        with recorded(by):
            row.save(update_fields=["is_locked", "revision"])
        note_act(
            by, "meeting.locked" if locked else "meeting.unlocked", "meeting", row.pk, at=at, event=str(event.pk)
        )
        seating.new_version(event)
    return row


@transaction.atomic
def cancel_meeting(*, meeting_id: UUID, reason: str, revision: int, by: Actor, at: datetime) -> Meeting:
    """Free the place of a meeting, with a coded reason; the person is told when the timetable is published again."""
    if reason not in REASONS:
        raise Refused("Choisissez la raison de cette annulation.")
    row, event = _locked(meeting_id, by)
    _unchanged(row, revision)
    _movable(row, timetable.problem_of(event, at=at))
    row.state, row.cancelled_because = "cancelled", reason
    with recorded(by):
        seating.save(event, seating.Written((), (), (row,)))
        seating.seat(event, [])
    note_act(by, "meeting.cancelled", "meeting", row.pk, at=at, event=str(event.pk), reason=reason)
    _tell_on_the_day(event, by=by, at=at)
    return row


@transaction.atomic
def restore_meeting(*, meeting_id: UUID, by: Actor, at: datetime) -> Meeting:
    """Take a cancellation back: the meeting has its place again, unless somebody has it."""
    row, event = _locked(meeting_id, by, active=False)
    if row.state != "cancelled":
        return row
    problem = timetable.problem_of(event, at=at)
    key = (str(row.registration_id), str(row.stand_id))
    if key in problem.rows:
        raise Conflict(typography("Cette personne a déjà une autre rencontre à ce stand."))
    if key[0] not in problem.event.candidate_of:
        raise Refused(typography("Cette personne ne vient plus : sa rencontre ne peut pas être remise."))
    _spot(problem, key, row.table, row.slot)
    row.state, row.cancelled_because = "planned", ""
    with recorded(by):
        seating.save(event, seating.Written((), (row,), ()))
    note_act(by, "meeting.restored", "meeting", row.pk, at=at, event=str(event.pk))
    _tell_on_the_day(event, by=by, at=at)
    return row


@transaction.atomic
def add_meeting(
    *, event_id: UUID, registration_id: UUID, stand_id: UUID, table: int, slot: int, by: Actor, at: datetime,
    confirmed: bool = False,
) -> Done:
    """Have somebody meet a stand, asked or not: what nobody had wished becomes the wish of who adds it."""
    event = timetable.locked_event(event_id, by)
    timetable.require_preparing(event)
    problem = timetable.problem_of(event, at=at)
    key = (str(registration_id), str(stand_id))
    if key[0] not in problem.event.candidate_of or key[1] not in problem.stands:
        raise Http404
    if key in problem.rows:
        raise Conflict(typography("Cette rencontre est déjà au planning."))
    spot = _spot(problem, key, table, slot)
    broken = tuple(one for one in spot.broken if one.rule != "wish")
    if any(one.level is core.Level.MUST for one in broken) and not confirmed:
        return Done(None, False, broken)
    wish, _ = Wish.objects.get_or_create(
        registration_id=registration_id, stand_id=stand_id, defaults={"score": BY_HAND_SCORE, "source": "adviser"}
    )
    if wish.is_dropped:
        wish.is_dropped = False
        wish.save(update_fields=["is_dropped"])
    stand = problem.event.stand_of[key[1]]
    row = Meeting(
        event=event, registration_id=registration_id, stand_id=stand_id, table=table, slot=slot,
        length=problem.event.length(stand), offer_id=wish.offer_id, vacancy_id=wish.vacancy_id,
    )
    with recorded(by):
        seating.save(event, seating.Written((row,), (), ()))
    note_act(by, "meeting.added", "meeting", row.pk, at=at, event=str(event.pk), slot=slot, table=table)
    _tell_on_the_day(event, by=by, at=at)
    return Done(row, True, broken)


def _locked(meeting_id: UUID, by: Actor, *, active: bool = True) -> tuple[Meeting, Event]:
    """Return a meeting and its event, both held; the event first, as everybody does."""
    event_id = Meeting.objects.filter(pk=meeting_id).values_list("event_id", flat=True).first()
    if event_id is None:
        raise Http404
    event = timetable.locked_event(event_id, by)
    timetable.require_preparing(event)
    rows = Meeting.objects.select_for_update(of=("self",))
    row = rows.get(pk=meeting_id)
    if active and row.state == "cancelled":
        raise Conflict(typography("Cette rencontre vient d'être annulée par quelqu'un d'autre."))
    return row, event


def _unchanged(row: Meeting, revision: int) -> None:
    if row.revision == revision:
        return
    last = AuditEntry.objects.filter(subject_id=row.pk).select_related("user").order_by("-at", "-pk").first()
    who = f" par {last.user}" if last is not None and last.user is not None else ""
    raise Conflict(typography(
        f"Cette rencontre vient d'être changée{who} : le planning affiché n'était plus à jour, rien n'a été fait."
    ))


def _movable(row: Meeting, problem: Problem) -> None:
    if row.state != "planned":
        raise Refused(typography("Cette rencontre a déjà eu lieu : elle ne change plus."))
    if row.slot < problem.now:
        raise Refused(typography("L'heure de cette rencontre est passée : notez plutôt ce qui s'est passé à la table."))


def _spot(problem: Problem, key: tuple[str, str], table: int, slot: int) -> Spot:
    """Return the place asked for, or refuse it with what makes it impossible."""
    registration, stand = key
    if slot < problem.now:
        raise Refused(typography("Ce créneau est déjà passé."))
    if registration not in problem.event.candidate_of:
        raise Refused(typography("Cette personne ne vient plus : sa rencontre ne peut qu'être annulée."))
    for spot in spots(problem, registration, stand):
        if (spot.table, spot.slot) == (table, slot):
            return spot
    new = core.Meeting(registration, stand, problem.index(stand, table), slot)
    others = [one for one in problem.given if (one.candidate, one.stand) != key]
    broken = [
        one for one in core.check(problem.event, [*others, new])
        if one.level is core.Level.IMPOSSIBLE and registration in (one.candidate, one.other)
    ]
    raise Refused(broken[0].sentence if broken else typography("Cette place n'est pas possible pour cette rencontre."))


def _together(problem: Problem, key: tuple[str, str]) -> Sequence[Meeting]:
    """Return the rows that move as one: a meeting, or the common talk of a household."""
    registration, stand = key
    members = {registration}
    if problem.event.stand_of[stand].kind is core.Kind.HOUSING:
        members |= set(problem.event.households.get(problem.event.candidate_of[registration].household, ()))
    return [
        problem.rows[one, stand] for one in sorted(members)
        if (one, stand) in problem.rows and problem.rows[one, stand].state == "planned"
    ]


def _tell_on_the_day(event: Event, *, by: Actor, at: datetime) -> None:
    """Once the doors are open, who was told something else is told at once."""
    if event.state == EventState.OPEN and event.published_version:
        publishing.tell(event, by=by, at=at)
