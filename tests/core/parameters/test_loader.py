"""Values by date."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from untoit.core import parameters
from untoit.core.errors import ParameterMissing


def test_at_returns_the_value_in_force_on_that_day():
    assert parameters.at("work/minimum_wage", date(2026, 5, 31))["gross_hourly"] == Decimal("12.02")
    assert parameters.at("work/minimum_wage", date(2026, 6, 1))["gross_hourly"] == Decimal("12.31")


def test_at_refuses_to_guess_before_the_first_value():
    with pytest.raises(ParameterMissing, match="01/01/2023"):
        parameters.at("work/minimum_wage", date(2022, 12, 31))


def test_numbers_with_a_point_are_exact():
    assert parameters.at("policy/affordability", date(2026, 1, 1))["effort_rate"] == Decimal("0.33")


def test_a_value_whose_successor_is_due_becomes_to_check():
    name = "social_housing/income_ceiling_plus"

    assert not parameters.at(name, date(2026, 12, 31)).to_check
    assert parameters.at(name, date(2027, 1, 1)).to_check
    assert parameters.at(name, date(2027, 1, 1)).valid_from == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("revised", "on", "due"),
    [
        ("never", date(2040, 1, 1), None),
        ("every 1 June", date(2026, 5, 31), None),
        ("every 1 June", date(2026, 6, 1), date(2026, 6, 1)),
        ("every 1 October", date(2026, 9, 30), date(2025, 10, 1)),
        ("every 1 January", date(2026, 9, 30), date(2026, 1, 1)),
    ],
)
def test_successor_is_due_from_the_day_of_the_revision(revised, on, due):
    value = replace(parameters.series("policy/affordability")[0], revised=revised, valid_from=date(2025, 6, 1))

    assert value.successor_due(on) == due


def test_version_changes_with_no_file():
    assert parameters.version() == parameters.version()
    assert len(parameters.version()) == 12
