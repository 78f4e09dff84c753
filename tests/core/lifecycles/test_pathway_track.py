"""Every (state, act, actor) of the pathway and of its items; hours, obstacles and handovers."""

from dataclasses import fields
from datetime import date
from fractions import Fraction

import pytest

from untoit.core.errors import Refused
from untoit.core.lifecycles import CLOCK
from untoit.core.lifecycles import pathway_track as track
from untoit.core.lifecycles.pathway_track import (
    ACTION,
    APPOINTMENT,
    APPOINTMENT_SOURCES,
    GOAL,
    ITEM_SOURCES,
    OBSTACLE,
    ORDER,
    PATHWAY,
    SOURCES,
    STAGE_NAMES,
    Activity,
    Assignment,
    PathwayAction,
    Stage,
    activity_week,
    check_action,
    exits,
    hand_over,
    late,
    managers_on,
    obstacles,
)

ROLES = ("ADM", "LA", "LM", "DEP", "EMPP", "EMPL", "FUND", "PART", "CAND", "PUB", "TAB", "DPO", CLOCK)
GIVEN = dict.fromkeys(("consented_on", "reason", "done_on"), "dit")
LINE = (
    "identified", "oriented", "consented", "preparing", "invited", "attended", "interviewed", "job_offered",
    "housing_proposed", "hired", "allocated", "lease_signed", "maintained_3m", "maintained_6m",
)
ADVANCE = {
    "invite": "invited", "attend": "attended", "interview": "interviewed", "offer_job": "job_offered",
    "propose_home": "housing_proposed", "hire": "hired", "allocate": "allocated", "sign_lease": "lease_signed",
    "maintain_3m": "maintained_3m", "maintain_6m": "maintained_6m",
}
AGREED = LINE[2:]
MOVES = {
    ("identified", "orient"): "oriented", ("identified", "consent"): "consented", ("oriented", "consent"): "consented",
    **{(stage, "prepare"): "preparing" for stage in AGREED if stage != "preparing"},
    **{(stage, action): to for action, to in ADVANCE.items() for stage in AGREED[:AGREED.index(to)]},
    **{(stage, "pause"): "paused" for stage in AGREED}, ("paused", "resume"): "preparing",
    **{(stage, "withdraw_consent"): "oriented" for stage in (*AGREED, "paused")},
    **{(stage, "exit"): "exited" for stage in (*LINE, "paused")}, ("exited", "reopen"): "oriented",
}
BY = {
    "orient": {"DEP"}, "exit": {"DEP"}, "reopen": {"DEP"}, "prepare": {"DEP", "EMPP"},
    "consent": {"DEP", "EMPP", "CAND"}, "pause": {"DEP", "EMPP", "CAND"}, "resume": {"DEP", "EMPP", "CAND"},
    "withdraw_consent": {"DEP", "EMPP", "CAND"}, **{action: {"DEP", "EMPP", CLOCK} for action in ADVANCE},
}
ITEMS = {
    ("open", "start"): "started", ("open", "finish"): "done", ("started", "finish"): "done",
    ("open", "drop"): "dropped", ("started", "drop"): "dropped", ("done", "reopen"): "open",
    ("dropped", "reopen"): "open",
}
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize("stage", sorted(PATHWAY.states))
@pytest.mark.parametrize("action", sorted({one.action for one in PATHWAY.transitions}))
def test_every_pair_leads_where_it_should_for_every_role(stage, action):
    for role in ROLES:
        if (stage, action) in MOVES and role in BY[action]:
            assert PATHWAY.move(action, stage, role, GIVEN) == MOVES[stage, action]
        else:
            with pytest.raises(Refused):
                PATHWAY.move(action, stage, role, GIVEN)


@pytest.mark.parametrize("table", [ACTION, GOAL, OBSTACLE], ids=lambda table: table.name)
@pytest.mark.parametrize("action", ["start", "finish", "drop", "reopen"])
def test_every_pair_of_an_item_leads_where_it_should(table, action):
    for state in table.states:
        for role in ROLES:
            if (state, action) in ITEMS and role in ("DEP", "EMPP", "CAND"):
                assert table.move(action, state, role, GIVEN) == ITEMS[state, action]
            else:
                with pytest.raises(Refused):
                    table.move(action, state, role, GIVEN)


