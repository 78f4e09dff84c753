"""
The state of a shard while it is being settled: who holds what, what is left, and who competes with whom.
"""

from __future__ import annotations

import heapq

import numpy as np
from numba import njit
from numpy.typing import NDArray

from untoit.core.scale.market import Int32Array, Int64Array
from untoit.core.scale.relax import Float64Array

NOBODY = -1


class Board:
    """
    The choices that a shard may take, as columns ``k``, and which one each household holds (``held``, -1 for none).

    Things are dwellings, then offers, in local numbers: ``thing[k]`` gives the dwelling and the offers of a column (-1
    for none); ``left`` counts what remains of each. ``weight`` is ``int64[n, Q]``, what a column brings to each share,
    and ``cover`` what the columns held bring; it must not be below ``need``.
    """

    def __init__(
        self, household: Int32Array, thing: Int32Array, value: Int64Array, regret: Int64Array, weight: Int64Array,
        people: int, left: Int64Array, price: Int64Array, need: Int64Array,
    ) -> None:
        self.household, self.thing, self.value, self.regret, self.weight = household, thing, value, regret, weight
        self.left, self.price, self.need = left.copy(), price, need
        self.held = np.full(people, NOBODY, dtype=np.int64)
        self.cover = np.zeros(need.size, dtype=np.int64)
        order = np.lexsort((regret, household))
        self.mine = order.astype(np.int64)
        self.mine_start = np.searchsorted(household[order], np.arange(people + 1)).astype(np.int64)
        used = np.repeat(np.arange(household.size), 3)
        flat = thing.ravel()
        used, flat = used[flat >= 0], flat[flat >= 0]
        order = np.lexsort((regret[used], flat))
        self.users = used[order].astype(np.int64)
        self.users_start = np.searchsorted(flat[order], np.arange(left.size + 1)).astype(np.int64)
        self.wanted = (np.diff(self.users_start) > 0) & (price > 0)

    def put(self, columns: Int64Array, sign: int) -> None:
        """Count what the columns use (``sign`` 1) or give back (-1)."""
        things = self.thing[columns]
        np.subtract.at(self.left, things[things >= 0], sign)
        self.cover += sign * self.weight[columns].sum(axis=0)

    def swap(self, members: Int64Array, columns: Int64Array) -> None:
        """Make these households leave what they hold, and take these columns."""
        old = self.held[members]
        self.put(old[old >= 0], -1)
        self.held[members] = NOBODY
        self.held[self.household[columns]] = columns
        self.put(columns, 1)

    def clear(self) -> None:
        """Make every household leave what it holds."""
        self.swap(np.arange(self.held.size), np.zeros(0, dtype=np.int64))

    @property
    def total(self) -> int:
        """The value of what is held."""
        return int(self.value[self.held[self.held >= 0]].sum())

    def scores(self, surplus: Int64Array) -> Float64Array:
        """Return by household its regret, and the price of what is unused and that it would regret least to take."""
        holding = self.held >= 0
        score = np.where(holding, self.regret[np.maximum(self.held, 0)], surplus).astype(float)
        idle = np.flatnonzero(self.wanted & (self.left > 0))
        keenest = self.household[self.users[self.users_start[idle]]]
        np.add.at(score, keenest, (self.price[idle] * self.left[idle]).astype(float))
        return score


@njit(cache=True, nogil=True)
def greedy(
    order: Int64Array, household: Int32Array, thing: Int32Array, weight: Int64Array, left: Int64Array,
    held: Int64Array, cover: Int64Array, need: Int64Array,
) -> None:
    """Take, in place and in that order, the columns that still fit and take no share below what it needs."""
    for k in order:
        if held[household[k]] >= 0:
            continue
        fits = True
        for i in range(3):
            if thing[k, i] >= 0:
                left[thing[k, i]] -= 1
        for i in range(3):
            if thing[k, i] >= 0 and left[thing[k, i]] < 0:
                fits = False
        for q in range(need.size):
            if weight[k, q] < 0 and cover[q] + weight[k, q] < need[q]:
                fits = False
        if fits:
            held[household[k]] = k
            for q in range(need.size):
                cover[q] += weight[k, q]
        else:
            for i in range(3):
                if thing[k, i] >= 0:
                    left[thing[k, i]] += 1


@njit(cache=True, nogil=True)
def rivals(
    seat: int, size: int, free: NDArray[np.bool_], household: Int32Array, thing: Int32Array, regret: Int64Array,
    mine: Int64Array, mine_start: Int64Array, users: Int64Array, users_start: Int64Array, held: Int64Array,
    left: Int64Array, widest: int,
) -> Int64Array:
    """
    Return at most ``size`` free households, ``seat`` first, then those whose exchanges with it are the shortest.

    A household that takes something evicts its holder; what a household leaves is wanted by others: a step costs what
    the one who moves regrets, and a little more between equals. Steps above ``widest`` are not taken.
    """
    people = held.size
    distance = np.full(people, np.int64(1) << 60)
    done = np.zeros(people, np.bool_)
    out = np.empty(size, np.int64)
    count = 0
    distance[seat] = 0
    queue = [(np.int64(0), np.int64(seat))]
    while len(queue) > 0 and count < size:
        far, who = heapq.heappop(queue)
        if done[who]:
            continue
        done[who] = True
        out[count] = who
        count += 1
        for n in range(mine_start[who], mine_start[who + 1]):
            k = mine[n]
            if regret[k] > widest:
                break
            for i in range(3):
                t = thing[k, i]
                if t < 0 or left[t] > 0:
                    continue
                for m in range(users_start[t], users_start[t + 1]):
                    other = household[users[m]]
                    if held[other] == users[m] and free[other] and not done[other]:
                        reach = far + regret[k] + 500
                        if reach < distance[other]:
                            distance[other] = reach
                            heapq.heappush(queue, (reach, np.int64(other)))
        if held[who] >= 0:
            for i in range(3):
                t = thing[held[who], i]
                if t < 0:
                    continue
                for m in range(users_start[t], users_start[t + 1]):
                    if regret[users[m]] > widest:
                        break
                    other = household[users[m]]
                    if free[other] and not done[other]:
                        reach = far + regret[users[m]] + 500
                        if reach < distance[other]:
                            distance[other] = reach
                            heapq.heappush(queue, (reach, np.int64(other)))
    return out[:count]
