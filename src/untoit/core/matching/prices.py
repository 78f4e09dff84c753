"""
Prices of homes, jobs and quotas, and the upper bound that any prices prove.

At given prices each household takes what is best for it alone; the sum of these surpluses and of the prices of all
capacities is above the value of every plan (Lagrangian relaxation). Prices are integers, so is the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType

import numpy as np

from untoit.core.matching import kernels
from untoit.core.matching.layout import Layout
from untoit.core.matching.problem import Int64Array

BLOCKS = 8
SMALL = 50_000  # options below which threads cost more than they bring


@dataclass(frozen=True, slots=True)
class Row:
    """
    One constraint on the pairs of a plan: ``sum(weight[p] for chosen p) + constant >= 0``, in thousandths.
    """

    weight: Int64Array
    constant: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Millionths of a point: of a dwelling, of an opening, of one allocation missing to each row of a quota."""

    dwelling: Int64Array
    offer: Int64Array
    row: Int64Array


def per_allocation(price: int, thousandths: int) -> int:
    """Return ``price x thousandths / 1000``, rounded up so that the bound stays one."""
    return -((-price * thousandths) // 1000)


class Market:
    """The households, ready to answer to any prices; ``with`` frees its threads."""

    def __init__(self, layout: Layout, rows: Sequence[Row], *, workers: int = 1) -> None:
        self.layout = layout
        self.rows = tuple(rows)
        problem = layout.problem
        self._dwelling_capacity = problem.dwelling_capacity.astype(np.int64)
        self._offer_capacity = problem.offer_capacity.astype(np.int64)
        pairs_per_household = np.diff(layout.household_pair)
        busy = np.cumsum(pairs_per_household) if problem.households else np.zeros(0, dtype=np.int64)
        cuts = np.searchsorted(busy, np.linspace(0, busy[-1] if busy.size else 0, BLOCKS + 1)[1:-1])
        self._blocks = list(pairwise([0, *(int(cut) for cut in cuts), problem.households]))
        self._threads = ThreadPoolExecutor(workers) if workers > 1 and layout.number.size > SMALL else None
        self._chosen = np.full(problem.households, -1, dtype=np.int64)
        self._surplus = np.zeros(problem.households, dtype=np.int64)
        self._homes = np.zeros(problem.dwellings, dtype=np.int64)
        self._jobs = np.zeros(problem.offers, dtype=np.int64)

    def __enter__(self) -> Market:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the threads."""
        if self._threads is not None:
            self._threads.shutdown()

    def _each_block(self, work: Callable[[int, int], None]) -> None:
        if self._threads is None:
            work(0, self.layout.problem.households)
        else:
            list(self._threads.map(lambda block: work(*block), self._blocks))

    def credit(self, prices: Prices) -> Int64Array:
        """Return ``int64[P]``, what the quotas pay for each pair, rounded up."""
        credit = np.zeros(self.layout.problem.pair_household.size, dtype=np.int64)
        for row, price in zip(self.rows, prices.row, strict=True):
            credit -= (-int(price) * row.weight) // 1000
        return credit

    def bound(self, prices: Prices) -> int:
        """Return the upper bound that these prices prove; the choices behind it stay for :meth:`excess`."""
        layout, problem = self.layout, self.layout.problem
        credit = self.credit(prices)
        self._each_block(
            lambda first, last: kernels.choose(
                first, last, layout.household_pair, problem.pair_dwelling, layout.pair_top, credit, layout.pair_group,
                layout.group_start, layout.group_low, layout.group_high, layout.value, layout.offer, prices.dwelling,
                prices.offer, problem.jobs_max, self._surplus, self._chosen,
            )
        )
        total = int(self._surplus.sum()) - layout.bonus
        total += int(self._dwelling_capacity @ prices.dwelling) + int(self._offer_capacity @ prices.offer)
        return total + sum(
            per_allocation(int(price), row.constant) for row, price in zip(self.rows, prices.row, strict=True)
        )

    def surplus(self) -> Int64Array:
        """Return ``int64[H]``, what each household keeps at the last prices asked."""
        return self._surplus

    def excess(self, prices: Prices) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Return capacity minus demand of dwellings and offers, and what each row has to spare, at the last prices."""
        layout, problem = self.layout, self.layout.problem
        kernels.demand(
            self._chosen, problem.pair_dwelling, layout.pair_group, layout.group_start, layout.group_low,
            layout.group_high, layout.value, layout.offer, prices.offer, problem.jobs_max, self._homes, self._jobs,
        )
        pairs = self._chosen[self._chosen >= 0]
        spare = np.array([int(row.weight[pairs].sum()) + row.constant for row in self.rows], dtype=np.int64)
        return self._dwelling_capacity - self._homes, self._offer_capacity - self._jobs, spare

    def worth(self, prices: Prices) -> tuple[Int64Array, Int64Array]:
        """Return, at these prices, the best bundle of each pair (``[P]``) and the best that has each row (``[M]``)."""
        layout, problem = self.layout, self.layout.problem
        pair_worth = np.empty(problem.pair_household.size, dtype=np.int64)
        option_worth = np.empty(layout.number.size, dtype=np.int64)
        credit = self.credit(prices)
        self._each_block(
            lambda first, last: kernels.worth(
                first, last, layout.household_pair, problem.pair_dwelling, credit, layout.pair_group,
                layout.group_start, layout.group_low, layout.group_high, layout.value, layout.offer, prices.dwelling,
                prices.offer, problem.jobs_max, pair_worth, option_worth,
            )
        )
        return pair_worth, option_worth


def descend(market: Market, iterations: int, report: Callable[[float], None]) -> tuple[Prices, int]:
    """
    Return good prices and the bound that they prove, by subgradient descent.

    Polyak steps towards 95 % of the best bound, direction averaged with the previous one (0.6 / 0.4), step factor x 0.6
    and back to the best prices after 6 steps without progress (Held, Wolfe, Crowder, "Validation of subgradient
    optimization", Mathematical Programming 6, 1974). Stops when the factor no longer moves anything.
    """
    problem = market.layout.problem
    homes, jobs, quotas = problem.dwellings, problem.offers, len(market.rows)
    point = np.zeros(homes + jobs + quotas)
    before = np.zeros_like(point)
    best_point, best = point, market.bound(_rounded(point, homes, jobs))
    factor, stalled = 1.0, 0
    for step in range(iterations):
        prices = _rounded(point, homes, jobs)
        bound = market.bound(prices)
        if bound < best:
            best, best_point, stalled = bound, point.copy(), 0
        else:
            stalled += 1
        if stalled >= 6:
            factor, stalled, point = factor * 0.6, 0, best_point.copy()
            before[:] = 0
            if factor < 1e-4:
                break
            prices = _rounded(point, homes, jobs)
            bound = market.bound(prices)
        home, job, spare = market.excess(prices)
        slope = np.concatenate([home, job, spare / 1000])
        slope[(point <= 0) & (slope > 0)] = 0
        direction = 0.6 * slope + 0.4 * before
        length = float(direction @ direction)
        if length == 0:
            break
        size = factor * max(bound - 0.95 * best, 0.0005 * best) / length
        point = np.maximum(point - size * direction, 0)
        before = direction
        if step % 16 == 0:
            report(step / iterations)
    return _rounded(best_point, homes, jobs), best


def _rounded(point: np.ndarray[tuple[int], np.dtype[np.float64]], homes: int, jobs: int) -> Prices:
    whole = np.rint(point).astype(np.int64)
    return Prices(whole[:homes], whole[homes:homes + jobs], whole[homes + jobs:])
