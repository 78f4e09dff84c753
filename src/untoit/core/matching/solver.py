"""The choice itself: from a problem to a plan with its proof, quotas included."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from untoit.core.errors import UnusableInput
from untoit.core.matching.layout import lay_out
from untoit.core.matching.plan import Effort, Plan, quota_result
from untoit.core.matching.prices import Row
from untoit.core.matching.problem import POINT, BoolArray, MatchingProblem, Quota
from untoit.core.matching.search import Found, Progress, Search, find


def solve(
    problem: MatchingProblem, *, seed: int = 0, workers: int = 1, effort: Effort | None = None,
    progress: Progress | None = None,
) -> Plan:
    """
    Return the best plan that could be found, with the proof of how good it is.

    Up to a few hundred households the plan is optimal; beyond, it comes with an upper bound proven by prices. The plan
    depends on the problem and on ``seed``, neither on ``workers`` nor on how busy the machine is. ``progress`` hears
    the name of the stage, in French, and the fraction of it that is done.

    A quota is a constraint as long as the group has somebody for the homes that it asks for. When it has not, holding
    the share would only leave homes empty: as many allocations to the group as can be found are imposed instead, and
    the result says how many are missing.

    Raises
    ------
    UnusableInput
        When the imposed options cannot all be in one plan.
    """
    started = time.perf_counter()
    search = Search(lay_out(problem), effort or Effort(), seed, workers, progress or (lambda stage, part: None))
    search.timed("mise en place", started)
    found, floors = _under_quotas(search, problem)
    if found is None:
        raise UnusableInput("Les choix imposés ne peuvent pas tenir ensemble : retirez-en au moins un.")
    options = np.sort(search.layout.number[found.taken])
    pairs = np.unique(problem.option_pair[options]).astype(np.int64)
    return Plan(
        pairs=pairs, options=options, value=found.value, bound=found.bound, price_bound=found.price_bound,
        proof="prix" if found.bound == found.price_bound else "HiGHS", exact=found.exact,
        dwelling_prices=found.prices.dwelling, offer_prices=found.prices.offer, quota_prices=found.prices.row,
        quotas=tuple(
            quota_result(problem, quota, pairs, int(price), floor)
            for quota, price, floor in zip(problem.quotas, found.prices.row, floors, strict=True)
        ),
        method=found.method, steps=search.seconds,
    )


def row_of(quota: Quota, floor: int | None) -> Row:
    """Return the constraint that a quota puts on the pairs: its share, or the floor that replaces it."""
    numerator = 1000 * quota.numerator.astype(np.int64)
    if floor is not None:
        return Row(numerator, -1000 * floor)
    return Row(
        numerator - quota.per_mille * quota.denominator.astype(np.int64),
        1000 * quota.already_numerator - quota.per_mille * quota.already_denominator,
    )


def _under_quotas(search: Search, problem: MatchingProblem) -> tuple[Found | None, list[int | None]]:
    """Return the best plan under the quotas, and the floor that replaces each share that is out of reach."""
    quotas = problem.quotas
    floors: list[int | None] = [None] * len(quotas)
    found = find(search, [row_of(quota, None) for quota in quotas])
    if not quotas:
        return found, floors
    if found is None:
        # Some share cannot be held even with empty homes (past allocations weigh on it): settle them one by one.
        start = None
        for q in range(len(quotas)):
            rows = [row_of(quota, floor) for quota, floor in zip(quotas[:q + 1], floors, strict=False)]
            if find(search, rows, start) is None:
                floor, start = _most(search, problem, q, rows[:q])
                if find(search, rows, start) is None:
                    floors[q] = floor
        found = find(search, [row_of(quota, floor) for quota, floor in zip(quotas, floors, strict=True)], start)
        if found is None:
            return None, floors
    for q, quota in enumerate(quotas):
        if floors[q] is not None or found.spare[q] >= 1000 or _within_reach(search, problem, quota, found):
            continue
        rows = [row_of(quota, floor) for quota, floor in zip(quotas, floors, strict=True)]
        floor, start = _most(search, problem, q, rows[:q] + rows[q + 1:])
        rows[q] = row_of(quota, floor)
        other = find(search, rows, start)
        if other is not None and other.value > found.value:
            found, floors[q] = other, floor
    return found, floors


def _within_reach(search: Search, problem: MatchingProblem, quota: Quota, found: Found) -> bool:
    """Return whether the group's allocations in this plan already allow as many allocations as there can ever be."""
    pairs = np.unique(search.layout.pair[found.taken])
    numerator = quota.already_numerator + int(np.count_nonzero(quota.numerator[pairs]))
    possible = np.unique(search.layout.pair)
    households = np.unique(problem.pair_household[possible]).size
    homes = int(problem.dwelling_capacity[np.unique(problem.pair_dwelling[possible])].sum())
    return 1000 * numerator >= quota.per_mille * (quota.already_denominator + min(households, homes))


def _most(search: Search, problem: MatchingProblem, q: int, rows: Sequence[Row]) -> tuple[int, BoolArray | None]:
    """
    Return the most allocations to the group of quota ``q`` found under the other rows, and a plan that makes them.

    The same search on a problem where only these allocations have value. With one job a person, the seekers of a
    household are merged so that an allocation counts once; otherwise each seeker has exactly the fewest jobs allowed,
    and a household with two seekers may count for more than it should.
    """
    layout = search.layout
    pair, option = layout.pair, layout.number
    weight = np.where(problem.quotas[q].numerator[pair], 12 * POINT, 0) // layout.group_low[layout.group]
    # Values decide between plans of as many allocations. A large problem is not solved to the end anyway: there they
    # count fully against the 12 points of an allocation, and the plan is a better start.
    least = 1000 if problem.households <= search.effort.proof_households else 1
    rank = (weight + problem.option_value[option] // least + 1).astype(np.int64)
    merged = problem.jobs_max == 1 and not layout.pinned.any()
    seeker = problem.option_seeker[option].astype(np.int64)
    if merged:
        some_seeker = np.zeros(problem.households, dtype=np.int64)
        some_seeker[problem.seeker_household] = np.arange(problem.seekers)
        seeker = some_seeker[problem.pair_household[pair]]
    order = np.lexsort((layout.offer, seeker, pair))
    keep = order
    if merged:
        same = (np.diff(pair[order]) == 0) & (np.diff(seeker[order]) == 0) & (np.diff(layout.offer[order]) == 0)
        keep = order[np.append(True, ~same)] if order.size else order
    reduced = replace(
        problem, option_pair=pair[keep], option_seeker=seeker[keep].astype(np.int32), option_offer=layout.offer[keep],
        option_value=rank[keep], jobs_max=problem.jobs_min, quotas=(), forbidden=np.zeros(0, dtype=np.int64),
        pinned=np.flatnonzero(layout.pinned[keep]).astype(np.int64),
    )
    inner = Search(lay_out(reduced), search.effort, search.seed, search.workers, search.progress, search.seconds)
    found = find(inner, rows)
    if found is None:
        return 0, None
    taken = np.zeros(layout.number.size, dtype=bool)
    taken[keep[inner.layout.number[found.taken]]] = True
    chosen = np.unique(pair[taken])
    return int(np.count_nonzero(problem.quotas[q].numerator[chosen])), taken
