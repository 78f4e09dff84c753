"""Taking back what was just said of an application, by the acts that the table has for it: nothing is rewritten."""

from __future__ import annotations

from datetime import datetime

from untoit.core.lifecycles.job_track import CLOSED, JobState
from untoit.records.followup.models import Application
from untoit.records.followup.work.moves import move
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor


def take_back(row: Application, *, because: str, by: Actor, at: datetime, how: str) -> None:
    """
    Bring a locked application back to where an interview can be followed by anything; its offer is locked too.

    ``because`` is a code of ``words.CORRECTED``. A contract that has begun is not taken back: it is refused.
    """
    as_role = str(Role.EMPL)
    if row.state in (JobState.OFFERED, JobState.HIRED):
        move(row, "withdraw_employer", {"reason": "OTHER"}, by=by, at=at, how=how, as_role=as_role)
    if row.state in CLOSED:
        move(row, "reopen", {"reason": because}, by=by, at=at, how=how, as_role=as_role)
    if row.state == JobState.INTERVIEW_PLANNED:
        move(row, "miss_interview", {}, by=by, at=at, how=how, as_role=as_role)
