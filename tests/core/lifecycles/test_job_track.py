"""Every (state, act, actor) of the job track, outcome classes, checks and the question in one tap."""

import re
from dataclasses import replace
from datetime import date

import pytest

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles import CLOCK
from untoit.core.lifecycles.job_track import (
    BEFORE_HIRE,
    CLOSED,
    IN_WORK,
    JOB,
    JOB_STATE_NAMES,
    LOST,
    OUTCOME_NAMES,
    SOURCES,
    Employment,
    Engagement,
    JobState,
    OutcomeClass,
    check_due_on,
    check_trial,
    checks,
    follow_up_ends_on,
    held_at,
    is_in_work,
    one_tap,
    outcome,
    policy_sentence,
    reasons,
    running,
    trial_reminder_on,
)

ROLES = ("ADM", "LA", "LM", "DEP", "EMPP", "EMPL", "FUND", "PART", "CAND", "PUB", "TAB", "DPO", CLOCK)
GIVEN = dict.fromkeys(
    ("interview_on", "interviewed_on", "contract", "start_on", "reason", "trial_ended_on", "ended_on", "checked_on"),
    "dit",
)
WAITING = ("applied", "interview_planned", "interviewed", "in_pool")
WORKING = ("hired", "trial_passed", "held_1m", "held_3m", "held_6m")
MOVES = {
    **{(state, "plan_interview"): "interview_planned" for state in WAITING},
    ("applied", "record_interview"): "interviewed", ("interview_planned", "record_interview"): "interviewed",
    ("interview_planned", "miss_interview"): "applied",
    ("applied", "keep_in_pool"): "in_pool", ("interviewed", "keep_in_pool"): "in_pool",
    **{(state, "offer"): "offered" for state in ("applied", "interviewed", "in_pool")},
    **{(state, "hire"): "hired" for state in ("interviewed", "in_pool", "offered")},
    **{(state, "turn_down"): "not_retained" for state in (*WAITING, "offered")},
    **{(state, "withdraw_person"): "withdrawn" for state in (*WAITING, "offered")},
    ("offered", "withdraw_employer"): "withdrawn", ("hired", "withdraw_employer"): "withdrawn",
    **{(state, "close_offer"): "withdrawn" for state in WAITING},
    ("hired", "pass_trial"): "trial_passed",
    **{(state, "pass_trial"): state for state in ("held_1m", "held_3m", "held_6m")},
    **{(state, "break_trial"): "trial_broken" for state in ("hired", "held_1m", "held_3m", "held_6m")},
    **{(state, "change_contract"): state for state in WORKING},
    **{(state, "hold_1m"): "held_1m" for state in ("hired", "trial_passed")},
    **{(state, "hold_3m"): "held_3m" for state in ("hired", "trial_passed", "held_1m")},
    **{(state, "hold_6m"): "held_6m" for state in ("hired", "trial_passed", "held_1m", "held_3m")},
    **{(state, "end"): "ended" for state in WORKING},
    ("not_retained", "reopen"): "applied", ("withdrawn", "reopen"): "applied",
    ("trial_broken", "restore"): "hired", ("ended", "restore"): "hired",
}
TWO, THREE = frozenset({"EMPL", "EMPP"}), frozenset({"EMPL", "EMPP", "CAND"})
BY = {
    "withdraw_person": frozenset({"CAND", "EMPP"}), "close_offer": frozenset({CLOCK}), "restore": frozenset({"EMPP"}),
    **dict.fromkeys(("pass_trial", "break_trial", "hold_1m", "hold_3m", "hold_6m", "end"), THREE),
}
ACTIONS = sorted({one.action for one in JOB.transitions})
START = date(2026, 3, 2)
PERMANENT = Employment(Engagement.PERMANENT, START, trial_ends_on=date(2026, 5, 1))


@pytest.mark.parametrize("state", sorted(JOB.states))
@pytest.mark.parametrize("action", ACTIONS)
def test_every_pair_leads_where_it_should_for_every_role(state, action):
    for role in ROLES:
        if (state, action) in MOVES and role in BY.get(action, TWO):
            assert JOB.move(action, state, role, GIVEN) == MOVES[state, action]
        else:
            with pytest.raises(Refused):
                JOB.move(action, state, role, GIVEN)


def test_states_names_and_sources_are_complete_and_nothing_is_terminal():
    assert JOB.states == {state.value for state in JobState} == {each.value for each in JOB_STATE_NAMES}
    assert set(SOURCES) == set(ACTIONS)
    assert set(JobState) == BEFORE_HIRE | IN_WORK | CLOSED | LOST
    assert all(any(state in one.sources for one in JOB.transitions) for state in JOB.states)


@pytest.mark.parametrize("one", JOB.transitions, ids=lambda one: one.action)
def test_what_an_act_needs_is_asked(one):
    state, role = sorted(one.sources)[0], sorted(one.by)[0]

    for need in one.needs:
        with pytest.raises(Refused, match="précision"):
            JOB.move(one.action, state, role, GIVEN | {need: ""})


