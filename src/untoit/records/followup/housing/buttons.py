"""The acts that a page offers on a proposal: those of the table, without the ones done elsewhere or refused today."""

from __future__ import annotations

from datetime import date

from untoit.core.errors import Refused
from untoit.core.lifecycles.case import tenancy_dates
from untoit.core.lifecycles.housing_track import (
    HOLDING_THE_DWELLING,
    HOUSING,
    HousingState,
    RankedProposal,
    check_call,
)
from untoit.core.lifecycles.lifecycle import Transition
from untoit.records.followup.housing.checks import DECISIONS
from untoit.records.followup.models import Proposal
from untoit.records.followup.tracks.values import proposal_value, rivals_of

# What is done on the page of a session of the committee, where members, votes and minutes are.
IN_SESSION = frozenset({"put_on_agenda", "take_back", *DECISIONS})
WAYS_BACK = ("miss_visit", "reopen_offer", "restore_tenancy", "reopen")


def possible(row: Proposal, role: str, on: date) -> tuple[Transition, ...]:
    """Return the acts that this role may do now on the page of the proposal, each once."""
    found = {one.action: one for one in HOUSING.possible(row.state, role) if _makes_sense(row, one.action, on)}
    return tuple(found.values())


def waits_for_a_session(row: Proposal, role: str) -> bool:
    """Whether what comes next is written on the page of a session."""
    return any(HOUSING.may(action, row.state, role) for action in ("put_on_agenda", "allocate"))


def way_back(before: str, after: str, role: str) -> str:
    """Return the act by which this role brings a proposal back exactly where it was; "" when the table has none."""
    there = {one.action for one in HOUSING.possible(after, role) if one.target == before}
    return next((action for action in WAYS_BACK if action in there), "")


def _makes_sense(row: Proposal, action: str, on: date) -> bool:
    if action in IN_SESSION:
        # A condition that was not met is ended here; the rest is decided in session.
        return action == "not_allocate" and row.state == HousingState.ALLOCATED_CONDITIONAL
    if action in ("check_3m", "check_6m"):
        due = dict(tenancy_dates(proposal_value(row))).get(action)
        return due is not None and due <= on
    return action != "call_rank" or _may_be_called(row)


def _may_be_called(row: Proposal) -> bool:
    others = rivals_of(row)
    try:
        check_call(RankedProposal(str(row.pk), row.rank or 99, row.state), others)
    except Refused:
        return False
    return not any(one.state in HOLDING_THE_DWELLING or one.state == HousingState.ALLOCATED for one in others)
