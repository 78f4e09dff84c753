"""
The loops over every option: what each household would choose at given prices, and what each option would cost it.

All in integers, a household at a time: the answer does not depend on how the households are shared between threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from untoit.core.matching.problem import Int32Array, Int64Array

NOTHING = -(1 << 60)


@njit(cache=True, nogil=True)
def _best_of_group(
    value: Int64Array, offer: Int32Array, start: int, stop: int, low: int, high: int, price: Int64Array,
    top: Int64Array,
) -> int:
    """Return the best priced sum of ``low`` to ``high`` options of a group; ``top`` receives the priced values kept."""
    kept = 0
    for n in range(start, stop):
        if kept == high and value[n] <= top[high - 1]:
            break  # prices are not negative and values only decrease: nothing better follows
        priced = value[n] - price[offer[n]]
        if kept == high:
            if priced <= top[high - 1]:
                continue
        else:
            kept += 1
        at = kept - 1
        while at > 0 and top[at - 1] < priced:
            top[at] = top[at - 1]
            at -= 1
        top[at] = priced
    total = 0
    for k in range(kept):
        if k >= low and top[k] <= 0:
            break
        total += top[k]
    return total


@njit(cache=True, nogil=True)
def _value_of_pair(
    pair: int, value: Int64Array, offer: Int32Array, group_start: Int64Array, group_low: Int32Array,
    group_high: Int32Array, pair_group: Int64Array, price: Int64Array, top: Int64Array,
) -> int:
    """Return the best priced sum of the jobs of a pair, one at least, and ``NOTHING`` when it has none."""
    total, least = 0, NOTHING
    for g in range(pair_group[pair], pair_group[pair + 1]):
        gain = _best_of_group(value, offer, group_start[g], group_start[g + 1], group_low[g], group_high[g], price, top)
        if gain > 0:
            total += gain
        least = max(least, gain)
    return total if least > 0 else least


@njit(cache=True, nogil=True)
def choose(
    first: int, last: int, household_pair: Int64Array, pair_dwelling: Int32Array, pair_top: Int64Array,
    pair_credit: Int64Array, pair_group: Int64Array, group_start: Int64Array, group_low: Int32Array,
    group_high: Int32Array, value: Int64Array, offer: Int32Array, home_price: Int64Array, job_price: Int64Array,
    most_jobs: int, surplus: Int64Array, chosen: Int64Array,
) -> None:
    """
    Write, for households ``first`` to ``last``, the surplus of the best pair at these prices and the pair (or -1).

    ``chosen`` holds a guess when it enters, usually the choice at the previous prices: it prunes most of the others.
    """
    top = np.empty(most_jobs, np.int64)
    for h in range(first, last):
        guess, best, best_pair = chosen[h], 0, -1
        if guess >= 0:
            gain = _value_of_pair(guess, value, offer, group_start, group_low, group_high, pair_group, job_price, top)
            gain += pair_credit[guess] - home_price[pair_dwelling[guess]]
            if gain > best:
                best, best_pair = gain, guess
        for p in range(household_pair[h], household_pair[h + 1]):
            extra = pair_credit[p] - home_price[pair_dwelling[p]]
            if p == guess or pair_top[p] + extra <= best:
                continue
            gain = _value_of_pair(p, value, offer, group_start, group_low, group_high, pair_group, job_price, top)
            if gain > NOTHING and gain + extra > best:
                best, best_pair = gain + extra, p
        surplus[h] = best
        chosen[h] = best_pair


@njit(cache=True, nogil=True)
def demand(
    chosen: Int64Array, pair_dwelling: Int32Array, pair_group: Int64Array, group_start: Int64Array,
    group_low: Int32Array, group_high: Int32Array, value: Int64Array, offer: Int32Array, job_price: Int64Array,
    most_jobs: int, homes: Int64Array, jobs: Int64Array,
) -> None:
    """Count in ``homes[D]`` and ``jobs[J]`` what the chosen pairs would take at these prices."""
    top = np.empty(most_jobs, np.int64)
    homes[:] = 0
    jobs[:] = 0
    for p in chosen:
        if p < 0:
            continue
        homes[pair_dwelling[p]] += 1
        best_group, best_gain, taken = -1, NOTHING, 0
        for g in range(pair_group[p], pair_group[p + 1]):
            gain = _best_of_group(
                value, offer, group_start[g], group_start[g + 1], group_low[g], group_high[g], job_price, top
            )
            if gain > best_gain:
                best_group, best_gain = g, gain
            if gain > 0:
                _take(g, value, offer, group_start, group_low, group_high, job_price, top, jobs)
                taken += 1
        if taken == 0:
            g = best_group
            start, stop = group_start[g], group_start[g + 1]
            _best_of_group(value, offer, start, stop, group_low[g], group_high[g], job_price, top)
            _take(g, value, offer, group_start, group_low, group_high, job_price, top, jobs)


@njit(cache=True, nogil=True)
def _take(
    g: int, value: Int64Array, offer: Int32Array, group_start: Int64Array, group_low: Int32Array,
    group_high: Int32Array, price: Int64Array, top: Int64Array, jobs: Int64Array,
) -> None:
    """Count the offers of the best set of group ``g``, whose priced values ``top`` holds."""
    size = group_high[g]
    while size > group_low[g] and top[size - 1] <= 0:
        size -= 1
    least, ties = top[size - 1], 0
    for k in range(size):
        ties += top[k] == least
    for n in range(group_start[g], group_start[g + 1]):
        priced = value[n] - price[offer[n]]
        if priced > least:
            jobs[offer[n]] += 1
        elif priced == least and ties > 0:
            jobs[offer[n]] += 1
            ties -= 1


@njit(cache=True, nogil=True)
def worth(
    first: int, last: int, household_pair: Int64Array, pair_dwelling: Int32Array, pair_credit: Int64Array,
    pair_group: Int64Array, group_start: Int64Array, group_low: Int32Array, group_high: Int32Array, value: Int64Array,
    offer: Int32Array, home_price: Int64Array, job_price: Int64Array, most_jobs: int, pair_worth: Int64Array,
    option_worth: Int64Array,
) -> None:
    """Write what the best priced bundle of each pair is worth, and of each option: the best bundle that contains it."""
    top = np.empty(most_jobs, np.int64)
    for p in range(household_pair[first], household_pair[last]):
        pair_worth[p] = NOTHING
        groups = pair_group[p + 1] - pair_group[p]
        if groups == 0:
            continue
        extra = pair_credit[p] - home_price[pair_dwelling[p]]
        gains = np.empty(groups, np.int64)
        positive = 0
        for i in range(groups):
            g = pair_group[p] + i
            gains[i] = _best_of_group(
                value, offer, group_start[g], group_start[g + 1], group_low[g], group_high[g], job_price, top
            )
            positive += max(gains[i], 0)
        pair_worth[p] = extra + (positive if positive > 0 else gains.max())
        for i in range(groups):
            g = pair_group[p] + i
            low, high = group_low[g], group_high[g]
            _best_of_group(value, offer, group_start[g], group_start[g + 1], low, high, job_price, top)
            size = high
            while size > low and top[size - 1] <= 0:
                size -= 1
            others = extra + positive - max(gains[i], 0)
            for n in range(group_start[g], group_start[g + 1]):
                priced = value[n] - job_price[offer[n]]
                if priced >= top[size - 1]:
                    option_worth[n] = others + gains[i]
                    continue
                # The option replaces the last of the best set, or joins it when the others may be fewer.
                total, kept = priced, 1
                for k in range(high):
                    if kept == high or (kept >= low and top[k] <= 0):
                        break
                    total += top[k]
                    kept += 1
                option_worth[n] = others + total
