"""The review of an event: when the day is over and the outcomes are there, somebody says that it is settled."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import EventState
from untoit.core.wording import counted, typography
from untoit.records.events import plans
from untoit.records.events.models import EmployerOutcome, Event, HousingOutcome, Meeting, StandKind
from untoit.records.partners.rights import Actor

COUNTED = frozenset({EventState.ENDED, EventState.REVIEWED})


@transaction.atomic
def settle(*, event_id: UUID, anyway: bool, revision: int | None = None, by: Actor, at: datetime) -> Event:
    """
    Say that the review of an event is done; it can be opened again.

    Raises
    ------
    Refused
        When outcomes are missing, unless one says to settle it ``anyway``; when the state does not allow it.
    """
    event = plans.move_event(event_id=event_id, action="review", by=by, at=at, revision=revision)
    missing = without_outcome(event).count()
    if missing and not anyway:
        seen = counted(missing, "rencontre n'a", "rencontres n'ont")
        raise Refused(typography(f"{seen} pas encore de suite notée. Notez-les, ou cochez « arrêter quand même »."))
    return event


def without_outcome(event: Event) -> QuerySet[Meeting]:
    """Return the meetings of somebody present, at an employer or a table of homes, whose outcome nobody wrote."""
    return (
        Meeting.objects.filter(event=event, state__in=("planned", "held"), registration__present_at__isnull=False)
        .exclude(stand__kind=StandKind.DESK)
        .annotate(
            said=Exists(EmployerOutcome.objects.filter(meeting=OuterRef("pk"))),
            told=Exists(HousingOutcome.objects.filter(meeting=OuterRef("pk"))),
        )
        .filter(said=False, told=False)
    )
