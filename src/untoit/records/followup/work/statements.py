"""
« Toujours en poste », « contrat terminé » : the same question to the employer and to the person, in one tap.

What is said moves the track where the table allows it; otherwise the word is kept beside (:mod:`.two_words`).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.lifecycles.job_track import IN_WORK, LOST, one_tap
from untoit.core.wording import typography
from untoit.records.followup.models import Application, TrackAct
from untoit.records.followup.tracks import acts
from untoit.records.followup.tracks.values import employment_of
from untoit.records.followup.work import applications, two_words
from untoit.records.followup.work.moves import move
from untoit.records.followup.work.words import ending_act, ends_for
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require


@transaction.atomic
def say(
    *, application_id: UUID, present: bool, by: Actor, at: datetime, ended_on: date | None = None, reason: str = "",
    revision: int | None = None,
) -> TrackAct:
    """
    Record whether the person still holds the job, as the employer or the person says it.

    Raises
    ------
    Refused
        For a contract that has not begun, an end without a day or a reason, a day that cannot be.
    """
    require(by, "retention_followup", WRITE)
    row = applications.locked(application_id, "" if present else ending_act(reason), by, revision=revision)
    return said(row, present=present, by=by, at=at, ended_on=ended_on, reason=reason)


def said(
    row: Application, *, present: bool, by: Actor, at: datetime, ended_on: date | None = None, reason: str = "",
    how: str = "screen",
) -> TrackAct:
    """Record the word of one side on a locked application; the offer is locked too where a trial is broken."""
    today = timezone.localdate(at)
    if row.state not in IN_WORK | LOST or row.start_on is None:
        raise Refused("Il n'y a pas de contrat en cours sur cette candidature.")
    if row.start_on > today:
        raise Refused(typography(f"Le contrat commence le {row.start_on:%d/%m/%Y} : il est trop tôt pour le dire."))
    if present:
        return _present(row, by=by, at=at, how=how, today=today)
    if ended_on is None or reason not in ends_for(today):
        raise Refused("Indiquez le dernier jour travaillé et la raison.")
    if row.state in IN_WORK:
        return move(row, ending_act(reason), {"ended_on": ended_on, "reason": reason}, by=by, at=at, how=how)
    if not row.start_on <= ended_on <= today:
        raise Refused("Le dernier jour se trouve entre la prise de poste et aujourd'hui.")
    return two_words.keep(row, two_words.SAY_ENDED, ended_on, by=by, at=at, how=how, reason=reason)


def _present(row: Application, *, by: Actor, at: datetime, how: str, today: date) -> TrackAct:
    employment = employment_of(row)
    asked = one_tap(row.state, employment, today) if employment is not None and row.state in IN_WORK else None
    if asked is not None and asked.months is not None:
        return move(row, asked.yes, {"checked_on": today}, by=by, at=at, how=how)
    return two_words.keep(row, two_words.SAY_HELD, today, by=by, at=at, how=how)


@transaction.atomic
def settle(*, application_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> TrackAct:
    """Say, as the coach who asked both, that what is written is right: the two words stay, the question is closed."""
    require(by, "job_act", WRITE)
    row = acts.locked(Application, application_id, by, revision=revision)
    if by.role is not Role.EMPP or not row.words_differ:
        raise Refused("Il n'y a rien à éclaircir sur cette candidature.")
    return two_words.keep(row, two_words.SETTLE, timezone.localdate(at), by=by, at=at, how="screen")
