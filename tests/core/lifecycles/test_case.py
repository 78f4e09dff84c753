"""The status of a case is a pure function of its tracks and a date; the halves never close one another."""

import itertools
from dataclasses import replace
from datetime import date

import pytest

from untoit.core.lifecycles.case import (
    CASE_NAMES,
    CaseCode,
    EndedBy,
    HousingProposal,
    JobApplication,
    Participation,
    Pathway,
    status,
    who_ended,
)
from untoit.core.lifecycles.housing_track import HOUSING
from untoit.core.lifecycles.job_track import JOB, Employment, Engagement

ON = date(2026, 6, 10)
CONTRACT = Employment(Engagement.PERMANENT, date(2026, 3, 2), trial_ends_on=date(2026, 5, 1))
LEASE = HousingProposal("P1", "LOG-1", "keys_handed", date(2026, 3, 20), "hand_keys", lease_signed_on=date(2026, 3, 15),
                        keys_on=date(2026, 3, 20))
HIRED = JobApplication("J1", "hired", date(2026, 3, 2), "hire", employment=CONTRACT, trial_passed=True)
IN_SUPPORT = Pathway("preparing", date(2026, 1, 5))


def proposal(state, action="", **changes):
    """A proposal in that state since 1 June."""
    return HousingProposal("P2", "LOG-2", state, date(2026, 6, 1), action, **changes)


def application(state, action="", **changes):
    """An application in that state since 1 June."""
    return JobApplication("J2", state, date(2026, 6, 1), action, **changes)


def codes(found):
    """Return the codes of the alerts."""
    return {alert.code for alert in found.alerts}


@pytest.mark.parametrize(
    ("housing", "job", "pathway", "events", "code"),
    [
        ([], [], None, [], CaseCode.NEW),
        ([], [], Pathway("oriented", ON), [], CaseCode.NEW),
        ([], [], IN_SUPPORT, [], CaseCode.PREPARING),
        ([], [], IN_SUPPORT, [Participation("E", date(2026, 6, 20))], CaseCode.INVITED),
        ([], [], IN_SUPPORT, [Participation("E", date(2026, 6, 1), True)], CaseCode.MET),
        ([], [], IN_SUPPORT, [Participation("E", date(2026, 6, 1), False)], CaseCode.PREPARING),
        ([proposal("visited")], [], IN_SUPPORT, [], CaseCode.HOME_IN_PROGRESS),
        ([], [application("applied")], IN_SUPPORT, [], CaseCode.JOB_IN_PROGRESS),
        ([proposal("visited")], [application("applied")], IN_SUPPORT, [], CaseCode.BOTH_IN_PROGRESS),
        ([], [HIRED], IN_SUPPORT, [], CaseCode.HIRED),
        ([proposal("notified")], [HIRED], IN_SUPPORT, [], CaseCode.HIRED_HOME_IN_PROGRESS),
        ([LEASE], [], IN_SUPPORT, [], CaseCode.HOUSED),
        ([LEASE], [application("offered")], IN_SUPPORT, [], CaseCode.HOUSED_JOB_IN_PROGRESS),
        ([LEASE], [HIRED], IN_SUPPORT, [], CaseCode.BOTH),
        ([replace(LEASE, state="checked_3m")], [replace(HIRED, state="held_3m")], None, [], CaseCode.BOTH_HELD_3M),
        ([replace(LEASE, state="checked_6m")], [replace(HIRED, state="held_3m")], None, [], CaseCode.BOTH_HELD_3M),
        ([replace(LEASE, state="checked_6m")], [replace(HIRED, state="held_6m")], None, [], CaseCode.BOTH_HELD_6M),
        ([replace(LEASE, state="checked_6m")], [replace(HIRED, state="held_1m")], None, [], CaseCode.BOTH),
        ([proposal("refused", "refuse")], [], IN_SUPPORT, [], CaseCode.TO_RESUME),
        ([], [application("not_retained", "turn_down")], IN_SUPPORT, [], CaseCode.TO_RESUME),
        ([proposal("visited")], [], Pathway("paused", ON), [], CaseCode.PAUSED),
        ([LEASE], [], Pathway("paused", ON), [], CaseCode.HOUSED),
        ([LEASE], [HIRED], Pathway("exited", ON), [], CaseCode.EXITED),
    ],
)
def test_status_code(housing, job, pathway, events, code):
    found = status(housing, job, pathway, events, ON)

    assert (found.code, found.label) == (code, CASE_NAMES[code])


