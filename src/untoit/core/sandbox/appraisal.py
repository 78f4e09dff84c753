"""
What a change is worth: first at the prices of the plan (fast, an upper limit), then by solving again (true, slower).

At the prices of the plan each household keeps a surplus, that of the best bundle that it could take. What a change adds
to the surplus of a household, or the price of what it adds to the stock, is by weak duality the most that it can add to
the best plan, to the gap of the certificate. Prices find the levers among thousands of changes; the ones that matter
are then solved for real.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from untoit.core.matching import POINT, MatchingProblem, Plan, surplus
from untoit.core.mobility.added_trip import with_trip
from untoit.core.pairing.records import Records
from untoit.core.pairing.results import expected_double_successes
from untoit.core.pairing.run import Prepared, Tell, choose, prepare, problem_of
from untoit.core.sandbox.changes import Change, changed

Int64s = NDArray[np.int64]


def silent(stage: str, fraction: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Base:
    """
    The run that changes are compared with.

    ``kept`` is ``int64[H]``, what each household keeps of its best bundle once the prices are paid; ``options`` is
    ``int64[H]``, how many it has.
    """

    prepared: Prepared
    problem: MatchingProblem
    plan: Plan
    kept: Int64s
    options: Int64s
    doubles: float

    @classmethod
    def of(cls, prepared: Prepared, tell: Tell = silent) -> Base:
        """Solve the run and price everything."""
        problem = problem_of(prepared)
        plan = choose(problem, prepared.settings, tell)
        kept, options = standing(prepared, plan)
        return cls(prepared, problem, plan, kept, options, expected_double_successes(prepared, plan))

    @property
    def doubles_a_point(self) -> float:
        """Expected double successes a point, on average over the plan: points are weighted for equity."""
        return self.doubles * POINT / self.plan.value if self.plan.value else 0.0

    @property
    def loose(self) -> int:
        """How far the prices are from the plan, in millionths: what a prediction may miss by."""
        return self.plan.price_bound - self.plan.value


@dataclass(frozen=True, slots=True)
class Obtained:
    """
    What solving again gave.

    ``gained`` is in millionths of a point, ``least`` and ``most`` bound what it could be with both certificates (equal
    to it when both plans are proved optimal). ``doubles`` are expected double successes, ``placed`` households.
    """

    gained: int
    least: int
    most: int
    doubles: float
    placed: int
    opened: int


@dataclass(frozen=True, slots=True)
class Lever:
    """
    A change and what it brings: tandems opened, predicted by prices, and obtained when it was solved again.

    ``predicted`` is in millionths of a point: no plan gains more than that and the gap of the certificate.
    """

    change: Change
    opened: int
    predicted: int
    obtained: Obtained | None = None

    @property
    def order(self) -> tuple[bool, int, int, str]:
        """How levers are ranked: those that were solved first, by what they gain; then by their price."""
        gained = self.obtained.gained if self.obtained else 0
        return self.obtained is None, -gained, -self.predicted, self.change.words


def standing(prepared: Prepared, plan: Plan) -> tuple[Int64s, Int64s]:
    """Return ``int64[H]`` twice: what each household keeps of its best bundle at these prices, and its options."""
    options = prepared.options
    household = options.pair_household[options.pair]
    kept = np.zeros(len(prepared.records.households), np.int64)
    if len(options.pair):
        np.maximum.at(kept, household, surplus(problem_of(prepared), plan))
    return kept, np.bincount(household, minlength=len(kept)).astype(np.int64)


def appraise(base: Base, records: Records, changes: Sequence[Change]) -> list[Lever]:
    """
    Return the levers that open something, at the prices of the base.

    ``records`` are those of the households of the changes once all are made, one change a household: at given prices
    households do not meet, so one computation prices them all, each as if it were alone.
    """
    prepared = prepare(records, base.prepared.network, base.prepared.settings, known=base.prepared)
    kept, options = standing(prepared, base.plan)
    here = {one.application_number: n for n, one in enumerate(records.households)}
    before = {one.application_number: n for n, one in enumerate(base.prepared.records.households)}
    found = []
    for change in changes:
        assert change.household is not None, "a change of one household"
        n, b = here[change.household], before[change.household]
        opened, gained = int(options[n] - base.options[b]), int(kept[n] - base.kept[b])
        if opened > 0 and gained > 0:
            found.append(Lever(change, opened, gained))
    return found


def solved(base: Base, lever: Lever, tell: Tell = silent) -> Lever:
    """Return the lever with what it really gives: the input changed, everything computed and chosen again."""
    change, before = lever.change, base.prepared
    records = changed(before.records, change.edits) if change.edits else before.records
    network = with_trip(before.network, change.trip) if change.trip else before.network
    prepared = prepare(records, network, before.settings, tell, known=before)
    plan = choose(problem_of(prepared), before.settings, tell)
    return replace(lever, obtained=Obtained(
        gained=plan.value - base.plan.value,
        least=plan.value - base.plan.bound,
        most=plan.bound - base.plan.value,
        doubles=expected_double_successes(prepared, plan) - base.doubles,
        placed=len(plan.pairs) - len(base.plan.pairs),
        opened=len(prepared.options.pair) - len(before.options.pair),
    ))
