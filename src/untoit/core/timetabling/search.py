"""
Better timetables at the prices that prove the bound: somebody takes what suits them best, those pushed out move.

A person free to choose at these prices takes nearly what the best timetable gives them, because each table costs what
it is worth to somebody else. What is left to do is local: a few people who want the same few tables.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from untoit.core.timetabling.board import Board, Visit
from untoit.core.timetabling.kernels import BLOCKED, NOTHING, SCALE, Int32Array
from untoit.core.timetabling.layout import NEVER
from untoit.core.timetabling.visits import Visits

Visiting = tuple[Visit, ...]


def respond(board: Board, visits: Visits, u: int, cost: Int32Array) -> Visiting:
    """Return the best visits of a unit at these costs (hundredths), given where the others are."""
    unit = board.layout.units[u]
    if len(unit) == 1:
        return (_one(board, visits, unit[0], cost, None, board.taken(unit[0])),)
    best, chosen = NOTHING, tuple(board.visits[v] for v in unit)
    for talk in visits.talks(unit, cost):
        net = -int(cost[talk]) if talk[0] >= 0 else 0
        trial: list[Visit] = []
        for v in unit:
            taken = _minding(board, v, unit[: len(trial)], trial)
            visit = _one(board, visits, v, _left_by(board, unit, trial, cost), talk, taken)
            trial.append(visit)
            net += SCALE * board.points(v, visit) - _paid(board, v, visit, cost)
        if net > best:
            best, chosen = net, tuple(trial)
    return chosen


def _left_by(board: Board, unit: Sequence[int], trial: Sequence[Visit], cost: Int32Array) -> Int32Array:
    """Return the costs for the next member of a household, without the last table that the others would take."""
    layout = board.layout
    taken: Counter[tuple[int, int]] = Counter()
    for v, visit in zip(unit, trial, strict=False):
        items = layout.visitors[v].items
        taken.update((items[i].stand, slot) for i, slot in visit if items[i].lock < 0 and items[i].kind != 1)
    if not taken:
        return cost
    cost = cost.copy()
    for (stand, slot), count in taken.items():
        if sum(board.left[g][slot] for g in layout.groups_of[stand]) <= count:
            cost[stand, slot] = BLOCKED
    return cost


def _one(
    board: Board, visits: Visits, v: int, cost: Int32Array, talk: tuple[int, int] | None, taken: frozenset[int]
) -> Visit:
    found = visits.best(v, cost, NOTHING, talk, taken)
    if found is None:
        return board.visits[v]
    visit = found[1]
    weights = board.layout.event.weights
    if weights.long_wait_cost and _waited(board, v, visit) > weights.long_wait:
        # The programme counts waiting by the slot; ask again as if each cost what a long wait does, keep the better.
        other = visits.best(v, cost, NOTHING, talk, taken, idle=weights.idle + weights.long_wait_cost)
        if other is not None:
            def net(one: Visit) -> int:
                return SCALE * board.points(v, one) - _paid(board, v, one, cost)
            visit = max(visit, other[1], key=net)
    return visit


def _waited(board: Board, v: int, visit: Visit) -> int:
    items = board.layout.visitors[v].items
    busy = sum(items[i].length for i, _ in visit)
    return visit[-1][1] + items[visit[-1][0]].length - visit[0][1] - busy if visit else 0


def _paid(board: Board, v: int, visit: Visit, cost: Int32Array) -> int:
    """Return what the tables of a visit cost; the common talk of a household is paid by the household."""
    items = board.layout.visitors[v].items
    alone = len(board.layout.units[board.layout.unit_of[v]]) == 1
    return sum(
        int(cost[items[i].stand, slot]) for i, slot in visit if items[i].lock < 0 and (items[i].kind != 1 or alone)
    )


def _minding(board: Board, v: int, before: Sequence[int], visits: Sequence[Visit]) -> frozenset[int]:
    """Return the slots where ``v`` minds the children while members answered before are in an interview."""
    if not board.watchful or not board.layout.visitors[v].who.minds_children:
        return frozenset()
    taken = set()
    for other, visit in zip(before, visits, strict=True):
        one = board.layout.visitors[other]
        if one.who.minds_children:
            taken |= {
                u for i, slot in visit if one.items[i].kind != 1
                for u in range(slot, slot + one.items[i].length)
            }
    return frozenset(taken)


def place(board: Board, u: int, visiting: Visiting, groups: Sequence[dict[int, int]] | None = None) -> None:
    """Put the visits of a unit on the board, at tables of these groups when they are given."""
    unit = board.layout.units[u]
    for v in unit:
        board.clear(v)
    for k, (v, visit) in enumerate(zip(unit, visiting, strict=True)):
        if not board.layout.visitors[v].frozen:
            board.put(v, visit, groups[k] if groups else None)


class Search:
    """Changes a board for the better, at prices. Deterministic for a seed: what stops it early is the only clock."""

    def __init__(self, board: Board, visits: Visits, price: Int32Array, seed: int) -> None:
        self.board, self.visits = board, visits
        self.price = price
        self.draw = random.Random(seed)
        self.free = [u for u, unit in enumerate(board.layout.units)
                     if any(not board.layout.visitors[v].frozen for v in unit)]

    def _left(self) -> Int32Array:
        return np.array(self.board.left, np.int32).reshape(self.price.shape)

    def worth(self, u: int) -> int:
        """Return what the visits of a unit are worth now, in points."""
        return sum(self.board.points(v, self.board.visits[v]) for v in self.board.layout.units[u])

    def settle(self, units: Sequence[int], price: Int32Array) -> None:
        """Give each of these units, in turn, its best visits at these prices among what is left."""
        for u in units:
            place(self.board, u, self._kept(u))
            cost, _ = self.visits.costs(price, self._left())
            place(self.board, u, self._possible(u, respond(self.board, self.visits, u, cost)))

    def _now(self, u: int) -> tuple[Visiting, tuple[dict[int, int], ...]]:
        """Return the visits of a unit and the groups of tables they use, to put them back."""
        unit = self.board.layout.units[u]
        return tuple(self.board.visits[v] for v in unit), tuple(self.board.groups(v) for v in unit)

    def _kept(self, u: int) -> Visiting:
        """Return the imposed part of the visits of a unit."""
        layout = self.board.layout
        return tuple(
            tuple(stop for stop in self.board.visits[v] if layout.visitors[v].items[stop[0]].lock >= 0)
            for v in layout.units[u]
        )

    def _possible(self, u: int, visiting: Visiting) -> Visiting:
        """Return the visits when the rules hold, else the imposed meetings alone."""
        unit = self.board.layout.units[u]
        if all(self.board.points(v, visit) > NEVER // 2 for v, visit in zip(unit, visiting, strict=True)):
            return visiting
        return self._kept(u)

    def polish(self) -> bool:
        """Let everyone take what is left when it suits them better; return whether anything changed."""
        changed = False
        nil = np.zeros_like(self.price)
        for u in self.free:
            before, old = self.worth(u), self._now(u)
            self.settle([u], nil)
            if self.worth(u) > before:
                changed = True
            else:
                place(self.board, u, *old)
        return changed

    def push(self, u: int, noise: float, slack: int) -> int:
        """
        Let a unit take what it wants at the prices, push out whoever is there, and let these find another place.

        Keeps the change when it loses at most ``slack`` points; returns what was gained.
        """
        board, layout = self.board, self.board.layout
        shaken = self.price * np.array(
            [self.draw.uniform(1 - noise, 1 + noise) for _ in range(self.price.size)]
        ).reshape(self.price.shape)
        price = np.rint(shaken).astype(np.int32)
        moved = {u: self._now(u)}
        before = self.worth(u)
        place(board, u, self._kept(u))
        cost, group = self.visits.costs(price, self.visits.capacity)
        wanted = self._possible(u, respond(board, self.visits, u, cost))
        pushed: list[int] = []
        for v, visit in zip(layout.units[u], wanted, strict=True):
            for i, slot in visit:
                if not board.pays(v, i) or board.group_for(v, i, slot) >= 0:
                    continue
                g = int(group[layout.visitors[v].items[i].stand, slot])
                for t in range(slot, slot + layout.visitors[v].items[i].length):
                    while board.left[g][t] <= 0:
                        other = layout.unit_of[self.draw.choice(sorted(board.users[g, t]))]
                        moved[other] = self._now(other)
                        before += self.worth(other)
                        place(board, other, self._kept(other))
                        pushed.append(other)
        place(board, u, wanted)
        self.draw.shuffle(pushed)
        self.settle(pushed, np.rint(price * self.draw.choice((0.0, 0.5, 1.0))).astype(np.int32))
        gained = sum(self.worth(other) for other in moved) - before
        if gained >= -slack:
            return gained
        for other in moved:
            for v in layout.units[other]:
                board.clear(v)
        for other, old in moved.items():
            place(board, other, *old)
        return 0

    def run(self, pushes: int, stop: Callable[[], bool], heat: float = 12.0) -> Board:
        """Push people ``pushes`` times, accepting small losses less and less; return the best board met."""
        total = self.board.total()
        best, kept = total, self.board.copy()
        for k in range(pushes):
            if not self.free or stop():
                break
            slack = int(heat * (1 - k / pushes) * self.draw.random())
            total += self.push(self.draw.choice(self.free), 0.3, slack)
            if total > best:
                best, kept = total, self.board.copy()
        self.board = kept
        while not stop() and self.polish():
            pass
        return self.board
