"""The simulated year: the same story for the same arguments, and no act that its table or its dwelling forbids."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from untoit.core.demo.year import Year, year
from untoit.core.lifecycles.housing_track import HOLDING_THE_DWELLING, HOUSING, LEASED, OPEN, answer_due_on
from untoit.core.lifecycles.job_track import JOB
from untoit.core.lifecycles.pathway_track import PATHWAY

SINCE, UNTIL = date(2025, 11, 24), date(2026, 11, 23)


def told(seed: int = 1, households: int = 60) -> Year:
    return year(
        households=households, persons=[1 + (number % 7 == 0) for number in range(households)],
        dwellings=[SINCE + timedelta(days=7 * number) for number in range(households * 2 // 3)],
        offers=[1 + number % 3 for number in range(40)], since=SINCE, until=UNTIL, seed=seed,
    )


def test_the_same_arguments_tell_the_same_story():
    assert told() == told()
    assert told(seed=2) != told(seed=1)


@pytest.mark.parametrize("seed", range(5))
def test_acts_come_in_order_and_within_the_year(seed):
    story = told(seed)

    assert all(before.on <= after.on for before, after in pairwise(story.acts))
    assert story.acts[0].on >= SINCE and story.acts[-1].on <= UNTIL


def played(story: Year):
    """Play the acts by the tables alone, a lease withdrawing the other proposals, and give the states after each."""
    tables = {"housing": HOUSING, "job": JOB, "pathway": PATHWAY}
    about = {one.subject: one.given for one in story.acts if one.track == "housing" and one.action == "open"}
    states: dict[str, dict[int, str]] = {"housing": {}, "job": {}, "pathway": {}}
    for act in story.acts:
        table, mine = tables[act.track], states[act.track]
        if act.action == "open":
            assert act.subject not in mine
            mine[act.subject] = table.initial
        else:
            mine[act.subject] = table.move(act.action, mine[act.subject], act.role, act.given)
        if act.action == "sign_lease":
            for other, state in mine.items():
                shared = any(about[other][what] == about[act.subject][what] for what in ("household", "dwelling"))
                if other != act.subject and state in OPEN and shared:
                    mine[other] = HOUSING.move("supersede", state, "clock", {"lease_signed_on": act.on})
        yield about, states


@pytest.mark.parametrize("seed", range(5))
def test_every_act_is_one_that_its_table_allows(seed):
    story = told(seed)

    assert sum(1 for _ in played(story)) == len(story.acts)


@pytest.mark.parametrize("seed", range(5))
def test_a_dwelling_is_held_by_one_household_and_a_household_by_one_lease(seed):
    for about, states in played(told(seed)):
        homes = states["housing"].items()

        held = Counter(about[number]["dwelling"] for number, state in homes if state in HOLDING_THE_DWELLING)
        leases = Counter(about[number]["household"] for number, state in homes if state in LEASED)

        assert max(held.values(), default=0) <= 1
        assert max(leases.values(), default=0) <= 1


def test_silence_is_a_refusal_on_the_eleventh_day_only():
    story = told()
    due = {one.subject: one.given["answer_due_on"] for one in story.acts if one.action == "notify"}
    lapses = [one for one in story.acts if one.action == "lapse"]

    assert lapses
    assert all(one.on == due[one.subject] + timedelta(days=1) and one.role == "clock" for one in lapses)
    assert all(
        one.given["answer_due_on"] == answer_due_on(one.given["notified_on"])
        for one in story.acts if one.action == "notify"
    )


def test_a_year_has_all_that_the_indicators_count():
    story = told(households=120)
    seen = defaultdict(int)
    for act in story.acts:
        seen[act.track, act.action] += 1

    assert {
        ("housing", "refuse"), ("housing", "lapse"), ("housing", "allocate_conditional"), ("housing", "call_rank"),
        ("housing", "sign_lease"), ("housing", "check_6m"), ("job", "hire"), ("job", "break_trial"), ("job", "end"),
        ("job", "hold_6m"), ("pathway", "consent"),
    } <= seen.keys()
    assert 3 <= len(story.events) <= 8
    assert all(set(one.present) <= set(one.invited) for one in story.events)
    assert seen["housing", "sign_lease"] / 120 > 0.25
