"""The person's own word on leaving: one of three faces, in a language of her or his choice; the last one stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import EventState
from untoit.core.wording import typography
from untoit.core.wording.languages import OWN_NAMES
from untoit.records.events.models import Feedback, Registration
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

FACES = {3: "content·e", 2: "moyen", 1: "mécontent·e"}
WANTS = {"call": "être rappelé·e"}


@transaction.atomic
def record(
    *, registration: Registration, face: int, language: str = "fr", wants: Sequence[str] = (), by: Actor, at: datetime
) -> Feedback:
    """
    Write what somebody thought of the half-day; the caller has checked the right to this registration.

    Raises
    ------
    Refused
        For another face, language or wish than those offered, or once the review of the event is closed.
    """
    if face not in FACES or language not in OWN_NAMES or not set(wants) <= set(WANTS):
        raise Refused("Choisissez l'un des trois visages.")
    row = Feedback.objects.select_for_update(of=("self",)).filter(registration=registration).first()
    if registration.event.state == EventState.REVIEWED:
        raise Refused(typography("Le bilan de cette rencontre est arrêté. Merci d'être venu·e."))
    if row is not None and row.at > at:
        return row
    if row is None:
        row = Feedback(registration=registration)
    row.face, row.language, row.wants, row.at = face, language, sorted(set(wants)), at
    row.save()
    note_act(by, "feedback.given", "registration", registration.pk, at=at)
    return row
