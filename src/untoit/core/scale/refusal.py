"""
After one refusal: the household is offered something else, and the home goes to somebody, at once.

The prices stay. Only the shard of the household is looked at, and only one small programme around it is solved: few
people move. The proof stays one, because it is only the surplus of that household that changes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from untoit.core.scale import kernels
from untoit.core.scale.engine import started
from untoit.core.scale.market import Territory
from untoit.core.scale.plan import Draft, Outcome, ShareResult, implicit
from untoit.core.scale.settle import Search, settle
from untoit.core.scale.shards import Shard, alone, look_up
from untoit.core.scale.tasks import Prices, credit_of


def after_refusal(
    territory: Territory, outcome: Outcome, *, household: int, seed: int = 0
) -> tuple[Territory, Outcome]:
    """
    Return the territory without the home that the household refuses, and the plan and the proof that follow.

    The share counts are those of the new plan; a share is not taken below what it needs.

    Raises
    ------
    ValueError
        When the plan gives nothing to that household.
    """
    refused = int(outcome.dwelling[household])
    if refused < 0:
        raise ValueError("the plan gives nothing to that household")
    left = without(territory, household, refused)
    before = replace(outcome, dwelling=outcome.dwelling.copy(), offers=outcome.offers.copy())
    before.dwelling[household] = -1
    before.offers[household] = -1
    number = int(territory.shard[household])
    shard = alone(left, number)
    inside = slice(shard.first, shard.last)
    draft = Draft(left)
    prices = Prices(outcome.dwelling_price, outcome.offer_price, outcome.share_price)
    for part in (slice(0, shard.first), slice(shard.last, left.households)):
        homes = before.dwelling[part]
        draft.pair[part] = _pairs(left, part, homes)
        draft.offers[part] = before.offers[part]
    homes_left, jobs_left = draft.left()
    mine = _with_jobs(shard, jobs_left.astype(np.int32))
    found = settle(
        mine, Prices(prices.dwelling[mine.dwelling], prices.offer[mine.offer], prices.share), None,
        homes_left[mine.dwelling].astype(np.int64), draft.need - draft.cover(),
        np.zeros(mine.households, dtype=bool), Search(stages=((60, 0.0),), focus=household - shard.first), seed, 1,
        started(mine, before),
    )
    placed = np.flatnonzero(found.pair >= 0)
    draft.pair[inside] = np.where(found.pair >= 0, found.pair + int(left.pair_start[shard.first]), -1)
    draft.offers[shard.first + placed] = look_up(mine.offer, found.offers[placed], -1)
    cover = draft.cover() - draft.need
    bound = outcome.bound - _surplus(territory, household, prices) + _surplus(left, household, prices)
    return left, replace(
        outcome, dwelling=draft.dwelling(), offers=draft.offers, value=int(draft.values().sum()), bound=bound,
        fingerprint=left.fingerprint(), seconds={},
        shares=tuple(
            ShareResult(each.name, int(over), int(price), bool(over >= 0))
            for each, over, price in zip(left.shares, cover, outcome.share_price, strict=True)
        ),
    )


def without(territory: Territory, household: int, dwelling: int) -> Territory:
    """Return the territory in which that household cannot have that dwelling."""
    first, last = int(territory.pair_start[household]), int(territory.pair_start[household + 1])
    at = first + int(np.searchsorted(territory.pair_dwelling[first:last], dwelling))
    if at >= last or territory.pair_dwelling[at] != dwelling:
        return territory
    start = territory.pair_start.copy()
    start[household + 1:] -= 1
    return replace(
        territory, pair_start=start, pair_dwelling=np.delete(territory.pair_dwelling, at),
        pair_chance=np.delete(territory.pair_chance, at),
    )


def _pairs(territory: Territory, part: slice, homes: np.ndarray[tuple[int], np.dtype[np.int32]]) -> np.ndarray[
    tuple[int], np.dtype[np.int32]
]:
    """Return the number of the pair of each household that has a home."""
    start = territory.pair_start[part.start:part.stop + 1]
    household = np.repeat(np.arange(homes.size), np.diff(start))
    same = np.flatnonzero(territory.pair_dwelling[int(start[0]):int(start[-1])] == homes[household])
    pair = np.full(homes.size, -1, dtype=np.int32)
    pair[household[same]] = same + int(start[0])
    return pair


def _with_jobs(shard: Shard, jobs_left: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Shard:
    return replace(shard, offer_capacity=jobs_left[shard.offer])


def _surplus(territory: Territory, household: int, prices: Prices) -> int:
    surplus, pair = np.zeros(territory.households, np.int64), np.full(territory.households, -1, np.int32)
    offers = np.full((territory.households, 2), -1, np.int32)
    return int(kernels.choose(
        household, household + 1, *implicit(territory), credit_of(territory.weights(), prices.share), prices.dwelling,
        prices.offer, surplus, pair, offers,
    ))