def test_every_code_has_a_label_and_is_reached_by_some_case():
    assert set(CASE_NAMES) == set(CaseCode)


def test_the_order_of_what_is_read_changes_nothing():
    housing = [LEASE, proposal("refused", "refuse"), replace(proposal("withdrawn", "supersede"), reference="P3")]
    job = [HIRED, application("ended", "end", reason="TERM"), replace(application("applied"), reference="J3")]
    expected = status(housing, job, IN_SUPPORT, [], ON)

    for one in itertools.permutations(housing):
        for other in itertools.permutations(job):
            assert status(one, other, IN_SUPPORT, [], ON) == expected


def test_every_pair_of_states_has_a_status():
    for home, work in itertools.product(sorted(HOUSING.states), sorted(JOB.states)):
        found = status([proposal(home)], [application(work, employment=CONTRACT)], IN_SUPPORT, [], ON)

        assert found.label
        assert found.both == (found.home is not None and found.job is not None)


def test_a_lease_leaves_the_job_applications_open():
    assert status([LEASE], [application("interviewed")], IN_SUPPORT, [], ON).code == CaseCode.HOUSED_JOB_IN_PROGRESS


@pytest.mark.parametrize(
    ("state", "code"), [("trial_broken", "trial_broken_after_lease"), ("ended", "job_ended_after_lease")]
)
def test_a_job_lost_after_the_lease_is_an_alert_and_nothing_is_lost(state, code):
    lost = replace(HIRED, state=state, since=date(2026, 4, 10), reason="TRIAL_BY_EMPLOYER",
                   employment=replace(CONTRACT, ended_on=date(2026, 4, 10)))

    found = status([LEASE], [lost], IN_SUPPORT, [], ON)

    assert found.code == CaseCode.HOUSED
    assert found.home == "P1"
    assert found.ended_by == (EndedBy.EMPLOYER,)
    assert found.ended_by_words == "l'employeur"
    assert code in codes(found)


def test_the_landlord_reads_only_that_the_employment_changed():
    lost = replace(HIRED, state="trial_broken", employment=replace(CONTRACT, ended_on=date(2026, 4, 10)))

    read = [alert for alert in status([LEASE], [lost], None, [], ON).alerts if "LA" in alert.audience]

    assert [alert.code for alert in read if alert.code != "call_1m_due"] == ["employment_changed"]
    assert not any("essai" in alert.sentence or "rompu" in alert.sentence for alert in read)


def test_a_job_lost_before_the_lease_is_no_alert():
    lost = replace(HIRED, state="ended", employment=replace(CONTRACT, ended_on=date(2026, 3, 10)))

    assert "job_ended_after_lease" not in codes(status([LEASE], [lost], None, [], ON))


def test_a_contract_that_is_over_without_a_word_counts_as_lost():
    over = replace(HIRED, employment=replace(CONTRACT, ended_on=date(2026, 5, 1)))

    assert status([LEASE], [over], None, [], date(2026, 5, 1)).both
    found = status([LEASE], [over], None, [], date(2026, 5, 2))
    assert (found.code, "job_ended_after_lease" in codes(found)) == (CaseCode.HOUSED, True)


def test_a_hire_that_the_employer_takes_back_is_a_job_lost():
    taken_back = application("withdrawn", "withdraw_employer", employment=CONTRACT)

    assert "job_ended_after_lease" in codes(status([LEASE], [taken_back], None, [], ON))
    never_hired = application("withdrawn", "withdraw_employer")
    assert "job_ended_after_lease" not in codes(status([LEASE], [never_hired], None, [], ON))


def test_another_job_held_is_no_alert():
    lost = application("ended", "end", employment=replace(CONTRACT, ended_on=date(2026, 4, 10)))

    assert "job_ended_after_lease" not in codes(status([LEASE], [lost, HIRED], None, [], ON))


def test_a_lease_refused_while_hired_is_an_alert():
    found = status([proposal("refused", "refuse")], [HIRED], IN_SUPPORT, [], ON)

    assert (found.code, found.ended_by) == (CaseCode.HIRED, (EndedBy.PERSON,))
    assert "lease_refused_while_hired" in codes(found)
    still_one = [proposal("refused", "refuse"), replace(proposal("visited"), reference="P3")]
    assert "lease_refused_while_hired" not in codes(status(still_one, [HIRED], IN_SUPPORT, [], ON))


