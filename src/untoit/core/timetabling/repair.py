"""
Repair a timetable on the day: somebody is absent or late, a stand leaves, somebody walks in.

What is past stays. A meeting that its candidate knows about keeps its table and its slot as long as it can be held: it
is imposed on the search, which cannot trade it for anything. Freed places go to people present who miss something they
were promised, then to the best wish, then to people on standby.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from untoit.core.timetabling.board import Board
from untoit.core.timetabling.greedy import adopt, fill
from untoit.core.timetabling.layout import NEVER, Layout, lay_out
from untoit.core.timetabling.model import Candidate, Change, Event, Meeting, Repair, Stand, Timetable
from untoit.core.timetabling.solver import answer, holds

PUSHES = 150
LEAST = 1.0
"""Seconds that the search always has, once a repair is given any."""
STAYS = 60
"""Points for leaving a meeting where it is, even when nobody has been told: sheets are printed, people have looked."""


def repair(
    event: Event, current: Sequence[Meeting], *, now: int, absent: Collection[str] = (),
    late: Mapping[str, int] | None = None, closed_stands: Mapping[str, int] | None = None, seconds: float = 2.0,
    seed: int = 0,
) -> Repair:
    """
    Return the timetable after what happened, with each change and its reason.

    ``now``: the slots before it are past; a meeting under way goes on. ``absent`` people have no meeting from ``now``
    on; ``late`` gives the first slot at which somebody can be there (what they missed before it is placed again when
    possible); ``closed_stands`` the slot from which a stand receives no longer. Walk-ins are simply in ``event``.
    """
    began = time.monotonic()
    late, closed_stands, gone = dict(late or {}), dict(closed_stands or {}), frozenset(absent)
    shown = replace(
        event,
        stands=tuple(_closed(stand, closed_stands.get(stand.id, event.slots), event.slots) for stand in event.stands),
        candidates=tuple(_there(one, gone, late) for one in event.candidates),
    )
    future = replace(
        shown,
        stands=tuple(replace(stand, closed=stand.closed | frozenset(range(now))) for stand in shown.stands),
        # The talk of the others no longer waits for somebody who is not there.
        candidates=tuple(replace(one, household="") if one.id in gone else one for one in shown.candidates),
    )
    kept, reasons = _imposed(shown, current, now, gone, late, closed_stands)
    layout = lay_out(future, kept, standby=True)
    board = Board(layout)
    hints = {(one.candidate, one.stand): one.slot for one in current
             if one.slot >= now and one.place not in reasons and one.candidate not in gone}
    for visitor in layout.visitors:
        for item in visitor.items:
            if item.lock < 0:
                # Whatever the level of an arrival in this event: somebody who is not there meets nobody.
                for before in range(min(late.get(visitor.who.id, 0), event.slots)):
                    item.gain[before] = NEVER
            slot = hints.get((visitor.who.id, layout.stands[item.stand].id), -1)
            if slot >= 0 and item.gain[slot] > NEVER:
                item.gain[slot] += STAYS
    adopt(board, hints)
    here = [u for u, unit in enumerate(layout.units) if not any(_waits(layout, v, gone) for v in unit)]
    fill(board, here)
    # A busy machine has spent the time on reading the event: what was freed is given again all the same.
    deadline = max(began + seconds, time.monotonic() + LEAST) if seconds > 0 else began
    board = _improved(board, here, deadline, seed)
    fill(board, [u for u in range(len(layout.units)) if u not in set(here)
                 and not any(layout.visitors[v].who.id in gone for v in layout.units[u])])
    timetable = answer(
        layout, board, current, None, "réparation", time.monotonic() - began, absent=gone, shown=shown
    )
    return _compared(timetable, current, reasons)


def _closed(stand: Stand, first: int, slots: int) -> Stand:
    return replace(stand, closed=stand.closed | frozenset(range(first, slots))) if first < slots else stand


def _there(one: Candidate, gone: frozenset[str], late: Mapping[str, int]) -> Candidate:
    if one.id in gone:
        # Nobody left to place, nothing promised any more; what was held before stays in the count.
        return replace(one, standby=True, employers_min=0, housing_min=0, desk_min=0)
    return replace(one, arrives=max(one.arrives, late[one.id])) if one.id in late else one


def _waits(layout: Layout, v: int, gone: frozenset[str]) -> bool:
    who = layout.visitors[v].who
    return who.standby or who.id in gone


def _imposed(
    event: Event, current: Sequence[Meeting], now: int, gone: frozenset[str], late: Mapping[str, int],
    closed: Mapping[str, int],
) -> tuple[list[Meeting], dict[tuple[str, str, int, int], str]]:
    """Return the meetings to keep as they are, and why each of the others that somebody knows of cannot be."""
    kept: list[Meeting] = []
    reasons: dict[tuple[str, str, int, int], str] = {}
    for one in sorted(current, key=lambda one: (one.slot >= now, not one.locked, not one.informed, one.slot, one)):
        end = one.slot + event.length(event.stand_of[one.stand]) if one.stand in event.stand_of else one.slot
        if one.slot < late.get(one.candidate, 0):
            reasons[one.place] = "late"
        elif one.slot < now:
            kept.append(one)
        elif one.candidate in gone:
            reasons[one.place] = "absent"
        elif one.stand in closed and end > closed[one.stand]:
            reasons[one.place] = "stand_closed"
        elif one.locked:
            kept.append(one)
        elif one.informed:
            if holds(event, kept, one):
                kept.append(one)
            else:
                reasons[one.place] = "conflict"
    return kept, reasons


def _improved(board: Board, here: list[int], deadline: float, seed: int) -> Board:
    """Move those whom nobody has told yet, when it brings something and there is time."""
    layout = board.layout
    movable = [u for u in here if any(item.lock < 0 for v in layout.units[u] for item in layout.visitors[v].items)]
    if not movable or time.monotonic() > deadline - 0.5:
        return board

    # Compiled kernels: a repair asked with no time for them goes without.
    from untoit.core.timetabling.prices import Market
    from untoit.core.timetabling.search import Search

    market = Market(layout)
    search = Search(board, market.visits, market.capacity * 0, seed)
    search.free = [u for u in movable if u in set(search.free)]
    return search.run(PUSHES, lambda: time.monotonic() > deadline - 0.2, heat=0.0)


def _compared(
    timetable: Timetable, current: Sequence[Meeting], reasons: Mapping[tuple[str, str, int, int], str]
) -> Repair:
    before = {(one.candidate, one.stand): one for one in current}
    after = {(one.candidate, one.stand): one for one in timetable.meetings}
    kept: list[Meeting] = []
    moved: list[Change] = []
    cancelled: list[Change] = []
    added: list[Change] = []
    for key, old in before.items():
        new = after.get(key)
        if new is not None and new.place == old.place:
            kept.append(new)
            continue
        reason = reasons.get(old.place, "improved")
        change = Change("cancelled" if new is None else "moved", reason, *key, old, new, old.informed)
        (cancelled if new is None else moved).append(change)
    for key, new in after.items():
        if key not in before:
            added.append(Change("added", "freed", *key, None, new))
    return Repair(timetable, tuple(kept), tuple(moved), tuple(cancelled), tuple(added))
