"""
The timetable as each audience may read it: the organiser's boards, a person's own hours, the screen of the hall.

A name is shown where the registration is visible to who looks, a first name and an initial to the organiser on the day
itself, and a badge otherwise: a slot that is taken is never hidden. Cards of employers are in
:mod:`untoit.records.events.cards`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from untoit.core import timetabling as core
from untoit.core.wording import languages, typography
from untoit.records.events import timetable
from untoit.records.events.cards import EmployerCard, employer_cards
from untoit.records.events.models import Event, Meeting, Registration
from untoit.records.events.sms_text import tells
from untoit.records.events.timetable import Problem
from untoit.records.partners.rights import Actor
from untoit.records.partners.search import folded

__all__ = [
    "Appointment", "Board", "Cell", "Coming", "EmployerCard", "Line", "board_of", "employer_cards", "hall_of",
    "names_of", "personal_timetable",
]
OTHERS = "Personne suivie par un autre service · badge {badge}"
VIEWS = ("stands", "candidats", "salles")
# What the hall shows: the slot that runs and the two after it; one after it where that is more than a screen holds.
HALL_SLOTS = 3
HALL_LINES = 45


@dataclass(frozen=True, slots=True)
class Name:
    """How a person is written for who looks: in full where it may be, and short for a cell."""

    full: str
    short: str
    is_known: bool


def names_of(actor: Actor, event: Event, registrations: Iterable[Registration]) -> dict[str, Name]:
    """Return how to write each of these people for the actor, by registration."""
    wanted = list(registrations)
    seen = {
        str(pk): (first, last) for pk, first, last in
        Registration.objects.visible_to(actor).filter(event=event)
        .values_list("pk", "person__first_name", "person__last_name")
    }
    expected = {}
    if event.on == actor.today and len(seen) < len(wanted):
        expected = {
            str(pk): (first, last) for pk, first, last in
            Registration.objects.at_the_event(actor).filter(event=event)
            .values_list("pk", "person__first_name", "person__last_name")
        }
    found = {}
    for one in wanted:
        key = str(one.pk)
        if key in seen:
            first, last = seen[key]
            found[key] = Name(f"{first} {last}".strip() or f"Badge {one.badge}", short_name(first, last, one.badge),
                              True)
        elif key in expected:
            short = short_name(*expected[key], one.badge)
            found[key] = Name(short, short, True)
        else:
            found[key] = Name(typography(OTHERS.format(badge=one.badge)), one.badge, False)
    return found


def short_name(first: str, last: str, badge: str) -> str:
    """Return a first name and an initial; the badge when there is no name."""
    return f"{first} {last[:1].upper()}.".strip() if first and last else first or f"Badge {badge}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One meeting on a board: where it is, how it stands, and what it breaks."""

    id: UUID
    name: str
    full_name: str
    stand: str
    stand_number: int
    table: int
    slot: int
    length: int
    minute: int
    is_locked: bool
    is_told: bool
    state: str
    revision: int
    level: str
    sentences: tuple[str, ...]


@dataclass(slots=True)
class Line:
    """One line of a board: a table of a stand, a person, a stand of a room; ``cells`` by slot, ``shut`` slots."""

    key: str
    title: str
    sub: str
    table: int
    cells: dict[int, Cell] = field(default_factory=dict)
    shut: frozenset[int] = frozenset()
    wishes: int = 0
    kind: str = ""

    @property
    def meetings(self) -> int:
        """How many meetings the line has."""
        return len(self.cells)


@dataclass(frozen=True, slots=True)
class Board:
    """A whole timetable: hours, lines, what goes wrong with its level, and its version."""

    view: str
    minutes: tuple[int, ...]
    lines: tuple[Line, ...]
    broken: tuple[tuple[str, str, str], ...]
    meetings: int
    people: int
    gone: int
    version: int


def board_of(actor: Actor, event: Event, view: str = "stands", *, at: datetime, only: Sequence[str] = ()) -> Board:
    """
    Return the timetable of an event by stand, candidate or room, with every rule that it breaks.

    ``only`` keeps the lines of these stands, registrations or rooms.
    """
    problem = timetable.problem_of(event, at=at)
    faults = core.check(problem.event, problem.given)
    coming = [problem.registrations[one.id] for one in problem.event.candidates]
    shown = {str(row.registration_id): problem.registrations[str(row.registration_id)] for row in problem.rows.values()}
    names = names_of(actor, event, {**shown, **{str(one.pk): one for one in coming}}.values())
    cells = _cells(problem, names, faults)
    lines = {"stands": _by_stand, "candidats": _by_person, "salles": _by_room}[view](problem, names, cells)
    if only:
        lines = [line for line in lines if line.key in only]
    return Board(
        view=view, minutes=tuple(event.minute_of(slot) for slot in range(event.slots)), lines=tuple(lines),
        broken=tuple(
            (str(one.level), names[one.candidate].full if one.candidate in names else "", one.sentence)
            for one in sorted(faults, key=lambda one: (list(core.Level).index(one.level), one.slot))
        ),
        meetings=len(problem.rows), people=len({row.registration_id for row in problem.rows.values()}),
        gone=len(problem.gone), version=event.planned_version,
    )


