"""What is counted on an event: is there room before inviting, and how a timetable used people's time after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from untoit.core.timetabling.model import Event, Kind, Meeting, Stand, Wave
from untoit.core.timetabling.worth import idle_slots, stay_slots
from untoit.core.wording import say

ENOUGH = Fraction(4, 5)
"""Share of the places that minima may take: above it somebody is left out or waits (matching.md, section 7)."""

PLACES = {
    Kind.EMPLOYER: ("entretien promis", "entretiens promis", "recruteur", "recruteurs"),
    Kind.HOUSING: (
        "rendez-vous logement promis", "rendez-vous logement promis", "conseiller logement", "conseillers logement",
    ),
    Kind.DESK: ("passage promis au guichet", "passages promis au guichet", "guichet", "guichets"),
}


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """Promises and places of one kind, in one wave or in the whole event (``wave`` is ``None``)."""

    wave: int | None
    kind: Kind
    asked: int
    offered: int
    enough: bool
    more_tables: int
    more_slots: int
    sentence: str

    @property
    def share(self) -> float:
        """Share of the places that the promises take; infinite when there is no place."""
        return self.asked / self.offered if self.offered else float("inf") if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """Whether there is room for what is promised, before inviting anybody. ``lines`` are those with a promise."""

    lines: tuple[CapacityLine, ...]
    enough: bool
    sentence: str


def capacity(event: Event) -> Capacity:
    """Compare what is promised with the places there are, wave by wave and in all, people on standby aside."""
    waves: list[tuple[int | None, Wave]] = [(None, Wave(0, event.slots))]
    if event.waves:
        first, last = min(wave.first for wave in event.waves), max(wave.last for wave in event.waves)
        waves = [(None, Wave(first, min(last, event.slots))), *enumerate(event.waves)]
    lines = [line for wave, window in waves for kind in Kind if (line := _line(event, wave, window, kind)).asked]
    tight = [line for line in lines if not line.enough]
    if not tight:
        return Capacity(tuple(lines), True, "Il y a assez de places pour ce qui est promis.")
    return Capacity(tuple(lines), False, max(tight, key=lambda line: line.share).sentence)


def _line(event: Event, wave: int | None, window: Wave, kind: Kind) -> CapacityLine:
    invited = [one for one in event.candidates if not one.standby and wave in (None, one.wave)]
    talking: set[str] = set()
    asked = 0
    for one in invited:
        if kind is Kind.HOUSING and one.household in event.households:
            if one.household in talking or not one.least(kind):
                continue
            talking.add(one.household)
            asked += 1
        else:
            asked += one.least(kind)
    stands = [stand for stand in event.stands if stand.kind is kind]
    span = range(max(window.first, 0), min(window.last, event.slots))
    length = event.housing_length if kind is Kind.HOUSING else 1
    offered = sum(_places(stand, table, span, length) for stand in stands for table in range(stand.tables))
    enough = asked <= ENOUGH * offered
    tables = sum(stand.tables for stand in stands)
    more_tables = _more(asked, offered, Fraction(len(span) // length))
    more_slots = _more(asked, offered, Fraction(tables, length))
    promised, plural, who, whos = PLACES[kind]
    place = "Sur tout l’événement" if wave is None else f"Vague {wave + 1}"
    facts: dict[str, object] = {
        "place": place, "asked": asked, "offered": offered, "limit": ENOUGH, "tables": more_tables,
        "slots": more_slots, "share": float(ENOUGH),
    }
    sentence = f"{{place}} : {{asked:{promised}|{plural}}} pour {{offered:place|places}}"
    if enough:
        sentence += "."
    else:
        sentence += ", c’est plus que {share:%} des places. "
        sentence += f"Il suffirait de {{tables:{who} de plus|{whos} de plus}}" if more_tables else ""
        sentence += " ou de {slots:créneau de plus|créneaux de plus}." if more_slots else "."
    return CapacityLine(wave, kind, asked, offered, enough, more_tables, more_slots, say(sentence, facts))


def _places(stand: Stand, table: int, span: range, length: int) -> int:
    """Return how many meetings this table can hold in these slots, one after the other."""
    places, run = 0, 0
    for slot in span:
        run = 0 if stand.shut(table, slot) else run + 1
        if run == length:
            places, run = places + 1, 0
    return places


def _more(asked: int, offered: int, each: Fraction) -> int:
    """Return how many more things of ``each`` places would be enough; 0 when none can help."""
    lacking = asked / ENOUGH - offered
    return max(-(-lacking // each), 0) if each > 0 else 0


def grid(length_min: int, change_min: int, wave_min: int) -> int:
    """Return how many slots fit in a wave: a slot is an interview and the change-over after it."""
    if length_min <= 0 or change_min < 0:
        raise ValueError("a slot lasts at least one minute")
    return max(wave_min, 0) // (length_min + change_min)


@dataclass(frozen=True, slots=True)
class StandUse:
    """Meetings held at a stand, slots of its tables used and open."""

    held: int
    used: int
    open: int

    @property
    def share(self) -> float:
        """Share of the open slots that were used; 0 for a stand that never opens."""
        return self.used / self.open if self.open else 0.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """How a timetable uses people's time; means are over the people who have a meeting. Waits are in slots."""

    interviews: int
    talks: int
    desks: int
    people: int
    without_talk: int
    below_minimum: int
    mean_idle: float
    max_idle: int
    mean_stay: float
    idle_share: float
    score: int
    stands: Mapping[str, StandUse]


