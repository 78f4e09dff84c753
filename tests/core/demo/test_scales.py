from datetime import date

import pytest

from untoit.core.demo.scales import scales_on

AUTUMN_2026 = scales_on(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("adults", "children", "share_of_base"),
    [(1, 0, 1.0), (2, 0, 1.5), (1, 1, 1.5), (1, 2, 1.8), (2, 1, 1.8), (2, 2, 2.1), (1, 3, 2.2), (2, 3, 2.5)],
)
def test_rsa_scale_follows_the_household(adults, children, share_of_base):
    lodging = {1: 78.20, 2: 156.41}.get(adults + children, 193.55)

    assert AUTUMN_2026.rsa(adults, children, 0) == pytest.approx(651.69 * share_of_base - lodging, abs=0.02)


def test_rsa_falls_by_the_other_resources_and_never_below_zero():
    assert AUTUMN_2026.rsa(1, 0, 100) == pytest.approx(473.49, abs=0.01)
    assert AUTUMN_2026.rsa(1, 0, 5_000) == 0


def test_family_benefits_start_with_the_second_child_of_a_couple_and_the_first_of_a_lone_parent():
    assert AUTUMN_2026.family_benefits(1, lone_parent=False) == 0
    assert AUTUMN_2026.family_benefits(1, lone_parent=True) > 0
    assert AUTUMN_2026.family_benefits(2, lone_parent=False) == pytest.approx(0.32 * AUTUMN_2026.family_base)


def test_amounts_are_those_of_the_day():
    assert scales_on(date(2026, 1, 13)).minimum_wage_hour == 12.02
    assert AUTUMN_2026.minimum_wage_hour == 12.31
