"""Who sits at a session: names, qualities, presence, and how many may vote on a dwelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from untoit.core.errors import Refused
from untoit.core.wording import typography
from untoit.records.followup.committee.locks import locked, require_state
from untoit.records.followup.models import Session, SessionMember
from untoit.records.followup.models.committee import SessionState
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

MAYOR, CHAIR, ADVISORY = "mayor", "chair", "advisory"
QUALITIES = dict(SessionMember._meta.get_field("quality").choices or ())
BEFORE_MINUTES = (SessionState.DRAFT, SessionState.AGENDA_CLOSED, SessionState.HELD)
_KEPT = ("name", "quality", "commune", "votes", "order")


@dataclass(frozen=True, slots=True)
class Seat:
    """One member as a person writes it down; ``commune`` is the INSEE code of whom a mayor represents."""

    name: str
    quality: str
    commune: str = ""
    votes: bool = True
    is_present: bool | None = None


def copy_from_last(session: Session) -> int:
    """Give a new session the members of the organisation's last one, presence unknown; return how many."""
    last = (
        Session.objects.filter(organisation_id=session.organisation_id, members__isnull=False)
        .exclude(pk=session.pk).exclude(state=SessionState.CANCELLED).order_by("-on", "-starts_min").first()
    )
    if last is None:
        return 0
    made = [
        SessionMember(session=session, **{name: getattr(one, name) for name in _KEPT}) for one in last.members.all()
    ]
    SessionMember.objects.bulk_create(made)
    return len(made)


@transaction.atomic
def write_members(
    *, session_id: UUID, seats: Sequence[Seat], by: Actor, at: datetime, revision: int | None = None
) -> Session:
    """
    Replace the members of a session by these, in this order, until the minutes are settled.

    Raises
    ------
    Refused
        When a name is there twice, a quality is unknown, or an advisory voice is given a vote.
    """
    session = locked(session_id, by, revision=revision)
    require_state(session, *BEFORE_MINUTES)
    names = [one.name.strip() for one in seats]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused(typography(f"{twice[0]} est écrit deux fois : une ligne par membre."))
    for one in seats:
        if one.quality not in QUALITIES or not one.name.strip():
            raise Refused("Chaque membre a un nom et une qualité.")
        if one.quality == ADVISORY and one.votes:
            raise Refused(typography(f"{one.name} a une voix consultative : sa voix ne compte pas dans les votes."))
    session.members.all().delete()
    SessionMember.objects.bulk_create([
        SessionMember(
            session=session, name=one.name.strip(), quality=one.quality, commune=one.commune, votes=one.votes,
            is_present=one.is_present, order=number,
        )
        for number, one in enumerate(seats)
    ])
    session.revision += 1
    session.save(update_fields=["revision"])
    note_act(by, "committee.members", "session", session.pk, at=at, count=len(seats))
    return session


def voters(members: Iterable[SessionMember], commune: str) -> list[SessionMember]:
    """
    Return the members who are present and vote on a dwelling of this commune.

    The mayor of another commune sits for the dwellings of that commune only (CCH art. L441-2).
    """
    return [
        one for one in members
        if one.is_present and one.votes and not (one.quality == MAYOR and one.commune and one.commune != commune)
    ]


def mayor_sits(members: Iterable[SessionMember], commune: str) -> bool:
    """Whether the mayor of this commune, or who represents the mayor, is present: that voice settles a tie."""
    return any(one.quality == MAYOR for one in voters(members, commune))
