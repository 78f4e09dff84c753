"""Effort rate and residual income."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from untoit.core.model.affordability import (
    consumption_units,
    effort_rate,
    net_housing_cost,
    residual_income_day_uc,
)


@pytest.mark.parametrize(
    ("adults", "children", "units"),
    [
        ((34,), (), "1"), ((34, 33), (), "1.5"), ((34,), (8, 4), "1.6"), ((34,), (13,), "1.3"), ((34,), (14,), "1.5"),
        ((34,), (15,), "1.5"), ((40, 41, 22), (3,), "2.3"),
    ],
)
def test_consumption_units_change_at_exactly_14_years(adults, children, units):
    assert consumption_units(adults, children) == Decimal(units)


@settings(deadline=None)
@given(st.lists(st.integers(18, 90), min_size=1, max_size=5), st.lists(st.integers(0, 17), max_size=8))
def test_consumption_units_are_one_and_at_least_three_tenths_a_person(adults, children):
    units = consumption_units(adults, children)

    others = len(adults) + len(children) - 1
    assert 1 + others * Decimal("0.3") <= units <= 1 + others * Decimal("0.5")


def test_net_cost_takes_off_the_rent_reduction_and_the_benefit():
    cost = net_housing_cost(Decimal(318), Decimal(62), Decimal("274.04"), Decimal("31.58"))

    assert cost == Decimal("74.38")


def test_net_cost_is_never_negative():
    assert net_housing_cost(Decimal(100), Decimal(0), Decimal(120)) == 0


def test_effort_rate_without_resources_is_unknown():
    assert effort_rate(Decimal(300), Decimal(0)) is None


def test_effort_rate_and_residual_income_add_up():
    resources, cost = Decimal(1500), Decimal(450)

    assert effort_rate(cost, resources) == Decimal("0.3")
    assert residual_income_day_uc(resources, cost, Decimal("1.5")) * 30 * Decimal("1.5") == resources - cost


def test_residual_income_may_be_negative():
    assert residual_income_day_uc(Decimal(0), Decimal(300), Decimal(1)) == -10
