"""
The loops over the implicit triples: what each household would choose at given prices, and what it would almost choose.

Every amount is a whole number of millionths of a point, and the few floating operations are products and a square root
in a fixed order, correctly rounded: another program gets the same integers (``tools/check_scale.py``). A household is
priced alone, so the answer depends neither on how they are shared out nor on who computes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from untoit.core.scale.market import Int16Array, Int32Array, Int64Array

NONE = -1
HALF = 0.5


@njit(cache=True, nogil=True, inline="always")
def home_value(alone: int, lease: int) -> int:
    """Return the value of a home without a job."""
    return int(np.floor(float(alone * lease) * 1e-4 + 0.5))


@njit(cache=True, nogil=True, inline="always")
def job_value(worth: int, lease: int, hire: int, dx: int, dy: int, reach: int, commute: int) -> int:
    """Return the value of a job from a home, 0 when it is out of reach (a value may also round to 0: no loss)."""
    square = float(dx * dx + dy * dy)
    if square > float(reach * reach):
        return 0
    near = 1.0 - float(commute) * np.sqrt(square) / float(reach * 1000)
    return int(np.floor(float(worth * lease * hire) * near * 1e-8 + 0.5))


@njit(cache=True, nogil=True)
def choose(
    first: int, last: int, alone_worth: Int64Array, job_worth: Int64Array, reach_m: Int32Array,
    household_class: Int32Array, seeker_start: Int64Array, pair_start: Int64Array, pair_dwelling: Int32Array,
    pair_chance: Int16Array, fit_start: Int64Array, fit_offer: Int32Array, fit_chance: Int16Array,
    dwelling_m: Int32Array, dwelling_class: Int32Array, offer_m: Int32Array, commute: int, credit: Int64Array,
    home_price: Int64Array, job_price: Int64Array, surplus: Int64Array, pair: Int32Array, offers: Int32Array,
) -> int:
    """
    Write, for households ``first`` to ``last``, the best priced choice: surplus, pair (or -1), one offer a seeker.

    ``pair`` holds a guess when it enters, usually the choice at the previous prices: it prunes most of the others.
    Ties go to the guess, then to the lowest number. Returns the sum of the surpluses.
    """
    most = 0
    for s in range(seeker_start[first], seeker_start[last]):
        most = max(most, fit_start[s + 1] - fit_start[s])
    price, x, y = np.empty((2, most), np.int64), np.empty((2, most), np.int64), np.empty((2, most), np.int64)
    found, hope = np.empty(2, np.int64), np.empty(2, np.float64)
    total = 0
    for h in range(first, last):
        begin, end = pair_start[h], pair_start[h + 1]
        low, seekers = seeker_start[h], seeker_start[h + 1] - seeker_start[h]
        widest = 0
        for p in range(begin, end):
            widest = max(widest, pair_chance[p])
        # From a home of chance a <= a_max, a job of chance q at price m brings at most (a / a_max) (a_max q - m):
        # scaled by the chance of the home, the best job at the best home bounds the best job at any.
        for k in range(seekers):
            start = fit_start[low + k]
            hope[k] = 0.0
            for n in range(fit_start[low + k + 1] - start):
                j = fit_offer[start + n]
                m = job_price[j]
                price[k, n] = m
                x[k, n] = offer_m[j, 0]
                y[k, n] = offer_m[j, 1]
                hope[k] = max(hope[k], float(job_worth[h] * widest * fit_chance[start + n]) * 1e-8 - float(m))
        hoped = 0.0
        for k in range(seekers):
            hoped += hope[k] / max(widest, 1)
        guess, best, best_pair = pair[h], 0, NONE
        offers[h, 0] = NONE
        offers[h, 1] = NONE
        kind = household_class[h]
        for turn in range(begin - 1, end):
            p = guess if turn < begin else turn
            if p < begin or (turn >= begin and p == guess):
                continue
            d = pair_dwelling[p]
            lease = int(pair_chance[p])
            gain = home_value(alone_worth[h], lease) + credit[kind, dwelling_class[d]] - home_price[d]
            if float(gain) + hoped * lease + seekers <= float(best):
                continue
            dwelling_x, dwelling_y = dwelling_m[d, 0], dwelling_m[d, 1]
            for k in range(seekers):
                start = fit_start[low + k]
                top, at = 0, NONE
                for n in range(fit_start[low + k + 1] - start):
                    hire = int(fit_chance[start + n])
                    most_here = float(job_worth[h] * lease * hire) * 1e-8 + 1.0
                    if most_here <= top:
                        break  # prices are not negative and chances only decrease
                    if most_here - price[k, n] <= top:
                        continue
                    value = job_value(
                        job_worth[h], lease, hire, x[k, n] - dwelling_x, y[k, n] - dwelling_y, reach_m[h], commute
                    )
                    value -= price[k, n]
                    if value > top:
                        top, at = value, n
                gain += top
                found[k] = at
            if gain > best:
                best, best_pair = gain, p
                for k in range(seekers):
                    offers[h, k] = fit_offer[fit_start[low + k] + found[k]] if found[k] >= 0 else NONE
        surplus[h] = best
        pair[h] = best_pair
        total += best
    return total


@njit(cache=True, nogil=True)
def demand(
    first: int, last: int, pair: Int32Array, offers: Int32Array, pair_dwelling: Int32Array,
    household_class: Int32Array, dwelling_class: Int32Array, homes: Int64Array, jobs: Int64Array, classes: Int64Array,
) -> None:
    """Add what households ``first`` to ``last`` choose to the demand of homes, of jobs, and of couples of classes."""
    for h in range(first, last):
        if pair[h] < 0:
            continue
        d = pair_dwelling[pair[h]]
        homes[d] += 1
        classes[household_class[h], dwelling_class[d]] += 1
        for k in range(2):
            if offers[h, k] >= 0:
                jobs[offers[h, k]] += 1


@njit(cache=True, nogil=True)
def near(
    first: int, last: int, alone_worth: Int64Array, job_worth: Int64Array, reach_m: Int32Array,
    household_class: Int32Array, seeker_start: Int64Array, pair_start: Int64Array, pair_dwelling: Int32Array,
    pair_chance: Int16Array, fit_start: Int64Array, fit_offer: Int32Array, fit_chance: Int16Array,
    dwelling_m: Int32Array, dwelling_class: Int32Array, offer_m: Int32Array, commute: int, credit: Int64Array,
    home_price: Int64Array, job_price: Int64Array, surplus: Int64Array, regret: int, out_pair: Int32Array,
    out_offers: Int32Array, out_household: Int32Array, out_value: Int64Array, out_regret: Int64Array,
) -> int:
    """
    Write every choice whose priced value is within ``regret`` of the surplus of its household; return how many.

    A household without a choice of positive value has none. When the arrays are too small nothing more is written, and
    the count tells how many there are. Values are without the credit of quotas.
    """
    count, room = 0, out_pair.size
    keep_at, keep_worth = np.empty((2, 4096), np.int64), np.empty((2, 4096), np.int64)
    kept, top = np.zeros(2, np.int64), np.zeros(2, np.int64)
    for h in range(first, last):
        floor = surplus[h] - regret
        low, seekers = seeker_start[h], seeker_start[h + 1] - seeker_start[h]
        widest = 0
        for p in range(pair_start[h], pair_start[h + 1]):
            widest = max(widest, pair_chance[p])
        hoped = 0.0
        for k in range(seekers):
            hope = 0.0
            for n in range(fit_start[low + k], fit_start[low + k + 1]):
                most_here = float(job_worth[h] * widest * fit_chance[n]) * 1e-8 - float(job_price[fit_offer[n]])
                hope = max(hope, most_here)
            hoped += hope / max(widest, 1)
        for p in range(pair_start[h], pair_start[h + 1]):
            d = pair_dwelling[p]
            lease = int(pair_chance[p])
            home = home_value(alone_worth[h], lease)
            base = home + credit[household_class[h], dwelling_class[d]] - home_price[d]
            if float(base) + hoped * lease + seekers < float(floor):
                continue
            best = base
            for k in range(seekers):
                keep_at[k, 0], keep_worth[k, 0], kept[k], top[k] = NONE, 0, 1, 0
                for n in range(fit_start[low + k], fit_start[low + k + 1]):
                    j = fit_offer[n]
                    hire = int(fit_chance[n])
                    most_here = float(job_worth[h] * lease * hire) * 1e-8 + 1.0
                    if most_here <= top[k] - regret:
                        break
                    if most_here - job_price[j] <= top[k] - regret:
                        continue
                    value = job_value(
                        job_worth[h], lease, hire, offer_m[j, 0] - dwelling_m[d, 0], offer_m[j, 1] - dwelling_m[d, 1],
                        reach_m[h], commute,
                    )
                    if value <= 0:
                        continue
                    keep_at[k, kept[k]], keep_worth[k, kept[k]] = n, value
                    kept[k] += 1
                    top[k] = max(top[k], value - job_price[j])
                best += top[k]
            if best < floor:
                continue
            for a in range(kept[0] if seekers > 0 else 1):
                one = keep_at[0, a] if seekers > 0 else NONE
                value = home + (keep_worth[0, a] if seekers > 0 else 0)
                priced = base + (keep_worth[0, a] - job_price[fit_offer[one]] if one >= 0 else 0)
                if priced + (top[1] if seekers > 1 else 0) < floor:
                    continue
                for b in range(kept[1] if seekers > 1 else 1):
                    two = keep_at[1, b] if seekers > 1 else NONE
                    both = value + (keep_worth[1, b] if seekers > 1 else 0)
                    worth = priced + (keep_worth[1, b] - job_price[fit_offer[two]] if two >= 0 else 0)
                    if worth < floor:
                        continue
                    if count < room:
                        out_household[count] = h
                        out_pair[count] = p
                        out_offers[count, 0] = fit_offer[one] if one >= 0 else NONE
                        out_offers[count, 1] = fit_offer[two] if two >= 0 else NONE
                        out_value[count] = both
                        out_regret[count] = surplus[h] - worth
                    count += 1
    return count


@njit(cache=True, nogil=True)
def worth(
    first: int, last: int, alone_worth: Int64Array, job_worth: Int64Array, reach_m: Int32Array,
    household_class: Int32Array, seeker_start: Int64Array, pair_start: Int64Array, pair_dwelling: Int32Array,
    pair_chance: Int16Array, fit_start: Int64Array, fit_offer: Int32Array, fit_chance: Int16Array,
    dwelling_m: Int32Array, dwelling_class: Int32Array, offer_m: Int32Array, commute: int, pair: Int32Array,
    offers: Int32Array, value: Int64Array,
) -> None:
    """Write the value of the choice of each household, 0 without a pair, -1 when the choice is not feasible."""
    for h in range(first, last):
        value[h] = 0
        low, seekers = seeker_start[h], seeker_start[h + 1] - seeker_start[h]
        p = pair[h]
        if p < 0:
            continue
        if p < pair_start[h] or p >= pair_start[h + 1]:
            value[h] = -1
            continue
        d, lease = pair_dwelling[p], int(pair_chance[p])
        total = home_value(alone_worth[h], lease)
        for k in range(2):
            j = offers[h, k]
            if j < 0:
                continue
            gain = -1
            if k < seekers:
                for n in range(fit_start[low + k], fit_start[low + k + 1]):
                    if fit_offer[n] == j:
                        gain = job_value(
                            job_worth[h], lease, int(fit_chance[n]), offer_m[j, 0] - dwelling_m[d, 0],
                            offer_m[j, 1] - dwelling_m[d, 1], reach_m[h], commute,
                        )
            if gain <= 0:
                total = -1
                break
            total += gain
        value[h] = total


@njit(cache=True, nogil=True)
def fill(
    first: int, last: int, order: Int64Array, alone_worth: Int64Array, job_worth: Int64Array, reach_m: Int32Array,
    household_class: Int32Array, seeker_start: Int64Array, pair_start: Int64Array, pair_dwelling: Int32Array,
    pair_chance: Int16Array, fit_start: Int64Array, fit_offer: Int32Array, fit_chance: Int16Array,
    dwelling_m: Int32Array, dwelling_class: Int32Array, offer_m: Int32Array, commute: int, weights: Int64Array,
    need: Int64Array, cover: Int64Array, home_left: Int64Array, job_left: Int64Array, never: int, pair: Int32Array,
    offers: Int32Array,
) -> int:
    """
    Give, in place, to households without a home in that order, the best choice among what is left; return how many.

    A choice that would take a share below what it needs is not given.
    """
    credit = np.zeros((weights.shape[1], weights.shape[2]), np.int64)
    home_price, job_price = np.zeros(home_left.size, np.int64), np.zeros(job_left.size, np.int64)
    home_price[home_left <= 0] = never
    job_price[job_left <= 0] = never
    surplus, one, given = np.zeros(pair.size, np.int64), np.full(pair.size, NONE, np.int32), 0
    wish = np.full((pair.size, 2), NONE, np.int32)
    for h in order:
        if pair[h] >= 0 or h < first or h >= last:
            continue
        for c in range(weights.shape[2]):
            credit[household_class[h], c] = 0
            for q in range(need.size):
                weight = weights[q, household_class[h], c]
                if weight < 0 and cover[q] + weight < need[q]:
                    credit[household_class[h], c] = -never
        choose(
            h, h + 1, alone_worth, job_worth, reach_m, household_class, seeker_start, pair_start, pair_dwelling,
            pair_chance, fit_start, fit_offer, fit_chance, dwelling_m, dwelling_class, offer_m, commute, credit,
            home_price, job_price, surplus, one, wish,
        )
        if one[h] < 0:
            continue
        d = pair_dwelling[one[h]]
        if wish[h, 0] >= 0 and wish[h, 0] == wish[h, 1] and job_left[wish[h, 0]] < 2:
            wish[h, 1] = NONE
        pair[h] = one[h]
        home_left[d] -= 1
        home_price[d] = never
        for k in range(2):
            offers[h, k] = wish[h, k]
            if wish[h, k] >= 0:
                job_left[wish[h, k]] -= 1
                if job_left[wish[h, k]] <= 0:
                    job_price[wish[h, k]] = never
        for q in range(need.size):
            cover[q] += weights[q, household_class[h], dwelling_class[d]]
        given += 1
    return given
