"""What is kept, until when, and what is due."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from untoit.core import parameters
from untoit.core.errors import ParameterMissing
from untoit.core.retention.rules import THEN_NAMES, Step, due, due_at, hidden_on, kept_until, rule, rules

ON = date(2026, 11, 23)
DATED = [each.kind for each in rules(ON) if each.hours is None]


@pytest.mark.parametrize(
    ("kind", "period", "then", "notice_days"),
    [
        ("person_without_contact", "24 mois", "anonymise", 30), ("housing_file_closed", "12 mois", "delete", 30),
        ("housing_file_leased", "6 mois", "delete", 30), ("income_documents", "3 mois", "delete", 0),
        ("job_follow_up", "3 mois", "anonymise", 30), ("event_registration", "3 mois", "anonymise", 30),
        ("employer_card", "3 mois", "delete", 0), ("audit_log", "12 mois", "purge_segment", 0),
        ("import_source", "30 jours", "delete", 0), ("tablet_snapshot", "2 heures", "wipe", 0),
        ("backup", "35 jours", "rotate", 0),
    ],
)
def test_the_table_is_that_of_the_policy(kind, period, then, notice_days):
    found = rule(kind, ON)

    assert (found.period, found.then, found.notice_days) == (period, then, notice_days)
    assert found.to_check
    assert found.then in THEN_NAMES


def test_the_test_above_names_every_rule():
    assert len(rules(ON)) == 11


@pytest.mark.parametrize(
    ("on", "step"),
    [
        (date(2026, 10, 2), Step.KEEP), (date(2026, 10, 3), Step.NOTICE), (date(2026, 11, 1), Step.NOTICE),
        (date(2026, 11, 2), Step.DUE), (date(2027, 6, 1), Step.DUE),
    ],
)
def test_a_period_of_the_law_is_over_whether_the_notice_left_or_not(on, step):
    found = due("housing_file_closed", date(2025, 11, 1), on)

    assert (found.step, found.kept_until, found.due_on) == (step, date(2026, 11, 1), date(2026, 11, 2))
    assert found.notice_on == date(2026, 10, 3)


def test_after_the_notice_the_data_is_kept_until_its_last_day():
    told = due("housing_file_closed", date(2025, 11, 1), date(2026, 10, 20), noticed_on=date(2026, 10, 3))

    assert told.step == Step.KEEP
    assert "conservé jusqu'au 01/11/2026 inclus" in told.sentence


@pytest.mark.parametrize(
    ("on", "noticed_on", "step", "due_on"),
    [
        (date(2026, 11, 1), None, Step.NOTICE, date(2026, 12, 1)),
        (date(2027, 3, 1), None, Step.NOTICE, date(2027, 3, 31)),           # nobody told: told first, whatever the day
        (date(2027, 3, 30), date(2027, 3, 1), Step.KEEP, date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 3, 1), Step.DUE, date(2027, 3, 31)),
        (date(2026, 10, 31), None, Step.KEEP, date(2026, 12, 1)),
    ],
)
def test_a_person_is_always_told_before_being_anonymised(on, noticed_on, step, due_on):
    found = due("person_without_contact", date(2024, 11, 30), on, noticed_on=noticed_on)

    assert (found.step, found.due_on) == (step, due_on)


def test_a_legal_hold_stops_everything_and_says_so():
    found = due("housing_file_closed", date(2020, 1, 1), ON, held=True)

    assert found.step == Step.HELD
    assert "procédure en cours" in found.sentence


def test_data_without_a_rule_is_an_error():
    with pytest.raises(ParameterMissing, match="Aucune durée"):
        due("diary", ON, ON)


def test_a_tablet_is_wiped_two_hours_after_the_end():
    ended = datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert due_at("tablet_snapshot", ended, ON) == ended + timedelta(hours=2)
    with pytest.raises(ValueError, match="due_at"):
        due("tablet_snapshot", ON, ON)
    with pytest.raises(ValueError, match="ask due"):
        due_at("backup", ended, ON)


def test_a_card_is_hidden_from_the_employer_before_it_is_deleted():
    assert hidden_on("employer_card", date(2026, 9, 1), ON) == date(2026, 10, 2)
    assert hidden_on("audit_log", ON, ON) is None
    assert hidden_on("employer_card", date(2026, 9, 1), ON) < due("employer_card", date(2026, 9, 1), ON).due_on


def test_the_last_day_of_a_short_month():
    assert kept_until("income_documents", date(2026, 11, 30), ON) == date(2027, 2, 28)


@given(st.sampled_from(DATED), st.dates(date(2023, 1, 1), date(2030, 1, 1)), st.integers(0, 1500))
def test_nothing_is_due_before_its_day_and_nothing_is_forgotten_after(kind, since, later):
    on = since + timedelta(days=later)
    found = due(kind, since, on, noticed_on=since)

    assert (found.step == Step.DUE) == (on > kept_until(kind, since, on))
    assert found.due_on == found.kept_until + timedelta(days=1)


def test_the_rules_are_dated_parameters():
    assert "followup/retention" in parameters.names()


def test_scenario_25_an_application_struck_off_is_purged_a_year_and_a_day_later():
    assert due("housing_file_closed", date(2025, 11, 1), date(2026, 11, 1)).step == Step.NOTICE
    assert due("housing_file_closed", date(2025, 11, 1), date(2026, 11, 2)).step == Step.DUE
