"""What an event asks of its timetable: how much each wish binds, when everybody rests, how many meetings in a row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from untoit.core import timetabling as core
from untoit.core.errors import Conflict, Refused
from untoit.core.wording import typography
from untoit.records.events import timetable
from untoit.records.events.models import Event
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

LEVELS = {
    core.Level.IMPOSSIBLE: "Impossible : personne ne peut passer outre",
    core.Level.MUST: "À respecter, sauf si une personne le confirme",
    core.Level.WARN: "Souhait : signalé quand il n’est pas suivi",
    core.Level.IGNORE: "Sans importance",
}
FAMILIES = {
    "arrival": "Heure à laquelle la personne peut arriver", "leaving": "Heure à laquelle elle doit repartir",
    "wave": "Vague indiquée sur l’invitation", "walking": "Temps pour passer d’une salle à l’autre",
    "rest": "Pause après plusieurs rencontres de suite", "order": "Échange logement après, ou avant, les entretiens",
    "language": "Interprète nécessaire", "accessible": "Accès de plain-pied nécessaire",
    "count": "Nombre de rencontres au plus", "household": "Échange logement commun à un ménage",
    "wish": "Rencontre que personne n’a souhaitée",
}
MOST_IN_A_ROW = 6


def levels_of(event: Event) -> dict[str, str]:
    """Return the level of each family of wishes, the usual one where the event does not say."""
    said = event.settings.get("levels", {})
    return {family: str(said.get(family, core.DEFAULT_LEVELS[family])) for family in FAMILIES}


@transaction.atomic
def set_rules(
    *, event_id: UUID, levels: Mapping[str, str], breaks: Collection[int], max_run: int, revision: int, by: Actor,
    at: datetime,
) -> Event:
    """
    Change what the timetable of an event must respect; the present one stays, and the board says what it breaks.

    Raises
    ------
    Conflict
        When somebody changed the event since ``revision``.
    """
    event = timetable.locked_event(event_id, by)
    timetable.require_preparing(event)
    if event.revision != revision:
        raise Conflict(typography(
            "Cet événement vient d'être modifié par quelqu'un d'autre : relisez ses réglages avant de les changer."
        ))
    if not 1 <= max_run <= MOST_IN_A_ROW or any(not 0 <= slot < event.slots for slot in breaks):
        raise Refused(typography("Ces réglages sortent de la demi-journée : relisez-les."))
    chosen = {family: str(core.Level(levels[family])) for family in FAMILIES if family in levels}
    settings = {
        **event.settings, "max_run": max_run, "breaks": sorted(set(breaks)),
        "levels": {**event.settings.get("levels", {}), **chosen},
    }
    if settings == event.settings:
        return event
    event.settings = settings
    event.revision += 1
    with recorded(by):
        event.save(update_fields=["settings", "revision"])
    note_act(by, "timetable.rules", "event", event.pk, at=at)
    return event
