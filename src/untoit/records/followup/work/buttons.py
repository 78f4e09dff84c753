"""The acts that a page offers on an application: those of the table, without the ones that would be refused today."""

from __future__ import annotations

from datetime import date

from untoit.core.lifecycles.job_track import IN_WORK, JOB, OneTap, check_due_on, one_tap
from untoit.core.lifecycles.lifecycle import Transition
from untoit.records.followup.models import Application
from untoit.records.followup.tracks.values import employment_of
from untoit.records.followup.work.checks import HOLDS
from untoit.records.partners.models import Role


def possible(row: Application, role: str, on: date) -> tuple[Transition, ...]:
    """Return the acts that this role may do now, each once."""
    found = {one.action: one for one in JOB.possible(row.state, role) if _makes_sense(row, one.action, role, on)}
    return tuple(found.values())


def _makes_sense(row: Application, action: str, role: str, on: date) -> bool:
    begun = row.start_on is not None and row.start_on <= on
    if action in HOLDS:
        return row.start_on is not None and check_due_on(row.start_on, HOLDS[action]) <= on
    if action in ("pass_trial", "break_trial"):
        over = row.trial_passed_on is not None or (
            action == "break_trial" and row.trial_ends_on is not None and row.trial_ends_on < row.since
        )
        return begun and not over
    if action == "end":
        return begun
    if action == "reopen" and role == Role.EMPL:
        return row.last_action != "withdraw_person"
    return not (action == "withdraw_employer" and row.state in IN_WORK and begun)


def question(row: Application, on: date) -> OneTap | None:
    """Return the check that is due, put as one question; ``None`` when there is nothing to ask."""
    employment = employment_of(row)
    if employment is None or row.state not in IN_WORK:
        return None
    asked = one_tap(row.state, employment, on)
    return asked if asked is not None and asked.months is not None else None
