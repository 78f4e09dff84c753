"""What a timetable is worth, in whole points, recomputed from the meetings alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from untoit.core.timetabling.model import Candidate, Event, Kind, Level, Meeting
from untoit.core.timetabling.rules import PHYSICS, faults_of_visit, wish_for


def value(event: Event, meetings: Iterable[Meeting]) -> int:
    """Return the sum of what the visits are worth; people on standby without a meeting count for nothing."""
    visits: defaultdict[str, list[Meeting]] = defaultdict(list)
    for one in meetings:
        visits[one.candidate].append(one)
    return sum(worth(event, who, visits[who.id]) for who in event.candidates)


def worth(event: Event, who: Candidate, meetings: Sequence[Meeting]) -> int:
    """Return what one visit is worth: scores and promises, less waiting, missing meetings and broken wishes."""
    weights = event.weights
    points = 0
    counts = dict.fromkeys(Kind, 0)
    for one in meetings:
        stand = event.stand_of[one.stand]
        wish = wish_for(event, who, stand)
        counts[stand.kind] += 1
        if wish is not None:
            points += wish.score + weights.wanted * wish.wanted
    if not who.standby:
        points -= weights.missing * sum(max(who.least(kind) - counts[kind], 0) for kind in Kind)
    waited = idle_slots(event, meetings)
    points -= weights.idle * waited + weights.long_wait_cost * max(waited - weights.long_wait, 0)
    warned = sum(
        1 for fault in faults_of_visit(event, who, meetings)
        if fault.rule not in PHYSICS and event.level(fault.rule) is Level.WARN
    )
    return points - weights.warn * warned


def idle_slots(event: Event, meetings: Sequence[Meeting]) -> int:
    """Return the slots between the first meeting and the end of the last in which the person meets nobody."""
    return stay_slots(event, meetings) - len(_busy(event, meetings))


def stay_slots(event: Event, meetings: Sequence[Meeting]) -> int:
    """Return the slots from the first meeting to the end of the last one."""
    busy = _busy(event, meetings)
    return max(busy) - min(busy) + 1 if busy else 0


def _busy(event: Event, meetings: Sequence[Meeting]) -> set[int]:
    return {
        slot for one in meetings
        for slot in range(one.slot, one.slot + event.length(event.stand_of[one.stand]))
    }
