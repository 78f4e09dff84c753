"""Months on the calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from untoit.core.model.months import months_after, whole_months

DAYS = st.dates(date(2000, 1, 1), date(2050, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 15), 6, date(2026, 9, 15)), (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)), (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)), (date(2026, 3, 15), 0, date(2026, 3, 15)),
        (date(2026, 3, 15), 12, date(2027, 3, 15)),
    ],
)
def test_months_after(day, months, expected):
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 3, 2), date(2026, 9, 1), 6), (date(2026, 3, 2), date(2026, 8, 31), 5),
        (date(2026, 1, 1), date(2026, 1, 31), 1), (date(2026, 1, 1), date(2026, 1, 30), 0),
        (date(2026, 8, 31), date(2027, 2, 27), 6), (date(2026, 3, 2), date(2026, 3, 1), 0),
    ],
)
def test_whole_months_count_both_days(first, last, months):
    assert whole_months(first, last) == months


@given(DAYS, st.integers(0, 60))
def test_a_term_of_so_many_months_lasts_so_many_months(day, months):
    assert whole_months(day, months_after(day, months) - timedelta(days=1)) == months
