"""
A first choice in one shard: the relaxation is solved, what it decides is fixed, what is left is relaxed again.

Each dive fixes what the relaxation takes nearly whole, and the largest of the other parts; prices follow, so that a
household whose home has just gone turns to its next one. Shares are held by their prices here, and exactly afterwards.
"""

from __future__ import annotations

import numpy as np

from untoit.core.scale.board import Board
from untoit.core.scale.market import POINT, Int64Array
from untoit.core.scale.relax import Float64Array, iterate


def dive(
    board: Board, x: Float64Array, surplus: Int64Array, regret: int, *, iterations: int, decided: float, portion: float
) -> None:
    """
    Hold columns, in place, starting from the quantities ``x`` of the relaxation, among those within ``regret``.

    At each turn, ``iterations`` of the relaxation over what is left, then columns at ``decided`` or more are held, and
    at least the fraction ``portion`` of the households still without an answer, largest quantities first.
    """
    if not board.household.size:
        return
    people = board.held.size
    live = np.flatnonzero(board.regret <= regret)
    x = x.copy()
    y = np.concatenate([[0.0], surplus / POINT, board.price / POINT, np.zeros(board.need.size)])
    kinds, kind = np.unique(board.weight, axis=0, return_inverse=True)
    weight = np.ascontiguousarray(kinds.T / 1000)
    while live.size:
        room = np.concatenate([[0.0], np.ones(people), board.left])
        rows = np.zeros((live.size, 4), dtype=np.int32)
        rows[:, 0] = 1 + board.household[live]
        thing = board.thing[live]
        rows[:, 1:] = np.where(thing >= 0, 1 + people + thing, 0)
        part = x[live]
        iterate(
            rows, kind[live].astype(np.int32), board.value[live] / POINT, weight, room,
            (board.cover - board.need) / 1000, part, y, iterations,
        )
        x[live] = part
        order = live[np.lexsort((board.regret[live], -part))]
        waiting = np.unique(board.household[live]).size
        least = max(int(portion * waiting), 1)
        taken = 0
        for k in order.tolist():
            if taken >= least and x[k] < decided:
                break
            if x[k] < 1e-4:
                break
            if _fits(board, k):
                board.held[board.household[k]] = k
                board.put(np.array([k]), 1)
                taken += 1
        if not taken:
            return
        live = live[board.held[board.household[live]] < 0]
        thing = board.thing[live]
        live = live[np.all((thing < 0) | (board.left[np.maximum(thing, 0)] > 0), axis=1)]


def _fits(board: Board, k: int) -> bool:
    things = [t for t in board.thing[k].tolist() if t >= 0]
    return bool(board.held[board.household[k]] < 0) and all(board.left[t] >= things.count(t) for t in things)
