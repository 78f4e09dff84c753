"""An event like the last one: its rooms, stands, interviewers and settings; never its people, nor what is no more."""

from __future__ import annotations

from uuid import UUID

from untoit.records.events.models import Event, Room, Stand, StandOffer, StandTable, StandVacancy
from untoit.records.jobs.models import OfferState
from untoit.records.partners.editing import recorded
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import VacancyState


def copy_all_but_people(source: Event, event: Event, *, by: Actor) -> None:
    """Give an event the rooms, stands and settings of another; offers and homes only while they are open."""
    rooms: dict[UUID, Room] = {}
    for room in source.rooms.all():
        rooms[room.pk] = Room.objects.create(event=event, name=room.name, is_accessible=room.is_accessible)
    with recorded(by):
        for stand in source.stands.prefetch_related("tables", "shown_offers__offer", "shown_vacancies__vacancy"):
            _copy_stand(stand, event, rooms[stand.room_id])
    event.settings = {**source.settings, **_own(event), "walking": _walking(source, rooms)}
    event.save(update_fields=["settings"])


def _own(event: Event) -> dict[str, object]:
    """Return the settings that the form has just given."""
    return {name: value for name, value in event.settings.items() if name in ("employers_min", "employers_max")}


def _walking(source: Event, rooms: dict[UUID, Room]) -> dict[str, int]:
    """Say the walking between the rooms again, with the new rooms."""
    made = {}
    new = {str(old): str(room.pk) for old, room in rooms.items()}
    for pair, steps in source.settings.get("walking", {}).items():
        first, _, second = pair.partition("|")
        if first in new and second in new:
            made[f"{new[first]}|{new[second]}"] = steps
    return made


def _copy_stand(stand: Stand, event: Event, room: Room) -> None:
    made = Stand.objects.create(
        event=event, kind=stand.kind, number=stand.number, name=stand.name, organisation_id=stand.organisation_id,
        room=room, languages=stand.languages, presents=stand.presents,
    )
    StandTable.objects.bulk_create([
        StandTable(stand=made, number=one.number, interviewer=one.interviewer, closed_slots=[
            slot for slot in one.closed_slots if slot < event.slots
        ])
        for one in stand.tables.all()
    ])
    StandOffer.objects.bulk_create([
        StandOffer(stand=made, offer=one.offer, openings=one.openings)
        for one in stand.shown_offers.all() if one.offer.state == OfferState.OPEN
    ])
    StandVacancy.objects.bulk_create([
        StandVacancy(stand=made, vacancy=one.vacancy)
        for one in stand.shown_vacancies.all() if one.vacancy.state == VacancyState.OPEN
    ])
