"""
What the engine is asked and what it answers: an event, the meetings held in it, and why the others are not.

A slot is the length of an interview and the change-over after it; everything is counted in slots from the opening.
People are identifiers: the engine knows neither a name nor a reason for a wish, only its weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class Kind(StrEnum):
    """What a stand is for. The employment partner and Action Logement hold a ``DESK``."""

    EMPLOYER = "employer"
    HOUSING = "housing"
    DESK = "desk"


class Level(StrEnum):
    """How much a wish binds: nobody overrides ``IMPOSSIBLE``, a person may override ``MUST``, ``WARN`` has a cost."""

    IMPOSSIBLE = "impossible"
    MUST = "must"
    WARN = "warn"
    IGNORE = "ignore"

    @property
    def hard(self) -> bool:
        """Whether the engine never breaks it."""
        return self in (Level.IMPOSSIBLE, Level.MUST)


DEFAULT_LEVELS: Mapping[str, Level] = MappingProxyType({
    "arrival": Level.MUST,           # the bus, the childcare: nobody is there before
    "leaving": Level.MUST,
    "wave": Level.MUST,              # the half-hour written on the invitation
    "walking": Level.MUST,
    "rest": Level.MUST,              # never more than `max_run` meetings without a free slot
    "order": Level.WARN,             # housing talk after, or before, the interviews
    "language": Level.MUST,          # an interview without its interpreter is an interview lost
    "accessible": Level.IMPOSSIBLE,
    "count": Level.MUST,             # no more meetings than asked
    "household": Level.MUST,         # one housing talk for the household, together
    "children": Level.MUST,          # one of the two minds the children while the other is interviewed
    "wish": Level.WARN,              # a meeting that nobody asked for
})
"""The families of wishes whose level an event may change. What physics forbids is always ``IMPOSSIBLE``."""


@dataclass(frozen=True, slots=True)
class Stand:
    """
    One stand of ``tables`` parallel interviewers.

    ``closed`` are the slots where nobody receives (pause, late arrival), ``table_closed`` those of each table when they
    differ. ``languages`` are those that somebody there speaks, interpreters included. ``label`` is shown to people.
    """

    id: str
    kind: Kind
    room: str
    tables: int = 1
    closed: frozenset[int] = frozenset()
    table_closed: tuple[frozenset[int], ...] = ()
    accessible: bool = True
    languages: frozenset[str] = frozenset()
    label: str = ""

    def shut(self, table: int, slot: int) -> bool:
        """Return whether nobody receives at this table in this slot."""
        return slot in self.closed or (table < len(self.table_closed) and slot in self.table_closed[table])


@dataclass(frozen=True, slots=True)
class Wish:
    """
    A possible meeting, worth ``score`` (0 to 100). ``wanted``: promised to the person or asked by the employer.

    ``languages``: the meeting can be held in one of them without an interpreter (the interviewer speaks it).
    """

    stand: str
    score: int
    wanted: bool = False
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    Somebody invited: when they can be there, whom they may meet, and what they need.

    ``arrives`` is the first slot possible and ``leaves`` the first one no longer possible. ``household`` joins the
    seekers of one household: one housing talk, together. ``minds_children``: when two members of a household have it,
    they are never in a meeting apart at the same time. ``standby`` people are placed by a repair only.
    """

    id: str
    wave: int
    wishes: tuple[Wish, ...]
    arrives: int = 0
    leaves: int | None = None
    employers_min: int = 2
    employers_max: int = 4
    housing_min: int = 1
    housing_max: int = 1
    desk_min: int = 0
    desk_max: int = 1
    housing_after: bool | None = None
    household: str = ""
    minds_children: bool = False
    needs_accessible: bool = False
    needs_language: str = ""
    standby: bool = False

    def least(self, kind: Kind) -> int:
        """Return the fewest meetings of this kind that were promised."""
        return {Kind.EMPLOYER: self.employers_min, Kind.HOUSING: self.housing_min, Kind.DESK: self.desk_min}[kind]

    def most(self, kind: Kind) -> int:
        """Return the most meetings of this kind; the talk of a household of several seekers is one."""
        if kind is Kind.HOUSING:
            return min(self.housing_max, 1) if self.household else self.housing_max
        return self.employers_max if kind is Kind.EMPLOYER else self.desk_max


