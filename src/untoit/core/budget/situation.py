"""Who receives what, month after month: cases spread over their persons, before any benefit is computed."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.budget.cases import BudgetCase, JobStart
from untoit.core.model.household import Household

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = 10_000  # a month that no simulation reaches
DEPENDANT = 2   # rank of everybody beyond the first two adults, who are supposed to be a couple


@dataclass(frozen=True, slots=True)
class Persons:
    """
    The persons of a batch, one row each: adults in the order of their household, then children. Amounts a month.

    ``case`` numbers the household; ``rank`` is 0 for the applicant, 1 for the partner, 2 for dependants. Wages and
    benefits are those declared today; ``kept`` tells whether the declared wages go on after the hire.
    ``taxable_before`` is the taxable income of each of the past twelve months, ``nan`` where it is that of the
    declared resources. ``starts`` is the month of the hire (``NEVER`` without one) and ``share`` the part of it that
    is worked. Unemployment benefit stops in month ``stops``.
    """

    case: Ints
    rank: Ints
    age: Ints
    taxable_before: Floats
    wages: Floats
    kept: NDArray[np.bool_]
    gross: Floats
    starts: Ints
    share: Floats
    unemployment: Floats
    stops: Ints
    stop_share: Floats
    disability_allowance: Floats
    pensions: Floats
    other: Floats

    def wages_declared(self, month: int) -> Floats:
        """Return the declared wages that are received in a month, net."""
        remaining: Floats = np.where(self.kept, 1.0, 1 - _part_of_month(month, self.starts, self.share))
        return self.wages * remaining

    def worked(self, month: int) -> Floats:
        """Return the part of a month that is worked in the new job."""
        return _part_of_month(month, self.starts, self.share)

    def unemployment_in(self, month: int) -> Floats:
        """Return the unemployment benefit received in a month, net."""
        return self.unemployment * (1 - _part_of_month(month, self.stops, self.stop_share))


def persons(cases: Sequence[BudgetCase]) -> Persons:
    """
    Spread the declared resources of each household over its persons, as the files do not say whose they are.

    Declared wages, pensions and disability allowance go to the first adult who is not hired, and these wages go on;
    when every adult is hired they go to the first one and the new job takes the place of the old. Unemployment
    benefit goes to the first person hired and stops with the hire.
    """
    rows: list[tuple[float, ...]] = []
    for number, case in enumerate(cases):
        household, declared = case.household, case.household.resources
        jobs = jobs_by_adult(case)
        first = first_month(case)
        holder = next((adult for adult in range(len(household.adult_ages)) if adult not in jobs), None)
        unemployed = case.jobs[0].adult if case.jobs else 0
        taxable = past_taxable_income(household, case.on)
        for adult, age in enumerate(household.adult_ages):
            job = jobs.get(adult)
            starts = NEVER if job is None else months_between(first, job.starts_on)
            share = 0.0 if job is None else share_worked(job.starts_on)
            holds, draws = adult == (holder or 0), adult == unemployed
            rows.append((
                number, min(adult, DEPENDANT), age,
                np.nan if taxable is None else taxable * (adult == 0),
                amount(declared.wages_eur) * holds, holder is not None,
                0.0 if job is None else float(job.gross_monthly_eur), starts, share,
                amount(declared.unemployment_benefit_eur) * draws, starts if draws else NEVER, share,
                amount(declared.disability_allowance_eur) * holds,
                amount(declared.pensions_eur) * holds,
                amount(declared.other_eur) * holds,
            ))
        rows += [
            (number, DEPENDANT, age, 0.0, 0.0, False, 0.0, NEVER, 0.0, 0.0, NEVER, 0.0, 0.0, 0.0, 0.0)
            for age in household.child_ages
        ]
    columns = np.array(rows, dtype=np.float64).T
    kinds = (Ints, Ints, Ints, Floats, Floats, bool, Floats, Ints, Floats, Floats, Ints, Floats, Floats, Floats, Floats)
    return Persons(*(
        column.astype(np.int64) if kind is Ints else column.astype(bool) if kind is bool else column
        for column, kind in zip(columns, kinds, strict=True)
    ))


def jobs_by_adult(case: BudgetCase) -> dict[int, JobStart]:
    """
    Return the job of each adult that is hired; a second job of one adult, or an adult unknown, is a mistake of the
    caller.
    """
    jobs = {job.adult: job for job in case.jobs}
    if len(jobs) < len(case.jobs) or not all(0 <= adult < len(case.household.adult_ages) for adult in jobs):
        raise ValueError(f"household {case.household.application_number}: one job an adult, among its own adults")
    return jobs


def past_taxable_income(household: Household, on: date) -> float | None:
    """
    Return the taxable income of each of the past twelve months, before the deduction for expenses; ``None`` is that
    of today.

    The income of the last twelve months when it is known; today's resources when they are; else the reference income
    of year N-2.
    """
    year = household.income_12_months_eur_year
    if year is None and household.resources.known:
        return None
    known = household.tax_income_n2_eur_year if year is None else year
    rate = parameters.at("budget/wages", on)["deduction_rate"]
    # The deduction is rounded to the euro: so is its reverse, or else a round income would fall into the next hundred.
    return float(known + round(known * rate / (1 - rate))) / 12


def first_month(case: BudgetCase) -> date:
    """Return the first day of month 0: that of the first hire, or of the estimate when there is none."""
    return min((job.starts_on for job in case.jobs), default=case.on).replace(day=1)


def shift(first: date, months: int) -> date:
    """Return the first day of the month that comes ``months`` after that of ``first``."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_between(first: date, day: date) -> int:
    """Return how many months after ``first`` the month of ``day`` is."""
    return (day.year - first.year) * 12 + day.month - first.month


def share_worked(starts_on: date) -> float:
    """Return the part of the month of the hire that is worked, in calendar days."""
    days = calendar.monthrange(starts_on.year, starts_on.month)[1]
    return (days - starts_on.day + 1) / days


def amount(value: Decimal | None) -> float:
    """Return an amount that enters a sum; what is unknown adds nothing and is said in the notes."""
    return 0.0 if value is None else float(value)


def _part_of_month(month: int, starts: Ints, share: Floats) -> Floats:
    """Return 0 before the month ``starts``, ``share`` in it, 1 after."""
    return np.select([month < starts, month == starts], [0.0, share], 1.0)
