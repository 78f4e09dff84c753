"""
Budgets of millions of pairs, without OpenFisca: the same chronology and the dated scales in closed form.

It serves the choice among all pairs; those that are shown are simulated by :class:`untoit.core.budget.BudgetWorker`.
What is simplified: everybody is hired on the first day of the month, the amounts of month 15 hold for all the months
after the hire, and family benefits that are not declared follow from the composition of the household alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numba import njit
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.budget.families import families
from untoit.core.budget.scales import CLASSES, Row, benefit_at, housing_scale, rent_terms
from untoit.core.budget.situation import shift
from untoit.core.errors import UnknownSituation
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.territory.communes import apl_zone_of

Int32s = NDArray[np.int32]

UNKNOWN = int(np.iinfo(np.int32).min)
"""Stands where there is no figure: the effort rate without resources, everything when the zone is not known."""

LAST_MONTH = 15
# RSA and prime d'activité of month 15 were settled in month 13, the latter by the amounts of months 9 to 11.
SETTLED_MONTH = 11
DAYS_A_MONTH = 30

HOME = np.dtype([("zone", np.int64), ("rent", np.float64), ("charges", np.float64)])
RULES = np.dtype([
    (name, np.float64)
    for name in (
        "taxable_of_net", "deduction_rate", "deduction_min", "deduction_max", "pension_deduction_min", "rsa_minimum",
        "bonus_share", "bonus_minimum", "bonus_from", "bonus_full_from", "bonus_most", "disability_from", "crds",
    )
])


@dataclass(frozen=True, slots=True)
class ApproximateBudgets:
    """
    Estimates of a list of pairs, ``int32`` each: before the hire, and in its month 15.

    Housing benefit is in cents a month, the effort rate in thousandths of the resources, the residual income in cents a
    day and consumption unit. ``UNKNOWN`` where there is no figure.
    """

    housing_benefit_before: Int32s
    housing_benefit_after: Int32s
    effort_before: Int32s
    effort_after: Int32s
    residual_before: Int32s
    residual_after: Int32s


def approximate_budgets(
    households: Sequence[Household],
    dwellings: Sequence[Dwelling],
    pair_household: Int32s,
    pair_dwelling: Int32s,
    net_wage_eur_cents: NDArray[np.int64],
    on: date,
    second_net_wage_eur_cents: NDArray[np.int64] | None = None,
) -> ApproximateBudgets:
    """
    Estimate the budgets of ``P`` pairs of a household and a dwelling with the net pay of one or two new jobs.

    Parameters
    ----------
    pair_household, pair_dwelling
        ``int32[P]``, positions in ``households`` and ``dwellings``.
    net_wage_eur_cents, second_net_wage_eur_cents
        ``int64[P]``, monthly net pay of each person hired, in cents; 0 is no job, and without any job after is before.
    on
        Month of the hire.

    Raises
    ------
    ParameterMissing
        When a scale is not known on that day.
    """
    if second_net_wage_eur_cents is None:
        second_net_wage_eur_cents = np.zeros(len(net_wage_eur_cents), dtype=np.int64)
    results = np.empty((6, len(pair_household)), dtype=np.int32)
    settled = shift(on, SETTLED_MONTH)
    _estimate(
        families(households, on, settled), _homes(dwellings), _rules(on, settled),
        housing_scale(on), housing_scale(shift(on, LAST_MONTH)),
        pair_household, pair_dwelling, net_wage_eur_cents, second_net_wage_eur_cents, results,
    )
    return ApproximateBudgets(*results)


def _homes(dwellings: Sequence[Dwelling]) -> NDArray[np.void]:
    """Return one ``HOME`` a dwelling; zone 0 when it is not known, so that one dwelling does not stop the others."""
    homes = np.empty(len(dwellings), dtype=HOME)
    for number, dwelling in enumerate(dwellings):
        try:
            zone = apl_zone_of(dwelling)
        except UnknownSituation:
            zone = 0
        homes[number] = (zone, dwelling.rent_eur, dwelling.charges_eur)
    return homes


def _rules(on: date, later: date) -> NDArray[np.void]:
    """
    Return the rules that are the same for everybody, one ``RULES``, those of RSA and prime d'activité as of
    ``later``.
    """
    wages, rsa = parameters.at("budget/wages", on), parameters.at("budget/rsa", later)
    bonus = parameters.at("budget/activity_bonus", later)
    hour = parameters.at("work/minimum_wage", later)["gross_hourly"]
    return np.array([(
        wages["taxable_of_net"], wages["deduction_rate"], wages["deduction_min"], wages["deduction_max"],
        wages["pension_deduction_min"], rsa["minimum_paid"], bonus["share_of_wages"], bonus["minimum_paid"],
        bonus["bonus"]["from_hours"] * hour, bonus["bonus"]["full_from_hours"] * hour,
        bonus["bonus"]["rate"] * bonus["base"], bonus["disability_allowance_from_hours"] * hour,
        parameters.at("budget/housing_benefit", on)["crds"],
    )], dtype=RULES)


@njit(cache=True, nogil=True)
def _estimate(
    households: NDArray[np.void], homes: NDArray[np.void], all_rules: NDArray[np.void], scale_before: NDArray[np.void],
    scale_after: NDArray[np.void], pair_household: Int32s, pair_dwelling: Int32s, wages_1: NDArray[np.int64],
    wages_2: NDArray[np.int64], results: Int32s,
) -> None:
    rules = all_rules[0]
    for pair in range(len(pair_household)):
        family, home = households[pair_household[pair]], homes[pair_dwelling[pair]]
        if home.zone == 0:
            for column in range(6):
                results[column, pair] = UNKNOWN
            continue
        row = (home.zone - 1) * CLASSES + family.housing_class
        net_1, net_2 = wages_1[pair] / 100, wages_2[pair] / 100
        outlay = home.rent + home.charges
        fixed = family.disability + family.pensions + family.other + family.family

        income = _income_base(family, rules, family.rsa, 0.0, 0.0, True, 0)
        benefit, reduction = benefit_at(scale_before[row], rent_terms(scale_before[row], home.rent), income)
        resources = fixed + family.wages + family.unemployment + family.rsa + family.bonus
        _write(results, pair, 0, benefit, outlay - benefit - reduction, resources, family.units)
        if net_1 == 0 and net_2 == 0:
            for column in (0, 2, 4):
                results[column + 1, pair] = results[column, pair]
            continue
        kept = family.wages if _goes_on(family, net_1, net_2) else 0.0
        benefit, reduction, rsa, bonus = _after(family, rules, scale_after[row], home.rent, net_1, net_2)
        resources = fixed + net_1 + net_2 + kept + rsa + bonus
        _write(results, pair, 1, benefit, outlay - benefit - reduction, resources, family.units)


@njit(cache=True, nogil=True)
def _goes_on(family: Row, net_1: float, net_2: float) -> bool:
    """Return whether the wages declared today are those of an adult who is not hired."""
    return bool(family.adults > (net_1 > 0) + (net_2 > 0))


@njit(cache=True, nogil=True)
def _after(
    family: Row, rules: Row, scale: Row, rent: float, net_1: float, net_2: float
) -> tuple[float, float, float, float]:
    """Play the reviews of months 4, 7, 10 and 13; return housing benefit, rent reduction, RSA and prime d'activité."""
    goes_on = _goes_on(family, net_1, net_2)
    # Person 1 has the first new job; person 2 has the second one, or the wages that go on.
    wage_1, wage_2 = net_1, net_2 + (family.wages if goes_on else 0.0)
    active_1, active_2 = wage_1, wage_2
    if goes_on and wage_2 >= rules.disability_from:
        active_2 += family.disability
    elif not goes_on and wage_1 >= rules.disability_from:
        active_1 += family.disability
    individual = _individual_bonus(rules, active_1) + _individual_bonus(rules, active_2)
    counted = wage_1 + wage_2 + family.disability + family.pensions + family.other + family.family_counted

    terms = rent_terms(scale, rent)
    rsa, bonus, benefit, reduction = family.rsa, 0.0, 0.0, 0.0
    for review in range(4):
        income = _income_base(family, rules, rsa, wage_1, wage_2, goes_on, 3 * review + 3)
        benefit, reduction = benefit_at(scale, terms, income)
        rsa = max(0.0, family.rsa_scale - min(benefit, family.rsa_deduction) - counted)
        if rsa < rules.rsa_minimum:
            rsa = 0.0
        # Prime d'activité of month 13 rests on month 9, under the review of month 7, and on months 10 and 11.
        if 0 < review < 3:
            month = family.bonus_scale + individual + rules.bonus_share * (active_1 + active_2)
            month -= max(counted + min(benefit, family.bonus_deduction), family.bonus_scale)
            bonus += max(0.0, month) * review / 3
    if bonus < rules.bonus_minimum:
        bonus = 0.0
    return benefit, reduction, rsa, bonus * (1 - rules.crds)


