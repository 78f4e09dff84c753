"""One choice under fixed constraints: prices, a first plan, better plans, the proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from untoit.core.matching.improve import Ground, drop, fill, improve
from untoit.core.matching.layout import Layout
from untoit.core.matching.linear import build, integers, prices_of, relax, used
from untoit.core.matching.plan import Effort
from untoit.core.matching.prices import Market, Prices, Row, descend
from untoit.core.matching.problem import BoolArray, Int64Array

Progress = Callable[[str, float], None]


@dataclass(slots=True)
class Search:
    """What stays the same from one search to the next: the layout, the effort, the seed, who hears of progress."""

    layout: Layout
    effort: Effort
    seed: int
    workers: int
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, step: str, since: float) -> float:
        """Add the seconds since then to a step, and return the present instant."""
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - since
        return now


@dataclass(frozen=True, slots=True)
class Found:
    """A plan (rows of the layout), its value, the prices and what they prove, and what the integer programme proves."""

    taken: BoolArray
    value: int
    prices: Prices
    price_bound: int
    integer_bound: int | None
    exact: bool
    method: str
    spare: tuple[int, ...]

    @property
    def bound(self) -> int:
        """The lower of the two proofs."""
        return self.price_bound if self.integer_bound is None else min(self.price_bound, self.integer_bound)


def find(search: Search, rows: Sequence[Row], start: BoolArray | None = None) -> Found | None:
    """
    Return a plan under these rows, or ``None`` when there is none, or when a large problem shows none.

    ``start`` is a plan on which the search may fall back, if it holds under these rows.
    """
    layout, effort = search.layout, search.effort
    with Market(layout, rows, workers=search.workers) as market:
        clock = time.perf_counter()
        whole = np.arange(layout.number.size)
        small = whole.size <= effort.whole_rows
        if small:
            prices = _exact_prices(search, rows, whole)
            if prices is None:
                return None
        else:
            prices, _ = descend(market, effort.steps, lambda part: search.progress("prix", part))
        price_bound = market.bound(prices)
        clock = search.timed("prix", clock)
        _, option_worth = market.worth(prices)
        surplus = market.surplus().copy()
        household = layout.problem.pair_household[layout.pair]
        ground = Ground(
            layout, tuple(rows), prices, market.credit(prices), surplus, surplus[household] - option_worth
        )
    clock = time.perf_counter()
    # Regrets are compared with the mean surplus of an allocation: the scale of utilities is the caller's affair.
    allocations = min(layout.problem.households, int(layout.problem.dwelling_capacity.sum()))
    scale = price_bound / max(allocations, 1)
    near = _cheapest(search, ground.regret, 0.0036 * scale / layout.problem.jobs_max, 6)
    close = _cheapest(search, ground.regret, 0.036 * scale, 12)
    pool = _cheapest(search, ground.regret, effort.pool * scale, 60)
    taken = _first_plan(search, ground, near, close, start)
    if taken is None:
        return _prove(search, ground, price_bound, None, whole) if small else None
    clock = search.timed("premier plan", clock)
    taken = improve(
        ground, taken, close, np.union1d(pool, np.flatnonzero(taken)), price_bound, effort, seed=search.seed,
        workers=search.workers, report=lambda part: search.progress("amélioration", part),
    )
    fill(ground, taken, np.argsort(ground.regret, kind="stable"))
    search.timed("amélioration", clock)
    # An option whose regret exceeds the gap belongs to no better plan: what is left decides everything.
    gap = price_bound - ground.value(taken)
    hopeful = np.union1d(np.flatnonzero(ground.regret <= gap), np.flatnonzero(taken))
    if layout.problem.households <= effort.proof_households and hopeful.size <= effort.proof_rows:
        return _prove(search, ground, price_bound, taken, hopeful)
    return Found(
        taken, ground.value(taken), prices, price_bound, None, gap == 0, "prix lagrangiens et voisinages",
        tuple(ground.left(taken)[2]),
    )


def _cheapest(search: Search, regret: Int64Array, limit: float, choices: int) -> Int64Array:
    """
    Return the rows of regret at most ``limit``, at most ``choices`` a household on average.

    Where everything is worth the same, as when allocations are only counted, rows are taken among equals at random.
    """
    rows = np.flatnonzero(regret <= limit)
    most = choices * search.layout.problem.households
    if rows.size > most:
        chance = np.random.default_rng(search.seed).permutation(rows.size)
        rows = np.sort(rows[np.lexsort((chance, regret[rows]))[:most]])
    return rows


def _exact_prices(search: Search, rows: Sequence[Row], whole: Int64Array) -> Prices | None:
    """Return the prices of the linear relaxation over every option, ``None`` when even that has no solution."""
    problem = search.layout.problem
    programme = build(
        search.layout, whole, problem.dwelling_capacity.astype(np.int64), problem.offer_capacity.astype(np.int64), rows,
        [row.constant for row in rows],
    )
    answer = relax(programme, search.seed)
    return prices_of(programme, answer) if answer.solved else None


def _first_plan(
    search: Search, ground: Ground, near: Int64Array, pool: Int64Array, start: BoolArray | None
) -> BoolArray | None:
    """
    Return a feasible plan: what the linear relaxation decides by itself, then what fits; or ``None``.

    When that breaks a row, what brings rows up in ``start`` comes first, then what fits.
    """
    layout, problem = ground.layout, ground.layout.problem
    homes, jobs = problem.dwelling_capacity.astype(np.int64), problem.offer_capacity.astype(np.int64)
    constants = [row.constant for row in ground.rows]
    programme = build(layout, near, homes, jobs, ground.rows, constants)
    answer = relax(programme, search.seed)
    taken = np.zeros(layout.number.size, dtype=bool)
    share = np.zeros(layout.number.size)
    if answer.solved:
        share[near] = np.clip(answer.column[:near.size], 0, 1)
        undecided = np.zeros(problem.households, dtype=bool)
        undecided[problem.pair_household[layout.pair[(share > 1e-6) & (share < 1 - 1e-6)]]] = True
        taken = (share >= 1 - 1e-6) & ~undecided[problem.pair_household[layout.pair]]
    order = pool[np.lexsort((ground.regret[pool], -np.round(share[pool], 6), ~layout.pinned[pool]))]
    fill(ground, taken, order)
    drop(ground, taken)
    if ground.feasible(taken):
        return taken
    if start is not None and ground.feasible(start):
        helpful = np.any([row.weight > 0 for row in ground.rows], axis=0)
        taken = np.asarray(start & helpful[layout.pair], dtype=bool)
        fill(ground, taken, order)
        if ground.feasible(taken) and ground.value(taken) >= ground.value(start):
            return taken
        return start.copy()
    if pool.size > search.effort.proof_rows:
        return None
    programme = build(layout, pool, homes, jobs, ground.rows, constants)
    answer = integers(programme, search.seed, nodes=search.effort.search_nodes, gap=0.01)
    if not answer.column.size:
        return None
    taken[:] = False
    taken[programme.kept[used(programme, answer)]] = True
    return taken


def _prove(
    search: Search, ground: Ground, price_bound: int, taken: BoolArray | None, hopeful: Int64Array
) -> Found | None:
    """Solve in integers over the options that may still matter, and say what that proves."""
    clock = time.perf_counter()
    search.progress("preuve", 0.0)
    problem = ground.layout.problem
    programme = build(
        ground.layout, hopeful, problem.dwelling_capacity.astype(np.int64), problem.offer_capacity.astype(np.int64),
        ground.rows, [row.constant for row in ground.rows],
    )
    answer = integers(programme, search.seed, nodes=search.effort.proof_nodes, gap=0.0, start=taken)
    search.timed("preuve", clock)
    search.progress("preuve", 1.0)
    if answer.infeasible and taken is None:
        return None
    best = taken
    if answer.column.size:
        new = np.zeros(ground.layout.number.size, dtype=bool)
        new[programme.kept[used(programme, answer)]] = True
        if best is None or ground.value(new) > ground.value(best):
            best = new
    if best is None or not ground.feasible(best):  # without a single option HiGHS looks at no row
        return None
    value = ground.value(best)
    # Options left out belong to no plan above the value known before: the proof holds for every plan.
    proven = value if answer.solved else max(int(np.ceil(answer.bound * (1 + 1e-9))) + 1, value)
    return Found(
        best, value, ground.prices, price_bound, proven, proven == value, "programme en nombres entiers",
        tuple(ground.left(best)[2]),
    )
