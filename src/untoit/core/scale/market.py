"""
What the engine of a region or of a country is asked: who could live where, who could work where, and distances.

The triples (household, dwelling, offers) are never formed: there are a hundred million of them at the size of the
country. A triple is feasible when the household may have the dwelling, the offer fits the seeker, and the distance from
one to the other is within the household's reach; its value is computed when it is looked at. Memory is linear in pairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int16Array = NDArray[np.uint16]
Int32Array = NDArray[np.int32]
Int64Array = NDArray[np.int64]

POINT = 1_000_000
"""Values and prices are integers, in millionths of a point."""

CERTAIN = 10_000
"""Chances are integers, in ten-thousandths."""

SEEKERS = 2
"""Most seekers of a household."""


@dataclass(frozen=True, slots=True)
class Share:
    """
    A quota: ``sum(weight[class of household, class of dwelling]) + constant >= 0`` over the homes given.

    ``weight`` is ``int64[C, K]`` in thousandths: a share of 30 % for a group weighs 700 inside it, -300 outside.
    ``constant`` counts the allocations already signed, in thousandths too.
    """

    name: str
    weight: Int64Array
    constant: int = 0


@dataclass(frozen=True, slots=True)
class Territory:
    """
    The people, the homes and the offers of a territory.

    A household receives one dwelling or none, and with it at most one offer for each of its seekers. The value of a
    choice is, in millionths of a point and rounded to the nearest at each line,

        alone_worth[h] x p(h, d)
        + for each seeker with an offer: job_worth[h] x p(h, d) x p(s, j) x (1 - 0.4 x distance(d, j) / reach[h])

    (see :mod:`untoit.core.scale.kernels`, where the order of the operations is fixed).

    Attributes
    ----------
    shard
        ``int32[H]``: the labour market area of the household, from 0; households are sorted by shard. Prices are the
        only thing that the shards share.
    alone_worth, job_worth
        ``int64[H]``, millionths of a point; a job counts once the home is got, hence the product of chances.
    reach_m
        ``int32[H]``, metres.
    household_class, dwelling_class
        ``int32[H]`` and ``int32[D]``: what the quotas look at.
    seeker_start
        ``int64[H + 1]``: the seekers of a household, two at most.
    pair_start, pair_dwelling, pair_chance
        ``int64[H + 1]``, ``int32[P]``, ``uint16[P]``: the dwellings that the law and the household allow, increasing.
    fit_start, fit_offer, fit_chance
        ``int64[S + 1]``, ``int32[F]``, ``uint16[F]``: the offers that fit a seeker, by chance (highest first), offer.
    dwelling_m, offer_m
        ``int32[D, 2]`` and ``int32[J, 2]``, metres on a plane.
    commute_per_mille
        What a commute at the limit of the reach takes off the value of a job: 400 for 40 %.
    """

    shard: Int32Array
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
    shares: tuple[Share, ...] = ()
    commute_per_mille: int = 400

    def __post_init__(self) -> None:
        """Refuse arrays that break the contract: a silent mistake here would be a wrong home for somebody."""
        households, dwellings, offers = self.households, self.dwellings, self.offers
        for name in ("alone_worth", "job_worth", "reach_m", "household_class"):
            _require(getattr(self, name).size == households, f"one {name} a household")
        for start, count, name in (
            (self.seeker_start, households, "seeker_start"), (self.pair_start, households, "pair_start"),
            (self.fit_start, self.seekers, "fit_start"),
        ):
            _require(start.size == count + 1 and start[0] == 0 and bool(np.all(np.diff(start) >= 0)), name)
        _require(int(np.diff(self.seeker_start).max(initial=0)) <= SEEKERS, f"at most {SEEKERS} seekers a household")
        _require(self.pair_dwelling.size == self.pair_chance.size == self.pair_start[-1], "columns of pairs")
        _require(self.fit_offer.size == self.fit_chance.size == self.fit_start[-1], "columns of fits")
        _require(bool(np.all(np.diff(self.shard) >= 0)) and (households == 0 or self.shard[0] >= 0), "sorted by shard")
        for numbers, limit, name in (
            (self.pair_dwelling, dwellings, "pair_dwelling"), (self.fit_offer, offers, "fit_offer"),
        ):
            _require(not numbers.size or (numbers.min() >= 0 and numbers.max() < limit), f"{name} out of range")
        for chance in (self.pair_chance, self.fit_chance):
            _require(not chance.size or 0 < chance.min() <= chance.max() <= CERTAIN, "chances in ten-thousandths")
        _require(_rows_rise(self.pair_start, self.pair_dwelling), "dwellings of a household increasing")
        key = -self.fit_chance.astype(np.int64) * offers + self.fit_offer
        _require(_rows_rise(self.fit_start, key), "offers of a seeker by chance, then number")
        _require(self.dwelling_m.shape == (dwellings, 2) and self.offer_m.shape == (offers, 2), "places on a plane")
        _require(bool(np.all(self.reach_m > 0)) and bool(np.all(self.offer_capacity >= 0)), "reach and capacity")
        _require(bool(np.all(self.alone_worth >= 0)) and bool(np.all(self.job_worth >= 0)), "worth is not negative")
        _require(0 <= self.commute_per_mille <= 1000, "commute_per_mille")
        for share in self.shares:
            _require(share.weight.ndim == 2, f"weights of {share.name}")
            _require(share.weight.shape == self.shares[0].weight.shape, "one table of classes for all shares")
            classes, kinds = share.weight.shape
            _require(int(self.household_class.max(initial=0)) < classes, f"classes of {share.name}")
            _require(int(self.dwelling_class.max(initial=0)) < kinds, f"classes of {share.name}")

    @property
    def households(self) -> int:
        """How many households."""
        return self.shard.size

    @property
    def seekers(self) -> int:
        """How many people look for a job."""
        return int(self.seeker_start[-1])

    @property
    def dwellings(self) -> int:
        """How many dwellings, each for one household."""
        return self.dwelling_class.size

    @property
    def offers(self) -> int:
        """How many offers, each with its openings."""
        return self.offer_capacity.size

    @property
    def shards(self) -> int:
        """How many labour market areas."""
        return int(self.shard[-1]) + 1 if self.shard.size else 0

    def shard_start(self) -> Int64Array:
        """Return ``int64[shards + 1]``: where the households of each shard start."""
        return np.searchsorted(self.shard, np.arange(self.shards + 1)).astype(np.int64)

    def weights(self) -> Int64Array:
        """Return ``int64[Q, C, K]``, the weights of the shares; one class of each kind when there is no share."""
        if self.shares:
            return np.stack([share.weight for share in self.shares]).astype(np.int64)
        classes = int(self.household_class.max(initial=0)) + 1
        return np.zeros((0, classes, int(self.dwelling_class.max(initial=0)) + 1), dtype=np.int64)

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that decides the choice: names, sizes, types and bytes of the columns."""
        digest = hashlib.sha256()
        for name, column in self.columns().items():
            digest.update(f"{name}:{column.dtype.str}:{column.shape};".encode())
            digest.update(np.ascontiguousarray(column).data)
        for share in self.shares:
            digest.update(f"{share.name}:{share.weight.shape}:{share.constant};".encode())
            digest.update(np.ascontiguousarray(share.weight.astype(np.int64)).data)
        digest.update(f"commute:{self.commute_per_mille}".encode())
        return digest.hexdigest()

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays by name, in the order of the fields."""
        held = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in held if isinstance(value, np.ndarray)}


def share_of(
    name: str, group: Sequence[Sequence[bool]], whole: Sequence[Sequence[bool]], per_mille: int, *,
    already_group: int = 0, already_whole: int = 0,
) -> Share:
    """
    Return the quota that gives ``per_mille`` thousandths of the allocations of ``whole`` to ``group``.

    Both are ``bool[C, K]`` tables over the classes of households and of dwellings; ``already_*`` are signed.
    """
    weight = 1000 * np.asarray(group, dtype=np.int64) - per_mille * np.asarray(whole, dtype=np.int64)
    return Share(name, weight, 1000 * already_group - per_mille * already_whole)


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"territory: {what}")


def _rows_rise(start: Int64Array, column: NDArray[np.integer[Any]]) -> bool:
    """Return whether the numbers of each row are strictly increasing."""
    rises = np.ones(column.size + 1, dtype=bool)
    rises[1:-1] = column[1:] > column[:-1]
    rises[start] = True
    return bool(rises[:-1].all())
