"""The rows of an event that its papers are made of, read in a number of queries that does not depend on how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording.moments import clock
from untoit.records.events.models import (
    Event,
    Meeting,
    Registration,
    Stand,
    StandKind,
    StandOffer,
    StandTable,
    StandVacancy,
)
from untoit.records.jobs.models import Offer
from untoit.records.stock.models import Photo, Vacancy

# What a stand that shows homes is called wherever an employer, or a passer-by, may read it.
NEUTRAL_DESK = "Point conseil"


@dataclass(frozen=True, slots=True)
class Rows:
    """An event with its people, who meets whom, and what each stand shows."""

    event: Event
    people: tuple[Registration, ...]
    meetings: dict[UUID, list[Meeting]]
    stands: tuple[Stand, ...]
    tables: dict[UUID, list[StandTable]]
    offers: dict[UUID, list[Offer]]
    vacancies: dict[UUID, list[Vacancy]]
    photos: dict[UUID, Photo]

    def of_stand(self, stand: Stand) -> list[Meeting]:
        """Return the meetings of one stand, in order."""
        found = [one for rows in self.meetings.values() for one in rows if one.stand_id == stand.pk]
        return sorted(found, key=lambda one: (one.slot, one.table))


def expected(people: QuerySet[Registration]) -> QuerySet[Registration]:
    """Keep those who are to come, with what their papers say, in the order of the badges, which says nothing."""
    return (
        people.filter(state=RegistrationState.CONFIRMED)
        .select_related("person", "wave", "event").order_by("wave__number", "badge")
    )


def rows_of(event: Event, people: Sequence[Registration], *, with_photos: bool = False) -> Rows:
    """Return everything that the papers of these people may say."""
    meetings: dict[UUID, list[Meeting]] = defaultdict(list)
    for meeting in (
        Meeting.objects.active().filter(event=event, registration__in=[one.pk for one in people])
        .select_related("stand__room", "offer", "vacancy")
        .defer("offer__search", "vacancy__search", "vacancy__search_masked")
        .order_by("slot", "table")
    ):
        meetings[meeting.registration_id].append(meeting)
    stands = tuple(event.stands.select_related("room", "organisation"))
    tables, offers, vacancies = defaultdict(list), defaultdict(list), defaultdict(list)
    for table in StandTable.objects.filter(stand__event=event):
        tables[table.stand_id].append(table)
    for shown in StandOffer.objects.filter(stand__event=event).select_related("offer").defer("offer__search"):
        offers[shown.stand_id].append(shown.offer)
    for on_show in StandVacancy.objects.filter(stand__event=event).select_related("vacancy").defer(
        "vacancy__search", "vacancy__search_masked"
    ):
        vacancies[on_show.stand_id].append(on_show.vacancy)
    photos: dict[UUID, Photo] = {}
    if with_photos:
        homes = {one.pk for some in vacancies.values() for one in some}
        homes |= {one.vacancy_id for some in meetings.values() for one in some if one.vacancy_id}
        for photo in Photo.objects.filter(vacancy__in=homes, removed_at=None).order_by("-order", "-added_at"):
            photos[photo.vacancy_id] = photo
    return Rows(event, tuple(people), meetings, stands, tables, offers, vacancies, photos)


def as_told(registration: Registration, meetings: Sequence[Meeting]) -> list[Meeting]:
    """Return the meetings at the hours that the person was told: what was not told may still change altogether."""
    if not registration.event.published_version:
        return []
    found = []
    for one in meetings:
        if one.told_slot is not None:
            one.slot = one.told_slot
            found.append(one)
    return sorted(found, key=lambda one: one.slot)


def span(event: Event, slot: int, length: int = 1) -> tuple[str, str]:
    """Return when a meeting starts and ends: the change-over after its last slot is not a part of it."""
    return clock(event.minute_of(slot)), clock(event.minute_of(slot + length - 1) + event.slot_min)


def neutral_stand(stand: Stand) -> str:
    """Return the name of a stand as anybody may read it: a table of homes is a desk that gives advice."""
    return NEUTRAL_DESK if stand.kind == StandKind.HOUSING else stand.name