def statistics(event: Event, meetings: Sequence[Meeting], *, from_arrival: bool = False) -> Statistics:
    """
    Count. A talk of a household is one talk; people on standby count only when they have a meeting.

    ``from_arrival``: people wait from the start of their wave (without a timetable), not from their first meeting.
    """
    visits: defaultdict[str, list[Meeting]] = defaultdict(list)
    for one in meetings:
        visits[one.candidate].append(one)
    held = {(one.stand, one.table, one.slot) for one in meetings}
    use = {stand.id: _use(event, stand, held) for stand in event.stands}
    kinds = {kind: sum(use[stand.id].held for stand in event.stands if stand.kind is kind) for kind in Kind}
    invited = [one for one in event.candidates if not one.standby or visits[one.id]]
    waits, stays, without, below, score = [], [], 0, 0, 0
    for who in invited:
        mine = visits[who.id]
        counts = {kind: sum(event.stand_of[one.stand].kind is kind for one in mine) for kind in Kind}
        without += not counts[Kind.HOUSING] and who.housing_min > 0
        below += any(counts[kind] < who.least(kind) for kind in Kind)
        scores = {wish.stand: wish.score for wish in who.wishes}
        score += sum(scores.get(one.stand, 0) for one in mine if event.stand_of[one.stand].kind is Kind.EMPLOYER)
        if mine:
            early = min(one.slot for one in mine) - max(event.window(who).first, who.arrives) if from_arrival else 0
            waits.append(idle_slots(event, mine) + max(early, 0))
            stays.append(stay_slots(event, mine) + max(early, 0))
    opened = sum(stand.open for stand in use.values())
    return Statistics(
        kinds[Kind.EMPLOYER], kinds[Kind.HOUSING], kinds[Kind.DESK], len(waits), without, below,
        sum(waits) / len(waits) if waits else 0.0, max(waits, default=0), sum(stays) / len(stays) if stays else 0.0,
        1 - sum(stand.used for stand in use.values()) / opened if opened else 0.0, score, use,
    )


def _use(event: Event, stand: Stand, held: set[tuple[str, int, int]]) -> StandUse:
    mine = [one for one in held if one[0] == stand.id]
    opened = sum(not stand.shut(table, slot) for table in range(stand.tables) for slot in range(event.slots))
    return StandUse(len(mine), len(mine) * event.length(stand), opened)
