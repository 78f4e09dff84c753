"""Tiny matching problems, and what an exhaustive search says of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np

from untoit.core.matching import MatchingProblem, Quota


def tiny_problem(
    seed: int, *, jobs_min: int = 1, jobs_max: int = 1, capacity: int = 1, quotas: int = 0, already: bool = False,
    pins: int = 0, forbids: int = 0, dense: float = 0.6,
) -> MatchingProblem:
    """Return a random problem that an exhaustive search can solve: up to 4 households, 4 dwellings, 4 offers."""
    rng = np.random.default_rng(seed)
    households, dwellings, offers = (int(n) for n in rng.integers(1, 5, 3))
    seekers_of = rng.integers(1, 3, households)
    if jobs_max > 1:
        households, seekers_of = min(households, 3), seekers_of[:3]
    seeker_household = np.repeat(np.arange(households), seekers_of)
    pairs = [(h, d) for h in range(households) for d in range(dwellings) if rng.random() < dense]
    options = [
        (p, s, j) for p, (h, _) in enumerate(pairs) for s in np.flatnonzero(seeker_household == h)
        for j in range(offers) if rng.random() < dense
    ]
    count = len(options)
    chosen = rng.permutation(count)
    pair_household = np.array([h for h, _ in pairs], dtype=np.int32)
    everybody = np.ones(len(pairs), dtype=bool)
    groups = [rng.random(households) < 0.4 for _ in range(quotas)]
    return MatchingProblem(
        households=households, seekers=seeker_household.size, dwellings=dwellings, offers=offers,
        seeker_household=seeker_household.astype(np.int32),
        dwelling_capacity=rng.integers(1, capacity + 1, dwellings).astype(np.int32),
        offer_capacity=rng.integers(1, capacity + 2, offers).astype(np.int32),
        pair_household=pair_household, pair_dwelling=np.array([d for _, d in pairs], dtype=np.int32),
        option_pair=np.array([p for p, _, _ in options], dtype=np.int32),
        option_seeker=np.array([s for _, s, _ in options], dtype=np.int32),
        option_offer=np.array([j for _, _, j in options], dtype=np.int32),
        # Few distinct values: ties are where mistakes hide.
        option_value=(rng.integers(1, 9, count) * 125_000).astype(np.int64),
        jobs_min=jobs_min, jobs_max=jobs_max,
        quotas=tuple(
            Quota(
                f"groupe {q}", group[pair_household], everybody, int(rng.choice([300, 500, 1000])),
                already_numerator=int(rng.integers(0, 2)) if already else 0,
                already_denominator=int(rng.integers(1, 4)) if already else 0,
            )
            for q, group in enumerate(groups)
        ),
        pinned=np.sort(chosen[:pins]).astype(np.int64), forbidden=np.sort(chosen[pins:pins + forbids]).astype(np.int64),
    )


def shuffled(problem: MatchingProblem, seed: int) -> MatchingProblem:
    """Return the same problem with households, dwellings and offers numbered otherwise."""
    rng = np.random.default_rng(seed)
    household, dwelling = rng.permutation(problem.households), rng.permutation(problem.dwellings)
    offer = rng.permutation(problem.offers)
    pair_household, pair_dwelling = household[problem.pair_household], dwelling[problem.pair_dwelling]
    pair_order = np.lexsort((pair_dwelling, pair_household))
    pair_rank = np.argsort(pair_order)
    option_pair, option_offer = pair_rank[problem.option_pair], offer[problem.option_offer]
    order = np.lexsort((option_offer, problem.option_seeker, option_pair))
    rank = np.argsort(order)
    return replace(
        problem,
        seeker_household=household[problem.seeker_household].astype(np.int32),
        dwelling_capacity=problem.dwelling_capacity[np.argsort(dwelling)],
        offer_capacity=problem.offer_capacity[np.argsort(offer)],
        pair_household=pair_household[pair_order].astype(np.int32),
        pair_dwelling=pair_dwelling[pair_order].astype(np.int32),
        option_pair=option_pair[order].astype(np.int32), option_seeker=problem.option_seeker[order],
        option_offer=option_offer[order].astype(np.int32), option_value=problem.option_value[order],
        quotas=tuple(
            replace(quota, numerator=quota.numerator[pair_order], denominator=quota.denominator[pair_order])
            for quota in problem.quotas
        ),
        pinned=np.sort(rank[problem.pinned]), forbidden=np.sort(rank[problem.forbidden]),
    )


def every_plan(problem: MatchingProblem) -> list[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """Return every plan without its quotas, best first: value, options, pairs. Exponential: tiny problems only."""
    forbidden, pinned = set(problem.forbidden.tolist()), set(problem.pinned.tolist())
    bundles: list[list[tuple[int, ...]]] = []
    for household in range(problem.households):
        choices: list[tuple[int, ...]] = [()]
        for pair in np.flatnonzero(problem.pair_household == household):
            per_seeker = []
            for seeker in np.flatnonzero(problem.seeker_household == household):
                mine = [
                    int(n) for n in np.flatnonzero((problem.option_pair == pair) & (problem.option_seeker == seeker))
                    if n not in forbidden
                ]
                least = min(problem.jobs_min, len(mine))
                sizes = range(least, min(problem.jobs_max, len(mine)) + 1)
                per_seeker.append([(), *(some for size in sizes if size for some in combinations(mine, size))])
            choices += [sum(jobs, ()) for jobs in product(*per_seeker) if any(jobs)]
        imposed = {n for n in pinned if problem.pair_household[problem.option_pair[n]] == household}
        bundles.append([choice for choice in choices if imposed <= set(choice)])
    plans = []

    def extend(household, taken, pairs, homes, jobs):
        if household == problem.households:
            plans.append((sum(int(problem.option_value[n]) for n in taken), taken, pairs))
            return
        for bundle in bundles[household]:
            home, job = list(homes), list(jobs)
            for n in bundle:
                job[problem.option_offer[n]] -= 1
            if bundle:
                home[problem.pair_dwelling[problem.option_pair[bundle[0]]]] -= 1
            if min(home) >= 0 and min(job) >= 0:
                more = (*pairs, int(problem.option_pair[bundle[0]])) if bundle else pairs
                extend(household + 1, taken + bundle, more, tuple(home), tuple(job))

    extend(0, (), (), tuple(problem.dwelling_capacity.tolist()), tuple(problem.offer_capacity.tolist()))
    return sorted(plans, reverse=True)


def best_plan(problem: MatchingProblem, floors: tuple[int | None, ...] = ()) -> int | None:
    """Return the value of the best plan under the quotas, or the floors that replace them; ``None`` without plan."""
    floors = floors or (None,) * len(problem.quotas)
    for value, _, pairs in every_plan(problem):
        if all(_holds(quota, pairs, floor) for quota, floor in zip(problem.quotas, floors, strict=True)):
            return value
    return None


def most_of_group(problem: MatchingProblem, quota: Quota) -> int:
    """Return the most allocations that the group of a quota can receive in any plan, other quotas aside."""
    return max(sum(bool(quota.numerator[pair]) for pair in pairs) for _, _, pairs in every_plan(problem))


def _holds(quota: Quota, pairs: tuple[int, ...], floor: int | None) -> bool:
    group = sum(bool(quota.numerator[pair]) for pair in pairs)
    if floor is not None:
        return group >= floor
    whole = quota.already_denominator + sum(bool(quota.denominator[pair]) for pair in pairs)
    return 1000 * (quota.already_numerator + group) >= quota.per_mille * whole
