"""The strong search of :func:`~untoit.core.timetabling.solver.plan`: columns, prices, dives, pushes, then CP-SAT."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from untoit.core.timetabling.board import Board
from untoit.core.timetabling.columns import Master, Pool, choose, reduced
from untoit.core.timetabling.kernels import SCALE
from untoit.core.timetabling.prices import Column, Dual, Market, descend, start
from untoit.core.timetabling.search import Search, place

if TYPE_CHECKING:
    from untoit.core.timetabling.solver import Effort, Progress

DESCENT_UNTIL, PRICES_UNTIL, DIVES_UNTIL, CHOICE_SHARE = 0.25, 0.55, 0.7, 0.4
"""Shares of the time: prices first (descent, columns), then timetables at them, then part of the rest to choose."""


def improve(
    board: Board, deadline: float, *, workers: int, seed: int, on_progress: Progress | None, effort: Effort
) -> tuple[Board, Dual, str]:
    """Return a better board, the prices with their bound, and the name of the engine that had the last word."""
    task = _Task(board, deadline, workers, seed, on_progress, effort)
    task.polish()
    task.prices(effort.sweeps, effort.rounds, PRICES_UNTIL)
    for cycle in range(effort.cycles):
        if task.done():
            break
        task.dive(effort.dives, DIVES_UNTIL)
        task.choose()
        task.push()
        if cycle + 1 < effort.cycles and not task.done():
            task.prices(0, 6, 1.0)
    return task.best, task.dual, task.engine


class _Task:
    def __init__(
        self, board: Board, deadline: float, workers: int, seed: int, on_progress: Progress | None, effort: Effort
    ) -> None:
        self.layout = board.layout
        self.best, self.value, self.engine = board, board.total(), "glouton"
        self.began, self.deadline = time.monotonic(), deadline
        self.workers, self.seed, self.effort, self.on_progress = workers, seed, effort, on_progress
        self.draw = random.Random(seed)
        self.market = Market(self.layout, workers)
        self.pool = Pool()
        self.master = Master(self.pool, len(self.layout.units), self.market.capacity, seed % (1 << 31))
        self.hint = self.remember(board)
        self.dual = start(self.layout, self.market)
        self.guide = self.dual.price
        self.said: tuple[int, int] | None = None
        self.tell()

    def out_of_time(self, share: float = 1.0) -> bool:
        """Whether this share of the time is spent."""
        return time.monotonic() >= self.began + share * (self.deadline - self.began)

    @property
    def bound(self) -> int:
        """What no board is worth more than, frozen visits aside."""
        return self.dual.bound // SCALE - self.market.fixed

    def done(self) -> bool:
        """Whether there is nothing left to gain, or no time."""
        return self.out_of_time() or self.bound - self.value <= self.effort.enough * abs(self.bound)

    def tell(self) -> None:
        """Say the value and the bound when one of them got better."""
        now = self.value + self.market.fixed, self.dual.bound // SCALE
        if self.on_progress is not None and now != self.said:
            self.on_progress(*now)
        self.said = now

    def accept(self, board: Board, engine: str) -> None:
        """Keep the board when it is better, and its columns in any case."""
        numbers, total = self.remember(board), board.total()
        if total > self.value:
            self.best, self.value, self.engine, self.hint = board.copy(), total, engine, numbers
            self.tell()

    def remember(self, board: Board) -> list[int]:
        """Add the visits of a board to the pool; return their numbers."""
        numbers = []
        for u, unit in enumerate(self.layout.units):
            uses = tuple(
                (board.group[v, i], t)
                for v in unit for i, slot in board.visits[v] if (v, i) in board.group
                for t in range(slot, slot + self.layout.visitors[v].items[i].length)
            )
            visits = tuple(board.visits[v] for v in unit)
            points = sum(board.points(v, visit) for v, visit in zip(unit, visits, strict=True))
            numbers.append(self.pool.add(Column(u, visits, uses, points)))
        return numbers

    def keep(self, columns: list[Column]) -> None:
        """Add the columns of a sweep to the pool, with what they are truly worth."""
        for column in columns:
            unit = self.layout.units[column.unit]
            points = sum(self.best.points(v, visit) for v, visit in zip(unit, column.visits, strict=True))
            if not self._apart(column):
                self.pool.add(replace(column, points=points))

    def _apart(self, column: Column) -> bool:
        """Whether two parents would be in a meeting at the same time: the prices do not know that rule."""
        unit = self.layout.units[column.unit]
        minding = [v for v in unit if self.layout.visitors[v].who.minds_children] if self.best.watchful else []
        busy: set[int] = set()
        for v in minding if len(minding) > 1 else ():
            items = self.layout.visitors[v].items
            visit = column.visits[unit.index(v)]
            mine = {t for i, slot in visit if items[i].kind != 1 for t in range(slot, slot + items[i].length)}
            if busy & mine:
                return True
            busy |= mine
        return False

    def prices(self, sweeps: int, rounds: int, share: float) -> None:
        """Lower the bound: a descent, then the linear programme of the columns, each price a mean of old and new."""
        stop: Callable[[], bool] = lambda: self.out_of_time(share)  # noqa: E731
        descend(
            self.market, self.dual, SCALE * (self.value + self.market.fixed), sweeps, self.keep,
            lambda: self.out_of_time(DESCENT_UNTIL),
        )
        self.tell()
        for _ in range(rounds):
            if stop():
                break
            relaxed, price, _ = self.master.solve()
            mean = np.rint((SCALE * price + self.dual.price) / 2).astype(np.int32)
            self.guide = mean
            known = len(self.pool.columns)
            sweep = self.market.sweep(mean)
            self.dual.sweeps += 1
            self.keep(sweep.columns)
            if sweep.bound < self.dual.bound:
                self.dual.bound, self.dual.price = sweep.bound, mean
                self.tell()
            if self.bound - relaxed < 1 or self.bound <= self.value or (
                len(self.pool.columns) == known and sweep.bound >= self.dual.bound
            ):
                break

    def search(self, board: Board) -> Search:
        """Return a search at the best prices; at the last ones while nil prices still prove the most."""
        price = self.dual.price if self.dual.price.any() else self.guide
        return Search(board, self.market.visits, price, self.draw.randrange(1 << 30))

    def dive(self, dives: int, share: float) -> None:
        """Make whole timetables at the prices, people in another order each time."""
        for k in range(dives):
            # One at least: on a busy machine the prices may have taken the time of all of them.
            if self.out_of_time(share if k else 1.0) or self.bound <= self.value:
                break
            board = Board(self.layout)
            search = self.search(board)
            order = list(search.free)
            self.draw.shuffle(order)
            search.settle(order, search.price)
            while not self.out_of_time() and search.polish():
                pass
            self.accept(board, "visites")

    def choose(self) -> None:
        """Let CP-SAT choose among the columns that could still make a better timetable."""
        if self.done():
            return
        _, price, _ = self.master.solve()
        whole = np.rint(SCALE * price).astype(np.int32)
        nets = reduced(self.pool.columns, whole)
        top: dict[int, int] = {}
        for column, net in zip(self.pool.columns, nets, strict=True):
            top[column.unit] = max(top.get(column.unit, net), net)
        order = sorted(range(len(nets)), key=lambda n: (nets[n] - top[self.pool.columns[n].unit], -n), reverse=True)
        picked = sorted(set(order[: self.effort.columns]) | set(self.hint))
        number = {n: k for k, n in enumerate(picked)}
        left = self.deadline - time.monotonic()
        chosen, _, _ = choose(
            [self.pool.columns[n] for n in picked], len(self.layout.units), self.market.capacity,
            [number[n] for n in self.hint], seconds=CHOICE_SHARE * left, work=self.effort.choice,
            workers=self.workers, seed=self.seed % (1 << 31),
        )
        board = Board(self.layout)
        for k in chosen:
            column = self.pool.columns[picked[k]]
            place(board, column.unit, column.visits, _groups(board, column))
        self.accept(board, "cp-sat")

    def polish(self) -> None:
        """Let people take what the first timetable left, before any price is known."""
        search = self.search(self.best.copy())
        search.polish()
        self.accept(search.board, "visites")

    def push(self) -> None:
        """Push people to what they want, from the best timetable."""
        if not self.done():
            search = self.search(self.best.copy())
            self.accept(search.run(self.effort.pushes, self.done), "visites")


def _groups(board: Board, column: Column) -> list[dict[int, int]]:
    """Return the groups of tables that a column counts on, by item, for each member."""
    uses = iter(column.uses)
    found = []
    for v, visit in zip(board.layout.units[column.unit], column.visits, strict=True):
        mine = {}
        for i, _ in visit:
            if board.pays(v, i):
                mine[i] = min(next(uses)[0] for _ in range(board.layout.visitors[v].items[i].length))
        found.append(mine)
    return found
