"""A day without a timetable, to compare with: everybody queues at the stand that they like best."""

from __future__ import annotations

from collections import defaultdict

from untoit.core.timetabling.explain import missing
from untoit.core.timetabling.model import Candidate, Event, Kind, Meeting, Stand, Timetable
from untoit.core.timetabling.rules import check, wish_for
from untoit.core.timetabling.worth import value


def first_come(event: Event) -> Timetable:
    """
    Return what happens first come, first served.

    People arrive at the start of their wave, in the order of the event, and stay until its end. Each stands in the
    queue of what they like best among what they have not had yet, until a table is free, then walks to the next one.
    Nobody gives up a queue, and members of a household queue each for themselves. Pauses of stands are respected;
    rest and the order of the talk are not: nobody is there to see to them.
    """
    queues: defaultdict[str, list[Candidate]] = defaultdict(list)
    busy_until: dict[tuple[str, int], int] = {}
    ready: defaultdict[int, list[tuple[Candidate, str]]] = defaultdict(list)
    had: dict[str, list[Meeting]] = {one.id: [] for one in event.candidates if not one.standby}
    for one in event.candidates:
        if not one.standby:
            ready[max(event.window(one).first, one.arrives, 0)].append((one, ""))
    for slot in range(event.slots):
        for one, room in ready.pop(slot, []):
            stand = _next(event, one, had[one.id], slot)
            if stand is None:
                continue
            steps = event.steps(room, stand.room) if room else 0
            if steps and room != stand.room:
                ready[slot + steps].append((one, stand.room))
            else:
                queues[stand.id].append(one)
        for stand in event.stands:
            length = event.length(stand)
            for table in range(stand.tables):
                span = range(slot, slot + length)
                open_now = slot + length <= event.slots and not any(stand.shut(table, one) for one in span)
                if not open_now or busy_until.get((stand.id, table), 0) > slot:
                    continue
                queues[stand.id] = [one for one in queues[stand.id] if slot + length <= _leaves(event, one)]
                if queues[stand.id]:
                    served = queues[stand.id].pop(0)
                    had[served.id].append(Meeting(served.id, stand.id, table, slot))
                    busy_until[stand.id, table] = slot + length
                    ready[slot + length].append((served, stand.room))
    meetings = tuple(sorted(
        (one for mine in had.values() for one in mine), key=lambda one: (one.slot, one.stand, one.table)
    ))
    worth = value(event, meetings)
    return Timetable(
        meetings, worth, worth, 0.0, 0.0, missing(event, meetings), check(event, meetings), "premier arrivé"
    )


def _leaves(event: Event, who: Candidate) -> int:
    last = event.window(who).last
    return min(last, who.leaves) if who.leaves is not None else last


def _next(event: Event, who: Candidate, had: list[Meeting], slot: int) -> Stand | None:
    """Return the stand that this person likes best among those left to them."""
    if slot >= _leaves(event, who):
        return None
    seen = {one.stand for one in had}
    counts = {kind: sum(event.stand_of[one.stand].kind is kind for one in had) for kind in Kind}
    for wish in sorted(who.wishes, key=lambda wish: (not wish.wanted, -wish.score, wish.stand)):
        stand = event.stand_of[wish.stand]
        spoken = stand.languages | wish.languages
        refused = (
            wish.stand in seen or counts[stand.kind] >= who.most(stand.kind) or not stand.tables
            or (who.id, stand.id) in event.forbidden or wish_for(event, who, stand) is None
            or (who.needs_accessible and not stand.accessible)
            or (bool(who.needs_language) and who.needs_language not in spoken)
        )
        if not refused:
            return stand
    return None
