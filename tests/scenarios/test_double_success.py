"""Acceptance scenario 23 of the domain: the double success with both of its denominators."""

from untoit.core.indicators.funnel import Participant, funnel
from untoit.core.indicators.shares import double_success
from untoit.core.wording import NARROW


def test_scenario_23():
    found = double_success(invited=24, present=20, hired=12, leases=11, both=10)

    assert (found.of_present.percent, found.of_invited.percent) == (50.0, 41.7)
    assert found.text == (
        f"10 sur 20, soit 50,0{NARROW}% des présents ; 10 sur 24, soit 41,7{NARROW}% des invités"
    )


def test_scenario_23_counted_from_people():
    came = [
        Participant(confirmed=True, present=True, interviews=3, talks=1, hired=number < 12, leased=2 <= number < 13)
        for number in range(20)
    ]

    found = funnel([*came, *[Participant()] * 4])

    assert (found.invited, found.present) == (24, 20)
    assert [found.step(code).count for code in ("hired", "leased", "both")] == [12, 11, 10]
    assert found.success is not None
    assert (found.success.of_present.percent, found.success.of_invited.percent) == (50.0, 41.7)
