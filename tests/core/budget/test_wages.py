"""From the offer to the pay."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.people import offer

from untoit.core.budget import commute_cost, gross_monthly, net_from_gross
from untoit.core.model.work import Mode
from untoit.core.parameters.suppositions import weekly_hours

AUTUMN_2026 = date(2026, 11, 1)


def test_gross_monthly_is_that_of_the_offer():
    assert gross_monthly(offer(gross_monthly_eur=Decimal(2100)), AUTUMN_2026) == (Decimal(2100), False)


def test_gross_monthly_read_in_free_text_is_supposed():
    read = offer(gross_monthly_eur=Decimal(2100), supposed=frozenset({"salaire_brut_mensuel"}))

    assert gross_monthly(read, AUTUMN_2026) == (Decimal(2100), True)


@pytest.mark.parametrize(
    ("hours", "on", "expected"),
    [
        (Decimal(35), AUTUMN_2026, "1867.02"),
        (Decimal(35), date(2026, 5, 31), "1823.03"),
        (Decimal(20), AUTUMN_2026, "1066.87"),
        (None, AUTUMN_2026, "1867.02"),
    ],
)
def test_gross_monthly_unknown_is_the_minimum_wage_of_the_day_for_the_hours(hours, on, expected):
    assert gross_monthly(offer(gross_monthly_eur=None, weekly_hours=hours), on) == (Decimal(expected), True)


def test_weekly_hours_unknown_are_those_of_the_policy():
    assert weekly_hours(offer(weekly_hours=None), AUTUMN_2026) == 35
    assert weekly_hours(offer(weekly_hours=Decimal("28.5")), AUTUMN_2026) == Decimal("28.5")


def test_net_from_gross_gives_the_net_minimum_wage():
    assert net_from_gross([1867.02, 0], AUTUMN_2026).round(1).tolist() == [1477.9, 0]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(Mode.WALK, "0"), (Mode.TRANSIT, "31.00"), (Mode.BIKE, "17.32"), (Mode.CAR, "95.26")],
)
def test_commute_cost_of_ten_kilometres_five_days_a_week(mode, expected):
    assert commute_cost(mode, 10, 5, AUTUMN_2026) == Decimal(expected)
