"""The session that an act is about, locked before its candidates: two people who prepare it wait for each other."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from untoit.core.errors import Refused
from untoit.core.wording import typography
from untoit.records.followup.models import Session
from untoit.records.followup.models.committee import SessionState
from untoit.records.partners.editing import require_revision
from untoit.records.partners.rights import WRITE, Actor, require

# What to do when a session is not where the act needs it.
_HERE = {
    SessionState.DRAFT: "l'ordre du jour est encore en préparation : clôturez-le d'abord",
    SessionState.AGENDA_CLOSED: "l'ordre du jour est clos : rouvrez-le d'abord, ou ouvrez la séance",
    SessionState.HELD: "la séance est ouverte",
    SessionState.MINUTED: "le procès-verbal est arrêté",
    SessionState.CANCELLED: "la séance est annulée",
}


def locked(session_id: UUID, by: Actor, *, action: str = WRITE, revision: int | None = None) -> Session:
    """
    Return the session of one's organisation, locked.

    Raises
    ------
    Http404
        When the role may not, or the session is another organisation's.
    Conflict
        When somebody changed it since ``revision``.
    """
    require(by, "committee", action)
    if not Session.objects.visible_to(by).filter(pk=session_id).exists():
        raise Http404
    row: Session = Session.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=session_id)
    if revision is not None:
        require_revision(row, revision, by=by)
    return row


def require_state(session: Session, *states: str) -> None:
    """Refuse what the session no longer allows, or does not yet."""
    if session.state not in states:
        raise Refused(typography(f"Ce n'est pas possible : {_HERE[SessionState(session.state)]}."))