def test_a_tenancy_that_ends_while_hired_is_an_alert():
    found = status([replace(LEASE, state="tenancy_ended", reason="TENANT_LEAVES")], [HIRED], None, [], ON)

    assert "tenancy_ended_while_hired" in codes(found)
    assert found.ended_by == (EndedBy.PERSON,)


@pytest.mark.parametrize(
    ("ended", "by"),
    [
        (proposal("refused", "refuse"), (EndedBy.PERSON,)), (proposal("refused_silence", "lapse"), (EndedBy.CLOCK,)),
        (proposal("withdrawn", "withdraw_landlord"), (EndedBy.LANDLORD,)),
        (proposal("withdrawn", "withdraw_person"), (EndedBy.PERSON,)),
        (proposal("withdrawn", "supersede"), (EndedBy.CLOCK,)),
        (proposal("not_allocated", "not_allocate"), (EndedBy.COMMITTEE,)),
        (proposal("rejected_inadmissible", "reject"), (EndedBy.COMMITTEE,)), (proposal("visited", "record_visit"), ()),
        (proposal("tenancy_ended", "end_tenancy", reason="LANDLORD_ENDS"), (EndedBy.LANDLORD,)),
        (application("not_retained", "turn_down"), (EndedBy.EMPLOYER,)),
        (application("withdrawn", "withdraw_person"), (EndedBy.PERSON,)),
        (application("withdrawn", "withdraw_employer"), (EndedBy.EMPLOYER,)),
        (application("withdrawn", "close_offer"), (EndedBy.CLOCK,)),
        (application("ended", "end", reason="TERM"), (EndedBy.CLOCK,)),
        (application("ended", "end", reason="AGREED"), (EndedBy.PERSON, EndedBy.EMPLOYER)),
        (application("ended", "end", reason="OTHER"), ()), (application("hired", "hire"), ()),
    ],
)
def test_who_ended_it(ended, by):
    assert who_ended(ended, ON) == by


def test_a_pathway_that_ends_says_who_ended_it():
    assert status([], [], Pathway("exited", ON, "PERSON_STOPS"), [], ON).ended_by == (EndedBy.PERSON,)
    assert status([], [], Pathway("exited", ON, "MOVED_AWAY"), [], ON).ended_by == (EndedBy.SERVICE,)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 8), set()), (date(2026, 11, 9), {"answer_due"}), (date(2026, 11, 12), {"answer_due"}),
        (date(2026, 11, 13), {"answer_overdue"}),
    ],
)
def test_an_answer_that_is_due_is_an_alert(on, expected):
    offered = HousingProposal("P1", "LOG-1", "notified", date(2026, 11, 2), "notify",
                              answer_due_on=date(2026, 11, 12))

    assert codes(status([offered], [], IN_SUPPORT, [], on)) == expected


def test_checks_that_are_due_are_alerts_until_they_are_noted():
    bare = replace(HIRED, trial_passed=False)

    assert codes(status([LEASE], [bare], None, [], date(2026, 4, 2))) == {"hold_1m_due"}
    assert codes(status([LEASE], [bare], None, [], date(2026, 4, 20))) == {"hold_1m_due", "call_1m_due", "trial_ends"}
    later = status([replace(LEASE, state="called_1m")], [replace(HIRED, state="held_1m")], None, [], date(2026, 6, 15))
    assert codes(later) == {"check_3m_due", "hold_3m_due"}
    done = status([replace(LEASE, state="checked_6m")], [replace(HIRED, state="held_6m")], None, [], date(2027, 6, 15))
    assert codes(done) == set()


def test_a_document_that_is_due_is_an_alert_of_the_landlord():
    waiting = proposal("allocated_conditional", document_due_on=date(2026, 6, 12))

    (alert,) = status([waiting], [], IN_SUPPORT, [], ON).alerts
    assert (alert.code, alert.owner, alert.audience) == ("document_due", "LA", frozenset({"LA"}))


def test_silence_after_an_event_is_an_alert_after_fifteen_days():
    came = [Participation("E", date(2026, 6, 1), True)]

    assert codes(status([], [], IN_SUPPORT, came, date(2026, 6, 15))) == set()
    assert codes(status([], [], IN_SUPPORT, came, date(2026, 6, 16))) == {"silence_after_event"}
    assert codes(status([proposal("visited")], [], IN_SUPPORT, came, date(2026, 6, 16))) == set()
    missed = [Participation("E", date(2026, 6, 1), False)]
    assert codes(status([], [], IN_SUPPORT, missed, date(2026, 7, 16))) == set()
