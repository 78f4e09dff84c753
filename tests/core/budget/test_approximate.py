"""The fast twin: its error against the exact simulation, on a seeded sample, and its edges."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.factories.budget import sample_cases
from tests.factories.people import dwelling, household

from untoit.core.budget import net_from_gross
from untoit.core.budget.approximate import UNKNOWN, approximate_budgets
from untoit.core.errors import ParameterMissing
from untoit.core.model.household import Resources

NOVEMBER = date(2026, 11, 1)


def approximate(cases, on=NOVEMBER):
    rows = np.arange(len(cases), dtype=np.int32)
    first, second = (
        np.array([
            sum(round(100 * float(net_from_gross(job.gross_monthly_eur, on))) for job in case.jobs[number : number + 1])
            for case in cases
        ])
        for number in (0, 1)
    )
    return approximate_budgets(
        [case.household for case in cases], [case.dwelling for case in cases], rows, rows, first, on, second
    )


def errors(estimates, exact):
    """Return the absolute errors where there is a figure; both ways must agree on where there is one."""
    known = np.array([value is not None for value in exact])
    np.testing.assert_array_equal(estimates != UNKNOWN, known)
    return np.abs(estimates[known] - np.array([float(value) for value in exact if value is not None]))


@pytest.mark.parametrize("on", [date(2026, 3, 1), NOVEMBER])
def test_error_against_the_exact_simulation_is_bounded(worker, on):
    cases = sample_cases(500, seed=20261123, on=on)
    exact = worker.simulate(cases)

    estimates = approximate(cases, on)

    for when, months in (("before", [b.before for b in exact]), ("after", [b.after[-1] for b in exact])):
        effort = errors(
            getattr(estimates, f"effort_{when}"),
            [None if month.effort_rate is None else month.effort_rate * 1000 for month in months],
        )
        residual = errors(
            getattr(estimates, f"residual_{when}"), [month.residual_income_day_uc * 100 for month in months]
        )
        benefit = errors(
            getattr(estimates, f"housing_benefit_{when}"), [month.housing_benefit * 100 for month in months]
        )
        # Thousandths of the resources, cents a day and consumption unit, cents a month.
        assert (np.median(effort) <= 1, np.percentile(effort, 95) <= 10) == (True, True), when
        assert (np.median(residual) <= 2, np.percentile(residual, 95) <= 150) == (True, True), when
        assert (np.median(benefit) <= 1, np.percentile(benefit, 95) <= 300) == (True, True), when


def test_without_a_job_after_is_before():
    budgets = approximate_budgets(
        [household(resources=Resources(rsa_eur=573))], [dwelling()],
        np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int64), NOVEMBER,
    )

    assert budgets.effort_after == budgets.effort_before != UNKNOWN
    assert budgets.residual_after == budgets.residual_before
    assert budgets.housing_benefit_after == budgets.housing_benefit_before == 27_762


def test_an_unknown_zone_gives_no_figure_and_stops_nobody():
    cases = sample_cases(2, seed=3, on=NOVEMBER)
    cases[0] = replace(cases[0], dwelling=dwelling(commune="99999"))

    budgets = approximate(cases)

    assert (budgets.effort_after == UNKNOWN).tolist() == [True, False]
    assert (budgets.residual_before == UNKNOWN).tolist() == [True, False]


def test_no_resources_have_no_effort_rate_but_a_residual_income():
    budgets = approximate_budgets(
        [household()], [dwelling()], np.zeros(1, np.int32), np.zeros(1, np.int32), np.array([150_000]), NOVEMBER
    )

    assert budgets.effort_before == UNKNOWN
    assert budgets.residual_before != UNKNOWN
    assert budgets.effort_after > 0


def test_pairs_are_independent_of_each_other():
    cases = sample_cases(40, seed=11, on=NOVEMBER)
    alone = [approximate([case]).residual_after[0] for case in cases]

    assert approximate(cases).residual_after.tolist() == alone


def test_no_pair_is_no_budget():
    empty = np.zeros(0, np.int32)

    assert approximate_budgets([], [], empty, empty, np.zeros(0, np.int64), NOVEMBER).effort_after.shape == (0,)


def test_a_date_before_the_first_scale_is_refused():
    with pytest.raises(ParameterMissing):
        approximate(sample_cases(1, seed=1, on=NOVEMBER), date(2019, 1, 1))
