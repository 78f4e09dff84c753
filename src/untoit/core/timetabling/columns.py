"""
Choose one column a unit: the linear programme gives prices, CP-SAT the whole choice.

CP-SAT is imported when it is first asked: that takes seconds, which a web process must not pay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import highspy
import numpy as np

from untoit.core.timetabling.kernels import SCALE, Int32Array
from untoit.core.timetabling.prices import Column, Float64Array


class Pool:
    """The columns met so far, each once."""

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self._seen: dict[tuple[int, tuple[tuple[tuple[int, int], ...], ...], tuple[tuple[int, int], ...]], int] = {}

    def add(self, column: Column) -> int:
        """Return the number of the column, added when it is new."""
        key = column.unit, column.visits, tuple(sorted(column.uses))
        if key not in self._seen:
            self._seen[key] = len(self.columns)
            self.columns.append(column)
        return self._seen[key]


class Master:
    """The linear programme of the pool, solved again from where it was each time columns join."""

    def __init__(self, pool: Pool, units: int, capacity: Int32Array, seed: int = 0) -> None:
        self.pool, self.units, self.capacity = pool, units, capacity
        self._solver = highspy.Highs()
        # Interior point without crossover: prices in the middle of the best ones make columns that fit together.
        for option, setting in (
            ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", seed),
            ("run_crossover", "off"),
        ):
            self._solver.setOptionValue(option, setting)
        rows = units + capacity.size
        low = np.concatenate([np.ones(units), np.full(capacity.size, -highspy.kHighsInf)])
        high = np.concatenate([np.ones(units), capacity.ravel().astype(np.float64)])
        self._solver.addRows(rows, low, high, 0, np.zeros(rows, np.int32), np.zeros(0, np.int32), np.zeros(0))
        self._known = 0

    def solve(self) -> tuple[float, Float64Array, Float64Array]:
        """Return the worth of the relaxation, the price of each (group, slot) in points, the share of each column."""
        new = self.pool.columns[self._known :]
        slots = self.capacity.shape[1]
        starts: list[int] = []
        index: list[int] = []
        tables: list[int] = []
        for column in new:
            starts.append(len(index))
            # Two members of a household may be at the same stand at the same time, at two tables.
            used = Counter(self.units + g * slots + t for g, t in column.uses)
            index += [column.unit, *used]
            tables += [1, *used.values()]
        if new:
            self._solver.addCols(
                len(new), np.array([-float(column.points) for column in new]), np.zeros(len(new)),
                np.full(len(new), highspy.kHighsInf), len(index), np.array(starts, np.int32),
                np.array(index, np.int32), np.array(tables, np.float64),
            )
            self._known = len(self.pool.columns)
        if not self.pool.columns:
            return 0.0, np.zeros(self.capacity.shape), np.zeros(0)
        for method in ("ipm", "simplex"):
            # Without crossover the interior point may stop short of its tolerance on a small programme.
            self._solver.setOptionValue("solver", method)
            self._solver.run()
            if self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                break
        else:
            raise RuntimeError(f"the linear programme of the columns: {self._solver.getModelStatus()}")
        solution = self._solver.getSolution()
        dual = np.asarray(solution.row_dual)[self.units :]
        return (
            -self._solver.getInfo().objective_function_value,
            np.maximum(-dual, 0.0).reshape(self.capacity.shape), np.asarray(solution.col_value),
        )


def reduced(columns: Sequence[Column], price: Int32Array) -> list[int]:
    """Return what each column is worth at these prices, in hundredths."""
    return [SCALE * column.points - sum(int(price[use]) for use in column.uses) for column in columns]


def choose(
    columns: Sequence[Column], units: int, capacity: Int32Array, hint: Sequence[int], *, seconds: float,
    work: float, workers: int, seed: int,
) -> tuple[list[int], int, bool]:
    """
    Return the columns of the best choice found, what no choice among them exceeds, and whether it is the best.

    ``hint`` numbers a choice that holds; ``work`` is CP-SAT's deterministic time: the answer depends on the clock only
    when ``seconds`` is reached first.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in columns]
    of_unit: list[list[int]] = [[] for _ in range(units)]
    users: dict[tuple[int, int], list[int]] = {}
    for n, column in enumerate(columns):
        of_unit[column.unit].append(n)
        for use in column.uses:
            users.setdefault(use, []).append(n)
    for mine in of_unit:
        model.add_exactly_one(taken[n] for n in mine)
    for use, some in users.items():
        tables = int(capacity[use])
        if tables == 1:
            model.add_at_most_one(taken[n] for n in some)
        else:
            model.add(sum(taken[n] for n in some) <= tables)
    chosen = set(hint)
    for n, variable in enumerate(taken):
        model.add_hint(variable, n in chosen)
    model.maximize(sum(column.points * variable for column, variable in zip(columns, taken, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.max_deterministic_time = work
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(hint), 1 << 60, False
    answer = [n for n, variable in enumerate(taken) if solver.boolean_value(variable)]
    return answer, int(solver.best_objective_bound), status == cp_model.OPTIMAL
