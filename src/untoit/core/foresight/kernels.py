"""Loops of the arrivals: what each household would take at given prices, and what is accepted on one day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

MOST_JOBS = 8  # seekers of one household that can be counted at once


@njit(cache=True)
def sweep(
    household: Any, pair: Any, seeker: Any, dwelling: Any, offer: Any, value: Any, home_price: Any, job_price: Any,
    surplus: Any, homes: Any, jobs: Any,
) -> float:
    """
    Let each household take its best bundle at the prices; return the sum of the surpluses.

    The options are sorted by household, pair, seeker. ``surplus[H]``, ``homes[D]`` and ``jobs[J]`` are written: what
    each household keeps, and how many ask for each home and each job.
    """
    surplus[:] = 0.0
    homes[:] = 0.0
    jobs[:] = 0.0
    total = 0.0
    n, i = value.size, 0
    best_jobs, mine = np.empty(MOST_JOBS, np.int64), np.empty(MOST_JOBS, np.int64)
    while i < n:
        h = household[i]
        best, best_home, best_count = 0.0, -1, 0
        while i < n and household[i] == h:
            p = pair[i]
            d = dwelling[i]
            worth, count = -home_price[d], 0
            while i < n and pair[i] == p:
                s = seeker[i]
                top, top_job = 0.0, -1
                while i < n and pair[i] == p and seeker[i] == s:
                    net = value[i] - job_price[offer[i]]
                    if net > top:
                        top, top_job = net, offer[i]
                    i += 1
                if top_job >= 0 and count < MOST_JOBS:
                    worth += top
                    mine[count] = top_job
                    count += 1
            if count and worth > best:
                best, best_home, best_count = worth, d, count
                best_jobs[:count] = mine[:count]
        if best_home >= 0:
            surplus[h] = best
            total += best
            homes[best_home] += 1.0
            for k in range(best_count):
                jobs[best_jobs[k]] += 1.0
    return total


@njit(cache=True)
def accept(
    household: Any, pair: Any, seeker: Any, dwelling: Any, offer: Any, value: Any, first: Any, housed: Any, taken: Any,
    left: Any, keep_household: Any, keep_home: Any, keep_job: Any, chosen: Any,
) -> int:
    """
    Accept bundles one after the other while the best is worth more than what it uses is worth kept; return how many
    options were written to ``chosen``.

    ``first[H]`` goes before the worth: whoever has more of it is served first.
    ``housed``, ``taken`` and ``left`` are the state, and change.
    """
    n, written = value.size, 0
    mine = np.empty(MOST_JOBS, np.int64)
    picked = np.empty(MOST_JOBS, np.int64)
    while True:
        best_first, best, count = -1.0, 0.0, 0
        i = 0
        while i < n:
            p, h, d = pair[i], household[i], dwelling[i]
            free = not housed[h] and not taken[d]
            worth, found = -keep_household[h] - keep_home[d], 0
            while i < n and pair[i] == p:
                s = seeker[i]
                top, top_option = 0.0, -1
                while i < n and pair[i] == p and seeker[i] == s:
                    if free and left[offer[i]] > 0:
                        net = value[i] - keep_job[offer[i]]
                        if net > top:
                            top, top_option = net, i
                    i += 1
                if top_option >= 0 and found < MOST_JOBS:
                    worth += top
                    mine[found] = top_option
                    found += 1
            if found and worth > 0 and (first[h] > best_first or (first[h] == best_first and worth > best)):
                best_first, best, count = first[h], worth, found
                picked[:found] = mine[:found]
        if count == 0:
            return written
        for k in range(count):
            o = picked[k]
            # Two seekers may want the last opening of one offer: the first of them has it.
            if left[offer[o]] > 0:
                left[offer[o]] -= 1
                chosen[written] = o
                written += 1
        housed[household[picked[0]]] = True
        taken[dwelling[picked[0]]] = True
