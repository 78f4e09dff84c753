"""
The best visit of a person, or of a household together, at given costs: the question that every method here asks.

The plan asks it at the cost of what is free, the bound at the prices of scarce tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod

import numpy as np

from untoit.core.timetabling.kernels import (
    BLOCKED,
    NOTHING,
    SCALE,
    Int32Array,
    best_visit,
    held_sets,
    span_costs,
)
from untoit.core.timetabling.layout import NEVER, Layout, Visitor

FORCE = 1 << 25
"""Added to an imposed meeting inside the programme, and taken away after: no visit goes without it."""

SETS_MAX = 12_000
"""Beyond as many sets of meetings, the programme keeps the best wishes; the bound uses all, without slots."""

Stop = tuple[int, int]      # item of the visitor, first slot
Visit = tuple[Stop, ...]


@dataclass(slots=True)
class _Packed:
    """One visitor in arrays. ``kept`` numbers the items that the programme uses; ``loose``: some were left out."""

    kept: list[int]
    base: Int32Array
    stand: Int32Array
    free: Int32Array
    ends: Int32Array
    room: Int32Array
    length: Int32Array
    steps: Int32Array
    sets: tuple[Int32Array, ...]
    least: Int32Array
    most: Int32Array
    costs: Int32Array
    order: int
    force: int
    loose: bool
    states: int
    first: int      # the programme only sees the slots of this person, from `first` to `last`
    last: int


class Visits:
    """Answers for one layout. One instance a thread: it owns its working memory."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.capacity = _array([group.capacity for group in layout.groups], layout.slots)
        self.group_stand = np.array([group.stand for group in layout.groups], np.int32)
        self.length = np.array([layout.event.length(stand) for stand in layout.stands], np.int32)
        self.packed = [_pack(layout, visitor) for visitor in layout.visitors]
        longest = max((one.states for one in self.packed), default=1)
        self._states = np.empty(longest, np.int32)
        self._items = np.empty(4 * layout.slots + 4, np.int32)
        self._starts = np.empty(4 * layout.slots + 4, np.int32)

    def twin(self) -> Visits:
        """Return another instance for another thread, sharing all that is only read."""
        other = object.__new__(Visits)
        other.layout, other.capacity, other.group_stand = self.layout, self.capacity, self.group_stand
        other.length, other.packed = self.length, self.packed
        other._states, other._items = np.empty_like(self._states), np.empty_like(self._items)
        other._starts = np.empty_like(self._starts)
        return other

    def costs(self, price: Int32Array, capacity: Int32Array) -> tuple[Int32Array, Int32Array]:
        """Return the cost of a meeting by (stand, first slot), in hundredths, and the group of tables that gives it."""
        shape = len(self.layout.stands), self.layout.slots
        cost, group = np.empty(shape, np.int32), np.empty(shape, np.int32)
        span_costs(price, capacity, self.group_stand, self.length, cost, group)
        return cost, group

    def best(
        self, v: int, cost: Int32Array, floor: int = NOTHING, talk: tuple[int, int] | None = None,
        taken: frozenset[int] = frozenset(), idle: int | None = None,
    ) -> tuple[int, Visit] | None:
        """
        Return the worth in hundredths of the best visit above ``floor``, and the visit; ``None`` when there is none.

        ``talk``: the (stand, slot) of the household's common talk, already paid for, ``(-1, -1)`` for no talk at all.
        ``taken``: slots where this person minds the children. ``idle``: another cost of waiting, in points.
        """
        one = self.packed[v]
        visitor = self.layout.visitors[v]
        if visitor.frozen or not one.kept:
            worth = -self.layout.event.weights.missing * SCALE * sum(visitor.least)
            return (worth, ()) if worth > floor and not visitor.frozen else None
        first = one.first
        paid = cost[one.stand, first : one.last] * one.free[:, None]
        gain = np.where((one.base > NOTHING // 2) & (paid < BLOCKED), one.base - paid, NOTHING).astype(np.int32)
        force = one.force
        if talk is not None:
            force += self._impose(gain, one, talk)
        for slot in taken:
            for k in range(len(one.kept)):
                if one.free[k]:
                    gain[k, max(slot - one.length[k] + 1 - first, 0) : max(slot + 1 - first, 0)] = NOTHING
        costs = one.costs
        if idle is not None:
            costs = costs.copy()
            costs[0] = idle * SCALE
        worth, count = best_visit(
            gain, one.ends, one.room, one.length, one.steps, *one.sets, one.least, one.most, costs, one.order,
            floor + force if floor > NOTHING // 2 else NOTHING, self._states, self._items, self._starts,
        )
        if count < -1:
            raise AssertionError("a visit cannot be read back")
        if count < 0:
            return None
        stops = [(one.kept[int(self._items[k])], first + int(self._starts[k])) for k in range(count - 1, -1, -1)]
        return int(worth) - force, tuple(stops)

    @staticmethod
    def _impose(gain: Int32Array, one: _Packed, talk: tuple[int, int]) -> int:
        forced = 0
        slot = talk[1] - one.first
        for k in range(one.ends[1], one.ends[2]):
            if not one.free[k]:
                continue
            gain[k, :] = NOTHING
            if one.stand[k] == talk[0] and one.base[k, slot] > NOTHING // 2:
                # Paid once by the household, whatever it costs.
                gain[k, slot] = one.base[k, slot] + FORCE
                forced = FORCE
        return forced

    def talks(self, unit: tuple[int, ...], cost: Int32Array) -> list[tuple[int, int]]:
        """Return the (stand, slot) where a household can hold its common talk, and ``(-1, -1)`` for none."""
        first = self.packed[unit[0]]
        possible = [(-1, -1)]
        for k in range(first.ends[1], first.ends[2]):
            if first.free[k]:
                s = int(first.stand[k])
                possible += [
                    (s, t) for t in range(first.first, first.last)
                    if first.base[k, t - first.first] > NOTHING // 2 and cost[s, t] < BLOCKED
                ]
        return possible

    def top(self, v: int) -> int:
        """Return a bound on any visit that ignores slots and rooms, in hundredths: for people with too many wishes."""
        visitor = self.layout.visitors[v]
        total = 0
        for kind in range(3):
            gains = sorted((max(item.gain) for item in visitor.items if item.kind == kind), reverse=True)
            sums, best = 0, -self.layout.event.weights.missing * visitor.least[kind]
            for count, points in enumerate(gains[: visitor.most[kind]], start=1):
                sums += points
                lacking = max(visitor.least[kind] - count, 0)
                best = max(best, sums - self.layout.event.weights.missing * lacking)
            total += best
        return total * SCALE


def _pack(layout: Layout, visitor: Visitor) -> _Packed:
    kept, loose = list(range(len(visitor.items))), False
    while True:
        counts = [sum(visitor.items[i].kind == kind for i in kept) for kind in range(3)]
        if prod(
            sum(comb(count, size) for size in range(min(most, count) + 1))
            for count, most in zip(counts, visitor.most, strict=True)
        ) <= SETS_MAX:
            break
        # Talks stay: a household chooses its common talk among those of its members.
        free = [i for i in kept if visitor.items[i].lock < 0]
        weakest = min(free, key=lambda i: (visitor.items[i].kind == 1, max(visitor.items[i].gain), -i))
        kept.remove(weakest)
        loose = True
    sets = [held_sets(count, min(most, count)) for count, most in zip(counts, visitor.most, strict=True)]
    items = [visitor.items[i] for i in kept]
    rooms = sorted({item.room for item in items})
    steps = np.array([[layout.steps[a][b] for b in rooms] for a in rooms] or [[0]], np.int32)
    gains = np.array([item.gain for item in items] or [[NEVER] * layout.slots], np.int64)
    locked = np.array([item.lock >= 0 for item in items] or [False])
    base = np.where(gains > NEVER, gains * SCALE + FORCE * locked[:, None], NOTHING).astype(np.int32)
    open_slots = np.flatnonzero((base > NOTHING // 2).any(axis=0))
    longest = max((item.length for item in items), default=1)
    first = int(open_slots[0]) if open_slots.size else 0
    last = min(int(open_slots[-1]) + longest, layout.slots) if open_slots.size else 1
    event = layout.event
    costs = [event.weights.idle * SCALE, event.weights.missing * SCALE]
    for family in ("walking", "rest", "order"):
        price = layout.cost(family)
        costs.append(-1 if price is None else price * SCALE)
    walk_max = int(steps.max(initial=0))
    modes = len(rooms) * (event.max_run + max(walk_max, 1)) + 1
    return _Packed(
        kept=kept, base=np.ascontiguousarray(base[:, first:last]), first=first, last=last,
        stand=np.array([item.stand for item in items] or [0], np.int32),
        free=np.array([item.lock < 0 for item in items] or [True]).astype(np.int32),
        ends=np.array([0, counts[0], counts[0] + counts[1], len(items)], np.int32),
        room=np.array([rooms.index(item.room) for item in items] or [0], np.int32),
        length=np.array([item.length for item in items] or [1], np.int32),
        steps=steps, sets=tuple(array for three in sets for array in three),
        least=np.array(visitor.least, np.int32), most=np.array(visitor.most, np.int32),
        costs=np.array([*costs, event.max_run, walk_max], np.int32), order=visitor.order,
        force=int(FORCE * locked.sum()), loose=loose,
        states=(last - first + 1) * modes * sets[0][2].size * sets[1][2].size * sets[2][2].size,
    )


def _array(rows: list[list[int]], columns: int) -> Int32Array:
    return np.array(rows, np.int32).reshape(len(rows), columns)
