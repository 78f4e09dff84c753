"""
A plan made better, one neighbourhood at a time.

The distance of a plan to the bound is a sum of local regrets: what a household gets against what it would choose at
these prices, and the price of what stays unused. The search goes where regret is, frees the households that compete for
the same homes and jobs, and solves that small integer programme to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from untoit.core.matching.layout import Layout
from untoit.core.matching.linear import Answer, Programme, build, integers, used
from untoit.core.matching.plan import Effort
from untoit.core.matching.prices import Prices, Row, per_allocation
from untoit.core.matching.problem import BoolArray, Int64Array


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What every search reads: good prices, the surplus of each household at these prices, and by row of the layout what
    choosing it would cost it (``regret``, ``int64[M]``: zero for its best choice).
    """

    layout: Layout
    rows: tuple[Row, ...]
    prices: Prices
    credit: Int64Array
    surplus: Int64Array
    regret: Int64Array

    def value(self, taken: BoolArray) -> int:
        """Return the value of the plan made of the rows ``taken``."""
        return int(self.layout.problem.option_value[self.layout.number[np.flatnonzero(taken)]].sum())

    def pairs(self, taken: BoolArray) -> Int64Array:
        """Return the pairs of the plan made of the rows ``taken``."""
        return np.unique(self.layout.pair[np.flatnonzero(taken)]).astype(np.int64)

    def left(self, taken: BoolArray) -> tuple[Int64Array, Int64Array, list[int]]:
        """Return the capacities that the plan leaves, of dwellings and of offers, and what each row has to spare."""
        problem, pairs = self.layout.problem, self.pairs(taken)
        homes = problem.dwelling_capacity - np.bincount(problem.pair_dwelling[pairs], minlength=problem.dwellings)
        jobs = problem.offer_capacity - np.bincount(self.layout.offer[np.flatnonzero(taken)], minlength=problem.offers)
        return homes, jobs, [int(row.weight[pairs].sum()) + row.constant for row in self.rows]

    def feasible(self, taken: BoolArray) -> bool:
        """Return whether every row holds and every imposed option is there."""
        return min(self.left(taken)[2], default=0) >= 0 and bool(taken[self.layout.pinned].all())


def fill(ground: Ground, taken: BoolArray, order: Int64Array) -> None:
    """
    Add to the plan, in place, what still fits: households without a pair, pair by pair in the order of ``order``.

    A pair that would take a row below zero is skipped, unless it brings that row up.
    """
    layout, problem = ground.layout, ground.layout.problem
    homes, jobs, spare = ground.left(taken)
    placed = np.zeros(problem.households, dtype=bool)
    placed[problem.pair_household[ground.pairs(taken)]] = True
    pairs = layout.pair[order]
    possible = ~placed[problem.pair_household[pairs]] & (homes[problem.pair_dwelling[pairs]] > 0)
    possible &= jobs[layout.offer[order]] > 0
    for pair in dict.fromkeys(pairs[possible].tolist()):
        household, dwelling = problem.pair_household[pair], problem.pair_dwelling[pair]
        if placed[household] or homes[dwelling] <= 0:
            continue
        weights = [int(row.weight[pair]) for row in ground.rows]
        if any(weight < 0 and weight + room < 0 for weight, room in zip(weights, spare, strict=True)):
            continue
        bundle = _bundle(ground, pair, jobs)
        if bundle:
            taken[bundle] = True
            jobs -= np.bincount(layout.offer[bundle], minlength=jobs.size)
            homes[dwelling] -= 1
            placed[household] = True
            spare = [weight + room for weight, room in zip(weights, spare, strict=True)]


def _bundle(ground: Ground, pair: int, jobs: Int64Array) -> list[int]:
    """Return rows that serve the pair with the jobs left, each seeker in turn taking its best priced ones."""
    layout = ground.layout
    room = jobs.copy() if layout.pair_group[pair + 1] - layout.pair_group[pair] > 1 else jobs
    bundle: list[int] = []
    for group in range(layout.pair_group[pair], layout.pair_group[pair + 1]):
        rows = np.arange(layout.group_start[group], layout.group_start[group + 1])
        rows = rows[room[layout.offer[rows]] > 0]
        rows = rows[np.argsort(ground.regret[rows], kind="stable")][:layout.group_high[group]]
        if rows.size >= layout.group_low[group]:
            bundle += rows.tolist()
            if room is not jobs:
                np.subtract.at(room, layout.offer[rows], 1)
    return bundle


