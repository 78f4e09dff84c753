"""
The rules of a timetable, one code each, and the sentence of each one that is broken.

:func:`check` is what the screen calls when somebody drags a meeting, and :func:`may_move` what the keyboard offers.
The engine obeys the same rules by its own arithmetic (:mod:`~untoit.core.timetabling.layout`); tests compare the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import NamedTuple

from untoit.core.timetabling.model import Broken, Candidate, Event, Kind, Level, Meeting, Stand, Wish
from untoit.core.wording import say
from untoit.core.wording.moments import clock as clock_on_the_wall

SENTENCES = {
    "unknown": "Cette place n’existe pas : {stand}, table {table}, {at}.",
    "twice": "Cette personne est attendue à deux endroits à {at} : {stand} et {other}.",
    "table": "La table {table} de {stand} reçoit déjà quelqu’un à {at}.",
    "closed": "La table {table} de {stand} ne reçoit personne à {at}.",
    "again": "Cette personne a déjà une rencontre avec {stand}, à {at}.",
    "forbidden": "La rencontre avec {stand} a été écartée par une personne de l’équipe.",
    "wish": "La rencontre avec {stand} ne fait partie d’aucun souhait.",
    "arrival": "Cette personne arrive à {limit}, la rencontre avec {stand} est à {at}.",
    "leaving": "Cette personne part à {limit}, la rencontre avec {stand} finit à {end}.",
    "wave": "La rencontre avec {stand} est à {at}, hors de la vague de cette personne ({first} à {last}).",
    "walking": "De {other} à {stand}, il faut {needed:créneau libre|créneaux libres} ; il y en a {seen}.",
    "rest": "Plus de {limit:rencontre|rencontres} de suite sans pause, à {at}.",
    "order_after": "Le rendez-vous logement devait venir après les entretiens ; {stand} est à {at}.",
    "order_before": "Le rendez-vous logement devait venir avant les entretiens ; {stand} est à {at}.",
    "language": "Personne ne parle {language} à la table de {stand}.",
    "accessible": "{stand} n’est pas accessible à cette personne.",
    "count": "{seen:rencontre|rencontres} de ce type avec {stand}, {limit} au plus.",
    "household": "Le rendez-vous logement de ce ménage est commun : même stand, même table, même heure.",
    "children": "Les deux parents sont en rencontre à {at} : personne ne garde les enfants.",
}
PHYSICS = frozenset({"unknown", "twice", "table", "closed", "again", "forbidden"})


class Fault(NamedTuple):
    """A broken rule before it is put in words: counting them must stay cheap."""

    rule: str
    meeting: Meeting
    facts: dict[str, object]
    wording: str = ""
    other: str = ""


def clock(event: Event, slot: int) -> str:
    """Return the hour at which a slot starts, or its number when the event does not say when it opens."""
    if event.opens_min is None:
        return f"créneau {slot + 1}"
    return clock_on_the_wall(event.opens_min + slot * event.slot_min)


def title(stand: Stand) -> str:
    """Return what people call the stand."""
    return stand.label or stand.id


def check(event: Event, meetings: Sequence[Meeting]) -> tuple[Broken, ...]:
    """Return every rule that these meetings break, with its level; those at ``IGNORE`` are left out."""
    found = sorted(_faults(event, meetings), key=lambda fault: (fault.meeting.slot, fault.meeting.place, fault.rule))
    return tuple(broken for fault in found if (broken := in_words(event, fault)) is not None)


def may_move(
    event: Event, meetings: Sequence[Meeting], candidate: str, stand: str
) -> tuple[tuple[int, int, tuple[Broken, ...]], ...]:
    """
    Return each (table, slot) where this meeting could be held, with what it would break there.

    Places that nobody may choose (another meeting, a pause, two places at once) are left out. The common talk of a
    household moves as one.
    """
    place, who = event.stand_of[stand], event.candidate_of[candidate]
    together = {candidate}
    if place.kind is Kind.HOUSING and event.level("household") is not Level.IGNORE:
        together |= set(event.households.get(who.household, ()))
    others = [one for one in meetings if not (one.candidate in together and one.stand == stand)]
    theirs = {member: [one for one in others if one.candidate == member] for member in together}
    family = [one for one in others if one.candidate in event.households.get(who.household, ())]
    there = [one for one in others if one.stand == stand]
    before = {_key(fault) for fault in _of_people(event, theirs, family)}
    answer = []
    for table in range(place.tables):
        for slot in range(event.slots - event.length(place) + 1):
            new = [Meeting(member, stand, table, slot) for member in sorted(together)]
            trial = {member: [*theirs[member], one] for member, one in zip(sorted(together), new, strict=True)}
            faults = [
                *_of_stand(event, place, [*there, *new], only=frozenset(together)),
                *(fault for fault in _of_people(event, trial, [*family, *new]) if _key(fault) not in before),
            ]
            broken = tuple(one for fault in faults if (one := in_words(event, fault)) is not None)
            if not any(one.level is Level.IMPOSSIBLE for one in broken):
                answer.append((table, slot, broken))
    return tuple(answer)


def _key(fault: Fault) -> tuple[str, tuple[str, str, int, int]]:
    return fault.rule, fault.meeting.place


def _of_people(event: Event, visits: dict[str, list[Meeting]], family: list[Meeting]) -> Iterator[Fault]:
    for member, held in visits.items():
        yield from faults_of_visit(event, event.candidate_of[member], held)
    if family and event.candidate_of[family[0].candidate].household in event.households:
        yield from faults_of_household(event, family)


def in_words(event: Event, fault: Fault) -> Broken | None:
    """Return the fault with its level and its sentence, ``None`` when its family is ignored."""
    level = Level.IMPOSSIBLE if fault.rule in PHYSICS else event.level(fault.rule)
    if level is Level.IGNORE:
        return None
    one = fault.meeting
    stand = event.stand_of.get(one.stand)
    facts = {"stand": title(stand) if stand else one.stand, "table": one.table + 1, "at": clock(event, one.slot)}
    sentence = say(SENTENCES[fault.wording or fault.rule], facts | fault.facts)
    return Broken(fault.rule, level, one.candidate, one.stand, one.slot, sentence, fault.other)


def _faults(event: Event, meetings: Sequence[Meeting]) -> Iterator[Fault]:
    visits: defaultdict[str, list[Meeting]] = defaultdict(list)
    stands: defaultdict[str, list[Meeting]] = defaultdict(list)
    for one in meetings:
        stand = event.stand_of.get(one.stand)
        known = stand is not None and one.candidate in event.candidate_of and 0 <= one.table < stand.tables
        if not known or stand is None or not 0 <= one.slot <= event.slots - event.length(stand):
            yield Fault("unknown", one, {})
            continue
        visits[one.candidate].append(one)
        stands[one.stand].append(one)
    for name, held in stands.items():
        yield from _of_stand(event, event.stand_of[name], held)
    for name, held in visits.items():
        yield from faults_of_visit(event, event.candidate_of[name], held)
    for members in event.households.values():
        together = [one for member in members for one in visits.get(member, ())]
        if together:
            yield from faults_of_household(event, together)


def _of_stand(
    event: Event, stand: Stand, meetings: Iterable[Meeting], only: frozenset[str] | None = None
) -> Iterator[Fault]:
    """Yield tables used twice or while nobody receives; with ``only``, what concerns these people."""
    length = event.length(stand)
    taken: dict[tuple[int, int], Meeting] = {}
    for one in meetings:
        said = False
        for slot in range(one.slot, one.slot + length):
            if stand.shut(one.table, slot) and (only is None or one.candidate in only):
                yield Fault("closed", one, {"at": clock(event, slot)})
                break
        for slot in range(one.slot, one.slot + length):
            held = taken.setdefault((one.table, slot), one)
            concerned = only is None or one.candidate in only or held.candidate in only
            if held is not one and not said and concerned and not _one_talk(event, stand, held, one):
                yield Fault("table", one, {}, other=held.candidate)
                said = True


def _one_talk(event: Event, stand: Stand, one: Meeting, other: Meeting) -> bool:
    """Return whether two people at one table are a household in its common talk."""
    household = event.candidate_of[one.candidate].household
    return bool(
        stand.kind is Kind.HOUSING and household and one.slot == other.slot and one.candidate != other.candidate
        and household == event.candidate_of[other.candidate].household
        and event.level("household") is not Level.IGNORE
    )


def wish_for(event: Event, who: Candidate, stand: Stand) -> Wish | None:
    """Return the wish of this person for this stand; a common talk may be the wish of another member."""
    mine = next((wish for wish in who.wishes if wish.stand == stand.id), None)
    if mine is None and stand.kind is Kind.HOUSING and event.level("household") is not Level.IGNORE:
        for member in event.households.get(who.household, ()):
            if any(wish.stand == stand.id for wish in event.candidate_of[member].wishes):
                return Wish(stand.id, 0)
    return mine


def faults_of_meeting(event: Event, who: Candidate, stand: Stand, one: Meeting) -> Iterator[Fault]:
    """Yield what is wrong with a meeting by itself, whatever the others."""
    end = one.slot + event.length(stand)
    wish = wish_for(event, who, stand)
    if wish is None:
        yield Fault("wish", one, {})
    if (who.id, stand.id) in event.forbidden:
        yield Fault("forbidden", one, {})
    if one.slot < who.arrives:
        yield Fault("arrival", one, {"limit": clock(event, who.arrives)})
    if who.leaves is not None and end > who.leaves:
        yield Fault("leaving", one, {"limit": clock(event, who.leaves), "end": clock(event, end)})
    window = event.window(who)
    if one.slot < window.first or end > window.last:
        yield Fault("wave", one, {"first": clock(event, window.first), "last": clock(event, window.last)})
    if who.needs_accessible and not stand.accessible:
        yield Fault("accessible", one, {})
    spoken = stand.languages | (wish.languages if wish else frozenset())
    if who.needs_language and who.needs_language not in spoken:
        yield Fault("language", one, {"language": who.needs_language})


def faults_of_visit(event: Event, who: Candidate, meetings: Sequence[Meeting]) -> Iterator[Fault]:
    """Yield what is wrong in the meetings of one person, the tables aside."""
    held = sorted(meetings, key=lambda one: (one.slot, one.stand, one.table))
    counts: dict[Kind, int] = dict.fromkeys(Kind, 0)
    seen: dict[str, Meeting] = {}
    run, previous = 0, None
    for one in held:
        stand = event.stand_of[one.stand]
        yield from faults_of_meeting(event, who, stand, one)
        if one.stand in seen:
            yield Fault("again", one, {"at": clock(event, seen[one.stand].slot)})
        seen.setdefault(one.stand, one)
        counts[stand.kind] += 1
        if counts[stand.kind] > who.most(stand.kind):
            yield Fault("count", one, {"seen": counts[stand.kind], "limit": who.most(stand.kind)})
        run = yield from _after(event, one, stand, previous, run)
        if stand.kind is Kind.EMPLOYER and who.housing_after is True and counts[Kind.HOUSING]:
            yield Fault("order", one, {}, "order_after")
        if stand.kind is Kind.HOUSING and who.housing_after is False and counts[Kind.EMPLOYER]:
            yield Fault("order", one, {}, "order_before")
        if previous is None or _end(event, one) >= _end(event, previous):
            previous = one


def _end(event: Event, one: Meeting) -> int:
    return one.slot + event.length(event.stand_of[one.stand])


def _after(
    event: Event, one: Meeting, stand: Stand, previous: Meeting | None, run: int
) -> Generator[Fault, None, int]:
    """Yield what is wrong between a meeting and the one before; return the meetings in a row so far."""
    if previous is None:
        return 1
    left = event.stand_of[previous.stand]
    free = one.slot - previous.slot - event.length(left)
    if free < 0:
        yield Fault("twice", one, {"other": title(left)})
        return run
    if free < event.steps(left.room, stand.room):
        facts = {"other": title(left), "needed": event.steps(left.room, stand.room), "seen": free}
        yield Fault("walking", one, facts)
    run = run + 1 if free == 0 else 1
    if run > event.max_run:
        yield Fault("rest", one, {"limit": event.max_run})
    return run


def faults_of_household(event: Event, meetings: Sequence[Meeting]) -> Iterator[Fault]:
    """Yield what is wrong between the meetings of the members of one household."""
    members = event.households[event.candidate_of[meetings[0].candidate].household]
    talks: defaultdict[tuple[str, int, int], set[str]] = defaultdict(set)
    apart: defaultdict[int, dict[str, Meeting]] = defaultdict(dict)
    present = {member for member in members if not event.candidate_of[member].standby}
    for one in sorted(meetings, key=lambda one: (one.slot, one.candidate)):
        stand = event.stand_of[one.stand]
        if stand.kind is Kind.HOUSING:
            talks[one.stand, one.table, one.slot].add(one.candidate)
    for one in sorted(meetings, key=lambda one: (one.slot, one.candidate)):
        stand = event.stand_of[one.stand]
        together = talks[one.stand, one.table, one.slot] if stand.kind is Kind.HOUSING else set()
        if stand.kind is Kind.HOUSING and not together >= present:
            yield Fault("household", one, {})
        if event.candidate_of[one.candidate].minds_children:
            for slot in range(one.slot, one.slot + event.length(stand)):
                for other, held in apart[slot].items():
                    if other != one.candidate and held.place[1:] != one.place[1:]:
                        yield Fault("children", one, {"at": clock(event, slot)}, other=other)
                apart[slot][one.candidate] = one
