"""Every (state, act, actor) of the two tables of an event: where it leads, or that it leads nowhere."""

import pytest

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import COMING, EVENT, HOLDING_A_PLACE, REGISTRATION, EventState, RegistrationState

EVENT_MOVES = {
    ("draft", "invite"): "inviting", ("draft", "publish"): "ready", ("inviting", "publish"): "ready",
    ("ready", "publish"): "ready", ("inviting", "open"): "open", ("ready", "open"): "open", ("open", "end"): "ended",
    ("ended", "review"): "reviewed", ("ended", "reopen"): "open", ("reviewed", "reopen"): "open",
    ("draft", "cancel"): "cancelled", ("inviting", "cancel"): "cancelled", ("ready", "cancel"): "cancelled",
    ("cancelled", "restore"): "draft",
}
REGISTRATION_MOVES = {
    ("proposed", "invite"): "invited", ("waiting", "invite"): "invited",
    **{(state, "confirm"): "confirmed" for state in ("proposed", "invited", "waiting", "declined", "cancelled")},
    **{(state, "wait"): "waiting" for state in ("proposed", "invited", "declined", "cancelled")},
    **{(state, "decline"): "declined" for state in ("proposed", "invited", "waiting")},
    ("confirmed", "cancel"): "cancelled",
    **{(state, "remove"): "removed" for state in ("proposed", "invited", "waiting", "confirmed")},
    ("removed", "restore"): "proposed",
}


@pytest.mark.parametrize(
    ("table", "moves", "by"), [(EVENT, EVENT_MOVES, "LM"), (REGISTRATION, REGISTRATION_MOVES, "LA")]
)
def test_every_pair_leads_where_the_table_says(table, moves, by):
    actions = {one.action for one in table.transitions}

    for state in table.states:
        for action in actions:
            if (state, action) in moves:
                assert table.move(action, state, by, {"reason": "dit"}) == moves[state, action]
            else:
                with pytest.raises(Refused):
                    table.move(action, state, by, {"reason": "dit"})


def test_the_states_are_those_of_the_tables():
    assert EVENT.states == {state.value for state in EventState}
    assert REGISTRATION.states == {state.value for state in RegistrationState}
    assert COMING < HOLDING_A_PLACE


@pytest.mark.parametrize("state", sorted(REGISTRATION.states))
def test_a_person_answers_for_herself_and_removes_nobody(state):
    possible = {one.action for one in REGISTRATION.possible(state, "CAND")}

    assert possible <= {"confirm", "wait", "decline", "cancel"}


def test_an_employer_moves_nothing():
    assert all("EMPL" not in one.by for one in (*EVENT.transitions, *REGISTRATION.transitions))


def test_cancelling_reopening_and_removing_need_a_reason():
    for table, action, state in (
        (EVENT, "cancel", "ready"), (EVENT, "reopen", "ended"), (REGISTRATION, "remove", "invited")
    ):
        with pytest.raises(Refused, match="précision"):
            table.move(action, state, "LM" if table is EVENT else "LA", {"reason": ""})