def _cells(
    problem: Problem, names: dict[str, Name], faults: Sequence[core.Broken]
) -> list[tuple[Meeting, Cell]]:
    said: dict[tuple[str, str], list[core.Broken]] = defaultdict(list)
    for one in faults:
        said[one.candidate, one.stand].append(one)
    gone = {row.pk for row in problem.gone}
    found = []
    for key, row in problem.rows.items():
        broken = said[key]
        levels = [one.level for one in broken]
        level = next((str(level) for level in core.Level if level in levels), "")
        sentences = list(dict.fromkeys(one.sentence for one in broken))
        if row.pk in gone or key[0] in problem.absent:
            level = str(core.Level.MUST)
            sentences.insert(0, typography(
                "Cette personne ne vient plus : la place est à libérer." if row.pk in gone
                else "Cette personne est absente ou partie : la place est à libérer."
            ))
        name, stand = names[key[0]], problem.stands[key[1]]
        found.append((row, Cell(
            id=row.pk, name=name.short, full_name=name.full, stand=stand.name, stand_number=stand.number,
            table=row.table, slot=row.slot, length=row.length, minute=problem.row.minute_of(row.slot),
            is_locked=row.is_locked, is_told=row.told_slot == row.slot, state=row.state, revision=row.revision,
            level=level, sentences=tuple(sentences),
        )))
    return found


def _by_stand(problem: Problem, names: dict[str, Name], cells: list[tuple[Meeting, Cell]]) -> list[Line]:
    lines: dict[tuple[str, int], Line] = {}
    for stand in problem.event.stands:
        held = problem.stands[stand.id]
        people = {table.number: table.interviewer for table in held.tables.all()}
        for index, number in enumerate(problem.tables[stand.id]):
            sub = people[number] or (f"Table {number}" if stand.tables > 1 else held.room.name)
            shut = frozenset(slot for slot in range(problem.event.slots) if stand.shut(index, slot))
            lines[stand.id, number] = Line(
                stand.id, f"{held.number}. {held.name}", sub, number, {}, shut, kind=str(stand.kind)
            )
    for row, cell in cells:
        line = lines.setdefault(
            (str(row.stand_id), row.table),
            Line(str(row.stand_id), f"{cell.stand_number}. {cell.stand}", f"Table {row.table} (retirée)", row.table),
        )
        # A household's common talk is one cell, with both names.
        if row.slot in line.cells:
            cell = _both(line.cells[row.slot], cell)
        line.cells[row.slot] = cell
    return list(lines.values())


def _both(one: Cell, other: Cell) -> Cell:
    level = next((str(level) for level in core.Level if str(level) in (one.level, other.level)), "")
    return replace(
        one, name=f"{one.name} + {other.name}", full_name=f"{one.full_name} et {other.full_name}", level=level,
        sentences=tuple(dict.fromkeys(one.sentences + other.sentences)),
    )


def _by_person(problem: Problem, names: dict[str, Name], cells: list[tuple[Meeting, Cell]]) -> list[Line]:
    windows = {one.id: problem.event.window(one) for one in problem.event.candidates}
    lines = {
        one.id: Line(
            one.id, names[one.id].full, _of_person(problem, one), 0, {},
            frozenset(range(problem.event.slots)) - frozenset(range(windows[one.id].first, windows[one.id].last)),
            len(one.wishes),
        )
        for one in problem.event.candidates
    }
    for row, cell in cells:
        line = lines.setdefault(
            str(row.registration_id), Line(str(row.registration_id), cell.full_name, "Ne vient plus", 0)
        )
        line.cells[row.slot] = cell
    return sorted(lines.values(), key=lambda line: (line.title.startswith(OTHERS[:8]), folded(line.title)))


def _of_person(problem: Problem, one: core.Candidate) -> str:
    wave = f"Vague {one.wave + 1}" if one.wave < len(problem.event.waves) - 1 else "Sans vague"
    marks = [
        wave, "en réserve" if one.standby else "", "plain-pied" if one.needs_accessible else "",
        f"interprète {languages.name(one.needs_language)}" if one.needs_language else "",
        "absent·e" if one.id in problem.absent else "",
    ]
    return ", ".join(mark for mark in marks if mark)


