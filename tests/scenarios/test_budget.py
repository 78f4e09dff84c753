"""Acceptance scenarios 4 and 5 of the domain reference (section 11), simulated, with their numbers."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.people import dwelling, household

from untoit.core.budget import BudgetCase, BudgetWorker, JobStart
from untoit.core.budget.scales import family_class, housing_benefit, housing_scale, scale_row
from untoit.core.model.affordability import effort_rate, net_housing_cost
from untoit.core.model.household import Resources

# The amounts of the scenarios: rent reduction of 1 June 2026, housing benefit of 1 October 2025.
JULY_2026 = date(2026, 7, 1)
HOME = dwelling(rent_eur=Decimal(318), charges_eur=Decimal(62), apl_zone=2)
ON_RSA = household(resources=Resources(rsa_eur=Decimal("573.49")))


@pytest.fixture(scope="module")
def budget():
    """The person on RSA who is hired at the minimum wage on 1 July 2026."""
    job = JobStart(Decimal("1867.02"), JULY_2026, Decimal(35))
    with BudgetWorker() as worker:
        return worker.simulate([BudgetCase(ON_RSA, HOME, (job,), JULY_2026)])[0]


def test_scenario_04_affordability_on_rsa(budget):
    before = budget.before

    assert before.rsa == Decimal("573.49")
    assert before.housing_benefit == Decimal("274.04")
    assert before.rent_reduction == Decimal("31.58")
    assert before.net_housing_cost == Decimal("74.38")
    assert round(before.effort_rate * 100, 1) == Decimal("13.0")
    assert round(before.residual_income_day_uc, 2) == Decimal("16.64")


def test_scenario_05_hire_changes_the_picture_transition(budget):
    transition = budget.after[0]

    assert round(transition.wages_net) == 1478
    assert transition.housing_benefit == Decimal("274.04")
    assert transition.net_housing_cost == Decimal("74.38")


def test_scenario_05_hire_changes_the_picture_steady_state():
    # The scenario sets the yearly base at 13,500 euros and counts the wage alone.
    paid, reduction = housing_benefit(housing_scale(JULY_2026), scale_row(2, family_class(False, 0)), 13_500.0, 318.0)
    benefit = Decimal(str(round(paid, 2)))

    cost = net_housing_cost(HOME.rent_eur, HOME.charges_eur, benefit, Decimal(str(reduction)))

    assert (benefit, reduction, cost) == (Decimal("47.02"), 0, Decimal("332.98"))
    assert round(effort_rate(cost, Decimal(1478)) * 100, 1) == Decimal("22.5")


def test_scenario_05_a_full_year_at_the_minimum_wage_goes_beyond_its_base(budget):
    # Twelve months of 1,531 euros taxable less a tenth are a base of 16,600 euros: housing benefit has ended.
    steady = budget.after[-1]

    assert steady.housing_benefit == 0
    assert steady.rent_reduction == 0
    assert steady.net_housing_cost == Decimal(380)
    assert steady.activity_bonus > 0
    assert round(steady.effort_rate * 100, 1) == Decimal("23.3")