@dataclass(frozen=True, slots=True)
class Wave:
    """The slots of one invitation: from ``first`` to ``last``, excluded."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """One candidate at one table in one slot. ``informed``: they know; ``locked``: somebody imposed it."""

    candidate: str
    stand: str
    table: int
    slot: int
    informed: bool = False
    locked: bool = False

    @property
    def place(self) -> tuple[str, str, int, int]:
        """Who, where and when, without the marks."""
        return self.candidate, self.stand, self.table, self.slot


@dataclass(frozen=True, slots=True)
class Weights:
    """
    What a timetable is worth, in points: the scores of its meetings, less what goes wrong.

    ``missing`` for each meeting below a minimum; ``wanted`` added to a promised meeting; ``idle`` for each slot waited
    inside a visit and ``long_wait_cost`` more for each one beyond ``long_wait`` slots, so that nobody waits for all
    the others; ``warn`` for each wish broken at the level ``WARN``.
    """

    missing: int = 500
    wanted: int = 300
    idle: int = 4
    long_wait: int = 6
    long_wait_cost: int = 8
    warn: int = 60


@dataclass(frozen=True)
class Event:
    """
    A half-day: slots, stands, people, and how much each family of wishes binds.

    ``walking`` gives the free slots needed between two rooms, in either order (0 within a room, 1 otherwise).
    ``housing_length`` is the number of slots of a housing talk. ``max_run`` meetings in a row at most: two in any three
    slots for 2. ``opens_min`` (minutes after midnight) and ``slot_min`` only serve to write hours in sentences.
    ``forbidden`` are pairs (candidate, stand) that somebody struck out.
    """

    slots: int
    stands: tuple[Stand, ...]
    candidates: tuple[Candidate, ...]
    waves: tuple[Wave, ...] = ()
    walking: Mapping[tuple[str, str], int] = field(default_factory=dict)
    housing_length: int = 1
    max_run: int = 2
    breaks: Mapping[str, Level] = field(default_factory=lambda: DEFAULT_LEVELS)
    forbidden: frozenset[tuple[str, str]] = frozenset()
    weights: Weights = field(default_factory=Weights)
    opens_min: int | None = None
    slot_min: int = 12

    def __post_init__(self) -> None:
        """Refuse what would make a silent mistake: an unknown stand, a table of nobody, two people of one name."""
        stands, people = {stand.id for stand in self.stands}, {one.id for one in self.candidates}
        _require(self.slots >= 1 and self.housing_length >= 1 and self.max_run >= 1, "slots, lengths and runs >= 1")
        _require(len(stands) == len(self.stands), "one identifier a stand")
        _require(len(people) == len(self.candidates), "one identifier a candidate")
        _require(all(stand.tables >= 0 for stand in self.stands), "tables >= 0")
        _require(all(steps >= 0 for steps in self.walking.values()), "walking >= 0")
        _require(set(self.breaks) <= set(DEFAULT_LEVELS), f"families of wishes among {sorted(DEFAULT_LEVELS)}")
        for one in self.candidates:
            wished = [wish.stand for wish in one.wishes]
            _require(len(set(wished)) == len(wished), f"one wish a stand for {one.id}")
            _require(set(wished) <= stands, f"known stands for {one.id}")
            _require(all(0 <= wish.score <= 100 for wish in one.wishes), f"scores of {one.id} from 0 to 100")
            _require(not self.waves or 0 <= one.wave < len(self.waves), f"wave of {one.id}")

    @cached_property
    def stand_of(self) -> Mapping[str, Stand]:
        """The stands by identifier."""
        return {stand.id: stand for stand in self.stands}

    @cached_property
    def candidate_of(self) -> Mapping[str, Candidate]:
        """The candidates by identifier."""
        return {one.id: one for one in self.candidates}

    @cached_property
    def households(self) -> Mapping[str, tuple[str, ...]]:
        """The members of each household of several seekers, in the order of the event."""
        members: dict[str, list[str]] = {}
        for one in self.candidates:
            if one.household:
                members.setdefault(one.household, []).append(one.id)
        return {name: tuple(ids) for name, ids in members.items() if len(ids) > 1}

    def level(self, family: str) -> Level:
        """Return how much a family of wishes binds; what physics forbids is not among them."""
        return self.breaks.get(family) or DEFAULT_LEVELS.get(family, Level.IMPOSSIBLE)

    def length(self, stand: Stand) -> int:
        """Return the slots that a meeting takes at this stand."""
        return self.housing_length if stand.kind is Kind.HOUSING else 1

    def steps(self, room: str, other: str) -> int:
        """Return the free slots needed to go from one room to the other."""
        default = 0 if room == other else 1
        return self.walking.get((room, other), self.walking.get((other, room), default))

    def window(self, candidate: Candidate) -> Wave:
        """Return the slots of the candidate's wave; the whole event when there are no waves."""
        return self.waves[candidate.wave] if self.waves else Wave(0, self.slots)


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that some meetings break. ``slot`` is the one to show; ``other`` the second candidate, if any."""

    rule: str
    level: Level
    candidate: str
    stand: str
    slot: int
    sentence: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something promised that has no place, and why. ``stand`` is ``None`` when a minimum is missed."""

    candidate: str
    stand: str | None
    code: str
    sentence: str
    kind: Kind | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Prices:
    """
    What proves the bound, without a solver: a price for each (stand, group of alike tables, slot), in hundredths.

    ``capacity`` counts the tables of the group that can still be given in each slot, locked meetings taken away.
    """

    groups: tuple[tuple[str, tuple[int, ...]], ...]     # stand, its tables alike
    price: tuple[tuple[int, ...], ...]                  # [group][slot]
    capacity: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """
    The meetings, their worth, and how far from the best they can be: no timetable is worth more than ``bound``.

    ``gap`` is ``(bound - value) / |bound|``. ``engine``: ``glouton``, ``visites`` (local search), ``cp-sat``.
    """

    meetings: tuple[Meeting, ...]
    value: int
    bound: int
    gap: float
    seconds: float
    missing: tuple[Missing, ...]
    warnings: tuple[Broken, ...]
    engine: str
    prices: Prices | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """
    One thing to tell one person after a repair.

    ``code``: ``moved``, ``cancelled``, ``added``. ``reason``: ``absent``, ``late``, ``stand_closed``, ``conflict``
    (its place is no longer possible), ``freed`` (a place was freed), ``improved`` (nobody had been told yet).
    """

    code: str
    reason: str
    candidate: str
    stand: str
    before: Meeting | None = None
    after: Meeting | None = None
    informed: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """The timetable after an absence, a delay or a closed stand, and each change with its reason."""

    timetable: Timetable
    kept: tuple[Meeting, ...]
    moved: tuple[Change, ...]
    cancelled: tuple[Change, ...]
    added: tuple[Change, ...]

    @property
    def informed_kept(self) -> float:
        """Share of the informed meetings that could still be held and kept table and slot; 1 when there were none."""
        kept = sum(meeting.informed for meeting in self.kept)
        lost = sum(
            change.informed and change.reason not in ("absent", "late", "stand_closed")
            for change in (*self.moved, *self.cancelled)
        )
        return kept / (kept + lost) if kept + lost else 1.0


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"event: {what}")
