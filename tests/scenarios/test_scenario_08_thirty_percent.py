"""Scenario 8: given 60 leases, 17 of them priority; then 28.3 %, two more in a row reach 30 %, policy printed."""

from datetime import date

from untoit.core.indicators.quotas import Allocation, Ground, counting_policy, priority_count
from untoit.core.indicators.shares import Share

ON = date(2026, 11, 23)


def test_scenario_08_sixty_leases_seventeen_priority_two_more():
    grounds = (Ground("k", date(2026, 1, 2)),)
    leases = [
        Allocation(f"B{number:02}", f"M{number:02}", date(2026, 3, 1), date(2026, 3, 20),
                   grounds if number < 17 else ())
        for number in range(60)
    ]

    found = priority_count(leases, counting_policy(ON), date(2026, 1, 1), date(2026, 12, 31))

    assert found.share == Share(17, 60)
    assert found.share.percent == 28.3
    assert found.needed == 2
    assert (found.after, found.after.percent) == (Share(19, 62), 30.6)
    assert not found.reached
    assert found.sentence == (
        "Publics prioritaires\u00a0: 17 sur 60, soit 28,3\u202f% (objectif 30,0\u202f%)\u202f; encore 2 de suite pour "
        "l'atteindre (19 sur 62, soit 30,6\u202f%)."
    )
    assert "baux signés dans la période" in found.policy_text
    assert "un motif compte s'il est justifié au jour de la décision" in found.policy_text
