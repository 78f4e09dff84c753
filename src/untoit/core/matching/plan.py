"""What the engine answers: the choice, what it is worth, and how far from the best it can be at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from untoit.core.matching.problem import Int64Array, MatchingProblem, Quota


@dataclass(frozen=True, slots=True)
class Effort:
    """
    How hard to search. All limits are counts of work, never seconds: a busy machine gives the same plan.

    Attributes
    ----------
    steps
        Most steps of the descent of the prices.
    searches, small_searches
        Households freed at once and most rounds of two such searches, in order; the second ones up to
        ``proof_households`` households. A size is left after ``patience`` rounds in a row that gain no more than the
        fraction ``progress`` of the bound each.
    pool, choices
        Options that a search may use: regret at most ``pool`` times the mean surplus of an allocation, and the
        ``choices`` best ones a household.
    enough
        Relative gap at which the search stops.
    search_nodes, proof_nodes
        Most nodes of the tree, of a search and of the proof.
    whole_rows
        Number of options up to which the linear relaxation over all of them gives the prices.
    proof_rows, proof_households
        Sizes up to which the options that could still improve the plan are solved to the proof of the optimum.
    """

    steps: int = 1_500
    searches: tuple[tuple[int, int], ...] = ((150, 24), (600, 12))
    small_searches: tuple[tuple[int, int], ...] = ((30, 12), (60, 12), (150, 6))
    patience: int = 3
    progress: float = 0.00002
    pool: float = 0.2
    choices: int = 4
    enough: float = 0.0005
    search_nodes: int = 20
    whole_rows: int = 4_000
    proof_rows: int = 20_000
    proof_households: int = 400
    proof_nodes: int = 20_000


@dataclass(frozen=True, slots=True)
class QuotaResult:
    """
    What a quota came to, allocations already signed included.

    ``shortfall`` is how many of these allocations should go to the group instead of others for the share to be met.
    ``floor`` is ``None`` when the share itself was imposed; otherwise the share cannot be met without leaving homes
    empty although nobody else of the group can take them, and ``floor`` is the number of new allocations to the group
    that was imposed instead: as many as could be found. ``price`` is what one more required allocation costs, in
    millionths of a point.
    """

    name: str
    per_mille: int
    numerator: int
    denominator: int
    required: int
    shortfall: int
    met: bool
    price: int
    floor: int | None = None

    @property
    def share(self) -> float | None:
        """The share reached, ``None`` when there is no allocation to count."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Chosen pairs and options, with the proof of how good they are together.

    ``value`` is the sum of the values of the options, ``bound`` is above the value of every plan under the same
    constraints, both in millionths of a point. ``price_bound`` is what the stored prices prove by themselves
    (:func:`~untoit.core.matching.certificate.bound_from_prices`); ``bound`` is lower when ``proof`` is ``"HiGHS"``, the
    integer programme having been solved to the end or further than the prices. ``exact`` says that no plan is better.
    ``steps`` are seconds.
    """

    pairs: Int64Array
    options: Int64Array
    value: int
    bound: int
    price_bound: int
    proof: str
    exact: bool
    dwelling_prices: Int64Array
    offer_prices: Int64Array
    quota_prices: Int64Array
    quotas: tuple[QuotaResult, ...]
    method: str
    steps: dict[str, float]

    @property
    def gap(self) -> float:
        """Relative distance to the bound: ``(bound - value) / value``, 0 when both are nil."""
        if self.bound == self.value:
            return 0.0
        return (self.bound - self.value) / self.value if self.value else float("inf")

    @property
    def floors(self) -> tuple[int | None, ...]:
        """The floor of each quota, as :func:`bound_from_prices` takes them."""
        return tuple(quota.floor for quota in self.quotas)


def quota_result(
    problem: MatchingProblem, quota: Quota, pairs: Int64Array, price: int, floor: int | None
) -> QuotaResult:
    """Count the quota over the chosen ``pairs``."""
    numerator = quota.already_numerator + int(np.count_nonzero(quota.numerator[pairs]))
    denominator = quota.already_denominator + int(np.count_nonzero(quota.denominator[pairs]))
    required = -(-quota.per_mille * denominator // 1000)
    return QuotaResult(
        name=quota.name, per_mille=quota.per_mille, numerator=numerator, denominator=denominator, required=required,
        shortfall=max(required - numerator, 0), met=numerator >= required, price=price, floor=floor,
    )