@pytest.mark.parametrize("action", sorted(APPOINTMENT_SOURCES))
def test_every_pair_of_an_appointment_leads_where_it_should(action):
    moves = {
        ("planned", "move"): "planned", ("planned", "attend"): "attended", ("missed", "attend"): "attended",
        ("planned", "miss"): "missed", ("planned", "cancel"): "cancelled", ("missed", "plan_again"): "planned",
        ("cancelled", "plan_again"): "planned", ("attended", "correct"): "planned",
    }
    by = {"DEP", "EMPP"} if action in ("attend", "miss", "correct") else {"DEP", "EMPP", "CAND"}

    for state in APPOINTMENT.states:
        for role in ROLES:
            if (state, action) in moves and role in by:
                given = {"new_at": "dit", "minutes": 30, "reason": "dit"}
                assert APPOINTMENT.move(action, state, role, given) == moves[state, action]
            else:
                with pytest.raises(Refused):
                    APPOINTMENT.move(action, state, role, {})
    assert set(APPOINTMENT_SOURCES) == {one.action for one in APPOINTMENT.transitions}


def test_stages_names_and_sources_are_complete_and_nothing_is_terminal():
    assert PATHWAY.states == {stage.value for stage in Stage} == {each.value for each in STAGE_NAMES}
    assert tuple(stage.value for stage in ORDER) == LINE
    assert set(SOURCES) == {one.action for one in PATHWAY.transitions}
    assert set(ITEM_SOURCES) == {one.action for one in ACTION.transitions}
    assert all(any(state in one.sources for one in PATHWAY.transitions) for state in PATHWAY.states)


def test_the_clock_never_moves_a_pathway_back():
    for one in PATHWAY.transitions:
        if CLOCK in one.by:
            assert all(LINE.index(source) < LINE.index(one.target) for source in one.sources)


def test_an_action_has_an_owner_a_day_and_a_code():
    check_action(PathwayAction("TRAINING", "DEP", MONDAY))
    with pytest.raises(Refused, match="quelqu'un"):
        check_action(PathwayAction("TRAINING", "", MONDAY))
    with pytest.raises(Refused, match="liste"):
        check_action(PathwayAction("SANCTION", "DEP", MONDAY))


def test_late_actions_are_the_open_ones_whose_day_is_over():
    due = [PathwayAction(code, "DEP", date(2026, 11, day), state) for code, day, state in (
        ("TRAINING", 20, "open"), ("INTERVIEW", 19, "started"), ("CARE", 18, "done"), ("WORK", 23, "open")
    )]

    assert [each.code for each in late(due, MONDAY)] == ["INTERVIEW", "TRAINING"]


def test_hours_of_the_week_count_steps_toward_a_home():
    week = activity_week([
        Activity(date(2026, 11, 23), 90, "HOUSING_STEP"), Activity(date(2026, 11, 29), 240, "EVENT"),
        Activity(date(2026, 11, 30), 600, "TRAINING"), Activity(date(2026, 11, 22), 600, "TRAINING"),
    ], date(2026, 11, 25))

    assert (week.monday, week.hours, week.target_hours) == (MONDAY, Fraction(11, 2), 15)
    assert "5,5 h d'activité du 23/11/2026 au 29/11/2026" in week.sentence
    assert "Rien n'est transmis ni déclenché." in week.sentence


def test_the_target_is_adapted_or_waived():
    assert activity_week([], MONDAY, target_hours=8).target_hours == 8
    assert "repère suspendu" in activity_week([], MONDAY, waived=True).sentence


@pytest.mark.parametrize(("kind", "minutes"), [("SANCTION", 60), ("TRAINING", 0), ("TRAINING", -60)])
def test_an_activity_that_cannot_be_counted_is_refused(kind, minutes):
    with pytest.raises(Refused, match="inconnus"):
        activity_week([Activity(MONDAY, minutes, kind)], MONDAY)


def test_a_health_need_has_no_cause():
    assert "sans la cause" in obstacles(MONDAY)["HEALTH_NEED"]
    assert set(obstacles(MONDAY)) == {"LICENCE", "CHILDCARE", "LANGUAGE", "MOBILITY", "HEALTH_NEED"}
    for kind in (PathwayAction, Activity, Assignment):
        assert not {"note", "cause", "health", "text", "comment"} & {each.name for each in fields(kind)}


def test_nothing_of_the_pathway_knows_a_sanction():
    words = " ".join((*SOURCES, *STAGE_NAMES.values(), *exits(MONDAY), *obstacles(MONDAY), *dir(track))).lower()

    assert "sanction" not in words
    assert "suspen" not in words


def test_a_handover_overlaps_and_leaves_nobody_alone():
    after = hand_over((Assignment("anne", date(2026, 1, 5)),), "bruno", MONDAY)

    assert managers_on(after, date(2026, 11, 22)) == ("anne",)
    assert managers_on(after, MONDAY) == ("bruno", "anne")
    assert managers_on(after, date(2026, 12, 7)) == ("bruno", "anne")
    assert managers_on(after, date(2026, 12, 8)) == ("bruno",)
    with pytest.raises(Refused, match="déjà"):
        hand_over(after, "anne", date(2026, 12, 1))
