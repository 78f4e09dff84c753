"""
A first timetable in a fraction of a second, without a solver: what is promised first, then the best that is left.

Everyone receives one more meeting at each round, those with the fewest possibilities first. Also what happens on a day
without a timetable (:func:`first_come`): everybody queues at the stand they like best.
"""

from __future__ import annotations

from collections.abc import Iterable

from untoit.core.timetabling.board import Board, Stop, Visit
from untoit.core.timetabling.layout import NEVER, Layout

CROWD = 6
"""Points that a slot costs when everyone who could use the stand already does: leaves room to the next person."""


def fill(board: Board, units: Iterable[int] | None = None) -> None:
    """Add meetings as long as one brings something: minima of talks, minima of interviews, then everything else."""
    layout = board.layout
    chosen = sorted(range(len(layout.units)) if units is None else units, key=lambda u: (_choices(layout, u), u))
    for kinds, needed in (((1,), True), ((0, 2), True), ((0, 1, 2), False)):
        again = list(chosen)
        while again:
            again = [u for u in again if _one_more(board, u, kinds, needed)]


def _choices(layout: Layout, u: int) -> int:
    return sum(
        points > NEVER for v in layout.units[u] for item in layout.visitors[v].items for points in item.gain
    )


def _one_more(board: Board, u: int, kinds: tuple[int, ...], needed: bool) -> bool:
    """Give each member of a unit its best new meeting; return whether something was added."""
    unit = board.layout.units[u]
    added = False
    for v in unit:
        visitor = board.layout.visitors[v]
        if visitor.frozen:
            continue
        counts = [sum(visitor.items[i].kind == kind for i, _ in board.visits[v]) for kind in range(3)]
        asked = tuple(
            kind for kind in kinds
            if counts[kind] < (visitor.least[kind] if needed else visitor.most[kind])
        )
        if not asked:
            continue
        if len(unit) > 1 and 1 in asked:
            if v == unit[0]:
                added |= _talk(board, unit)
            asked = tuple(kind for kind in asked if kind != 1)
        best = _best_stop(board, v, asked)
        if best is not None:
            board.put(v, (*board.visits[v], best))
            added = True
    return added


def _best_stop(board: Board, v: int, kinds: tuple[int, ...]) -> Stop | None:
    visitor, visit = board.layout.visitors[v], board.visits[v]
    before = board.points(v, visit)
    held = {i for i, _ in visit}
    busy = {u for i, slot in visit for u in range(slot, slot + visitor.items[i].length)} | board.taken(v)
    best, chosen = 0.0, None
    for i, item in enumerate(visitor.items):
        if i in held or item.kind not in kinds:
            continue
        for slot, points in enumerate(item.gain):
            if points <= NEVER or slot in busy or (item.length > 1 and (slot + item.length - 1) in busy):
                continue
            g = board.group_for(v, i, slot)
            if g < 0:
                continue
            gain = board.points(v, (*visit, (i, slot))) - before
            if gain <= 0:
                continue
            size = len(board.layout.groups[g].tables)
            net = gain + CROWD * min(board.left[g][slot : slot + item.length]) / size
            if net > best:
                best, chosen = net, (i, slot)
    return chosen


def _talk(board: Board, unit: tuple[int, ...]) -> bool:
    """Give a household its common talk where it costs the members least."""
    if any(board.layout.visitors[v].items[i].kind == 1 for v in unit for i, _ in board.visits[v]):
        return False
    first = board.layout.visitors[unit[0]]
    places = [
        {item.stand: i for i, item in enumerate(board.layout.visitors[v].items) if item.kind == 1} for v in unit
    ]
    best, chosen = 0, None
    for stand, i in places[0].items():
        for slot, points in enumerate(first.items[i].gain):
            if points <= NEVER or board.group_for(unit[0], i, slot) < 0 or any(stand not in one for one in places):
                continue
            trial = [(*board.visits[v], (one[stand], slot)) for v, one in zip(unit, places, strict=True)]
            worth = [board.points(v, visit) for v, visit in zip(unit, trial, strict=True)]
            if min(worth) <= NEVER:
                continue
            gain = sum(worth) - sum(board.points(v, board.visits[v]) for v in unit)
            if gain > best:
                best, chosen = gain, trial
    if chosen is None:
        return False
    for v, visit in zip(unit, chosen, strict=True):
        board.put(v, visit)
    return True


def adopt(board: Board, hints: dict[tuple[str, str], int]) -> None:
    """Put on the board the meetings (candidate, stand) -> slot of an earlier timetable that still can be held."""
    layout = board.layout
    for unit in layout.units:
        for v in unit:
            visitor = layout.visitors[v]
            visit: Visit = board.visits[v]
            if visitor.frozen:
                continue
            for i, item in enumerate(visitor.items):
                slot = hints.get((visitor.who.id, layout.stands[item.stand].id), -1)
                common = len(unit) > 1 and item.kind == 1
                if slot < 0 or item.lock >= 0 or item.gain[slot] <= NEVER or common:
                    continue
                span = set(range(slot, slot + item.length))
                if board.group_for(v, i, slot) >= 0 and not span & board.taken(v):
                    trial = (*visit, (i, slot))
                    if board.points(v, trial) > NEVER:
                        board.put(v, trial)
                        visit = board.visits[v]
        if len(unit) > 1:
            _adopt_talk(board, unit, hints)


def _adopt_talk(board: Board, unit: tuple[int, ...], hints: dict[tuple[str, str], int]) -> None:
    layout = board.layout
    first = layout.visitors[unit[0]]
    for i, item in enumerate(first.items):
        slot = hints.get((first.who.id, layout.stands[item.stand].id), -1)
        if item.kind != 1 or item.lock >= 0 or slot < 0 or item.gain[slot] <= NEVER:
            continue
        trial = []
        for v in unit:
            same = next((k for k, one in enumerate(layout.visitors[v].items)
                         if one.kind == 1 and one.stand == item.stand), -1)
            trial.append((*board.visits[v], (same, slot)))
        possible = all(stop[-1][0] >= 0 and board.points(v, stop) > NEVER for v, stop in zip(unit, trial, strict=True))
        if possible and board.group_for(unit[0], i, slot) >= 0:
            for v, visit in zip(unit, trial, strict=True):
                board.put(v, visit)
            return
