"""
A territory cut by labour market area: what one worker holds, numbered for itself.

A shard knows its households, and of the dwellings and offers those that its households could have; some of them belong
to a neighbour (the homes across the border). What shards share is coordinated by prices, and by what each says it uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from untoit.core.scale.market import Int16Array, Int32Array, Int64Array, Territory

NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True)
class Shard:
    """
    The part of a territory whose households are ``first`` to ``last``; every other number is local.

    ``dwelling`` and ``offer`` give the numbers in the territory; ``own_dwelling`` and ``own_offer`` say which of them
    this shard decides on. ``local_shares`` are the numbers of the shares that only concern its own dwellings.
    """

    number: int
    first: int
    last: int
    alone_worth: Int64Array
    job_worth: Int64Array
    reach_m: Int32Array
    household_class: Int32Array
    seeker_start: Int64Array
    pair_start: Int64Array
    pair_dwelling: Int32Array
    pair_chance: Int16Array
    fit_start: Int64Array
    fit_offer: Int32Array
    fit_chance: Int16Array
    dwelling_m: Int32Array
    dwelling_class: Int32Array
    offer_m: Int32Array
    offer_capacity: Int32Array
    commute: int
    dwelling: Int32Array
    offer: Int32Array
    own_dwelling: np.ndarray[tuple[int], np.dtype[np.bool_]]
    own_offer: np.ndarray[tuple[int], np.dtype[np.bool_]]
    local_shares: Int64Array
    weights: Int64Array

    @property
    def households(self) -> int:
        """How many households."""
        return self.last - self.first

    def implicit(self) -> tuple[object, ...]:
        """Return the columns that the kernels read, in their order."""
        return (
            self.alone_worth, self.job_worth, self.reach_m, self.household_class, self.seeker_start, self.pair_start,
            self.pair_dwelling, self.pair_chance, self.fit_start, self.fit_offer, self.fit_chance, self.dwelling_m,
            self.dwelling_class, self.offer_m, self.commute,
        )


def look_up(column: NDArray[Any], number: Int32Array, none: int) -> NDArray[Any]:
    """Return ``column[number]``, and ``none`` where the number is -1."""
    if not column.size:
        return np.full(number.shape, none, dtype=column.dtype)
    return np.where(number >= 0, column[np.maximum(number, 0)], none).astype(column.dtype)


def cut(territory: Territory) -> list[Shard]:
    """Return the shards of a territory. A dwelling or an offer belongs to the shard that could use it most."""
    starts = territory.shard_start()
    spans = []
    home_owner, home_most = _nobody(territory.dwellings)
    job_owner, job_most = _nobody(territory.offers)
    for number in range(territory.shards):
        first, last = int(starts[number]), int(starts[number + 1])
        low, high = int(territory.seeker_start[first]), int(territory.seeker_start[last])
        pairs = slice(int(territory.pair_start[first]), int(territory.pair_start[last]))
        fits = slice(int(territory.fit_start[low]), int(territory.fit_start[high]))
        _claim(home_owner, home_most, territory.pair_dwelling[pairs], number)
        _claim(job_owner, job_most, territory.fit_offer[fits], number)
        spans.append((first, last, low, high, pairs, fits))
    _gather(home_owner, territory.dwelling_class)
    weights = territory.weights()
    share_owner = _share_owners(weights, territory.dwelling_class, home_owner)
    return [
        _one(territory, number, span, home_owner, job_owner, share_owner, weights) for number, span in enumerate(spans)
    ]


def alone(territory: Territory, number: int) -> Shard:
    """Return one shard that owns all that its households could have: for who takes care of what others hold."""
    first, last = np.searchsorted(territory.shard, [number, number + 1]).tolist()
    low, high = int(territory.seeker_start[first]), int(territory.seeker_start[last])
    pairs = slice(int(territory.pair_start[first]), int(territory.pair_start[last]))
    fits = slice(int(territory.fit_start[low]), int(territory.fit_start[high]))
    shares = np.full(len(territory.shares), number, dtype=np.int64)
    return _one(
        territory, number, (first, last, low, high, pairs, fits),
        np.full(territory.dwellings, number, dtype=np.int32), np.full(territory.offers, number, dtype=np.int32),
        shares, territory.weights(),
    )


def _one(
    territory: Territory, number: int, span: tuple[int, int, int, int, slice, slice], home_owner: Int32Array,
    job_owner: Int32Array, share_owner: Int64Array, weights: Int64Array,
) -> Shard:
    first, last, low, high, pairs, fits = span
    dwelling, pair_dwelling = _renumber(territory.pair_dwelling[pairs], territory.dwellings)
    offer, fit_offer = _renumber(territory.fit_offer[fits], territory.offers)
    return Shard(
        number=number, first=first, last=last,
        alone_worth=territory.alone_worth[first:last], job_worth=territory.job_worth[first:last],
        reach_m=territory.reach_m[first:last], household_class=territory.household_class[first:last],
        seeker_start=territory.seeker_start[first:last + 1] - low,
        pair_start=territory.pair_start[first:last + 1] - pairs.start,
        pair_dwelling=pair_dwelling, pair_chance=territory.pair_chance[pairs],
        fit_start=territory.fit_start[low:high + 1] - fits.start,
        fit_offer=fit_offer, fit_chance=territory.fit_chance[fits],
        dwelling_m=territory.dwelling_m[dwelling], dwelling_class=territory.dwelling_class[dwelling],
        offer_m=territory.offer_m[offer], offer_capacity=territory.offer_capacity[offer],
        commute=territory.commute_per_mille, dwelling=dwelling, offer=offer,
        own_dwelling=home_owner[dwelling] == number, own_offer=job_owner[offer] == number,
        local_shares=np.flatnonzero(share_owner == number), weights=weights,
    )


def _nobody(count: int) -> tuple[Int32Array, Int32Array]:
    return np.full(count, -1, dtype=np.int32), np.zeros(count, dtype=np.int32)


def _claim(owner: Int32Array, most: Int32Array, used: Int32Array, number: int) -> None:
    """Give to the shard, in place, the things that it could use more often than those before it."""
    times = np.bincount(used, minlength=owner.size)
    won = times > most
    owner[won] = number
    most[won] = times[won]


def _gather(home_owner: Int32Array, dwelling_class: Int32Array) -> None:
    """
    Give, in place, every dwelling of a class to the shard that has nearly all of them: its shares are then its own.
    """
    known = home_owner >= 0
    if not known.any():
        return
    shards = int(home_owner.max()) + 1
    couple, times = np.unique(dwelling_class[known].astype(np.int64) * shards + home_owner[known], return_counts=True)
    classes = np.bincount(couple // shards, weights=times)
    for where, count in zip(couple.tolist(), times.tolist(), strict=True):
        kind, shard = divmod(where, shards)
        if count >= NEARLY_ALL * classes[kind]:
            home_owner[known & (dwelling_class == kind)] = shard


def _renumber(used: Int32Array, count: int) -> tuple[Int32Array, Int32Array]:
    """Return the numbers that appear, increasing, and the column in terms of them."""
    present = np.zeros(count, dtype=bool)
    present[used] = True
    place = np.cumsum(present, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(present).astype(np.int32), place[used].astype(np.int32)


def _share_owners(weights: Int64Array, dwelling_class: Int32Array, home_owner: Int32Array) -> Int64Array:
    """Return the shard that owns every dwelling that a share looks at, -1 for a share that several must hold."""
    owner = np.full(weights.shape[0], -1, dtype=np.int64)
    for q, weight in enumerate(weights):
        matters = np.any(weight != 0, axis=0)
        shards = np.unique(home_owner[matters[dwelling_class] & (home_owner >= 0)])
        if shards.size == 1:
            owner[q] = shards[0]
    return owner
