"""Scenario 10: an RSA person in the scheme without L441-1 evidence is not counted, and listed « ground missing »."""

from datetime import date

from untoit.core.indicators.quotas import Allocation, Ground, counting_policy, priority_count
from untoit.core.indicators.shares import Share


def test_scenario_10_being_in_the_scheme_is_no_ground():
    decided, signed = date(2026, 3, 1), date(2026, 3, 20)
    leases = [
        Allocation("B1", "M1", decided, signed, in_scheme=True),
        # The evidence came after the decision: it does not count either.
        Allocation("B2", "M2", decided, signed, (Ground("e", date(2026, 3, 2)),), in_scheme=True),
        Allocation("B3", "M3", decided, signed, (Ground("e", decided),), in_scheme=True),
        Allocation("B4", "M4", decided, signed),
    ]

    found = priority_count(leases, counting_policy(signed), date(2026, 1, 1), date(2026, 12, 31))

    assert found.share == Share(1, 4)
    assert found.ground_missing == ("B1", "B2")
    assert found.in_scheme == 1


def test_scenario_10_nothing_about_rsa_can_be_given_to_the_count():
    assert not any("rsa" in name or "income" in name for name in Allocation.__slots__)
