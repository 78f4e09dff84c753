"""The same synthetic territories as :mod:`benchmarks.instances`, left implicit, with all the quotas of the scheme."""

from __future__ import annotations

import numpy as np
from benchmarks.instances import Scale, Territory, draw
from numpy.typing import NDArray

from untoit.core.scale import market
from untoit.core.scale.market import CERTAIN, POINT, Share, share_of


def generate(scale: str | Scale, seed: int, *, quotas: bool = True) -> market.Territory:
    """
    Return the territory of that scale and seed, chances rounded to a ten-thousandth and places to a metre.

    The quotas: 30 % of the allocations to priority households; outside the priority neighbourhoods, 25 % to the first
    quartile, in each basin (in each quarter of the square when there is one basin only); inside them, 50 % to others.
    """
    drawn = draw(scale, seed, compact=True)
    seeker_start = np.concatenate([[0], np.cumsum(drawn.seekers_of)]).astype(np.int64)
    chance = _whole(drawn.fit_chance)
    order = _best_first(drawn.fit_start, drawn.fit_offer, chance)
    alone = np.where(drawn.seekers_of == 0, 0.35, 0.15) * drawn.weight
    kappa = np.where(drawn.seekers_of == 2, 0.6, 1.0) * drawn.weight
    dwelling_m = np.rint(1000 * drawn.dwelling_place).astype(np.int32)
    sector, sectors = _sectors(drawn)
    return market.Territory(
        shard=drawn.household_basin.astype(np.int32),
        alone_worth=np.rint(POINT * alone).astype(np.int64),
        job_worth=np.rint(POINT * kappa).astype(np.int64),
        reach_m=np.rint(1000 * drawn.reach).astype(np.int32),
        household_class=(2 * drawn.priority + drawn.first_quartile).astype(np.int32),
        seeker_start=seeker_start,
        pair_start=drawn.pair_start,
        pair_dwelling=drawn.pair_dwelling,
        pair_chance=_whole(drawn.pair_chance),
        fit_start=drawn.fit_start,
        fit_offer=drawn.fit_offer[order],
        fit_chance=chance[order],
        dwelling_m=dwelling_m,
        dwelling_class=(2 * sector + drawn.dwelling_qpv).astype(np.int32),
        offer_m=np.rint(1000 * drawn.offer_place).astype(np.int32),
        offer_capacity=drawn.offer_capacity,
        shares=_shares(sectors) if quotas else (),
    )


def _whole(chance: NDArray[np.generic]) -> NDArray[np.uint16]:
    return np.rint(CERTAIN * chance).astype(np.uint16)


def _best_first(
    start: NDArray[np.int64], offer: NDArray[np.int32], chance: NDArray[np.uint16]
) -> NDArray[np.int64]:
    """Return the order of the fits, seeker by seeker, highest chance first, then offer."""
    seeker = np.repeat(np.arange(start.size - 1, dtype=np.int64), np.diff(start))
    key = (seeker * (CERTAIN + 1) + (CERTAIN - chance.astype(np.int64))) * 1_000_000 + offer
    return np.argsort(key, kind="stable")


def _sectors(drawn: Territory) -> tuple[NDArray[np.int64], int]:
    if drawn.size.basins > 1:
        return drawn.dwelling_basin, drawn.size.basins
    return (drawn.dwelling_place >= 12.0) @ np.array([1, 2]), 4


def _shares(sectors: int) -> tuple[Share, ...]:
    priority, quartile = np.arange(4) >= 2, np.arange(4) % 2 == 1
    qpv, sector = np.arange(2 * sectors) % 2 == 1, np.arange(2 * sectors) // 2
    everyone, everywhere = np.ones(4, dtype=bool), np.ones(2 * sectors, dtype=bool)
    shares = [
        share_of("ménages prioritaires", np.outer(priority, everywhere), np.outer(everyone, everywhere), 300),
        share_of("autres quartiles en QPV", np.outer(~quartile, qpv), np.outer(everyone, qpv), 500),
    ]
    for number in range(sectors):
        here = ~qpv & (sector == number)
        shares.append(share_of(
            f"premier quartile hors QPV, secteur {number + 1}", np.outer(quartile, here), np.outer(everyone, here), 250,
        ))
    return tuple(shares)
