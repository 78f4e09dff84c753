"""What the engine is asked: arrays of feasible pairs and options, capacities, quotas. It knows nothing of people."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Int32Array = NDArray[np.int32]
Int64Array = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

POINT = 1_000_000
"""Values and prices are integers, in millionths of a point of utility: sums are exact whatever their order."""


@dataclass(frozen=True, slots=True)
class Quota:
    """
    A share of the allocations that a group must receive, counted with the allocations already signed.

    ``numerator`` and ``denominator`` are ``bool[P]``: the pairs that count in the group, and in the whole. The share is
    ``per_mille`` thousandths: 300 for 30 %. ``name`` is shown to people.
    """

    name: str
    numerator: BoolArray
    denominator: BoolArray
    per_mille: int
    already_numerator: int = 0
    already_denominator: int = 0


def _no_option() -> Int64Array:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class MatchingProblem:
    """
    Feasible pairs (household, dwelling), and for each of them the jobs that its seekers could hold from there.

    A plan gives each household one pair or none; a chosen pair gives at least one job, and each seeker of the household
    has no option of that pair, or from ``jobs_min`` to ``jobs_max`` of them (``jobs_min`` is lowered to the number of
    options that are not forbidden when a seeker has fewer at that dwelling). The value of a plan is the sum of the
    values of its options. Two seekers of one household may hold the same offer when its capacity allows.

    Attributes
    ----------
    seeker_household
        ``int32[S]``.
    dwelling_capacity
        ``int32[D]``, households a dwelling: 1 for a plan, the candidates to present for a selection.
    offer_capacity
        ``int32[J]``, seekers an offer: openings for a plan, interviews for a selection.
    pair_household, pair_dwelling
        ``int32[P]``, sorted by household then dwelling, each pair once.
    option_pair, option_seeker, option_offer
        ``int32[N]``, sorted by pair, seeker, offer, each triple once.
    option_value
        ``int64[N]``, millionths of a point, above zero.
    pinned, forbidden
        Numbers of the options that a caseworker imposed or struck out.
    """

    households: int
    seekers: int
    dwellings: int
    offers: int
    seeker_household: Int32Array
    dwelling_capacity: Int32Array
    offer_capacity: Int32Array
    pair_household: Int32Array
    pair_dwelling: Int32Array
    option_pair: Int32Array
    option_seeker: Int32Array
    option_offer: Int32Array
    option_value: Int64Array
    jobs_min: int = 1
    jobs_max: int = 1
    quotas: tuple[Quota, ...] = ()
    pinned: Int64Array = field(default_factory=_no_option)
    forbidden: Int64Array = field(default_factory=_no_option)

    def __post_init__(self) -> None:
        """Refuse arrays that break the contract: a silent mistake here would be a wrong home for somebody."""
        pairs, options = self.pair_household.size, self.option_pair.size
        _require(self.pair_dwelling.size == pairs, "one dwelling a pair")
        _require(self.seeker_household.size == self.seekers, "one household a seeker")
        _require(self.dwelling_capacity.size == self.dwellings, "one capacity a dwelling")
        _require(self.offer_capacity.size == self.offers, "one capacity an offer")
        _require(
            self.option_seeker.size == self.option_offer.size == self.option_value.size == options, "columns of options"
        )
        _require(1 <= self.jobs_min <= self.jobs_max, "1 <= jobs_min <= jobs_max")
        for numbers, count, name in (
            (self.seeker_household, self.households, "seeker_household"),
            (self.pair_household, self.households, "pair_household"),
            (self.pair_dwelling, self.dwellings, "pair_dwelling"),
            (self.option_pair, pairs, "option_pair"),
            (self.option_seeker, self.seekers, "option_seeker"),
            (self.option_offer, self.offers, "option_offer"),
            (self.pinned, options, "pinned"),
            (self.forbidden, options, "forbidden"),
        ):
            _require(not numbers.size or (numbers.min() >= 0 and numbers.max() < count), f"{name} out of range")
        _require(_strictly_sorted(self.pair_household, self.pair_dwelling), "pairs sorted and unique")
        _require(_strictly_sorted(self.option_pair, self.option_seeker, self.option_offer), "options sorted and unique")
        _require(
            bool(np.all(self.seeker_household[self.option_seeker] == self.pair_household[self.option_pair])),
            "the seeker of an option belongs to the household of its pair",
        )
        _require(bool(np.all(self.option_value > 0)), "values above zero")
        _require(bool(np.all(self.dwelling_capacity >= 0) and np.all(self.offer_capacity >= 0)), "capacities >= 0")
        for quota in self.quotas:
            _require(quota.numerator.size == quota.denominator.size == pairs, f"one flag a pair in {quota.name}")
            _require(0 <= quota.per_mille <= 1000, f"share of {quota.name}")

    @property
    def option_household(self) -> Int32Array:
        """``int32[N]``."""
        return self.pair_household[self.option_pair]

    @property
    def option_dwelling(self) -> Int32Array:
        """``int32[N]``."""
        return self.pair_dwelling[self.option_pair]


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"matching problem: {what}")


def _strictly_sorted(*columns: Int32Array) -> bool:
    """Return whether the rows are in strictly increasing lexicographic order."""
    before = np.zeros(max(columns[0].size - 1, 0), dtype=bool)
    tied = ~before
    for column in columns:
        before |= tied & (column[:-1] < column[1:])
        tied &= column[:-1] == column[1:]
    return bool(before.all())
