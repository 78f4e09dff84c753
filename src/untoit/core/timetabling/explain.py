"""Why something promised has no place: one code and one sentence with its numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from untoit.core.timetabling.model import Candidate, Event, Kind, Meeting, Missing, Stand
from untoit.core.timetabling.rules import PHYSICS, clock, faults_of_meeting, faults_of_visit, title
from untoit.core.timetabling.worth import idle_slots
from untoit.core.wording import languages, say

NAMES = {
    Kind.EMPLOYER: "{count:entretien|entretiens} sur {asked}",
    Kind.HOUSING: "{count:rendez-vous logement|rendez-vous logement} sur {asked}",
    Kind.DESK: "{count:passage au guichet|passages au guichet} sur {asked}",
}
SENTENCES = {
    "no_wish": "{what} : {wishes:souhait de ce type|souhaits de ce type}, il en faut {asked}.",
    "no_slot": "{what} : aucun créneau ne convient à la fois à cette personne et à {stands} ; {why}.",
    "full": "{what} : {places:place possible|places possibles} chez {stands}, toutes prises.",
    "packed": "{what} : {free:place libre|places libres} chez {stands}, mais trop près de ses autres rencontres.",
    "better": "{what} : {free:place libre|places libres} chez {stands}, mais qui feraient attendre trop longtemps.",
    "standby": "Cette personne est sur la liste d’attente : elle n’est placée que par un remplacement.",
}
REASONS = {
    "arrival": "elle arrive à {arrives}", "leaving": "elle part à {leaves}", "wave": "sa vague va de {first} à {last}",
    "language": "personne n’y parle {language}", "accessible": "le stand n’est pas accessible",
    "forbidden": "la rencontre a été écartée", "closed": "personne n’y reçoit alors",
}


def missing(event: Event, meetings: Sequence[Meeting], *, absent: frozenset[str] = frozenset()) -> tuple[Missing, ...]:
    """Return each minimum and each promise that these meetings do not hold, people on standby and absent aside."""
    visits: defaultdict[str, list[Meeting]] = defaultdict(list)
    tables: Counter[tuple[str, int]] = Counter()
    seen: set[tuple[str, int, int]] = set()
    for one in meetings:
        visits[one.candidate].append(one)
        for slot in range(one.slot, one.slot + event.length(event.stand_of[one.stand])):
            if (one.stand, one.table, slot) not in seen:
                seen.add((one.stand, one.table, slot))
                tables[one.stand, slot] += 1
    found = []
    for who in event.candidates:
        if who.standby or who.id in absent:
            continue
        held = Counter(event.stand_of[one.stand].kind for one in visits[who.id])
        stands = {one.stand for one in visits[who.id]}
        for kind in Kind:
            if held[kind] < who.least(kind):
                wished = [event.stand_of[wish.stand] for wish in who.wishes
                          if event.stand_of[wish.stand].kind is kind and wish.stand not in stands]
                count, asked = who.least(kind) - held[kind], who.least(kind)
                what = "Il manque " + say(NAMES[kind], {"count": count, "asked": asked})
                code, sentence = _why(event, who, visits[who.id], wished, tables, seen, what, asked - held[kind])
                found.append(Missing(who.id, None, code, sentence, kind, count))
        for wish in who.wishes:
            if wish.wanted and wish.stand not in stands:
                stand = event.stand_of[wish.stand]
                what = f"La rencontre promise avec {title(stand)} n’a pas de place"
                code, sentence = _why(event, who, visits[who.id], [stand], tables, seen, what, 1)
                found.append(Missing(who.id, wish.stand, code, sentence, stand.kind))
    return tuple(found)


def _why(
    event: Event, who: Candidate, visit: list[Meeting], stands: list[Stand], tables: Counter[tuple[str, int]],
    taken: set[tuple[str, int, int]], what: str, asked: int,
) -> tuple[str, str]:
    facts: dict[str, object] = {
        "what": what, "asked": asked, "wishes": len(stands), "stands": _named(stands), "why": "",
        "arrives": clock(event, who.arrives), "language": languages.name(who.needs_language),
        "leaves": clock(event, who.leaves) if who.leaves is not None else "",
        "first": clock(event, event.window(who).first), "last": clock(event, event.window(who).last),
    }
    if len(stands) < asked:
        return "no_wish", say(SENTENCES["no_wish"], facts)
    possible, refused = _possible(event, who, stands)
    if not possible:
        worst = max(sorted(refused), key=lambda rule: refused[rule])
        facts["why"] = say(REASONS.get(worst, "une règle l’interdit"), facts)
        return "no_slot", say(SENTENCES["no_slot"], facts)
    free = [(stand, slot, table) for stand, slot, table in possible if all(
        (stand.id, table, one) not in taken for one in range(slot, slot + event.length(stand))
    )]
    facts |= {"places": len(possible), "free": len({(stand.id, slot) for stand, slot, _ in free})}
    if not free:
        return "full", say(SENTENCES["full"], facts)
    if any(_fits(event, who, visit, Meeting(who.id, stand.id, table, slot)) for stand, slot, table in free):
        return "better", say(SENTENCES["better"], facts)
    return "packed", say(SENTENCES["packed"], facts)


def _fits(event: Event, who: Candidate, visit: list[Meeting], one: Meeting) -> bool:
    faults = faults_of_visit(event, who, [*visit, one])
    fits = not any(fault.rule in PHYSICS or event.level(fault.rule).hard for fault in faults)
    return fits and idle_slots(event, [*visit, one]) >= 0


def _possible(
    event: Event, who: Candidate, stands: list[Stand]
) -> tuple[list[tuple[Stand, int, int]], Counter[str]]:
    """Return the (stand, slot, table) that this person could use in an empty event, and what refuses the others."""
    possible, refused = [], Counter[str]()
    for stand in stands:
        for slot in range(event.slots - event.length(stand) + 1):
            rules = {
                fault.rule for fault in faults_of_meeting(event, who, stand, Meeting(who.id, stand.id, 0, slot))
                if fault.rule in PHYSICS or event.level(fault.rule).hard
            }
            span = range(slot, slot + event.length(stand))
            open_tables = [k for k in range(stand.tables) if not any(stand.shut(k, one) for one in span)]
            refused.update(rules if rules or open_tables else {"closed"})
            if not rules:
                possible += [(stand, slot, table) for table in open_tables]
    return possible, refused


def _named(stands: list[Stand]) -> str:
    names = [title(stand) for stand in stands]
    return ", ".join(names[:-1]) + " ou " + names[-1] if len(names) > 1 else "".join(names)