@pytest.mark.parametrize(
    ("engagement", "last_day", "expected"),
    [
        ("CDI", None, "durable"), ("FONCTION_PUBLIQUE", None, "durable"), ("CREATION", None, "durable"),
        ("CDD", date(2026, 8, 31), "transition"),    # one day short of six months
        ("CDD", date(2026, 9, 1), "durable"),        # six months exactly
        ("CDD", date(2026, 9, 2), "durable"),
        ("MIS", date(2026, 9, 1), "durable"), ("MIS", date(2026, 4, 1), "transition"),
        ("ALT", date(2027, 9, 1), "durable"), ("CUI", date(2027, 9, 1), "transition"),
        ("IAE", date(2027, 9, 1), "positive"), ("FORMATION", None, "positive"),
        ("IMMERSION", date(2026, 4, 1), "none"), ("CDD", None, "unknown"),
    ],
)
def test_outcome_class(engagement, last_day, expected):
    found = outcome(Employment(Engagement(engagement), START, last_day=last_day), date(2026, 11, 23))

    assert found.outcome == expected
    assert found.sentence.startswith(OUTCOME_NAMES[found.outcome])
    assert found.to_check


def test_every_engagement_has_a_class():
    policy = parameters.at("followup/job_outcomes", START)
    lists = ("durable_whatever_the_length", "durable_by_length", "transition", "positive", "no_outcome")

    assert sorted(code for name in lists for code in policy[name]) == sorted(Engagement)


def test_a_trial_that_was_broken_is_no_durable_outcome_by_policy():
    broken = replace(PERMANENT, ended_on=date(2026, 4, 10), trial_broken=True)

    assert outcome(broken, date(2026, 11, 23)).outcome == OutcomeClass.NONE
    assert "n'est pas une sortie durable" in policy_sentence(date(2026, 11, 23))
    assert "six mois juste compris" in policy_sentence(date(2026, 11, 23))
    assert "à vérifier" in policy_sentence(date(2026, 11, 23))


def test_a_policy_may_count_broken_trials_and_says_so():
    with parameters.overriding((("followup/job_outcomes.durable_months", 7),)):
        six = outcome(Employment(Engagement.FIXED_TERM, START, date(2026, 9, 1)), date(2026, 11, 23))

    assert six.outcome == OutcomeClass.TRANSITION


def test_checks_fall_on_the_same_day_of_the_month():
    assert checks(PERMANENT, START) == ((1, date(2026, 4, 2)), (3, date(2026, 6, 2)), (6, date(2026, 9, 2)))
    assert checks(replace(PERMANENT, ended_on=date(2026, 6, 2)), START)[-1] == (3, date(2026, 6, 2))
    assert check_due_on(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert follow_up_ends_on(START) == date(2027, 3, 2)


def test_held_is_unknown_before_its_day():
    left = replace(PERMANENT, ended_on=date(2026, 9, 1))

    assert held_at(PERMANENT, 6, date(2026, 9, 1)) is None
    assert held_at(PERMANENT, 6, date(2026, 9, 2)) is True
    assert held_at(left, 6, date(2026, 9, 2)) is False
    assert is_in_work(left, date(2026, 9, 1))
    assert running([left, PERMANENT], date(2026, 9, 2)) == (PERMANENT,)


def test_a_trial_is_broken_only_while_it_lasts():
    given = {"ended_on": date(2026, 5, 1)}

    check_trial("break_trial", PERMANENT, given, trial_passed=False)
    check_trial("end", PERMANENT, given, trial_passed=True)
    with pytest.raises(Refused, match="fin du contrat"):
        check_trial("break_trial", PERMANENT, {"ended_on": date(2026, 5, 2)}, trial_passed=False)
    with pytest.raises(Refused, match="fin du contrat"):
        check_trial("break_trial", PERMANENT, given, trial_passed=True)


def test_the_reminder_comes_before_the_end_of_the_trial():
    assert trial_reminder_on(PERMANENT) == date(2026, 4, 17)
    assert trial_reminder_on(replace(PERMANENT, trial_ends_on=date(2026, 3, 9))) == START
    assert trial_reminder_on(replace(PERMANENT, trial_ends_on=None)) is None


@pytest.mark.parametrize(
    ("state", "on", "yes"),
    [
        ("hired", date(2026, 4, 1), None), ("hired", date(2026, 4, 2), "hold_1m"), ("held_1m", date(2026, 4, 20), None),
        ("held_1m", date(2026, 6, 2), "hold_3m"), ("hired", date(2026, 9, 2), "hold_6m"),
        ("held_6m", date(2026, 10, 2), None), ("ended", date(2026, 9, 2), None), ("applied", date(2026, 9, 2), None),
    ],
)
def test_one_tap_asks_the_latest_question_that_is_due(state, on, yes):
    asked = one_tap(state, PERMANENT, on)

    assert (asked.yes if asked else None) == yes
    if asked:
        assert JOB.may(asked.yes, state, "EMPL")
        assert JOB.may(asked.no, state, "EMPL")


def test_one_tap_asks_about_a_trial_that_is_over():
    short = replace(PERMANENT, trial_ends_on=date(2026, 3, 16))

    assert one_tap("hired", short, date(2026, 3, 16)) is None
    assert one_tap("hired", short, date(2026, 3, 17)).yes == "pass_trial"


def test_nothing_in_the_job_lists_speaks_of_a_home_or_a_benefit():
    words = " ".join(
        word for action in ACTIONS for pair in reasons(action, START).items() for word in pair
    ).lower()

    assert "compétences" in words
    assert not {"logement", "rsa", "loyer", "foyer", "adresse", "toit"} & set(re.findall(r"\w+", words))
