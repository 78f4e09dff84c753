"""
Prices of scarce tables, and what they prove.

Give each (group of tables, slot) a price. At these prices everybody takes the visit that is best for them alone; the
sum of what they keep, and of the price of every table that there is to give, is above the worth of any timetable
(weak duality, Held and Karp). The prices descend along what is asked too much and too little (Polyak's step).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from untoit.core.timetabling.kernels import NOTHING, SCALE, Int32Array
from untoit.core.timetabling.layout import Layout
from untoit.core.timetabling.visits import Visit, Visits
from untoit.core.timetabling.worth import worth

Float64Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """
    A way to spend the event for one unit: the visits of its members, their worth in points, and the tables they take.

    ``uses``: (group, slot) of each slot of each table taken. ``points`` counts everything but what tables cost.
    """

    unit: int
    visits: tuple[Visit, ...]
    uses: tuple[tuple[int, int], ...]
    points: int = 0


@dataclass(slots=True)
class Sweep:
    """What everybody would take at some prices: a column a unit, and the bound, in hundredths."""

    columns: list[Column]
    bound: int
    used: Int32Array


class Market:
    """Asks every unit for its best visit at given prices, on several threads; their number changes no answer."""

    def __init__(self, layout: Layout, workers: int = 1) -> None:
        self.layout = layout
        self.visits = Visits(layout)
        self._twins = [self.visits, *(self.visits.twin() for _ in range(workers - 1))]
        self.capacity = self.visits.capacity
        held = {visitor.who.id: [one for one in layout.locks if one.candidate == visitor.who.id]
                for visitor in layout.visitors if visitor.frozen}
        self.fixed = sum(worth(layout.event, layout.event.candidate_of[who], mine) for who, mine in held.items())

    def sweep(self, price: Int32Array) -> Sweep:
        """Return what everybody would take at these prices (hundredths, not negative)."""
        cost, group = self.visits.costs(price, self.capacity)
        count = len(self._twins)
        shares = [range(k, len(self.layout.units), count) for k in range(count)]

        def ask(k: int) -> list[tuple[int, int, tuple[Visit, ...]]]:
            return [(u, *self.answer(self._twins[k], u, cost)) for u in shares[k]]

        if count == 1:
            answers = ask(0)
        else:
            with ThreadPoolExecutor(count) as pool:
                answers = [one for share in pool.map(ask, range(count)) for one in share]
        bound = self.fixed * SCALE + int((price.astype(np.int64) * self.capacity).sum())
        used = np.zeros_like(self.capacity)
        columns = []
        for u, kept, visits in sorted(answers):
            bound += kept
            column = self.column(u, visits, group)
            columns.append(column)
            for g, t in column.uses:
                used[g, t] += 1
        return Sweep(columns, bound, used)

    def answer(self, twin: Visits, u: int, cost: Int32Array) -> tuple[int, tuple[Visit, ...]]:
        """Return what a unit keeps at these costs, at most, in hundredths, and a visit for each member."""
        unit = self.layout.units[u]
        if len(unit) == 1:
            return self._alone(twin, unit[0], cost, None)
        best, chosen = NOTHING, tuple[Visit, ...]()
        for talk in twin.talks(unit, cost):
            paid = int(cost[talk]) if talk[0] >= 0 else 0
            kept, visits = -paid, []
            for v in unit:
                worth_of, visit = self._alone(twin, v, cost, talk)
                kept += worth_of
                visits.append(visit[0])
            if kept > best:
                best, chosen = kept, tuple(visits)
        return best, chosen

    def _alone(
        self, twin: Visits, v: int, cost: Int32Array, talk: tuple[int, int] | None
    ) -> tuple[int, tuple[Visit, ...]]:
        if self.layout.visitors[v].frozen:
            return 0, ((),)
        found = twin.best(v, cost, NOTHING, talk)
        if found is None:
            raise AssertionError("staying without any other meeting is always possible")
        kept, visit = found
        if twin.packed[v].loose:
            kept = max(kept, twin.top(v))
        return kept, (visit,)

    def column(self, u: int, visits: tuple[Visit, ...], group: Int32Array) -> Column:
        """Return the column of these visits, on the groups of tables that ``group[stand, slot]`` gives."""
        uses = []
        unit = self.layout.units[u]
        for v, visit in zip(unit, visits, strict=True):
            for i, slot in visit:
                item = self.layout.visitors[v].items[i]
                if item.lock < 0 and (item.kind != 1 or v == unit[0]):
                    g = int(group[item.stand, slot])
                    uses += [(g, u2) for u2 in range(slot, slot + item.length)]
        return Column(u, visits, tuple(uses))


@dataclass(slots=True)
class Dual:
    """The best prices found, their bound in hundredths, and the columns met on the way."""

    price: Int32Array
    bound: int
    sweeps: int = 0


def descend(
    market: Market, dual: Dual, target: int, sweeps: int, keep: Callable[[list[Column]], None],
    stop: Callable[[], bool], shrink: float = 0.85,
) -> None:
    """
    Lower the bound for at most ``sweeps`` sweeps; ``target`` is the worth of the plan, in hundredths.

    ``keep`` receives the columns of each sweep; ``stop`` is asked before each of them.
    """
    price = dual.price.astype(np.float64)
    direction = np.zeros_like(price)
    pace, stalled = 1.0, 0
    for _ in range(sweeps):
        if stop():
            return
        sweep = market.sweep(np.rint(price).astype(np.int32))
        dual.sweeps += 1
        keep(sweep.columns)
        if sweep.bound < dual.bound:
            gained = dual.bound - sweep.bound
            dual.bound, dual.price = sweep.bound, np.rint(price).astype(np.int32)
            stalled = 0 if gained > SCALE else stalled
        else:
            stalled += 1
        if stalled >= 3:
            pace, stalled = pace * shrink * shrink, 0
        excess = (sweep.used - market.capacity).astype(np.float64)
        excess[(price <= 0) & (excess < 0)] = 0.0
        direction = 0.7 * excess + 0.3 * direction
        norm = float((direction * direction).sum())
        if norm <= 0.0:
            return
        aim = min(target + 0.2 * (dual.bound - target), dual.bound - SCALE)
        step = pace * max(sweep.bound - aim, SCALE) / norm
        price = np.maximum(price + step * direction, 0.0)


def start(layout: Layout, market: Market) -> Dual:
    """Return nil prices and what they prove."""
    price = np.zeros_like(market.capacity)
    return Dual(price, market.sweep(price).bound, 1)


__all__ = ["Column", "Dual", "Market", "Sweep", "descend", "start"]
