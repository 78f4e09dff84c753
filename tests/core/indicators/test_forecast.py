"""The forecast to the end of the year: the same for the same inputs, within its interval as often as it says."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from untoit.core.indicators.forecast import (
    MonthCount,
    elapsed,
    forecast,
    needed_among,
    proposals_needed,
    seasonal_profile,
)

TARGET = Fraction(3, 10)


def even_year(year, leases=10, priority=3, months=12):
    """Return months that are all alike."""
    return [MonthCount(year, month, leases, priority) for month in range(1, months + 1)]


def test_an_even_pace_goes_on():
    found = forecast([*even_year(2025), *even_year(2026, months=6)], date(2026, 6, 30), TARGET)

    assert (found.so_far.count, found.so_far.of) == (18, 60)
    assert found.remaining_low <= 60 <= found.remaining_high
    assert found.low < 0.3 < found.high
    assert abs(found.share - 0.3) < 0.01
    assert found.remaining == pytest.approx(60, abs=3)
    assert found.needed == needed_among(18, 60, found.remaining, TARGET)
    assert "intervalle à 80" in found.sentence


def test_the_same_inputs_and_seed_give_the_same_forecast():
    history = [*even_year(2025), *even_year(2026, months=6)]

    assert forecast(history, date(2026, 6, 30), TARGET) == forecast(history[::-1], date(2026, 6, 30), TARGET)


def test_the_interval_closes_as_the_year_ends():
    widths = []
    for month, last in ((2, 28), (6, 30), (11, 30)):
        found = forecast([*even_year(2025), *even_year(2026, months=month)], date(2026, month, last), TARGET)
        widths.append(found.high - found.low)
    ended = forecast([*even_year(2025), *even_year(2026)], date(2026, 12, 31), TARGET)

    assert widths == sorted(widths, reverse=True)
    assert (ended.low, ended.share, ended.high, ended.remaining, ended.chance) == (0.3, 0.3, 0.3, 0, 1.0)


def test_a_late_season_leaves_more_to_come():
    late = [MonthCount(2025, month, 40 if month > 9 else 5, 1) for month in range(1, 13)]
    now = even_year(2026, leases=5, priority=1, months=9)

    assert forecast([*late, *now], date(2026, 9, 30), TARGET).remaining > 60
    assert forecast([*even_year(2025, 14), *now], date(2026, 9, 30), TARGET).remaining < 40


def test_a_target_out_of_reach_says_so():
    found = forecast(even_year(2026, 10, 0, months=11), date(2026, 11, 30), TARGET)

    assert found.needed is None
    assert found.chance < 0.01
    assert "ne serait pas atteint" in found.sentence


def test_nothing_signed_gives_no_forecast_and_a_first_year_a_wide_one():
    assert forecast([], date(2026, 3, 31), TARGET) is None
    assert forecast(even_year(2026, 0, 0, 3), date(2026, 3, 31), TARGET) is None
    first = forecast(even_year(2026, 2, 1, months=1), date(2026, 1, 31), TARGET)
    assert first.high - first.low > 0.2


def test_the_profile_is_a_share_of_the_year_and_needs_whole_years():
    assert seasonal_profile(even_year(2025, months=11), 2026, 24) == pytest.approx(np.full(12, 1 / 12))
    assert seasonal_profile(even_year(2026), 2026, 24) == pytest.approx(np.full(12, 1 / 12))
    assert elapsed(np.full(12, 1 / 12), date(2026, 6, 15)) == pytest.approx(5.5 / 12)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(150):
        rate, share = rng.uniform(4, 20), rng.uniform(0.15, 0.45)
        leases = rng.poisson(rate, 24)
        priority = rng.binomial(leases, share)
        months = [MonthCount(2025 + i // 12, 1 + i % 12, int(leases[i]), int(priority[i])) for i in range(24)]
        found = forecast([each for each in months if (each.year, each.month) <= (2026, 6)], date(2026, 6, 30), TARGET)
        final = priority[12:].sum() / max(leases[12:].sum(), 1)
        inside += found.low - 1e-12 <= final <= found.high + 1e-12

    assert 0.72 <= inside / 150 <= 0.92


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 100))
def test_needed_among_is_the_smallest_number_that_reaches(n, others, coming):
    total, k = n + others, needed_among(n, n + others, coming, TARGET)

    if k is None:
        assert n + coming < TARGET * (total + coming)
    else:
        assert n + k >= TARGET * (total + coming)
        assert k == 0 or n + k - 1 < TARGET * (total + coming)


def test_proposals_follow_the_rate_at_which_they_are_signed():
    assert proposals_needed(6, Fraction(1, 2)) == 12
    assert proposals_needed(5, Fraction(2, 3)) == 8
    assert proposals_needed(0, Fraction(1, 2)) == 0
    with pytest.raises(ValueError, match="nowhere"):
        proposals_needed(1, Fraction(0))


@pytest.mark.parametrize(("month", "leases", "priority"), [(13, 2, 1), (1, 1, 2), (1, 1, -1)])
def test_what_is_no_count_is_a_bug(month, leases, priority):
    with pytest.raises(ValueError, match="no count"):
        MonthCount(2026, month, leases, priority)
