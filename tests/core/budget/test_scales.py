"""The formula of housing benefit, against the vectors of the domain reference and the properties of the law."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from untoit.core.budget.scales import family_class, housing_benefit, housing_scale, scale_row

SUMMER_2026 = date(2026, 7, 1)
AUTUMN_2026 = date(2026, 11, 1)

scale_of = cache(housing_scale)
families = st.builds(family_class, couple=st.booleans(), dependants=st.integers(0, 10))


def benefit(couple, dependants, income, rent, zone=2, on=SUMMER_2026):
    row = scale_row(zone, family_class(couple, dependants))
    return housing_benefit(scale_of(on), row, float(income), float(rent))


@pytest.mark.parametrize(
    ("couple", "dependants", "income", "rent", "expected", "reduction"),
    [
        (False, 0, 0, 318, 274.04, 31.58),
        (False, 0, 13_500, 318, 47.02, 0),
        (False, 2, 12_000, 430, 343.60, 49.32),
        (True, 3, 0, 520, 503.58, 55.58),
    ],
)
def test_benefit_equals_the_vectors_of_the_domain_reference(couple, dependants, income, rent, expected, reduction):
    paid, reduced = benefit(couple, dependants, income, rent)

    assert (round(paid, 2), round(reduced, 2)) == (expected, reduction)


def test_scale_of_october_2026_applies_from_that_day():
    before, _ = benefit(False, 0, 0, 318, on=date(2026, 9, 30))
    after, _ = benefit(False, 0, 0, 318, on=date(2026, 10, 1))

    assert (round(before, 2), round(after, 2)) == (274.04, 277.62)


def test_rent_reduction_stops_at_its_income_cap():
    # 905 euros a month for somebody alone in zone 2: strictly below.
    assert benefit(False, 0, 12 * 905 - 100, 300)[1] == 31.58
    assert benefit(False, 0, 12 * 905, 300)[1] == 0


def test_a_rent_far_above_the_cap_shrinks_the_benefit_then_ends_it():
    cap = 290.34

    at_cap, _ = benefit(False, 0, 0, cap)
    limit, _ = benefit(False, 0, 0, 2.5 * cap - 0.01)
    shrunk, _ = benefit(False, 0, 0, 2.8 * cap)
    ended, _ = benefit(False, 0, 0, 3.1 * cap)

    assert at_cap == limit
    assert 0 < shrunk < limit
    assert ended == 0


@given(families, st.integers(1, 3), st.integers(0, 400), st.integers(100, 1200))
def test_benefit_never_grows_with_income(number, zone, hundreds, rent):
    scale = scale_of(AUTUMN_2026)
    row = scale_row(zone, number)

    poorer, reduction = housing_benefit(scale, row, 100.0 * hundreds, float(rent))
    richer, reduction_then = housing_benefit(scale, row, 100.0 * hundreds + 100, float(rent))

    # Losing the rent reduction gives back the part of it that was taken off the benefit.
    assert richer <= poorer + (reduction - reduction_then)
    assert reduction_then <= reduction


@given(st.integers(1, 3), st.integers(0, 300), st.integers(100, 600), st.integers(1, 9))
def test_one_more_child_never_lowers_what_is_paid_for_the_home(zone, hundreds, rent, dependants):
    scale = scale_of(AUTUMN_2026)

    fewer = housing_benefit(scale, scale_row(zone, family_class(False, dependants)), 100.0 * hundreds, float(rent))
    more = housing_benefit(scale, scale_row(zone, family_class(False, dependants + 1)), 100.0 * hundreds, float(rent))

    assert sum(more) >= sum(fewer)