def drop(ground: Ground, taken: BoolArray) -> None:
    """Take out of the plan, in place, the pairs that keep a row below zero, the least useful first."""
    problem = ground.layout.problem
    pair_value = np.zeros(problem.pair_household.size, dtype=np.int64)
    np.add.at(pair_value, ground.layout.pair[taken], ground.layout.value[taken])
    for q, row in enumerate(ground.rows):
        pairs = ground.pairs(taken)
        against = pairs[row.weight[pairs] < 0]
        missing = -ground.left(taken)[2][q]
        for pair in against[np.argsort(pair_value[against], kind="stable")].tolist():
            if missing <= 0:
                break
            taken[ground.layout.pair == pair] = False
            missing += int(row.weight[pair])


def improve(
    ground: Ground, taken: BoolArray, close: Int64Array, pool: Int64Array, bound: int, effort: Effort, *, seed: int,
    workers: int, report: Callable[[float], None],
) -> BoolArray:
    """
    Return a plan at least as good as ``taken``, which must be feasible, made of rows of ``pool`` and of ``taken``.

    The rows ``close``, few, say who competes with whom. Two neighbourhoods that share nothing are searched in each
    round, whatever the number of workers. One that was searched is not searched again before something moves.
    """
    households = ground.layout.problem.households
    best_dwelling, best_offer = _keenest(ground, pool)
    if not close.size:
        return taken
    searches = effort.small_searches if households <= effort.proof_households else effort.searches
    rounds_in_all = sum(rounds for _, rounds in searches)
    done = 0
    with ThreadPoolExecutor(workers) as threads:
        for size, rounds in searches:
            tired, idle = np.zeros(households), 0
            searched: set[bytes] = set()
            for _ in range(rounds):
                if bound - ground.value(taken) <= effort.enough * bound:
                    return taken
                graph = _rivals(ground, close, taken)
                score = _regrets(ground, taken, best_dwelling, best_offer) * 0.5**tired
                free = np.ones(households, dtype=bool)
                tasks: list[tuple[Programme, Int64Array]] = []
                homes, jobs, spare = ground.left(taken)
                for _ in range(2):
                    seat = int(np.argmax(np.where(free, score, -1.0)))
                    if not free[seat] or score[seat] <= 0:
                        break
                    members = _nearest(graph, seat, free, size)
                    tired[seat] += 1
                    tired[members[: max(1, size // 10)]] += 0.5
                    free[members] = False
                    if (key := np.sort(members).tobytes()) in searched:
                        continue
                    searched.add(key)
                    programme, freed = _local(ground, taken, pool, members, homes, jobs, spare, effort.choices)
                    homes[ground.layout.problem.pair_dwelling[ground.layout.pair[programme.kept]]] = 0
                    jobs[ground.layout.offer[programme.kept]] = 0
                    spare = [0] * len(spare)
                    tasks.append((programme, freed))
                before = taken.copy()

                def search(task: tuple[Programme, Int64Array], before: BoolArray = before) -> Answer:
                    return integers(task[0], seed, nodes=effort.search_nodes, gap=0.0, start=before)

                value = ground.value(taken)
                for (programme, freed), answer in zip(tasks, threads.map(search, tasks), strict=True):
                    if answer.column.size:
                        new = programme.kept[used(programme, answer)]
                        if ground.layout.value[new].sum() > ground.layout.value[freed].sum():
                            taken[freed] = False
                            taken[new] = True
                            searched.clear()
                done += 1
                report(done / rounds_in_all)
                idle = idle + 1 if ground.value(taken) - value <= effort.progress * bound else 0
                if idle == effort.patience:
                    break
    return taken


def _rivals(ground: Ground, close: Int64Array, taken: BoolArray) -> sparse.csr_matrix:
    """
    Return the graph of who must move when a household takes something: the shorter a path, the likelier the exchange.

    A household wants a thing (as far as it would regret it), whose holder must leave it; a holder frees a thing, that
    another wants. Nodes are the households, then the things wanted, then the things freed.
    """
    layout, problem = ground.layout, ground.layout.problem
    things = problem.dwellings + problem.offers

    def edges(rows: Int64Array) -> tuple[Int64Array, Int64Array]:
        household = problem.pair_household[layout.pair[rows]].astype(np.int64)
        dwelling = problem.households + problem.pair_dwelling[layout.pair[rows]].astype(np.int64)
        offer = problem.households + problem.dwellings + layout.offer[rows].astype(np.int64)
        return np.tile(household, 2), np.concatenate([dwelling, offer])

    wanting, wanted = edges(close)
    holding, held = edges(np.flatnonzero(taken))
    length = np.tile(ground.regret[close].astype(float), 2)
    length += max(float(np.median(length)), 1.0) * 0.1  # a step costs something even between equals
    free = np.full(holding.size, 1e-3)
    start = np.concatenate([wanting, held, holding, wanted + things])
    stop = np.concatenate([wanted, holding, held + things, wanting])
    length = np.concatenate([length, free, free, length])
    order = np.lexsort((length, stop, start))
    start, stop, length = start[order], stop[order], length[order]
    first = np.ones(order.size, dtype=bool)
    first[1:] = (start[1:] != start[:-1]) | (stop[1:] != stop[:-1])
    nodes = problem.households + 2 * things
    return sparse.csr_matrix((length[first], (start[first], stop[first])), shape=(nodes, nodes))


def _keenest(ground: Ground, pool: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Return the household that regrets least to take each dwelling, and each offer, or -1."""
    layout, problem = ground.layout, ground.layout.problem
    pair = layout.pair[pool]
    order = np.argsort(-ground.regret[pool], kind="stable")  # the last written wins
    dwelling = np.full(problem.dwellings, -1, dtype=np.int64)
    dwelling[problem.pair_dwelling[pair[order]]] = problem.pair_household[pair[order]]
    offer = np.full(problem.offers, -1, dtype=np.int64)
    offer[layout.offer[pool[order]]] = problem.pair_household[pair[order]]
    return dwelling, offer


def _regrets(
    ground: Ground, taken: BoolArray, best_dwelling: Int64Array, best_offer: Int64Array
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return by household its regret, and the price of the unused things that it would regret least to take."""
    layout, problem = ground.layout, ground.layout.problem
    score = ground.surplus.astype(float)
    pairs = ground.pairs(taken)
    homes, jobs, _ = ground.left(taken)
    held = np.flatnonzero(taken)
    net = layout.value[held] - ground.prices.offer[layout.offer[held]]
    np.subtract.at(score, problem.pair_household[layout.pair[held]], net)
    np.subtract.at(
        score, problem.pair_household[pairs],
        ground.credit[pairs] - ground.prices.dwelling[problem.pair_dwelling[pairs]],
    )
    for keenest, price, left in (
        (best_dwelling, ground.prices.dwelling, homes), (best_offer, ground.prices.offer, jobs),
    ):
        wanted = keenest >= 0
        np.add.at(score, keenest[wanted], (price * left)[wanted])
    return score


def _nearest(graph: sparse.csr_matrix, seat: int, free: BoolArray, size: int) -> Int64Array:
    """Return at most ``size`` free households, ``seat`` first, then those that compete most closely with it."""
    distance = csgraph.dijkstra(graph, indices=np.array([seat]))[0, : free.size]
    distance[~free] = np.inf
    order = np.argsort(distance, kind="stable")[:size]
    near: Int64Array = order[np.isfinite(distance[order])]
    return near


def _local(
    ground: Ground, taken: BoolArray, pool: Int64Array, members: Int64Array, homes: Int64Array, jobs: Int64Array,
    spare: Sequence[int], choices: int,
) -> tuple[Programme, Int64Array]:
    """Return the integer programme of these households, with what they hold and what is left, and the rows held."""
    layout, problem = ground.layout, ground.layout.problem
    member = np.zeros(problem.households, dtype=bool)
    member[members] = True
    held = np.flatnonzero(taken)
    freed = held[member[problem.pair_household[layout.pair[held]]]]
    pairs = np.unique(layout.pair[freed])
    homes = homes + np.bincount(problem.pair_dwelling[pairs], minlength=homes.size)
    jobs = jobs + np.bincount(layout.offer[freed], minlength=jobs.size)
    constants = [room - int(row.weight[pairs].sum()) for row, room in zip(ground.rows, spare, strict=True)]
    # What these households could gain at most; an option that they would regret more is in no better plan of theirs.
    prices = ground.prices
    hope = int(ground.surplus[members].sum() - layout.value[freed].sum())
    hope += int(homes @ prices.dwelling + jobs @ prices.offer)
    hope += sum(per_allocation(int(price), room) for price, room in zip(prices.row, constants, strict=True))
    rows = pool[member[problem.pair_household[layout.pair[pool]]] & (ground.regret[pool] < hope)]
    rows = rows[(homes[problem.pair_dwelling[layout.pair[rows]]] > 0) & (jobs[layout.offer[rows]] > 0)]
    rows = rows[np.argsort(ground.regret[rows], kind="stable")[:choices * members.size]]
    rows = np.union1d(rows, freed)
    return build(layout, rows, homes, jobs, ground.rows, constants), freed
