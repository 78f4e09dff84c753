"""Which homes and jobs of one household meet, on grids small enough for one person's page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.budget.approximate import UNKNOWN, approximate_budgets
from untoit.core.model.affordability import DAYS_A_MONTH, consumption_units
from untoit.core.pairing import chances
from untoit.core.pairing.options import NO_WAY
from untoit.core.pairing.run import Prepared
from untoit.core.rules.housing import HOUSING_RULES
from untoit.core.rules.work import WORK_RULES

HOUSING_BIT = {rule.code: 1 << number for number, rule in enumerate(HOUSING_RULES)}
WORK_BIT = {rule.code: 1 << number for number, rule in enumerate(WORK_RULES)}
_NEVER = 10_000
_NO_MODE_ADDED = ()


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is imagined of one person's limits: modes added, minutes more on the way, out earlier, back later."""

    modes: tuple[int, ...] = _NO_MODE_ADDED
    longer_min: int = 0
    earlier_min: int = 0
    later_min: int = 0


AS_STATED = Allowance()


@dataclass(frozen=True, slots=True)
class Grid:
    """
    The best way of one seeker for every pair of some dwellings and some offers.

    ``longest`` is ``int32[D, J]``, the longer of the two ways in minutes of the best mode within the limits, ``_NEVER``
    without any; ``mode`` is the number of that mode.
    """

    seeker: int
    dwellings: NDArray[np.intp]
    offers: NDArray[np.intp]
    longest: NDArray[np.int32]
    mode: NDArray[np.int8]

    @property
    def open(self) -> NDArray[np.bool_]:
        """``bool[D, J]``: there is a way within the limits."""
        within: NDArray[np.bool_] = self.longest < _NEVER
        return within


def grid(
    prepared: Prepared, s: int, dwellings: NDArray[np.intp], offers: NDArray[np.intp], allowed: Allowance = AS_STATED
) -> Grid:
    """Return the best ways of seeker ``s`` between these dwellings and these offers."""
    reach, limits = prepared.reach, prepared.limits
    longest = np.full((len(dwellings), len(offers)), _NEVER, np.int32)
    total = np.full(longest.shape, 2 * _NEVER, np.int32)
    chosen = np.full(longest.shape, -1, np.int8)
    most = int(limits.commute[s]) + allowed.longer_min
    out_from, home_by = int(limits.leaves_no_earlier[s]) - allowed.earlier_min, int(limits.back_no_later[s])
    for m in range(len(prepared.modes)):
        if not limits.has_mode[s, m] and m not in allowed.modes:
            continue
        cells = np.ix_(dwellings, offers)
        go, come = reach.outward[m][cells].astype(np.int32), reach.back[m][cells].astype(np.int32)
        way = np.maximum(go, come)
        better = (
            (way != NO_WAY) & (way <= most) & (reach.leaves[m][cells] >= out_from)
            & (reach.back_at[m][cells] <= home_by + allowed.later_min) & (go + come < total)
        )
        longest[better], chosen[better], total[better] = way[better], m, (go + come)[better]
    return Grid(s, dwellings, offers, longest, chosen)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one home and one job would make: minutes, chance, net cost and rate at month 15; ``None`` is unknown."""

    longest_min: int
    mode: str
    probability: float
    net_cost_eur: float | None
    effort_after: float | None
    residual_after_eur: float | None


def estimates(
    prepared: Prepared, h: int, found: Grid, cells: NDArray[np.intp], allowed: Allowance = AS_STATED
) -> list[Estimate]:
    """Return the estimates of some open cells (``int[n, 2]``) of a grid, in order."""
    if not len(cells):
        return []
    s, on = found.seeker, prepared.settings.on
    d, j = found.dwellings[cells[:, 0]], found.offers[cells[:, 1]]
    used, place = np.unique(d, return_inverse=True)
    household = prepared.records.households[h]
    nobody = np.zeros(len(d), np.int32)
    homes = [prepared.records.dwellings[number] for number in used]
    budgets = approximate_budgets(
        [household], homes, nobody, place.astype(np.int32), prepared.net_wage_cents[j], on
    )
    longest = found.longest[cells[:, 0], cells[:, 1]]
    fits = prepared.fit
    struggles = np.array([bool(prepared.records.offers[number].in_shortage) for number in j], np.bool_)
    threshold = int(1000 * parameters.at("policy/affordability", on)["effort_rate"])
    home = chances.home_chances([household], homes, nobody, place.astype(np.int32), on)
    home = home + chances.effort_effect(budgets.effort_after, threshold, on)
    # What is neither wished nor close is judged as the farthest close occupation: no better figure exists.
    distance = np.minimum(fits.distance[s, j], 9).astype(np.uint8)
    wish = np.where(fits.wish_rank[s, j] == 255, 0, fits.wish_rank[s, j]).astype(np.uint8)
    job = chances.job_chances(distance, wish, fits.experience[s, j], struggles, on)
    limit = np.full(len(d), int(prepared.limits.commute[s]) + allowed.longer_min, np.int32)
    hold = chances.hold_chances(longest.astype(np.uint8), limit, on)
    units = float(consumption_units(household.adult_ages, household.child_ages))
    result = []
    for n in range(len(d)):
        effort, residual = int(budgets.effort_after[n]), int(budgets.residual_after[n])
        known = effort != UNKNOWN and residual != UNKNOWN and effort < 1000
        left = residual / 100 * DAYS_A_MONTH * units
        result.append(
            Estimate(
                int(longest[n]), prepared.modes[int(found.mode[cells[n, 0], cells[n, 1]])].value,
                float(home[n] * job[n] * hold[n]),
                # The rate is cost / resources and what is left is resources - cost: both give the cost.
                left * effort / (1000 - effort) if known else None,
                effort / 1000 if known else None, residual / 100 if known else None,
            )
        )
    return result


def seekers_of(prepared: Prepared, h: int) -> list[int]:
    """Return the numbers of the job seekers of a household."""
    return [int(s) for s in np.flatnonzero(prepared.records.person_household == h)]


def interested(prepared: Prepared) -> NDArray[np.int64]:
    """Return, for each dwelling, how many households of the run could be proposed it with a job."""
    return np.bincount(prepared.options.pair_dwelling, minlength=len(prepared.records.dwellings))
