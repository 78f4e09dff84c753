"""What the engine answers: who goes where, what it is worth, and the prices that prove how far from the best it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from untoit.core.scale import kernels
from untoit.core.scale.market import Int32Array, Int64Array, Territory
from untoit.core.scale.settle import Search


@dataclass(frozen=True, slots=True)
class Effort:
    """
    How hard to work. Everything is a count of work or a gap, never seconds: a busy machine gives the same plan.

    ``steps`` of subgradient, then in each of ``sweeps`` passes over the shards at most ``rounds`` relaxations of
    ``iterations`` (``later_rounds`` after the first pass); a shard stops when its prices are proven within ``close``
    (a fraction) of the best ones. Several passes are for territories of several shards.
    """

    steps: int = 20
    sweeps: int = 3
    later_rounds: int = 2
    rounds: int = 10
    iterations: int = 400
    close: float = 2e-5
    search: Search = field(default_factory=Search)

    def again(self) -> Effort:
        """Return the effort of a warm start: good prices, little to move."""
        return replace(
            self, steps=0, sweeps=1, rounds=2, iterations=self.iterations // 2,
            search=replace(self.search, stages=((60, 4.0),)),
        )


@dataclass(frozen=True, slots=True)
class ShareResult:
    """What a share came to: ``cover`` is what the plan and the past bring, in thousandths; it is held from zero on."""

    name: str
    cover: int
    price: int
    held: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    A plan and its proof.

    Attributes
    ----------
    dwelling
        ``int32[H]``: the dwelling of each household, -1 for none.
    offers
        ``int32[H, 2]``: the offer of each of its seekers, -1 for none.
    value, bound
        Millionths of a point; no plan that holds the shares is worth more than ``bound``. A share that could not be
        held has no price: the bound is then that of the plans that are free of it.
    interrupted
        Whether the work was stopped before its end: the plan and the proof are those of that moment.
    """

    dwelling: Int32Array
    offers: Int32Array
    value: int
    bound: int
    dwelling_price: Int64Array
    offer_price: Int64Array
    share_price: Int64Array
    shares: tuple[ShareResult, ...]
    fingerprint: str
    seconds: dict[str, float]
    sent: int = 0
    received: int = 0
    interrupted: bool = False

    @property
    def gap(self) -> float:
        """The distance to the bound, as a fraction of the value."""
        return (self.bound - self.value) / self.value if self.value else 0.0


def implicit(territory: Territory) -> tuple[object, ...]:
    """Return the columns that the kernels read, in their order."""
    return (
        territory.alone_worth, territory.job_worth, territory.reach_m, territory.household_class,
        territory.seeker_start, territory.pair_start, territory.pair_dwelling, territory.pair_chance,
        territory.fit_start, territory.fit_offer, territory.fit_chance, territory.dwelling_m,
        territory.dwelling_class, territory.offer_m, territory.commute_per_mille,
    )


class Draft:
    """A plan under construction over the whole territory, in its own numbers."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        self.pair = np.full(territory.households, -1, dtype=np.int32)
        self.offers = np.full((territory.households, 2), -1, dtype=np.int32)
        self.weights = territory.weights()
        self.need = np.array([-share.constant for share in territory.shares], dtype=np.int64)

    def dwelling(self) -> Int32Array:
        """Return ``int32[H]``, -1 without a home."""
        if not self.territory.pair_dwelling.size:
            return np.full(self.pair.size, -1, dtype=np.int32)
        return np.where(self.pair >= 0, self.territory.pair_dwelling[np.maximum(self.pair, 0)], -1).astype(np.int32)

    def left(self) -> tuple[Int64Array, Int64Array]:
        """Return what the plan leaves of the dwellings and of the offers."""
        homes, jobs = self.dwelling(), self.offers[self.offers >= 0]
        return (
            1 - np.bincount(homes[homes >= 0], minlength=self.territory.dwellings),
            self.territory.offer_capacity - np.bincount(jobs, minlength=self.territory.offers),
        )

    def cover(self) -> Int64Array:
        """Return what the plan brings to each share, in thousandths."""
        homes = self.dwelling()
        placed = homes >= 0
        kinds = self.territory.household_class[placed], self.territory.dwelling_class[homes[placed]]
        cover: Int64Array = self.weights[:, kinds[0], kinds[1]].sum(axis=1).astype(np.int64)
        return cover

    def values(self) -> Int64Array:
        """Return the value of the choice of each household."""
        value = np.zeros(self.pair.size, dtype=np.int64)
        kernels.worth(0, self.pair.size, *implicit(self.territory), self.pair, self.offers, value)
        return value

    def complete(self) -> None:
        """Hold the shares by leaving homes empty, the least useful first, then give what is left to who has nothing."""
        value = self.values()
        for q in np.flatnonzero(self.cover() < self.need).tolist():
            homes = self.dwelling()
            placed = np.flatnonzero(homes >= 0)
            kinds = self.territory.household_class[placed], self.territory.dwelling_class[homes[placed]]
            weight = self.weights[q, kinds[0], kinds[1]]
            cover = int(self.cover()[q])
            against = placed[weight < 0]
            brought = dict(zip(placed.tolist(), weight.tolist(), strict=True))
            for h in against[np.argsort(value[against], kind="stable")].tolist():
                if cover >= self.need[q]:
                    break
                cover -= brought[h]
                self.pair[h] = -1
                self.offers[h] = -1
        homes_left, jobs_left = self.left()
        order = np.argsort(-self.territory.alone_worth - self.territory.job_worth, kind="stable")
        kernels.fill(
            0, self.pair.size, order, *implicit(self.territory), self.weights, self.need, self.cover(), homes_left,
            jobs_left.astype(np.int64), 1 << 50, self.pair, self.offers,
        )
