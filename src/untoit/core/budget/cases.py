"""What is asked of the budget engine and what it answers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household


@dataclass(frozen=True, slots=True)
class JobStart:
    """
    A hire: one person of the household starts one job.

    ``adult`` is the position of the person in ``Household.adult_ages`` (job seeker 1 is adult 0).
    ``commute_eur_month`` is what the way to work costs that person, after the employer's share.
    """

    gross_monthly_eur: Decimal
    starts_on: date
    weekly_hours: Decimal
    adult: int = 0
    commute_eur_month: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class BudgetCase:
    """One household in one dwelling with its new jobs; ``on`` is the day of the estimate, used when there is no job."""

    household: Household
    dwelling: Dwelling
    jobs: tuple[JobStart, ...]
    on: date


# The months of an estimate, counted from the month of the hire, and their labels; month 0 shows the resources of today.
REPORTED_MONTHS = {"avant": 0, "mois_1": 1, "mois_4": 4, "mois_15": 15}

# What the simulation answers for each of them, in this order.
COLUMNS = (
    "wages_net", "rsa", "activity_bonus", "unemployment", "disability_allowance", "pensions", "family_benefits",
    "other", "housing_benefit", "rent_reduction",
)


@dataclass(frozen=True, slots=True)
class AmountsKnown:
    """
    Which amounts a simulation knows: the software, its last scale of housing benefit and that scale's last income
    allowance.
    """

    software: str
    housing_benefit_on: date
    income_allowance_on: date


@dataclass(frozen=True, slots=True)
class MonthBudget:
    """
    One month of an estimated budget, in euros.

    ``label`` is ``avant``, ``mois_1``, ``mois_4`` or ``mois_15`` and ``month`` is its first day. ``resources`` sums
    what the household receives, housing benefit excluded; ``net_housing_cost`` is rent and charges less the rent
    reduction and the housing benefit. ``effort_rate`` is ``None`` without resources. ``residual_income_day_uc`` is a
    day and consumption unit. ``transport`` is shown apart: the official formulas leave it out.
    """

    label: str
    month: date
    wages_net: Decimal
    rsa: Decimal
    activity_bonus: Decimal
    unemployment: Decimal
    disability_allowance: Decimal
    pensions: Decimal
    family_benefits: Decimal
    other: Decimal
    housing_benefit: Decimal
    rent_reduction: Decimal
    rent: Decimal
    charges: Decimal
    net_housing_cost: Decimal
    resources: Decimal
    effort_rate: Decimal | None
    residual_income_day_uc: Decimal
    transport: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """
    An estimated budget: today's resources in the proposed dwelling, then months 1, 4 and 15 after the hire.

    ``after`` is empty when the case has no job. ``notes`` are French sentences to show with the figures; the first
    one says that this is an estimate, by which software and with amounts of which date. ``to_check`` is true when a
    person has to look at a supposition before the figures are used.
    """

    before: MonthBudget
    after: tuple[MonthBudget, ...]
    notes: tuple[str, ...]
    to_check: bool
