"""
The choice itself in one shard: what the relaxation decides, then small exact programmes where there is regret.

The distance of a plan to the bound is a sum of regrets, household by household and thing by thing: the search goes
where regret is, frees the households that compete for the same things, and solves that small programme with HiGHS.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from untoit.core.scale import kernels
from untoit.core.scale.board import Board, greedy, rivals
from untoit.core.scale.dive import dive
from untoit.core.scale.market import POINT, Int32Array, Int64Array
from untoit.core.scale.shards import Shard, look_up

if TYPE_CHECKING:
    from untoit.core.scale.tasks import Choices, Prices

UNIT = 1_000
"""HiGHS counts in thousandths of a point, far above its tolerances."""

NODES = 20
"""Most nodes of the tree of a small programme: a count of work, never seconds."""


@dataclass(frozen=True, slots=True)
class Search:
    """
    How hard to search a shard: ``stages`` are the households freed at once, and the searches for a thousand households.

    ``enough`` is the gap, in millionths of the value, at which the search stops; ``choices`` the columns a household;
    ``regret`` what a household may regret of them, at most, in millionths; ``close`` the same for dives and for who
    competes with whom. The first choice is the best of some ``dives``: iterations, quantity decided, portion (see
    :func:`untoit.core.scale.dive.dive`). With ``focus``, one search around that household (local number), no other.
    """

    stages: tuple[tuple[int, float], ...] = ((60, 8.0), (200, 16.0), (300, 24.0))
    enough: float = 100.0
    choices: int = 5
    regret: int = 90_000
    close: int = 90_000
    dives: tuple[tuple[int, float, float], ...] = ((100, 0.9, 0.1), (150, 0.95, 0.05), (200, 0.98, 0.03))
    focus: int = -1


@dataclass(frozen=True, slots=True)
class Settled:
    """The choice of a shard: by household its pair (-1 for none) and its offers, local numbers, and the total value."""

    pair: Int32Array
    offers: Int32Array
    value: int


@dataclass(frozen=True, slots=True)
class Small:
    """A small programme: the households freed, the columns that they may take, and the bounds of its rows."""

    members: Int64Array
    columns: Int64Array
    matrix: sparse.csc_matrix
    low: np.ndarray[tuple[int], np.dtype[np.float64]]
    high: np.ndarray[tuple[int], np.dtype[np.float64]]


def settle(
    shard: Shard, prices: Prices, known: Choices | None, homes_left: Int64Array, need: Int64Array,
    leaving: NDArray[np.bool_], search: Search, seed: int, threads: int, start: Settled | None = None,
) -> Settled:
    """
    Return the best choice found for the households of the shard, among the dwellings left and the offers it owns.

    ``need`` is, for each share, the least that the shard must bring, in thousandths of an allocation; when that cannot
    be reached the choice brings what it can. The households ``leaving`` have a home elsewhere.
    ``start`` is a choice already known: it is kept where it still holds, and only improved.
    """
    from untoit.core.scale.tasks import Desk, merged

    desk = Desk(shard, threads, None)
    try:
        total = desk.price(prices)
        choices = merged(shard, desk.near(prices, search.regret), known)
        surplus = desk.surplus
        if start is not None:
            choices = merged(shard, choices, _known(shard, prices, surplus, start), every=True)
    finally:
        desk.close()
    choices = _allowed(shard, choices, leaving)
    board = _board(shard, prices, choices, homes_left, need)
    if start is None:
        best = None
        for iterations, decided, portion in search.dives:
            board.clear()
            dive(
                board, choices.x, surplus, search.close, iterations=iterations, decided=decided, portion=portion
            )
            if best is None or board.total > best[0]:
                best = board.total, board.held.copy()
        board.clear()
        if best is not None:
            board.swap(np.flatnonzero(best[1] >= 0), best[1][best[1] >= 0])
    else:
        _resume(board, choices, start)
    order = np.argsort(board.regret, kind="stable")
    greedy(
        order, board.household, board.thing, board.weight, board.left, board.held, board.cover, board.need
    )
    _hold_shares(board)
    ceiling = total + int(board.price @ np.maximum(_capacity(shard, homes_left), 0))
    _improve(board, surplus, ceiling, search, seed, threads)
    pair = np.full(shard.households, -1, dtype=np.int32)
    offers = np.full((shard.households, 2), -1, dtype=np.int32)
    placed = np.flatnonzero(board.held >= 0)
    pair[placed] = choices.pair[board.held[placed]]
    offers[placed] = choices.offers[board.held[placed]]
    return Settled(pair, offers, board.total)


def _known(shard: Shard, prices: Prices, surplus: Int64Array, start: Settled) -> Choices:
    """Return the choices of a plan already known that are still possible, with what they are worth today."""
    from untoit.core.scale.tasks import Choices, credit_of

    value = np.zeros(shard.households, dtype=np.int64)
    kernels.worth(0, shard.households, *shard.implicit(), start.pair, start.offers, value)
    household = np.flatnonzero((start.pair >= 0) & (value >= 0)).astype(np.int32)
    pair, offers = start.pair[household], start.offers[household]
    dwelling = shard.pair_dwelling[pair]
    credit = credit_of(shard.weights, prices.share)
    worth = value[household] - prices.dwelling[dwelling]
    worth += credit[shard.household_class[household], shard.dwelling_class[dwelling]]
    for k in (0, 1):
        worth -= look_up(prices.offer, offers[:, k], 0)
    return Choices(
        household, pair, offers, value[household], surplus[household] - worth, np.zeros(household.size)
    )


def _resume(board: Board, choices: Choices, start: Settled) -> None:
    """Hold again, in place, what a plan already known held and that is still there."""
    again = (start.pair[choices.household] == choices.pair) & np.all(
        start.offers[choices.household] == choices.offers, axis=1
    )
    free = np.full_like(board.need, -(1 << 60))
    greedy(
        np.flatnonzero(again), board.household, board.thing, board.weight, board.left, board.held, board.cover, free
    )


def _allowed(shard: Shard, choices: Choices, leaving: NDArray[np.bool_]) -> Choices:
    """Return the choices of those who stay, among what the shard owns."""
    keep = ~leaving[choices.household] & shard.own_dwelling[shard.pair_dwelling[choices.pair]]
    for k in (0, 1):
        offer = choices.offers[:, k]
        keep &= (offer < 0) | look_up(shard.own_offer, offer, 0)
    return replace(choices, **{
        name: getattr(choices, name)[keep] for name in ("household", "pair", "offers", "value", "regret", "x")
    })


def _capacity(shard: Shard, homes_left: Int64Array) -> Int64Array:
    jobs = np.where(shard.own_offer, shard.offer_capacity, 0).astype(np.int64)
    return np.concatenate([homes_left, jobs])


def _board(shard: Shard, prices: Prices, choices: Choices, homes_left: Int64Array, need: Int64Array) -> Board:
    dwelling = shard.pair_dwelling[choices.pair]
    homes = shard.dwelling.size
    thing = np.empty((dwelling.size, 3), dtype=np.int32)
    thing[:, 0] = dwelling
    thing[:, 1:] = np.where(choices.offers >= 0, homes + choices.offers, -1)
    weight = shard.weights[:, shard.household_class[choices.household], shard.dwelling_class[dwelling]].T
    return Board(
        choices.household, thing, choices.value, np.maximum(choices.regret, 0), np.ascontiguousarray(weight),
        shard.households, _capacity(shard, homes_left), np.concatenate([prices.dwelling, prices.offer]), need,
    )


def _hold_shares(board: Board) -> None:
    """Take back, for each share below its need, the columns that weigh on it, the least useful first."""
    for q in np.flatnonzero(board.cover < board.need).tolist():
        held = board.held[board.held >= 0]
        against = held[board.weight[held, q] < 0]
        for k in against[np.argsort(board.value[against], kind="stable")].tolist():
            if board.cover[q] >= board.need[q]:
                break
            board.swap(board.household[[k]].astype(np.int64), np.zeros(0, dtype=np.int64))


def _improve(board: Board, surplus: Int64Array, ceiling: int, search: Search, seed: int, threads: int) -> None:
    """Search neighbourhoods two by two, whatever the number of threads, until the gap or the work is reached."""
    people = board.held.size
    if not board.household.size:
        return
    enough = int(search.enough * ceiling / POINT)
    with ThreadPoolExecutor(threads) as pool:
        for size, per_thousand in search.stages:
            tired = np.zeros(people)
            searched: set[bytes] = set()
            for _ in range(max(1, round(per_thousand * people / 2000))):
                if ceiling - board.total <= enough and search.focus < 0:
                    return
                score = board.scores(surplus) * 0.5**tired
                if search.focus >= 0:
                    score[:] = 0
                    score[search.focus] = 1
                free = np.ones(people, dtype=bool)
                left, room = board.left.copy(), board.cover - board.need
                tasks: list[Small] = []
                for _ in range(2):
                    seat = int(np.argmax(np.where(free, score, -1.0)))
                    if not free[seat] or score[seat] <= 0:
                        break
                    members = rivals(
                        seat, min(size, people), free, board.household, board.thing, board.regret, board.mine,
                        board.mine_start, board.users, board.users_start, board.held, board.left, search.close,
                    )
                    tired[seat] += 1
                    tired[members[:max(1, size // 10)]] += 0.5
                    free[members] = False
                    key = np.sort(members).tobytes()
                    if key in searched:
                        continue
                    searched.add(key)
                    small = _small(board, members, left, room, search.choices)
                    things = board.thing[small.columns]
                    left[things[things >= 0]] = 0
                    room = np.minimum(room, 0)
                    tasks.append(small)
                for small, columns in zip(tasks, pool.map(lambda task: _solved(board, task, seed), tasks), strict=True):
                    held = board.held[small.members]
                    gain = int(board.value[columns].sum() - board.value[held[held >= 0]].sum())
                    if gain > 0:
                        board.swap(small.members, columns)
                        searched.clear()


def _small(board: Board, members: Int64Array, left: Int64Array, room: Int64Array, choices: int) -> Small:
    """Return the programme of these households, with what they hold and what is left."""
    held = board.held[members]
    held = held[held >= 0]
    left = left.copy()
    things = board.thing[held]
    np.add.at(left, things[things >= 0], 1)
    spans = [board.mine[board.mine_start[m]:board.mine_start[m + 1]] for m in members.tolist()]
    columns = np.concatenate([*spans, held]) if spans else held
    things = board.thing[columns]
    columns = columns[np.all((things < 0) | (left[np.maximum(things, 0)] > 0), axis=1)]
    columns = columns[np.argsort(board.regret[columns], kind="stable")[:choices * members.size]]
    columns = np.union1d(columns, held)
    things = board.thing[columns]
    width = columns.size
    place = np.full(board.held.size, -1, dtype=np.int64)
    place[members] = np.arange(members.size)
    each = np.arange(width)
    rows, cols, coefficients = [place[board.household[columns]]], [each], [np.ones(width)]
    used, number = np.unique(things[things >= 0], return_inverse=True)
    rows.append(members.size + number)
    cols.append(np.repeat(each, 3)[(things >= 0).ravel()])
    coefficients.append(np.ones(number.size))
    low = [np.full(members.size + used.size, -np.inf)]
    high = [np.ones(members.size), left[used].astype(float)]
    brought = board.weight[held].sum(axis=0)
    count = members.size + used.size
    for q in range(board.need.size):
        weight = board.weight[columns, q]
        if not weight.any():
            continue
        rows.append(np.full(width, count))
        cols.append(each)
        coefficients.append(weight / 1000)
        low.append(np.array([(brought[q] - room[q]) / 1000 if room[q] >= 0 else brought[q] / 1000]))
        high.append(np.array([np.inf]))
        count += 1
    matrix = sparse.csc_matrix(
        (np.concatenate(coefficients), (np.concatenate(rows), np.concatenate(cols))), shape=(count, width)
    )
    matrix.sort_indices()
    return Small(members, columns, matrix, np.concatenate(low), np.concatenate(high))


def _solved(board: Board, small: Small, seed: int) -> Int64Array:
    """Return the columns that the programme takes, those held when it finds nothing."""
    width = small.columns.size
    held = board.held[small.members]
    held = held[held >= 0]
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", seed % (1 << 31)),
        ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0009), ("mip_max_nodes", NODES), ("mip_allow_restart", False),
    ):
        solver.setOptionValue(option, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = width, small.low.size
    lp.col_cost_ = -board.value[small.columns] / UNIT
    lp.col_lower_, lp.col_upper_ = np.zeros(width), np.ones(width)
    lp.row_lower_, lp.row_upper_ = small.low, small.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = small.matrix.indptr
    lp.a_matrix_.index_ = small.matrix.indices
    lp.a_matrix_.value_ = small.matrix.data
    lp.integrality_ = [highspy.HighsVarType.kInteger] * width
    solver.passModel(lp)
    solution = highspy.HighsSolution()
    solution.col_value = np.isin(small.columns, held).astype(float)
    solver.setSolution(solution)
    solver.run()
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return held
    return small.columns[np.asarray(solver.getSolution().col_value) > 0.5]
