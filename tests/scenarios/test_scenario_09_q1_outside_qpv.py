"""Scenario 9: given 40 leases outside QPV, 9 of them to the first quartile; then 22.5 %, k = 2 (11/42 = 26.2 %)."""

from datetime import date

from untoit.core.indicators.quotas import Allocation, q1_outside_qpv
from untoit.core.indicators.shares import Share

ON = date(2026, 11, 23)


def test_scenario_09_nine_of_forty_two_more():
    outside = [
        Allocation(f"B{number:02}", f"M{number:02}", date(2026, 3, 1), date(2026, 3, 20), in_qpv=False,
                   quartile=1 if number < 9 else 2 + number % 3)
        for number in range(40)
    ]
    inside = [
        Allocation(f"Q{number:02}", f"N{number:02}", date(2026, 3, 1), date(2026, 3, 20), in_qpv=True, quartile=1)
        for number in range(5)
    ]

    found = q1_outside_qpv([*outside, *inside], ON, date(2026, 1, 1), date(2026, 12, 31))

    assert (found.share, found.share.percent) == (Share(9, 40), 22.5)
    assert found.needed == 2
    assert (found.after, found.after.percent) == (Share(11, 42), 26.2)