@njit(cache=True, nogil=True)
def _income_base(
    family: Row, rules: Row, rsa: float, wage_1: float, wage_2: float, goes_on: bool, new_months: int
) -> float:
    """
    Return the yearly income on which housing benefit rests, rounded up to the hundred.

    The last ``new_months`` of the twelve are in the new jobs. Wages and unemployment benefit do not count as long as
    RSA is paid (CCH art. R822-15).
    """
    pensions = 12 * (family.pensions + family.other)
    income = max(0.0, pensions - _euros(max(rules.deduction_rate * pensions, rules.pension_deduction_min)))
    if rsa == 0:
        past_1, past_2 = family.past_taxable, 0.0
        if past_1 < 0:
            past_1 = family.unemployment
            if goes_on:
                past_2 = family.wages * rules.taxable_of_net
            else:
                past_1 += family.wages * rules.taxable_of_net
        old_months = 12 - new_months
        new_share = new_months * rules.taxable_of_net
        income += _deducted(rules, old_months * past_1 + new_share * wage_1)
        income += _deducted(rules, old_months * past_2 + new_share * wage_2)
    hundreds: int = math.ceil(math.floor(income * 100 + 0.5) / 10_000)
    return hundreds * 100.0


@njit(cache=True, nogil=True)
def _deducted(rules: Row, income: float) -> float:
    """Return a yearly income less the professional expenses."""
    expenses = min(max(rules.deduction_rate * income, rules.deduction_min), rules.deduction_max)
    return float(max(0.0, income - _euros(expenses)))


@njit(cache=True, nogil=True)
def _individual_bonus(rules: Row, active: float) -> float:
    part = (active - rules.bonus_from) / (rules.bonus_full_from - rules.bonus_from)
    return float(rules.bonus_most * min(1.0, max(0.0, part)))


@njit(cache=True, nogil=True)
def _euros(amount: float) -> float:
    return float(math.floor(amount + 0.5))


@njit(cache=True, nogil=True)
def _write(
    results: Int32s, pair: int, after: int, benefit: float, cost: float, resources: float, units: float
) -> None:
    cost = max(0.0, cost)
    results[after, pair] = math.floor(benefit * 100 + 0.5)
    results[2 + after, pair] = math.floor(cost / resources * 1000 + 0.5) if resources > 0 else UNKNOWN
    results[4 + after, pair] = math.floor((resources - cost) / DAYS_A_MONTH / units * 100 + 0.5)