def _by_room(problem: Problem, names: dict[str, Name], cells: list[tuple[Meeting, Cell]]) -> list[Line]:
    """Return the lines of the stands, room after room; the room is the key."""
    lines = _by_stand(problem, names, cells)
    for line in lines:
        room = problem.stands[line.key].room
        line.key, line.sub = str(room.pk), f"{room.name} · {line.sub}" if line.sub != room.name else room.name
    return sorted(lines, key=lambda line: (line.sub.split(" · ")[0], line.title))


@dataclass(frozen=True, slots=True)
class Appointment:
    """One meeting as the person who comes reads it."""

    meeting_id: UUID
    slot: int
    minute: int
    ends_minute: int
    starts_at: datetime
    ends_at: datetime
    stand_number: int
    stand_name: str
    room: str
    kind: str
    what: str


def personal_timetable(registration: Registration) -> list[Appointment]:
    """
    Return the meetings of one person in the order of the day, as they were told: nothing before the publication.

    Whoever calls has the right to this registration: its own page, the pages of those who follow the person.
    """
    event = registration.event
    if not event.published_version:
        return []
    rows = (
        registration.meetings.active().filter(told_slot__isnull=False).select_related("stand__room", "offer")
        .order_by("told_slot")
    )
    midnight = datetime.combine(event.on, datetime.min.time(), timezone.get_default_timezone())
    found = []
    for row in rows:
        slot = row.slot if row.told_slot is None else row.told_slot
        minute = event.minute_of(slot)
        ends = event.minute_of(slot + row.length) - event.change_min
        found.append(Appointment(
            row.pk, slot, minute, ends, midnight + timedelta(minutes=minute), midnight + timedelta(minutes=ends),
            row.stand.number, row.stand.name, row.stand.room.name, row.stand.kind,
            row.offer.title if row.offer_id is not None and row.offer is not None else row.stand.presents,
        ))
    return found


@dataclass(frozen=True, slots=True)
class Coming:
    """One line of the screen of the hall: a first name and an initial, a sign, an hour; nothing else."""

    name: str
    sign: str
    room: str
    minute: int
    is_now: bool
    has_changed: bool


def hall_of(event: Event, *, at: datetime, by: Actor | None = None) -> list[Coming]:
    """
    Return who is expected where in the next half-hour; a table where homes are spoken of is « Table 12 » like others.

    Whoever calls has checked that the screen belongs to this event. ``by`` is somebody who looks at it beforehand: who
    may not be named to her or him is a badge.
    """
    if not event.published_version:
        return []
    running = max(timetable.slot_at(event, at) - 1, 0)
    rows = (
        Meeting.objects.filter(event=event, state="planned", told_slot__isnull=False)
        .filter(slot__gte=running, slot__lt=running + HALL_SLOTS, registration__absent_at__isnull=True,
                registration__left_at__isnull=True)
        .select_related("stand__room", "registration__person")
        .only("slot", "told_slot", "informed_at", "stand__number", "stand__name", "stand__kind", "stand__room__name",
              "registration__badge", "registration__person__first_name", "registration__person__last_name")
        .order_by("slot", "stand__number")
    )
    recently = at - timedelta(minutes=15)
    running_now = timezone.localtime(at).date() == event.on
    shown = list(rows)
    if len(shown) > HALL_LINES:
        shown = [row for row in shown if row.slot < running + HALL_SLOTS - 1]
    names = {} if by is None else names_of(by, event, [row.registration for row in shown])
    return [
        Coming(
            name=_in_the_hall(row.registration) if by is None or names[str(row.registration_id)].is_known
            else row.registration.badge,
            sign=f"Table {row.stand.number}" if row.stand.kind != "employer"
            else f"{row.stand.number} · {row.stand.name}",
            room="" if tells(row.stand.room.name) else row.stand.room.name,
            minute=event.minute_of(row.slot), is_now=running_now and event.minute_of(row.slot) <= _minute(at),
            has_changed=event.opened_at is not None and row.informed_at is not None and row.informed_at >= recently
            and row.informed_at > event.opened_at,
        )
        for row in shown
    ]


def _in_the_hall(row: Registration) -> str:
    return short_name(row.person.first_name, row.person.last_name, row.badge)


def _minute(at: datetime) -> int:
    local = timezone.localtime(at)
    return local.hour * 60 + local.minute
