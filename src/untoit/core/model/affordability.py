"""Effort rate and residual income, by the formulas of the arrêté du 10 mars 2011 (CCH art. R441-3-1)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

# Consumption units of the INSEE (modified OECD scale): a definition, not an amount that is revised.
FIRST_ADULT = Decimal(1)
FROM_14_YEARS = Decimal("0.5")
UNDER_14_YEARS = Decimal("0.3")
YOUNG_CHILD_BELOW = 14
DAYS_A_MONTH = 30


def consumption_units(adult_ages: Iterable[int], child_ages: Iterable[int] = ()) -> Decimal:
    """Return the consumption units of a household: 1 for the first adult, then 0.5 from 14 years on and 0.3 below."""
    others = [*adult_ages, *child_ages][1:]
    return sum((UNDER_14_YEARS if age < YOUNG_CHILD_BELOW else FROM_14_YEARS for age in others), FIRST_ADULT)


def net_housing_cost(
    rent_eur: Decimal, charges_eur: Decimal, housing_benefit_eur: Decimal, rent_reduction_eur: Decimal = Decimal(0)
) -> Decimal:
    """Return what housing costs a month: rent and recoverable charges less benefit and rent reduction, at least 0."""
    return max(Decimal(0), rent_eur + charges_eur - rent_reduction_eur - housing_benefit_eur)


def effort_rate(net_housing_cost_eur: Decimal, resources_eur: Decimal) -> Decimal | None:
    """Return the share of the monthly resources that housing takes (0.225 for 22.5 %); ``None`` without resources."""
    return net_housing_cost_eur / resources_eur if resources_eur > 0 else None


def residual_income_day_uc(
    resources_eur: Decimal, net_housing_cost_eur: Decimal, consumption_units: Decimal
) -> Decimal:
    """Return what is left once housing is paid, in euros a day and a consumption unit; it may be negative."""
    return (resources_eur - net_housing_cost_eur) / DAYS_A_MONTH / consumption_units
