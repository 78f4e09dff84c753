"""Every (state, act, actor) of the housing track, answers and ranks."""

from datetime import UTC, date, datetime

import pytest

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles import CLOCK
from untoit.core.lifecycles.housing_track import (
    CLOSED,
    HOLDING_THE_DWELLING,
    HOUSING,
    HOUSING_STATE_NAMES,
    LEASED,
    OPEN,
    SOURCES,
    HousingState,
    RankedProposal,
    answer_deadline,
    answer_due_on,
    check_answer_due,
    check_call,
    has_lapsed,
    next_rank,
    refusal_families,
    withdrawal_reasons,
)

ROLES = ("ADM", "LA", "LM", "DEP", "EMPP", "EMPL", "FUND", "PART", "CAND", "PUB", "TAB", "DPO", CLOCK)
GIVEN = dict.fromkeys((
    "visit_on", "visited_on", "missing_documents", "documents", "session_on", "reason", "reasons", "stated",
    "decided_on", "rank", "document", "document_due_on", "received_on", "called_on", "notified_on", "answer_due_on",
    "answered_on", "lease_signed_on", "signed_on", "inventory_on", "keys_on", "checked_on", "ended_on",
), "dit")

# Written by hand from the law and the reference, not read from the table: state -> act -> where it leads.
BEFORE = ("proposed", "visit_planned", "visited", "file_incomplete", "file_complete")
OFFERLESS = (*BEFORE, "on_agenda", "allocated", "allocated_ranked", "allocated_conditional")
OPEN_STATES = (*OFFERLESS, "notified", "accepted")
LEASES = ("lease_signed", "inventory_done", "keys_handed", "called_1m", "checked_3m", "checked_6m")
OVER = ("declined", "refused", "refused_silence", "withdrawn", "not_allocated", "rejected_inadmissible")
MOVES = {
    **{(state, "plan_visit"): "visit_planned" for state in ("proposed", "visit_planned", "visited")},
    **{(state, "record_visit"): "visited" for state in ("proposed", "visit_planned")},
    **{(state, act): state for state in ("file_incomplete", "file_complete", "notified", "accepted")
       for act in ("plan_visit", "record_visit")},
    ("visit_planned", "miss_visit"): "proposed",
    **{(state, "declare_missing"): "file_incomplete" for state in BEFORE},
    **{(state, "complete_file"): "file_complete" for state in BEFORE[:-1]},
    ("file_incomplete", "put_on_agenda"): "on_agenda", ("file_complete", "put_on_agenda"): "on_agenda",
    ("on_agenda", "postpone"): "file_incomplete",
    ("on_agenda", "allocate"): "allocated", ("on_agenda", "allocate_ranked"): "allocated_ranked",
    ("on_agenda", "allocate_conditional"): "allocated_conditional",
    ("on_agenda", "not_allocate"): "not_allocated", ("allocated_conditional", "not_allocate"): "not_allocated",
    ("on_agenda", "reject"): "rejected_inadmissible",
    **{(state, "take_back"): "on_agenda" for state in (
        "allocated", "allocated_ranked", "allocated_conditional", "not_allocated", "rejected_inadmissible")},
    ("allocated_conditional", "receive_document"): "allocated", ("allocated_ranked", "call_rank"): "allocated",
    ("allocated", "notify"): "notified", ("notified", "accept"): "accepted", ("notified", "lapse"): "refused_silence",
    **{(state, "refuse"): "declined" for state in OFFERLESS}, ("notified", "refuse"): "refused",
    **{(state, act): "withdrawn" for state in OPEN_STATES
       for act in ("withdraw_person", "withdraw_landlord", "supersede")},
    ("accepted", "sign_lease"): "lease_signed", ("lease_signed", "make_inventory"): "inventory_done",
    ("lease_signed", "hand_keys"): "keys_handed", ("inventory_done", "hand_keys"): "keys_handed",
    ("keys_handed", "call_1m"): "called_1m",
    ("keys_handed", "check_3m"): "checked_3m", ("called_1m", "check_3m"): "checked_3m",
    **{(state, "check_6m"): "checked_6m" for state in ("keys_handed", "called_1m", "checked_3m")},
    **{(state, "end_tenancy"): "tenancy_ended" for state in LEASES},
    **{(state, "reopen"): "proposed" for state in OVER},
    ("refused", "reopen_offer"): "notified", ("refused_silence", "reopen_offer"): "notified",
    ("tenancy_ended", "restore_tenancy"): "keys_handed",
}
ADVISERS, DECIDERS = {"LA", "LM", "PART"}, {"LM", "PART"}
BY = {
    **dict.fromkeys(("accept", "refuse", "withdraw_person"), ADVISERS | {"CAND"}),
    **dict.fromkeys(("allocate", "allocate_ranked", "allocate_conditional", "not_allocate", "reject", "reopen_offer",
                     "restore_tenancy", "take_back"), DECIDERS),
    **dict.fromkeys(("lapse", "supersede"), frozenset({CLOCK})),
}
ACTIONS = sorted({one.action for one in HOUSING.transitions})


def may(state, action, role):
    """Return whether the hand-written table lets a role act."""
    if (state, action) == ("accepted", "withdraw_landlord"):
        return role in DECIDERS
    return role in BY.get(action, ADVISERS)


@pytest.mark.parametrize("state", sorted(HOUSING.states))
@pytest.mark.parametrize("action", ACTIONS)
def test_every_pair_leads_where_the_law_says_for_every_role(state, action):
    for role in ROLES:
        if (state, action) in MOVES and may(state, action, role):
            assert HOUSING.move(action, state, role, GIVEN) == MOVES[state, action]
        else:
            with pytest.raises(Refused):
                HOUSING.move(action, state, role, GIVEN)


