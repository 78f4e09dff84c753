"""The choice among a few columns as a linear or integer programme, solved by HiGHS on one thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from untoit.core.matching.layout import Layout
from untoit.core.matching.prices import Prices, Row
from untoit.core.matching.problem import BoolArray, Int64Array

Float64Array = NDArray[np.float64]

UNIT = 1_000
"""HiGHS counts in thousandths of a point: its absolute tolerances are then far below a millionth of a point."""

INTERIOR = 6_000
"""Columns from which the interior point method, with crossover, beats the dual simplex (58 s on 22,000 columns)."""


@dataclass(frozen=True, slots=True)
class Programme:
    """
    Rows of a layout written as an integer programme.

    ``kept`` are the rows of the layout; column ``k`` of the programme is option ``kept[k]`` for the first ones, then
    one for each pair whose options share it, then one for each seeker of a pair that may have several jobs; ``also``
    gives these two columns for each option, -1 when it has none. ``dwelling_row`` and the others give the row of the
    programme that holds each capacity, -1 where none can be exceeded.
    """

    layout: Layout
    kept: Int64Array
    also: tuple[Int64Array, Int64Array]
    lp: highspy.HighsLp
    household_row: Int64Array
    dwelling_row: Int64Array
    offer_row: Int64Array
    quota_row: Int64Array


@dataclass(frozen=True, slots=True)
class Answer:
    """What HiGHS returned: values by column, dual values by row, the objective and the proven bound in micro-points."""

    solved: bool
    infeasible: bool
    column: Float64Array
    dual: Float64Array
    objective: float
    bound: float


class _Rows:
    """The matrix under construction: blocks of coefficients and the bounds of each row."""

    def __init__(self) -> None:
        self.row: list[NDArray[np.int64]] = []
        self.column: list[NDArray[np.int64]] = []
        self.coefficient: list[Float64Array] = []
        self.low: list[Float64Array] = []
        self.high: list[Float64Array] = []
        self.count = 0

    def block(self, low: Float64Array, high: Float64Array) -> int:
        """Open ``low.size`` rows and return the number of the first."""
        first = self.count
        self.low.append(low)
        self.high.append(high)
        self.count += low.size
        return first

    def put(self, row: Int64Array, column: Int64Array, coefficient: Float64Array | float) -> None:
        """Add coefficients to rows already opened."""
        self.row.append(row.astype(np.int64))
        self.column.append(column.astype(np.int64))
        self.coefficient.append(np.broadcast_to(np.asarray(coefficient, dtype=np.float64), row.shape))


def build(
    layout: Layout, kept: Int64Array, dwelling_left: Int64Array, offer_left: Int64Array, rows: Sequence[Row],
    constants: Sequence[int],
) -> Programme:
    """
    Return the integer programme of the options ``kept`` (rows of the layout, sorted) with those capacities left.

    A pair with one seeker and one job a seeker needs no column of its own: its options exclude each other through the
    household. Otherwise the pair has a binary column, and its seekers are bound to it by rows whose linear relaxation
    is exact for one household (two-seeker households never enumerate their pairs of jobs).
    """
    problem = layout.problem
    group = layout.group[kept]
    pair = layout.group_pair[group]
    groups, group_of = np.unique(group, return_inverse=True)
    pairs, pair_of_group = np.unique(layout.group_pair[groups], return_inverse=True)
    pair_of = pair_of_group[group_of]
    seekers = np.bincount(pair_of_group, minlength=pairs.size)
    low, high = layout.group_low[groups].astype(float), layout.group_high[groups].astype(float)
    direct = (seekers == 1) & (problem.jobs_max == 1)
    shared = np.flatnonzero(~direct)
    pair_column = np.full(pairs.size, -1, dtype=np.int64)
    pair_column[shared] = kept.size + np.arange(shared.size)
    own = (seekers[pair_of_group] > 1) & (problem.jobs_max > 1)
    group_column = pair_column[pair_of_group].copy()
    columns = kept.size + shared.size
    group_column[own] = columns + np.arange(own.sum())
    columns += int(own.sum())

    # One column takes each pair: the option itself when direct, the column of the pair otherwise.
    options = np.arange(kept.size)
    alone = direct[pair_of]
    taker = np.concatenate([options[alone], pair_column[shared]])
    taken = np.concatenate([pair[alone], pairs[shared]]).astype(np.int64)

    matrix = _Rows()
    household_row = _capacity(
        matrix, problem.pair_household[taken], taker, np.ones(problem.households, dtype=np.int64)
    )
    dwelling_row = _capacity(matrix, problem.pair_dwelling[taken], taker, dwelling_left)
    offer_row = _capacity(matrix, layout.offer[kept], options, offer_left)
    quota_row = np.zeros(len(rows), dtype=np.int64)
    for q, (row, constant) in enumerate(zip(rows, constants, strict=True)):
        quota_row[q] = matrix.block(np.array([-float(constant)]), np.array([np.inf]))
        weight = row.weight[taken]
        used = weight != 0
        matrix.put(np.full(int(used.sum()), quota_row[q]), taker[used], weight[used].astype(float))

    bound = np.flatnonzero(~direct[pair_of_group])  # groups whose options depend on a column of pair or of seeker
    if bound.size:
        place = np.full(groups.size, -1, dtype=np.int64)
        place[bound] = np.arange(bound.size)
        tied = options[~alone]
        first = matrix.block(np.full(bound.size, -np.inf), np.zeros(bound.size))
        matrix.put(first + place[group_of[tied]], tied, 1.0)
        matrix.put(first + place[bound], group_column[bound], -high[bound])
        several = bound[high[bound] > 1]
        if several.size:
            place[:] = -1
            place[several] = np.arange(several.size)
            first = matrix.block(np.zeros(several.size), np.full(several.size, np.inf))
            inside = tied[place[group_of[tied]] >= 0]
            matrix.put(first + place[group_of[inside]], inside, 1.0)
            matrix.put(first + place[several], group_column[several], -low[several])
            first = matrix.block(np.full(inside.size, -np.inf), np.zeros(inside.size))
            matrix.put(first + np.arange(inside.size), inside, 1.0)
            matrix.put(first + np.arange(inside.size), group_column[group_of[inside]], -1.0)
        place = np.full(pairs.size, -1, dtype=np.int64)
        place[shared] = np.arange(shared.size)
        first = matrix.block(np.full(shared.size, -np.inf), np.zeros(shared.size))  # a home comes with a job
        matrix.put(first + place[shared], pair_column[shared], 1.0)
        without = tied[~own[group_of[tied]]]
        matrix.put(first + place[pair_of[without]], without, -1.0)
        mine = np.flatnonzero(own)
        matrix.put(first + place[pair_of_group[mine]], group_column[mine], -1.0)
        first = matrix.block(np.full(mine.size, -np.inf), np.zeros(mine.size))
        matrix.put(first + np.arange(mine.size), group_column[mine], 1.0)
        matrix.put(first + np.arange(mine.size), pair_column[pair_of_group[mine]], -1.0)

    least = np.zeros(columns)
    least[:kept.size] = layout.pinned[kept]
    cost = np.zeros(columns)
    cost[:kept.size] = -problem.option_value[layout.number[kept]] / UNIT
    return Programme(
        layout, kept, (pair_column[pair_of], group_column[group_of]), _as_lp(matrix, columns, cost, least),
        household_row, dwelling_row, offer_row, quota_row,
    )


def _capacity(matrix: _Rows, thing: NDArray[np.int32], column: Int64Array, left: Int64Array) -> Int64Array:
    """Open one row for each thing that its columns could exceed, and return the row of every thing or -1."""
    tight = np.flatnonzero(np.bincount(thing, minlength=left.size) > left)
    row = np.full(left.size, -1, dtype=np.int64)
    row[tight] = matrix.block(np.full(tight.size, -np.inf), left[tight].astype(float)) + np.arange(tight.size)
    used = row[thing] >= 0
    matrix.put(row[thing[used]], column[used], 1.0)
    return row


def _as_lp(matrix: _Rows, columns: int, cost: Float64Array, least: Float64Array) -> highspy.HighsLp:
    sparse_matrix = sparse.csc_matrix(
        (np.concatenate(matrix.coefficient), (np.concatenate(matrix.row), np.concatenate(matrix.column))),
        shape=(matrix.count, columns),
    )
    sparse_matrix.sort_indices()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, matrix.count
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, least, np.ones(columns)
    lp.row_lower_, lp.row_upper_ = np.concatenate(matrix.low), np.concatenate(matrix.high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = sparse_matrix.indptr
    lp.a_matrix_.index_ = sparse_matrix.indices
    lp.a_matrix_.value_ = sparse_matrix.data
    lp.integrality_ = [highspy.HighsVarType.kContinuous] * columns
    return lp


def relax(programme: Programme, seed: int) -> Answer:
    """Solve the linear relaxation."""
    solver = _solver(seed)
    if programme.lp.num_col_ > INTERIOR:
        solver.setOptionValue("solver", "ipm")
    solver.passModel(programme.lp)
    solver.run()
    return _answer(solver)


def integers(
    programme: Programme, seed: int, *, nodes: int, gap: float, start: BoolArray | None = None
) -> Answer:
    """
    Solve in integers, until the proof of the optimum, the relative ``gap``, or ``nodes`` of the search tree.

    ``start`` says, by row of the layout, which options a plan already known takes: the answer is no worse.

    No limit of time: what a busy machine answers must be what a quiet one does.
    """
    solver = _solver(seed)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_abs_gap", 0.0009)  # of a thousandth of a point: below the last digit of any value
    solver.setOptionValue("mip_max_nodes", nodes)
    solver.setOptionValue("mip_allow_restart", False)  # twice to three times as long on these programmes, measured
    programme.lp.integrality_ = [highspy.HighsVarType.kInteger] * programme.lp.num_col_
    solver.passModel(programme.lp)
    if start is not None:
        known = np.zeros(programme.lp.num_col_)
        for columns in (np.arange(programme.kept.size), *programme.also):
            known[columns[start[programme.kept] & (columns >= 0)]] = 1
        solution = highspy.HighsSolution()
        solution.col_value = known
        solver.setSolution(solution)
    solver.run()
    return _answer(solver)


def _solver(seed: int) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("parallel", "off")
    solver.setOptionValue("random_seed", seed % (1 << 31))
    return solver


def _answer(solver: highspy.Highs) -> Answer:
    status, information, solution = solver.getModelStatus(), solver.getInfo(), solver.getSolution()
    has = information.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Answer(
        # A programme without columns, when nothing is possible for anybody, is solved by choosing nothing.
        solved=status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty),
        infeasible=status in (
            highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible
        ),
        column=np.asarray(solution.col_value) if has else np.zeros(0),
        dual=np.asarray(solution.row_dual),
        objective=-information.objective_function_value * UNIT,
        bound=-information.mip_dual_bound * UNIT,
    )


def prices_of(programme: Programme, answer: Answer) -> Prices:
    """Return the prices of a solved relaxation, rounded to whole millionths."""

    def of(row: Int64Array, factor: float) -> Int64Array:
        if not answer.dual.size:  # nothing can be exceeded: a programme without rows has no price
            return np.zeros(row.size, dtype=np.int64)
        dual = np.where(row >= 0, answer.dual[np.maximum(row, 0)], 0.0)
        prices: Int64Array = np.maximum(np.rint(factor * dual), 0).astype(np.int64)
        return prices

    return Prices(
        of(programme.dwelling_row, -UNIT), of(programme.offer_row, -UNIT), of(programme.quota_row, UNIT * 1000)
    )


def used(programme: Programme, answer: Answer) -> BoolArray:
    """Return which of the kept options an integer answer takes."""
    return answer.column[:programme.kept.size] > 0.5
