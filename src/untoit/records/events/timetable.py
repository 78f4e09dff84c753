"""
The timetable of an event, from the records to the engine and back.

:func:`problem_of` says who may meet whom, where and when, in the engine's words; :func:`write` makes the records what
the engine answered. Every change of a timetable holds the lock of its event: two people at work are put in a row.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from untoit.core import timetabling as core
from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.event import COMING, ORGANISERS, EventState
from untoit.core.wording import typography
from untoit.records.events.models import Event, Meeting, PlanJob, Registration, Stand
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import WRITE, Actor, grant

MOST_SECONDS = 120
PREPARING = frozenset({EventState.DRAFT, EventState.INVITING, EventState.READY, EventState.OPEN})
_DEFAULTS = {"employers_min": 2, "employers_max": 4, "housing_min": 1, "housing_max": 1}
_FREE_TABLE = "Cette place vient d'être prise par quelqu'un d'autre : le planning affiché n'était plus à jour."


@dataclass(frozen=True)
class Problem:
    """
    An event in the engine's words, and the way back to the records.

    ``given`` are the meetings that stand; ``gone`` those of people who no longer come: nobody will sit there. The core
    counts tables from zero, the records name them by ``tables[stand]``. ``now`` is the first slot still to come.
    """

    row: Event
    event: core.Event
    given: tuple[core.Meeting, ...]
    gone: tuple[Meeting, ...]
    absent: frozenset[str]
    tables: Mapping[str, tuple[int, ...]]
    registrations: Mapping[str, Registration]
    stands: Mapping[str, Stand]
    rows: Mapping[tuple[str, str], Meeting]
    now: int

    @cached_property
    def fingerprint(self) -> str:
        """Return what changes when anything that the engine reads does."""
        return hashlib.sha256(repr((self.event, sorted(self.given))).encode()).hexdigest()

    def number(self, stand: str, table: int) -> int:
        """Return the number on the sign of a table."""
        return self.tables[stand][table]

    def index(self, stand: str, number: int) -> int:
        """Return the place of a table in the engine; one that was taken away is out of bounds."""
        known = self.tables[stand]
        return known.index(number) if number in known else len(known)


def slot_at(event: Event, at: datetime) -> int:
    """Return the first slot that starts at this instant or later: 0 before the day, ``event.slots`` once it is over."""
    local = timezone.localtime(at)
    if local.date() != event.on:
        return 0 if local.date() < event.on else event.slots
    minutes = local.hour * 60 + local.minute + local.second / 60
    return min(max(math.ceil((minutes - event.starts_min) / event.step_min), 0), event.slots)


def require_organiser(by: Actor) -> None:
    """Raise the 404 of a page that does not exist unless the actor prepares events."""
    if by.role not in ORGANISERS or grant(by.role, "event", WRITE) is None:
        raise Http404


def locked_event(event_id: UUID, by: Actor | None, *, devices: bool = False) -> Event:
    """
    Return an event that the actor runs, held until the transaction ends; ``by`` is ``None`` for the clock.

    ``devices``: the act may also come from a device of that very event, which reports what happens at the reception.
    """
    rows = Event.objects.all()
    if by is not None and devices and by.event_id is not None:
        rows = rows.filter(pk=by.event_id)
    elif by is not None:
        require_organiser(by)
        rows = Event.objects.visible_to(by)
    # No key changes: a tablet that notes an act of this event at the same instant need not wait, nor lock us both.
    found: Event | None = rows.select_for_update(of=("self",), no_key=True).filter(pk=event_id).first()
    if found is None:
        raise Http404
    return found


def problem_of(event: Event, *, at: datetime, on_the_day: bool | None = None) -> Problem:
    """
    Return the event in the engine's words.

    On the day (``on_the_day``; told by ``at`` and the state when it is ``None``), somebody marked absent, or who left,
    is in ``absent``; people on standby count only once they are there; who has not come yet keeps what was planned and
    is given nothing new.
    """
    if on_the_day is None:
        on_the_day = event.state == EventState.OPEN
    now = slot_at(event, at) if on_the_day else 0
    stands = list(event.stands.select_related("room").prefetch_related("tables").order_by("number"))
    waves = list(event.waves.order_by("number"))
    held = list(event.meetings.active().order_by("slot", "table", "pk"))
    people = list(
        event.registrations.select_related("person").only(
            "event_id", "state", "wave_id", "is_standby", "rank", "badge", "arrives_slot", "leaves_slot",
            "housing_after", "needs_accessible", "needs_language", "present_at", "absent_at", "left_at", "revision",
            "person__household_id",
        ).prefetch_related("wishes").order_by("rank", "pk")
    )
    coming = [one for one in people if one.state in COMING]
    absent = frozenset(
        str(one.pk) for one in coming if on_the_day and (one.absent_at is not None or one.left_at is not None)
    )
    known = {one.pk for one in coming}
    tables = {str(one.pk): tuple(sorted(table.number for table in one.tables.all())) for one in stands}
    described = core.Event(
        slots=event.slots, stands=tuple(_stand(event, one) for one in stands),
        candidates=tuple(_Candidates(event, waves, coming, held, on_the_day)), waves=_waves(event, waves),
        walking=_walking(event, {str(one.room_id) for one in stands}), housing_length=event.housing_slots,
        max_run=int(event.settings.get("max_run", 2)), breaks=_levels(event), opens_min=event.starts_min,
        slot_min=event.step_min,
    )
    problem = Problem(
        row=event, event=described, given=(), gone=tuple(one for one in held if one.registration_id not in known),
        absent=absent, tables=tables, registrations={str(one.pk): one for one in people},
        stands={str(one.pk): one for one in stands},
        rows={(str(one.registration_id), str(one.stand_id)): one for one in held}, now=now,
    )
    given = tuple(in_core(problem, one) for one in held if one.registration_id in known)
    object.__setattr__(problem, "given", given)
    return problem


def in_core(problem: Problem, row: Meeting) -> core.Meeting:
    """Return a meeting as the engine knows it; one that was held, or that has begun, stays where it is."""
    return core.Meeting(
        str(row.registration_id), str(row.stand_id), problem.index(str(row.stand_id), row.table), row.slot,
        informed=row.informed_at is not None,
        locked=row.is_locked or row.state != "planned" or row.slot < problem.now,
    )


def _stand(event: Event, row: Stand) -> core.Stand:
    breaks = {int(slot) for slot in event.settings.get("breaks", ())}
    left = event.slots if row.left_slot is None else row.left_slot
    away = {*range(row.arrives_slot), *range(left, event.slots)}
    tables = sorted(row.tables.all(), key=lambda table: table.number)
    return core.Stand(
        id=str(row.pk), kind=core.Kind(row.kind), room=str(row.room_id), tables=len(tables),
        closed=frozenset(breaks | away), table_closed=tuple(frozenset(table.closed_slots) for table in tables),
        accessible=row.room.is_accessible, languages=frozenset(row.languages), label=f"{row.number}. {row.name}",
    )


def _waves(event: Event, rows: Sequence) -> tuple[core.Wave, ...]:
    """Return the waves in order, then the whole event for whoever has none."""
    return (*(core.Wave(one.first_slot, one.last_slot) for one in rows), core.Wave(0, event.slots))


def _levels(event: Event) -> Mapping[str, core.Level]:
    said = event.settings.get("levels", {})
    return {**core.DEFAULT_LEVELS, **{
        family: core.Level(level) for family, level in said.items() if family in core.DEFAULT_LEVELS
    }}


def _walking(event: Event, rooms: set[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for pair, steps in event.settings.get("walking", {}).items():
        one, _, other = pair.partition("|")
        if {one, other} <= rooms:
            found[one, other] = int(steps)
    return found


class _Candidates:
    """The people who come, as the engine takes them."""

    def __init__(
        self, event: Event, waves: Sequence, people: Sequence[Registration], held: Sequence[Meeting], on_the_day: bool
    ) -> None:
        self._event, self._people, self._on_the_day = event, people, on_the_day
        self._wave = {one.pk: number for number, one in enumerate(waves)}
        self._none = len(waves)
        self._limits = {key: int(event.settings.get(key, usual)) for key, usual in _DEFAULTS.items()}
        self._has: dict[UUID, set[UUID]] = {}
        for meeting in held:
            self._has.setdefault(meeting.registration_id, set()).add(meeting.stand_id)
        households = [one.person.household_id for one in people]
        self._shared = {one for one in households if households.count(one) > 1}

    def __iter__(self) -> Iterator[core.Candidate]:
        for one in self._people:
            yield self._candidate(one)

    def _candidate(self, one: Registration) -> core.Candidate:
        there = one.present_at is not None
        wishes = [wish for wish in one.wishes.all() if not wish.is_dropped]
        if self._on_the_day and not there:
            # Not come yet: what is planned stays, what others give back goes to those who are there.
            wishes = [wish for wish in wishes if wish.stand_id in self._has.get(one.pk, ())]
        household = one.person.household_id
        return core.Candidate(
            id=str(one.pk), wave=self._wave.get(one.wave_id, self._none) if one.wave_id else self._none,
            wishes=tuple(
                core.Wish(str(wish.stand_id), wish.score, wanted=wish.is_wanted)
                for wish in sorted(wishes, key=lambda wish: (-wish.score, str(wish.stand_id)))
            ),
            arrives=one.arrives_slot, leaves=one.leaves_slot, housing_after=one.housing_after,
            household=str(household) if household in self._shared else "", needs_accessible=one.needs_accessible,
            needs_language=one.needs_language, standby=one.is_standby,
            employers_min=self._limits["employers_min"], employers_max=self._limits["employers_max"],
            housing_min=self._limits["housing_min"], housing_max=self._limits["housing_max"],
        )


@transaction.atomic
def ask(*, event_id: UUID, seconds: int, by: Actor, at: datetime) -> PlanJob:
    """
    Ask the worker for a timetable; what is locked stays, and so does, once it was published, what people were told.

    Raises
    ------
    Refused
        When the event is over, or nobody who confirmed could meet anybody.
    Conflict
        When one is being computed.
    """
    event = locked_event(event_id, by)
    require_preparing(event)
    problem = problem_of(event, at=at)
    if not any(one.wishes for one in problem.event.candidates):
        raise Refused(typography(
            "Personne n'a encore confirmé sa venue avec une rencontre souhaitée : invitez, puis calculez le planning."
        ))
    job = PlanJob(event=event, asked_by_id=by.user_id, asked_at=at, seconds=min(max(seconds, 1), MOST_SECONDS))
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        raise Conflict("Un calcul du planning est déjà en cours pour cet événement.") from None
    note_act(by, "timetable.asked", "event", event.pk, at=at, seconds=job.seconds)
    from untoit.records.events import tasks_planning

    tasks_planning.compute_plan.defer(job_id=str(job.pk))
    return job


@transaction.atomic
def stop(*, event_id: UUID, by: Actor, at: datetime) -> int:
    """Ask the computation under way to stop with the best timetable found so far; return how many there were."""
    event = locked_event(event_id, by)
    stopped = event.plan_jobs.filter(done_at__isnull=True, stop_asked_at__isnull=True).update(stop_asked_at=at)
    if stopped:
        note_act(by, "timetable.stopped", "event", event.pk, at=at)
    return stopped


def require_preparing(event: Event) -> None:
    """Raise a refusal when the event is over, or cancelled: its timetable is what happened."""
    if event.state not in PREPARING:
        raise Refused(typography(
            f"L'événement est « {event.get_state_display().lower()} » : son planning ne change plus."
        ))


def taken_meanwhile() -> Conflict:
    """Return the sentence of who comes second at the same table."""
    return Conflict(typography(_FREE_TABLE))
