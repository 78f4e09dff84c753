"""
Synthetic instances of the joint choice, from an event to the country.

Geography, scarcity and chances are drawn as in the measurements of ``docs/explanation/matching.md``. People, homes and
jobs are fictitious: uplifts measured here depend on the generator and say nothing of a real territory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from untoit.core.matching import POINT, MatchingProblem, Quota

SQUARE_KM, PITCH_KM = 24.0, 35.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of an instance; ``homes`` and ``jobs`` are the usual numbers of choices of a household and of a seeker."""

    households: int
    dwellings: int
    openings: int
    basins: int
    homes: int
    jobs: int
    families: int = 15


SCALES = {
    "event": Scale(60, 40, 50, 1, 12, 12, families=4),
    "large_event": Scale(300, 200, 250, 1, 24, 24, families=8),
    "mel": Scale(3_000, 1_500, 4_000, 1, 38, 38),
    "region": Scale(30_000, 15_000, 40_000, 10, 38, 38),
    "france": Scale(300_000, 150_000, 500_000, 100, 38, 38),
}


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem, and the chances that made its values: of a lease for a pair, of a hire for an option."""

    problem: MatchingProblem
    lease_chance: NDArray[np.float64]
    hire_chance: NDArray[np.float64]
    priority: NDArray[np.bool_]
    months: NDArray[np.float64]
    mean_homes: float
    mean_jobs: float


@dataclass(frozen=True, slots=True)
class Territory:
    """
    What the generator draws: people, homes, offers, and who could live and work where. No triple is ever formed.

    ``pair_*`` are sorted by household then dwelling, ``fit_*`` by seeker then offer; places are in kilometres.
    """

    size: Scale
    household_basin: NDArray[np.int64]
    priority: NDArray[np.bool_]
    first_quartile: NDArray[np.bool_]
    months: NDArray[np.float64]
    weight: NDArray[np.float64]
    seekers_of: NDArray[np.int64]
    reach: NDArray[np.float64]
    dwelling_basin: NDArray[np.int64]
    dwelling_qpv: NDArray[np.bool_]
    dwelling_place: NDArray[np.float64]
    offer_basin: NDArray[np.int64]
    offer_capacity: NDArray[np.int32]
    offer_place: NDArray[np.float64]
    pair_start: NDArray[np.int64]
    pair_dwelling: NDArray[np.int32]
    pair_chance: NDArray[np.float32] | NDArray[np.float64]
    fit_start: NDArray[np.int64]
    fit_offer: NDArray[np.int32]
    fit_chance: NDArray[np.float32] | NDArray[np.float64]


def draw(scale: str | Scale, seed: int, *, compact: bool = False) -> Territory:
    """
    Return the territory of that scale and seed; with ``compact``, chances are kept in single precision.

    The same seed draws the same territory whether it is then joined into options or left implicit.
    """
    size = SCALES[scale] if isinstance(scale, str) else scale
    rng = np.random.default_rng(seed)
    weights = np.arange(1, size.basins + 1) ** -0.6
    weights /= weights.sum()
    row = int(np.ceil(np.sqrt(size.basins)))
    corner = np.array([[b % row, b // row] for b in range(size.basins)], dtype=float) * PITCH_KM
    housing_centres = rng.uniform(2, 22, (size.basins, 6, 2))
    job_centres = rng.uniform(2, 22, (size.basins, 4, 2))

    def place(basin: NDArray[np.int64], centres: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
        centre = centres[basin, rng.integers(0, centres.shape[1], basin.size)]
        inside = np.clip(centre + rng.normal(0, spread, (basin.size, 2)), 0, SQUARE_KM)
        return inside + corner[basin]

    h_count = size.households
    h_basin = np.sort(rng.choice(size.basins, h_count, p=weights))
    need = 1 + rng.choice(5, h_count, p=[0.38, 0.22, 0.20, 0.13, 0.07])
    priority = rng.random(h_count) < 0.28
    first_quartile = rng.random(h_count) < np.where(priority, 0.60, 0.25)
    car = rng.random(h_count) < np.where(first_quartile, 0.30, 0.55)
    months = np.minimum(rng.exponential(24, h_count), 96)
    weight = 1 + 0.3 * priority + 0.01 * np.minimum(months, 60)
    seekers_of = rng.choice(3, h_count, p=[0.10, 0.75, 0.15])
    mobile = rng.random(h_count) < 0.08
    h_place = place(h_basin, housing_centres, 2.5)
    reach = np.where(car, 10.0, 5.0)

    d_basin = np.sort(rng.choice(size.basins, size.dwellings, p=weights))
    d_type = 1 + rng.choice(5, size.dwellings, p=[0.20, 0.27, 0.30, 0.17, 0.06])
    d_qpv = rng.random(size.dwellings) < 0.35
    d_state = rng.random(size.dwellings) < 0.25
    d_rent = rng.random(size.dwellings)
    d_place = place(d_basin, housing_centres, 2.5)

    capacities: list[int] = []
    left = size.openings
    while left:
        capacities.append(min(int(rng.geometric(0.62)), 10, left))
        left -= capacities[-1]
    capacity = np.array(capacities, dtype=np.int32)
    j_count = capacity.size
    j_basin = np.sort(rng.choice(size.basins, j_count, p=weights))
    popularity = np.arange(1, size.families + 1) ** -0.7
    popularity /= popularity.sum()
    j_family = rng.choice(size.families, j_count, p=popularity)
    j_level = rng.choice(3, j_count, p=[0.5, 0.3, 0.2])
    j_place = place(j_basin, job_centres, 2.0)

    s_household = np.repeat(np.arange(h_count), seekers_of)
    s_count = s_household.size
    s_first = rng.choice(size.families, s_count, p=popularity)
    s_second = rng.choice(size.families, s_count, p=popularity)
    s_level = rng.choice(3, s_count, p=[0.5, 0.3, 0.2])
    s_ease = rng.random(s_count)

    def wanted(count: int, mean: int) -> NDArray[np.int64]:
        return np.clip(rng.lognormal(np.log(mean) - 0.125, 0.5, count), 2, 120).astype(np.int64)

    precision = np.float32 if compact else np.float64
    homes = wanted(h_count, size.homes)
    out_d, out_p = np.empty(int(homes.sum()), np.int32), np.empty(int(homes.sum()), precision)
    pair_start = _eligible(
        seed, homes, h_basin, need, priority, first_quartile, mobile, h_place, _starts(d_basin, size.basins), d_type,
        d_qpv, d_state, d_rent, d_place, out_d, out_p,
    )
    pair_d, lease = _by_number(pair_start, out_d, out_p)
    del out_d, out_p
    by_family = np.lexsort((j_family, j_basin))
    jobs = wanted(s_count, size.jobs)
    out_j, out_q = np.empty(int(jobs.sum()), np.int32), np.empty(int(jobs.sum()), precision)
    fit_start = _fits(
        seed + 1, jobs, h_basin[s_household], priority[s_household], s_first, s_second, s_level, s_ease, by_family,
        _starts((j_basin * size.families + j_family)[by_family], size.basins * size.families), size.families, j_level,
        out_j, out_q,
    )
    fit_j, hire = _by_number(fit_start, out_j, out_q)
    return Territory(
        size, h_basin, priority, first_quartile, months, weight, seekers_of, reach, d_basin, d_qpv, d_place, j_basin,
        capacity, j_place, pair_start, pair_d, lease, fit_start, fit_j, hire,
    )


def generate(scale: str | Scale, seed: int, *, quota: int | None = None, home_alone: bool = False) -> Instance:
    """
    Return the instance of that scale and seed, every option written out.

    ``quota`` is the share, per mille, of the allocations that priority households must receive. With ``home_alone`` a
    home without a job has its value too (households without a seeker included), as in the first measurements: it is
    written as one more seeker of the household, whose only offer is never exhausted.
    """
    drawn = draw(scale, seed)
    size, priority, weight, seekers_of = drawn.size, drawn.priority, drawn.weight, drawn.seekers_of
    lease, hire, reach, capacity = drawn.pair_chance, drawn.fit_chance, drawn.reach, drawn.offer_capacity
    h_count, j_count = size.households, capacity.size
    s_household = np.repeat(np.arange(h_count), seekers_of)
    s_count = s_household.size
    pair_h = np.repeat(np.arange(h_count), np.diff(drawn.pair_start))
    pair_d = drawn.pair_dwelling.astype(np.int64)
    fit_s = np.repeat(np.arange(s_count), np.diff(drawn.fit_start))
    fit_j = drawn.fit_offer.astype(np.int64)
    d_place, j_place = drawn.dwelling_place, drawn.offer_place
    option_pair, option_fit = _join(
        pair_h, pair_d, _starts(s_household, h_count), drawn.fit_start, fit_j, d_place, j_place, reach
    )
    option_seeker, option_offer = fit_s[option_fit], fit_j[option_fit]
    h = pair_h[option_pair]
    distance = np.hypot(*(d_place[pair_d[option_pair]] - j_place[option_offer]).T)
    kappa = np.where(seekers_of[h] == 2, 0.6, 1.0)
    useful = kappa * hire[option_fit] * (1 - 0.4 * distance / reach[h])
    if not home_alone:
        useful += 0.15 / np.maximum(seekers_of[h], 1)
    value = weight[h] * lease[option_pair] * useful
    chance = hire[option_fit]
    if home_alone:
        alone = weight[pair_h] * lease * np.where(seekers_of[pair_h] == 0, 0.35, 0.15)
        option_pair = np.concatenate([option_pair, np.arange(pair_h.size)])
        option_seeker = np.concatenate([option_seeker, s_count + pair_h])
        option_offer = np.concatenate([option_offer, np.full(pair_h.size, j_count)])
        value, chance = np.concatenate([value, alone]), np.concatenate([chance, np.zeros(pair_h.size)])
        s_household, s_count = np.concatenate([s_household, np.arange(h_count)]), s_count + h_count
        capacity, j_count = np.append(capacity, np.int32(h_count)), j_count + 1
    order = np.lexsort((option_offer, option_seeker, option_pair))
    quotas = () if quota is None else (
        Quota("ménages prioritaires", priority[pair_h], np.ones(pair_h.size, dtype=bool), quota),
    )
    problem = MatchingProblem(
        households=h_count, seekers=s_count, dwellings=size.dwellings, offers=j_count,
        seeker_household=s_household.astype(np.int32), dwelling_capacity=np.ones(size.dwellings, dtype=np.int32),
        offer_capacity=capacity, pair_household=pair_h.astype(np.int32), pair_dwelling=pair_d.astype(np.int32),
        option_pair=option_pair[order].astype(np.int32), option_seeker=option_seeker[order].astype(np.int32),
        option_offer=option_offer[order].astype(np.int32),
        option_value=np.maximum(np.rint(value[order] * POINT), 1).astype(np.int64), quotas=quotas,
    )
    return Instance(
        problem, lease, chance[order], priority, drawn.months, pair_h.size / h_count,
        fit_s.size / max(seekers_of.sum(), 1),
    )


def _starts(sorted_keys: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.searchsorted(sorted_keys, np.arange(count + 1))


@njit(cache=True)
def _eligible(
    seed, wanted, h_basin, need, priority, first_quartile, mobile, h_place, d_start, d_type, d_qpv, d_state, d_rent,
    d_place, out_d, out_p,
):
    """Write the dwellings of each household and their chances; return where each household starts."""
    np.random.seed(seed)
    basins = d_start.size - 1
    last = np.full(d_type.size, -1)
    start = np.zeros(wanted.size + 1, np.int64)
    n = 0
    for h in range(wanted.size):
        found = 0
        for _ in range(14 * wanted[h]):
            if found == wanted[h]:
                break
            b = h_basin[h]
            if mobile[h] and basins > 1 and np.random.random() < 0.5:
                b = (b + 1) % basins
            if d_start[b] == d_start[b + 1]:
                continue
            d = np.random.randint(d_start[b], d_start[b + 1])
            spare = d_type[d] - need[h]
            if last[d] == h or spare < 0 or spare > 1 or (d_state[d] and not priority[h]):
                continue
            if first_quartile[h] and not d_qpv[d] and d_rent[d] > 0.45:
                continue
            km = np.hypot(h_place[h, 0] - d_place[d, 0], h_place[h, 1] - d_place[d, 1])
            if b == h_basin[h] and np.random.random() > np.exp(-km / 12):
                continue
            last[d] = h
            found += 1
            chance = 0.92 - 0.35 * min(km / 15, 1.0) - 0.15 * np.random.random() - 0.08 * (spare > 0) - 0.10 * d_qpv[d]
            out_d[n] = d
            out_p[n] = max(0.3, chance)
            n += 1
        start[h + 1] = n
    return start


@njit(cache=True)
def _fits(
    seed, wanted, basin, priority, first, second, level, ease, jobs, start, families, j_level, out_j, out_p,
):
    """Write the offers that fit each seeker and their chances; return where each seeker starts."""
    np.random.seed(seed)
    first_fit = np.zeros(wanted.size + 1, np.int64)
    n = 0
    last = np.full(jobs.size, -1)
    for s in range(wanted.size):
        found = 0
        for _ in range(14 * wanted[s]):
            if found == wanted[s]:
                break
            is_second = np.random.random() > 0.7
            block = basin[s] * families + (second[s] if is_second else first[s])
            if start[block] == start[block + 1]:
                continue
            j = jobs[np.random.randint(start[block], start[block + 1])]
            if last[j] == s or j_level[j] > level[s]:
                continue
            last[j] = s
            found += 1
            chance = 0.12 + 0.25 * ease[s] + 0.35 * np.random.random() ** 1.5
            chance += -0.08 * (is_second and second[s] != first[s]) + 0.06 * (j_level[j] == level[s])
            out_j[n] = j
            out_p[n] = max(0.05, chance * (0.8 if priority[s] else 1.0))
            n += 1
        first_fit[s + 1] = n
    return first_fit


@njit(cache=True)
def _by_number(start, number, chance):
    """Return both columns with the numbers of each row increasing, and nothing beyond the last one."""
    out_number, out_chance = np.empty(start[-1], number.dtype), np.empty(start[-1], chance.dtype)
    for r in range(start.size - 1):
        order = np.argsort(number[start[r]:start[r + 1]])
        for k in range(order.size):
            out_number[start[r] + k] = number[start[r] + order[k]]
            out_chance[start[r] + k] = chance[start[r] + order[k]]
    return out_number, out_chance


@njit(cache=True)
def _join(pair_h, pair_d, seeker_start, fit_start, fit_j, d_place, j_place, reach):
    count = 0
    for p in range(pair_h.size):
        count += fit_start[seeker_start[pair_h[p] + 1]] - fit_start[seeker_start[pair_h[p]]]
    option_pair, option_fit = np.empty(count, np.int64), np.empty(count, np.int64)
    n = 0
    for p in range(pair_h.size):
        h, d = pair_h[p], pair_d[p]
        for f in range(fit_start[seeker_start[h]], fit_start[seeker_start[h + 1]]):
            j = fit_j[f]
            if np.hypot(d_place[d, 0] - j_place[j, 0], d_place[d, 1] - j_place[j, 1]) <= reach[h]:
                option_pair[n] = p
                option_fit[n] = f
                n += 1
    return option_pair[:n], option_fit[:n]
