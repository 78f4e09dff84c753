"""Scenario 24: CDI from 2 March, lease of 15 March: durable at six months; the tenancy is due on 15 September."""

from datetime import date

from untoit.core.indicators.retention_rate import Stay
from untoit.core.lifecycles.case import HousingProposal, JobApplication, status, tenancy_dates
from untoit.core.lifecycles.job_track import (
    Employment,
    Engagement,
    OutcomeClass,
    held_at,
    one_tap,
    outcome,
    policy_sentence,
)

ON = date(2026, 9, 2)
PERMANENT = Employment(Engagement.PERMANENT, date(2026, 3, 2))


def test_scenario_24_an_active_cdi_is_durable_and_held_at_six_months():
    lease = HousingProposal("P1", "LOG-7", "checked_3m", date(2026, 6, 15), "check_3m",
                            lease_signed_on=date(2026, 3, 15))
    job = JobApplication("J1", "held_3m", date(2026, 6, 2), "hold_3m", employment=PERMANENT)

    found = status([lease], [job], None, [], ON)

    assert outcome(PERMANENT, ON).outcome == OutcomeClass.DURABLE
    assert held_at(PERMANENT, 6, ON) is True
    assert one_tap("held_3m", PERMANENT, ON).yes == "hold_6m"
    assert dict(tenancy_dates(lease))["check_6m"] == date(2026, 9, 15)
    assert [(alert.code, alert.due_on) for alert in found.alerts] == [("hold_6m_due", date(2026, 9, 2))]
    assert Stay(PERMANENT.start_on, checks={6: True}).held_at(6) is True


def test_scenario_24_a_cdi_broken_in_the_trial_period_is_not_durable_and_the_policy_is_printed():
    broken = Employment(Engagement.PERMANENT, date(2026, 3, 2), trial_ends_on=date(2026, 5, 1),
                        ended_on=date(2026, 4, 10), trial_broken=True)

    assert outcome(broken, ON).outcome == OutcomeClass.NONE
    assert held_at(broken, 6, ON) is False
    assert "Une période d'essai rompue n'est pas une sortie durable" in policy_sentence(ON)