def test_states_names_and_sources_are_complete():
    assert HOUSING.states == {state.value for state in HousingState} == {each.value for each in HOUSING_STATE_NAMES}
    assert set(SOURCES) == set(ACTIONS)
    assert {state for state, _ in MOVES} == HOUSING.states


def test_nothing_is_terminal():
    assert all(any(state in one.sources for one in HOUSING.transitions) for state in HOUSING.states)
    assert OPEN | CLOSED | LEASED | {HousingState.TENANCY_ENDED} == set(HousingState)
    assert not OPEN & CLOSED
    assert LEASED < HOLDING_THE_DWELLING


@pytest.mark.parametrize("one", HOUSING.transitions, ids=lambda one: one.action)
def test_what_an_act_needs_is_asked(one):
    state, role = sorted(one.sources)[0], sorted(one.by)[0]

    for need in one.needs:
        with pytest.raises(Refused, match="précision"):
            HOUSING.move(one.action, state, role, GIVEN | {need: ""})


def test_reopening_and_closing_give_a_reason():
    for action in ("reopen", "reopen_offer", "restore_tenancy", "withdraw_person", "withdraw_landlord", "postpone",
                   "take_back"):
        assert all("reason" in one.needs for one in HOUSING.transitions if one.action == action)


def test_the_answer_is_due_ten_whole_days_later():
    assert answer_due_on(date(2026, 11, 2)) == date(2026, 11, 12)
    check_answer_due(date(2026, 11, 2), date(2026, 11, 12))
    check_answer_due(date(2026, 11, 2), date(2026, 11, 20))
    with pytest.raises(Refused, match="12/11/2026 inclus"):
        check_answer_due(date(2026, 11, 2), date(2026, 11, 11))


@pytest.mark.parametrize(
    ("at", "lapsed"),
    [
        (datetime(2026, 11, 12, 22, 59, 59, tzinfo=UTC), False),   # 23:59:59 in Paris, winter time
        (datetime(2026, 11, 12, 23, 0, tzinfo=UTC), True),
    ],
)
def test_silence_counts_from_midnight_in_paris(at, lapsed):
    assert has_lapsed(date(2026, 11, 12), at) is lapsed


def test_silence_counts_from_midnight_in_paris_in_summer_too():
    assert not has_lapsed(date(2026, 7, 12), datetime(2026, 7, 12, 21, 59, tzinfo=UTC))
    assert has_lapsed(date(2026, 7, 12), datetime(2026, 7, 12, 22, 0, tzinfo=UTC))
    assert answer_deadline(date(2026, 10, 24)).utcoffset() != answer_deadline(date(2026, 10, 25)).utcoffset()


def test_an_instant_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        has_lapsed(date(2026, 11, 12), datetime(2026, 11, 12, 23, 59))


def ranked(*states):
    """Return proposals of rank 1, 2, 3… in those states."""
    return [RankedProposal(f"P{rank}", rank, state) for rank, state in enumerate(states, 1)]


@pytest.mark.parametrize(
    ("states", "following"),
    [
        (("allocated_ranked", "allocated_ranked"), "P1"),
        (("notified", "allocated_ranked"), None),
        (("accepted", "allocated_ranked"), None),
        (("allocated", "allocated_ranked"), None),
        (("refused_silence", "allocated_ranked", "allocated_ranked"), "P2"),
        (("refused", "withdrawn", "allocated_ranked"), "P3"),
        (("refused", "refused"), None),
        (("lease_signed", "allocated_ranked"), None),
        ((), None),
    ],
)
def test_next_rank_waits_for_the_ones_before(states, following):
    found = next_rank(ranked(*states))

    assert (found.reference if found else None) == following


def test_a_rank_is_called_only_after_the_refusal_of_those_before():
    first, second, third = ranked("refused", "allocated_ranked", "allocated_ranked")

    check_call(second, [first, second, third])
    with pytest.raises(Refused, match="rang 2"):
        check_call(third, [first, second, third])


def test_refusal_codes_are_grouped_in_families():
    on = date(2026, 11, 23)

    assert refusal_families(["TOO_SMALL", "NO_TRANSPORT", "LOCATION"], on) == ("LOCATION", "SIZE")
    for wrong in ([], ["RENT"]):
        with pytest.raises(Refused, match="raisons de la liste"):
            refusal_families(wrong, on)


def test_the_list_of_refusals_is_that_of_the_reference():
    known = parameters.at("followup/refusal_reasons", date(2026, 11, 23))

    assert set(known["reasons"]) == {
        "RENT_TOO_HIGH", "CHARGES_TOO_HIGH", "LOCATION", "FAR_FROM_WORK", "NO_TRANSPORT", "NO_SERVICES_SHOPS",
        "FAR_FROM_SCHOOL_CHILDCARE", "FAR_FROM_FAMILY", "DISTRICT_SAFETY_IMAGE", "TOO_SMALL", "TOO_BIG", "LAYOUT",
        "CONDITION_WORKS", "FLOOR_NO_LIFT", "NOT_ACCESSIBLE", "NO_PARKING", "NO_OUTDOOR", "HEATING_ENERGY",
        "CONTRACT_OFFER_FELL", "SITUATION_CHANGED", "HOUSED_ELSEWHERE", "WISH_CHANGED", "NO_ANSWER", "OTHER",
    }
    assert {each["family"] for each in known["reasons"].values()} == set(known["families"])
    assert known.to_check


def test_each_party_withdraws_with_its_own_reasons():
    assert "HOUSED_ELSEWHERE" in withdrawal_reasons("withdraw_person", date(2026, 11, 23))
    assert "DWELLING_WITHDRAWN" in withdrawal_reasons("withdraw_landlord", date(2026, 11, 23))
