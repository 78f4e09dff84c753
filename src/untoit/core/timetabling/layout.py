"""
An event as the engine sees it: numbers instead of names, and for each possible meeting its worth slot by slot.

Tables of a stand that are open in the same slots are one group: which of them is given does not matter, only how many.
Meetings imposed by a person keep their table, whatever they break; a visit whose imposed meetings cannot be held
together by the rules is left exactly as imposed (``frozen``), and the timetable says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from untoit.core.timetabling.model import Candidate, Event, Kind, Level, Meeting, Stand
from untoit.core.timetabling.rules import PHYSICS, faults_of_meeting, faults_of_visit, wish_for

NEVER = -(1 << 29)
"""Worth of a meeting that cannot be: below anything that a sum of points can repair."""

KINDS = (Kind.EMPLOYER, Kind.HOUSING, Kind.DESK)


@dataclass(slots=True)
class Item:
    """A possible meeting of one person: ``gain[slot]`` points, ``NEVER`` where it cannot start."""

    stand: int
    kind: int
    room: int
    length: int
    gain: list[int]
    lock: int = -1
    table: int = -1

    @property
    def possible(self) -> bool:
        """Whether it can be held in some slot, tables aside."""
        return any(points > NEVER for points in self.gain)


@dataclass(slots=True)
class Visitor:
    """One person: items sorted by kind, fewest and most of each kind, order of the talk (1 after, -1 before)."""

    number: int
    who: Candidate
    items: list[Item]
    least: tuple[int, int, int]
    most: tuple[int, int, int]
    order: int
    frozen: bool


@dataclass(slots=True)
class Group:
    """Tables of one stand, open in the same slots. ``capacity[slot]`` can be given; imposed meetings are taken away."""

    stand: int
    tables: tuple[int, ...]
    capacity: list[int]


@dataclass(slots=True)
class Layout:
    """The event in numbers. A unit is one visitor, or the members of a household in their common talk."""

    event: Event
    stands: tuple[Stand, ...]
    rooms: list[str]
    steps: list[list[int]]
    groups: list[Group]
    groups_of: list[list[int]]
    visitors: list[Visitor]
    units: list[tuple[int, ...]]
    locks: tuple[Meeting, ...]
    unusable: tuple[Meeting, ...] = ()
    unit_of: list[int] = field(default_factory=list)

    @property
    def slots(self) -> int:
        """Slots of the event."""
        return self.event.slots

    def cost(self, family: str) -> int | None:
        """Return what breaking a family of wishes costs, ``None`` when it cannot be broken."""
        level = self.event.level(family)
        return None if level.hard else self.event.weights.warn * (level is Level.WARN)


def lay_out(event: Event, locks: Sequence[Meeting] = (), *, standby: bool = False) -> Layout:
    """Number the event. ``locks`` are imposed; people on standby are left out unless asked for or imposed."""
    usable: list[Meeting] = []
    unusable: list[Meeting] = []
    for one in locks:
        stand = event.stand_of.get(one.stand)
        known = stand is not None and one.candidate in event.candidate_of and 0 <= one.table < stand.tables
        inside = known and stand is not None and 0 <= one.slot <= event.slots - event.length(stand)
        (usable if inside else unusable).append(one)
    usable = list({one.place: one for one in usable}.values())
    held: defaultdict[str, list[Meeting]] = defaultdict(list)
    for one in usable:
        held[one.candidate].append(one)
    rooms = sorted({stand.room for stand in event.stands})
    groups = _groups(event, usable)
    groups_of: list[list[int]] = [[] for _ in event.stands]
    for g, group in enumerate(groups):
        groups_of[group.stand].append(g)
    people = [one for one in event.candidates if standby or not one.standby or one.id in held]
    numbers = {stand.id: s for s, stand in enumerate(event.stands)}
    number_of = {one.id: v for v, one in enumerate(people)}
    together = _households(event, number_of)
    implied = _common_talks(event, people, together, held)
    visitors = [
        _visitor(event, v, one, held[one.id] + implied.get(one.id, []), rooms, numbers, bool(one.id in held))
        for v, one in enumerate(people)
    ]
    for members in together:
        _meet_together(event, [visitors[v] for v in members])
    together = [members for members in together if not any(visitors[v].frozen for v in members)]
    alone = set(range(len(people))) - {v for members in together for v in members}
    units = sorted([*together, *((v,) for v in alone)])
    layout = Layout(
        event, event.stands, rooms, [[event.steps(a, b) for b in rooms] for a in rooms], groups, groups_of,
        visitors, units, tuple(usable), tuple(unusable),
    )
    layout.unit_of = [0] * len(people)
    for u, unit in enumerate(units):
        for v in unit:
            layout.unit_of[v] = u
    return layout


def _groups(event: Event, locks: Sequence[Meeting]) -> list[Group]:
    taken: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for one in locks:
        length = event.length(event.stand_of[one.stand])
        taken[one.stand, one.table].update(range(one.slot, one.slot + length))
    groups = []
    for s, stand in enumerate(event.stands):
        open_slots = [
            tuple(
                not stand.shut(table, slot) and slot not in taken[stand.id, table] for slot in range(event.slots)
            )
            for table in range(stand.tables)
        ]
        alike: defaultdict[tuple[bool, ...], list[int]] = defaultdict(list)
        for table, slots in enumerate(open_slots):
            # Meetings of one slot can be given any table open then: one group is enough.
            alike[slots if event.length(stand) > 1 else ()].append(table)
        for tables in alike.values():
            capacity = [sum(open_slots[table][slot] for table in tables) for slot in range(event.slots)]
            groups.append(Group(s, tuple(tables), capacity))
    return groups


def _households(event: Event, number_of: dict[str, int]) -> list[tuple[int, ...]]:
    if event.level("household") is Level.IGNORE:
        return []
    present = (tuple(number_of[one] for one in members if one in number_of) for members in event.households.values())
    return [members for members in present if len(members) > 1]


def _common_talks(
    event: Event, people: Sequence[Candidate], together: Sequence[tuple[int, ...]], held: dict[str, list[Meeting]]
) -> dict[str, list[Meeting]]:
    """Return, for the others of a household, the talk that was imposed to one of them, when they can be there."""
    implied: dict[str, list[Meeting]] = {}
    for members in together:
        talks = {
            one.place[1:]: one
            for v in members for one in held.get(people[v].id, ()) if event.stand_of[one.stand].kind is Kind.HOUSING
        }
        if len(talks) != 1:
            continue
        (talk,) = talks.values()
        for v in members:
            who = people[v]
            mine = held.get(who.id, [])
            same = Meeting(who.id, talk.stand, talk.table, talk.slot)
            if any(one.place == same.place for one in mine):
                continue
            faults = faults_of_visit(event, who, [*mine, same])
            if not any(_hard(event, fault.rule) for fault in faults):
                implied[who.id] = [same]
    return implied


def _hard(event: Event, rule: str) -> bool:
    return rule in PHYSICS or event.level(rule).hard


def _visitor(
    event: Event, number: int, who: Candidate, held: list[Meeting], rooms: list[str], numbers: dict[str, int],
    imposed: bool,
) -> Visitor:
    own = {(fault.rule, fault.meeting) for one in held
           for fault in faults_of_meeting(event, who, event.stand_of[one.stand], one)}
    frozen = imposed and any(
        _hard(event, fault.rule) and (fault.rule, fault.meeting) not in own
        for fault in faults_of_visit(event, who, held)
    )
    items = []
    wished = {wish.stand for wish in who.wishes}
    if event.level("household") is not Level.IGNORE:
        for member in event.households.get(who.household, ()):
            wished |= {
                wish.stand for wish in event.candidate_of[member].wishes
                if event.stand_of[wish.stand].kind is Kind.HOUSING
            }
    places = {one.stand: one for one in held}
    for name in sorted(wished | set(places), key=lambda name: (KINDS.index(event.stand_of[name].kind), numbers[name])):
        stand, lock = event.stand_of[name], places.get(name)
        if lock is None and frozen:
            continue
        gain = [NEVER] * event.slots
        for slot in range(event.slots - event.length(stand) + 1):
            if lock is None or slot == lock.slot:
                gain[slot] = _gain(event, who, stand, slot, lock is not None)
        item = Item(numbers[name], KINDS.index(stand.kind), rooms.index(stand.room), event.length(stand), gain)
        if lock is not None:
            item.lock, item.table = lock.slot, lock.table
        if item.possible:
            items.append(item)
    least = (0, 0, 0) if who.standby else (who.employers_min, who.housing_min, who.desk_min)
    most = (who.most(Kind.EMPLOYER), who.most(Kind.HOUSING), who.most(Kind.DESK))
    held_of = tuple(sum(event.stand_of[one.stand].kind is kind for one in held) for kind in KINDS)
    order = 0 if who.housing_after is None else 1 if who.housing_after else -1
    return Visitor(
        number, who, items, least,
        (max(most[0], held_of[0]), max(most[1], held_of[1]), max(most[2], held_of[2])), order, frozen,
    )


def _gain(event: Event, who: Candidate, stand: Stand, slot: int, imposed: bool) -> int:
    if not imposed and not _receives(event, stand, slot):
        return NEVER
    wish = wish_for(event, who, stand)
    points = wish.score + event.weights.wanted * wish.wanted if wish else 0
    for fault in faults_of_meeting(event, who, stand, Meeting(who.id, stand.id, 0, slot)):
        if _hard(event, fault.rule):
            if not imposed:
                return NEVER
        elif event.level(fault.rule) is Level.WARN:
            points -= event.weights.warn
    return points


def _receives(event: Event, stand: Stand, slot: int) -> bool:
    span = range(slot, slot + event.length(stand))
    return any(not any(stand.shut(table, one) for one in span) for table in range(stand.tables))


def _meet_together(event: Event, members: list[Visitor]) -> None:
    """Leave the talks that every member can attend; a member who cannot attend an imposed one has none."""
    locked = any(item.kind == 1 and item.lock >= 0 for one in members for item in one.items)
    if locked or any(one.frozen for one in members):
        for one in members:
            one.items = [item for item in one.items if item.kind != 1 or item.lock >= 0]
        return
    talks = [{item.stand: item for item in one.items if item.kind == 1} for one in members]
    common = set.intersection(*(set(talk) for talk in talks)) if all(one.most[1] for one in members) else set()
    for one, talk in zip(members, talks, strict=True):
        one.items = [item for item in one.items if item.kind != 1 or item.stand in common]
        for stand in common:
            for slot in range(event.slots):
                if any(other[stand].gain[slot] <= NEVER for other in talks):
                    talk[stand].gain[slot] = NEVER
