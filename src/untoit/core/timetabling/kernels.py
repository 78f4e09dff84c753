"""
The best visit of one person at given costs, exactly: a dynamic programme over slots, rooms and meetings already held.

A state is (slot, room and how long since the last meeting, set of meetings held); the sets are those that respect the
most meetings of each kind, a few hundred to a few thousand. A state that cannot do better than what is already known,
even with the best of all that remains, is left (its bound is a table lookup). Whole numbers only.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int32Array = NDArray[np.int32]

NOTHING = -(1 << 30)
BLOCKED = 1 << 28
SCALE = 100
"""Prices are counted in hundredths of a point."""


@lru_cache(maxsize=256)
def held_sets(items: int, most: int) -> tuple[Int32Array, Int32Array, Int32Array]:
    """
    Return the sets of at most ``most`` of ``items`` meetings, by number.

    ``child[set, item]`` is the set with the item added and ``parent[set, item]`` with it removed, -1 when impossible;
    ``size[set]`` counts it.
    """
    sets = [frozenset(some) for size in range(min(items, most) + 1) for some in combinations(range(items), size)]
    number = {one: n for n, one in enumerate(sets)}
    child = np.full((len(sets), max(items, 1)), -1, np.int32)
    parent = np.full((len(sets), max(items, 1)), -1, np.int32)
    for n, one in enumerate(sets):
        for item in range(items):
            if item in one:
                parent[n, item] = number[one - {item}]
            else:
                child[n, item] = number.get(one | {item}, -1)
    return child, parent, np.array([len(one) for one in sets], np.int32)


@njit(cache=True, nogil=True)
def span_costs(
    price: Int32Array, capacity: Int32Array, group_stand: Int32Array, length: Int32Array, cost: Int32Array,
    group: Int32Array,
) -> None:
    """Write, for each (stand, first slot), the cheapest group of tables for a meeting there; ``BLOCKED`` if none."""
    slots = price.shape[1]
    cost[:, :] = BLOCKED
    group[:, :] = -1
    for g in range(price.shape[0]):
        s = group_stand[g]
        for t in range(slots - length[s] + 1):
            total = 0
            for u in range(t, t + length[s]):
                if capacity[g, u] <= 0:
                    total = BLOCKED
                    break
                total += price[g, u]
            if total < cost[s, t]:
                cost[s, t] = total
                group[s, t] = g


@njit(cache=True, nogil=True)
def _remaining(
    gain: Int32Array, first: int, last: int, child: Int32Array, size: Int32Array, least: int, most: int, missing: int,
    bound: Int32Array,
) -> None:
    """Write in ``bound[slot, set]`` the most that meetings of one kind, from this slot on, can still bring."""
    slots = gain.shape[1]
    count = last - first
    best = np.full(max(count, 1), NOTHING, np.int32)
    order = np.arange(max(count, 1))
    for t in range(slots, -1, -1):
        if t < slots:
            for j in range(count):
                best[j] = max(best[j], gain[first + j, t])
        for a in range(1, count):
            b = a
            while b > 0 and best[order[b]] > best[order[b - 1]]:
                order[b], order[b - 1] = order[b - 1], order[b]
                b -= 1
        for m in range(size.size):
            lacking = max(least - size[m], 0)
            top = -missing * lacking
            total, added = 0, 0
            for k in range(count):
                j = order[k]
                if added == most - size[m] or best[j] <= NOTHING // 2:
                    break
                if child[m, j] < 0:
                    continue
                total += best[j]
                added += 1
                top = max(top, total - missing * max(lacking - added, 0))
                if best[j] <= 0 and added >= lacking:
                    break
            bound[t, m] = top


@njit(cache=True, nogil=True)
def best_visit(
    gain: Int32Array, ends: Int32Array, room: Int32Array, length: Int32Array, steps: Int32Array,
    child_e: Int32Array, parent_e: Int32Array, size_e: Int32Array,
    child_h: Int32Array, parent_h: Int32Array, size_h: Int32Array,
    child_d: Int32Array, parent_d: Int32Array, size_d: Int32Array,
    least: Int32Array, most: Int32Array, costs: Int32Array, order: int, floor: int, states: Int32Array,
    items_out: Int32Array, slots_out: Int32Array,
) -> tuple[int, int]:
    """
    Return the worth of the best visit above ``floor`` and its number of meetings, written in ``items_out, slots_out``.

    ``(floor, -1)`` when there is none. ``gain[item, slot]``: worth of a meeting that starts there, costs taken away;
    items sorted by kind, those of kind k from ``ends[k]`` to ``ends[k + 1]``. ``costs``: idle slot, missing meeting,
    short walk, run too long, wrong order (-1: never), longest run, longest walk.
    """
    slots = gain.shape[1]
    idle, missing, walk, rest, wrong, run_max, walk_max = costs
    wait_max = max(walk_max, 1)
    per_room = run_max + wait_max
    modes = steps.shape[0] * per_room + 1
    start = modes - 1
    sets_e, sets_h, sets_d = size_e.size, size_h.size, size_d.size
    sets = sets_e * sets_h * sets_d
    view = states[: (slots + 1) * modes * sets].reshape((slots + 1, modes, sets_e, sets_h, sets_d))
    view[:, :, :, :, :] = NOTHING
    rem_e = np.empty((slots + 1, sets_e), np.int32)
    rem_h = np.empty((slots + 1, sets_h), np.int32)
    rem_d = np.empty((slots + 1, sets_d), np.int32)
    _remaining(gain, ends[0], ends[1], child_e, size_e, least[0], most[0], missing, rem_e)
    _remaining(gain, ends[1], ends[2], child_h, size_h, least[1], most[1], missing, rem_h)
    _remaining(gain, ends[2], ends[3], child_d, size_d, least[2], most[2], missing, rem_d)
    nobody = -missing * (least[0] + least[1] + least[2])
    best, end_t, end_mode, end_e, end_h, end_d = floor, -1, 0, 0, 0, 0
    if nobody > best:
        best, end_t, end_mode = nobody, 0, start
    picks, nets = np.empty(ends[3] + 1, np.int32), np.empty(ends[3] + 1, np.int32)
    for t in range(slots + 1):
        view[t, start, 0, 0, 0] = 0
        for mode in range(modes):
            place = mode // per_room if mode < start else -1
            rank = mode - place * per_room
            run = rank + 1 if mode < start and rank < run_max else 0
            waited = rank - run_max + 1 if mode < start and rank >= run_max else 0
            usable = 0
            if t < slots:
                for j in range(ends[3]):
                    if gain[j, t] > NOTHING // 2:
                        extra = _between(j, room, steps, place, run, waited, walk, rest, run_max)
                        if extra >= 0:
                            picks[usable], nets[usable] = j, gain[j, t] - extra
                            usable += 1
            new_run = min(run + 1, run_max) if run > 0 else 1
            after = place * per_room + run_max + min(waited, wait_max - 1)
            for e in range(sets_e):
                for h in range(sets_h):
                    for d in range(sets_d):
                        worth = view[t, mode, e, h, d]
                        if worth <= NOTHING // 2:
                            continue
                        if run > 0:
                            final = worth - missing * (
                                max(least[0] - size_e[e], 0) + max(least[1] - size_h[h], 0)
                                + max(least[2] - size_d[d], 0)
                            )
                            if final > best:
                                best, end_t, end_mode, end_e, end_h, end_d = final, t, mode, e, h, d
                        if t == slots or worth + rem_e[t, e] + rem_h[t, h] + rem_d[t, d] <= best:
                            continue
                        if mode < start and worth - idle > view[t + 1, after, e, h, d]:
                            view[t + 1, after, e, h, d] = worth - idle
                        late_e = wrong if order > 0 and size_h[h] > 0 else 0
                        late_h = wrong if order < 0 and size_e[e] > 0 else 0
                        for k in range(usable):
                            j = picks[k]
                            total = worth + nets[k]
                            new = room[j] * per_room + new_run - 1
                            t2 = t + length[j]
                            if j < ends[1]:
                                e2 = child_e[e, j]
                                total -= late_e
                                if e2 >= 0 and late_e >= 0 and total > view[t2, new, e2, h, d]:
                                    view[t2, new, e2, h, d] = total
                            elif j < ends[2]:
                                h2 = child_h[h, j - ends[1]]
                                total -= late_h
                                if h2 >= 0 and late_h >= 0 and total > view[t2, new, e, h2, d]:
                                    view[t2, new, e, h2, d] = total
                            else:
                                d2 = child_d[d, j - ends[2]]
                                if d2 >= 0 and total > view[t2, new, e, h, d2]:
                                    view[t2, new, e, h, d2] = total
    if end_t < 0:
        return floor, -1
    t, mode, e, h, d, count = end_t, end_mode, end_e, end_h, end_d, 0
    while mode != start:
        place = mode // per_room
        rank = mode - place * per_room
        worth = view[t, mode, e, h, d]
        if rank >= run_max:
            # Waiting: the slot before, after a meeting or waiting already.
            waited = rank - run_max + 1
            for before in range(place * per_room, (place + 1) * per_room):
                r = before - place * per_room
                w = r - run_max + 1 if r >= run_max else 0
                if min(w, wait_max - 1) + 1 == waited and view[t - 1, before, e, h, d] == worth + idle:
                    mode = before
                    break
            t -= 1
            continue
        found = False
        for j in range(ends[3]):
            if room[j] != place or t - length[j] < 0 or gain[j, t - length[j]] <= NOTHING // 2:
                continue
            e1, h1, d1 = e, h, d
            if j < ends[1]:
                e1 = parent_e[e, j]
            elif j < ends[2]:
                h1 = parent_h[h, j - ends[1]]
            else:
                d1 = parent_d[d, j - ends[2]]
            if e1 < 0 or h1 < 0 or d1 < 0:
                continue
            t1 = t - length[j]
            for before in range(modes):
                worth1 = view[t1, before, e1, h1, d1]
                if worth1 <= NOTHING // 2:
                    continue
                p1 = before // per_room if before < start else -1
                r1 = before - p1 * per_room
                run = r1 + 1 if before < start and r1 < run_max else 0
                waited = r1 - run_max + 1 if before < start and r1 >= run_max else 0
                if (min(run + 1, run_max) if run > 0 else 1) != rank + 1:
                    continue
                extra = _between(j, room, steps, p1, run, waited, walk, rest, run_max)
                if (order > 0 and j < ends[1] and size_h[h1] > 0) or (
                    order < 0 and ends[1] <= j < ends[2] and size_e[e1] > 0
                ):
                    extra = -1 if wrong < 0 or extra < 0 else extra + wrong
                if extra >= 0 and worth1 + gain[j, t1] - extra == worth:
                    items_out[count], slots_out[count] = j, t1
                    count += 1
                    t, mode, e, h, d = t1, before, e1, h1, d1
                    found = True
                    break
            if found:
                break
        if not found:
            return floor, -2
    return best, count


@njit(cache=True, nogil=True)
def _between(
    j: int, room: Int32Array, steps: Int32Array, place: int, run: int, waited: int, walk: int, rest: int, run_max: int
) -> int:
    """Return what it costs to go and meet ``j`` now, coming from ``place``; -1 when it cannot be."""
    extra = 0
    if place >= 0 and steps[place, room[j]] > waited:
        if walk < 0:
            return -1
        extra += walk
    if run >= run_max:
        if rest < 0:
            return -1
        extra += rest
    return extra
