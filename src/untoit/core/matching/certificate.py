"""What the stored prices prove: the bound, and what forcing any option would cost at least."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np

from untoit.core.matching.layout import lay_out
from untoit.core.matching.plan import Plan
from untoit.core.matching.prices import Market, Prices
from untoit.core.matching.problem import Int64Array, MatchingProblem
from untoit.core.matching.solver import row_of


def bound_from_prices(
    problem: MatchingProblem, dwelling_prices: Int64Array, offer_prices: Int64Array, quota_prices: Int64Array,
    floors: Sequence[int | None] | None = None,
) -> int:
    """
    Return the upper bound on the value of every plan that these prices prove, in exact integer arithmetic.

    Any prices that are not negative prove something; good ones prove more. ``floors`` are those of the plan
    (:attr:`Plan.floors`): a floor that replaces a share that is out of reach is another constraint, with another bound.
    """
    market, prices = _market(problem, dwelling_prices, offer_prices, quota_prices, floors)
    with market:
        return market.bound(prices)


def surplus(problem: MatchingProblem, plan: Plan) -> Int64Array:
    """
    Return ``int64[N]``: what the household of each option keeps of the best bundle that contains it, prices paid.

    Forbidden options, and those that an imposed one rules out, have the lowest integer.
    """
    return _surplus(problem, plan)[0]


def losses(problem: MatchingProblem, plan: Plan) -> Int64Array:
    """
    Return ``int64[N]``: what the whole plan would lose at least if each option were imposed, in millionths of a point.

    A plan that contains the option is worth at most the price bound minus the regret of its household; the loss is
    certain when that is below the value of the plan, and 0 says that the prices exclude nothing: the adviser may try.
    """
    value, best = _surplus(problem, plan)
    ceiling = np.minimum(plan.price_bound - (best[problem.option_household] - value), plan.bound)
    lost = np.maximum(plan.value - ceiling, 0)
    lost[plan.options] = 0
    return np.asarray(lost, dtype=np.int64)


def price_of(problem: MatchingProblem, plan: Plan, option: int) -> int:
    """Return what the whole plan would lose at least if that option were imposed (see :func:`losses`)."""
    return int(losses(problem, plan)[option])


def certificate(
    problem: MatchingProblem, plan: Plan, *, mode: str, households: Sequence[str], dwellings: Sequence[str],
    offers: Sequence[str],
) -> dict[str, object]:
    """
    Return what ``tools/check_plan.py`` needs to verify the plan without this engine, ready for JSON.

    ``households``, ``dwellings`` and ``offers`` are the references that people know, in the order of the problem.
    """
    quotas = []
    for quota, result in zip(problem.quotas, plan.quotas, strict=True):
        quotas.append({
            "name": quota.name,
            "per_mille": quota.per_mille,
            "already_numerator": quota.already_numerator,
            "already_denominator": quota.already_denominator,
            "numerator": _members(problem, quota.numerator, households, dwellings),
            "denominator": _members(problem, quota.denominator, households, dwellings),
            "floor": result.floor,
            "shortfall": result.shortfall,
        })
    return {
        "mode": mode,
        "jobs_min": problem.jobs_min,
        "jobs_max": problem.jobs_max,
        "dwelling_capacity": dict(zip(dwellings, problem.dwelling_capacity.tolist(), strict=True)),
        "offer_capacity": dict(zip(offers, problem.offer_capacity.tolist(), strict=True)),
        "prices": {
            "dwelling": dict(zip(dwellings, plan.dwelling_prices.tolist(), strict=True)),
            "offer": dict(zip(offers, plan.offer_prices.tolist(), strict=True)),
            "quota": {quota.name: int(price) for quota, price in zip(problem.quotas, plan.quota_prices, strict=True)},
        },
        "quotas": quotas,
        "pinned": _triples(problem, problem.pinned, households, dwellings, offers),
        "forbidden": _triples(problem, problem.forbidden, households, dwellings, offers),
        "value": plan.value,
        "bound": plan.bound,
        "price_bound": plan.price_bound,
        "proof": plan.proof,
    }


def _triples(
    problem: MatchingProblem, numbers: Int64Array, households: Sequence[str], dwellings: Sequence[str],
    offers: Sequence[str],
) -> list[list[object]]:
    """Return ``[numero_unique, reference_logement, personne, reference_offre]``, persons numbered from 1 at home."""
    triples: list[list[object]] = []
    for number in numbers.tolist():
        household, seeker = int(problem.option_household[number]), int(problem.option_seeker[number])
        rank = int(np.count_nonzero(problem.seeker_household[:seeker] == household)) + 1
        triples.append([
            households[household], dwellings[int(problem.option_dwelling[number])], rank,
            offers[int(problem.option_offer[number])],
        ])
    return triples


def _members(
    problem: MatchingProblem, flags: np.ndarray[tuple[int], np.dtype[np.bool_]], households: Sequence[str],
    dwellings: Sequence[str],
) -> str | list[str] | list[list[str]]:
    """Return ``"all"``, the households whose every pair counts, or the pairs when the dwelling matters too."""
    if flags.all():
        return "all"
    inside = np.unique(problem.pair_household[flags])
    if not np.isin(problem.pair_household[~flags], inside).any():
        return [households[household] for household in inside.tolist()]
    return [
        [households[household], dwellings[dwelling]]
        for household, dwelling in zip(
            problem.pair_household[flags].tolist(), problem.pair_dwelling[flags].tolist(), strict=True
        )
    ]


def _market(
    problem: MatchingProblem, dwelling_prices: Int64Array, offer_prices: Int64Array, quota_prices: Int64Array,
    floors: Sequence[int | None] | None,
) -> tuple[Market, Prices]:
    for prices in (dwelling_prices, offer_prices, quota_prices):
        if (prices < 0).any():
            raise ValueError("a price is never negative")
    rows = [row_of(quota, floor) for quota, floor in zip(problem.quotas, floors or repeat(None), strict=False)]
    return Market(lay_out(problem), rows), Prices(dwelling_prices, offer_prices, quota_prices)


def _surplus(problem: MatchingProblem, plan: Plan) -> tuple[Int64Array, Int64Array]:
    market, prices = _market(problem, plan.dwelling_prices, plan.offer_prices, plan.quota_prices, plan.floors)
    with market:
        market.bound(prices)
        _, worth = market.worth(prices)
        best = market.surplus().copy()
        layout = market.layout
    value = np.full(problem.option_pair.size, np.iinfo(np.int64).min // 4, dtype=np.int64)
    value[layout.number] = worth
    return value, best
