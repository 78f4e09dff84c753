"""
Stands: employers with the offers they bring, landlords' tables with the homes on show, information desks.

A stand is removed only while nobody has a meeting there; what it was is given back, so that the removal can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404

from untoit.core.errors import Refused, UnusableInput
from untoit.core.lifecycles.event import EventState
from untoit.core.wording import typography
from untoit.core.wording.moments import clock
from untoit.records.events.models import (
    Event,
    Room,
    Stand,
    StandKind,
    StandOffer,
    StandTable,
    StandVacancy,
    Wish,
)
from untoit.records.events.plans import writable
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Organisation, OrganisationKind
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy, VacancyState

MOST_TABLES = 12
_OVER = frozenset({EventState.ENDED, EventState.REVIEWED, EventState.CANCELLED})


@dataclass(frozen=True, slots=True)
class StandPlan:
    """
    What the form says of a stand.

    ``tables`` gives who receives at each table and the slots of the pauses; ``offers`` the openings brought by offer;
    ``vacancies`` the homes on show.
    """

    kind: str
    name: str
    room_id: UUID
    organisation_id: UUID | None = None
    languages: tuple[str, ...] = ()
    arrives_slot: int = 0
    presents: str = ""
    tables: tuple[tuple[str, tuple[int, ...]], ...] = (("", ()),)
    offers: Mapping[UUID, int] = field(default_factory=dict)
    vacancies: tuple[UUID, ...] = ()


def employers_with_offers(by: Actor, event: Event) -> list[tuple[str, int]]:
    """Return the employers who have open offers and no stand yet, with how many, by name."""
    taken = {name.casefold() for name in event.stands.filter(kind=StandKind.EMPLOYER).values_list("name", flat=True)}
    found: dict[str, int] = {}
    for name in open_offers(by).values_list("employer", flat=True):
        if name.casefold() not in taken:
            found[name] = found.get(name, 0) + 1
    return sorted(found.items(), key=lambda one: one[0].casefold())


def open_offers(by: Actor) -> Any:
    """Return the offers that may be shown: open and confirmed."""
    return Offer.objects.visible_to(by).filter(state=OfferState.OPEN, expires_on__gte=by.today).defer("search")


def open_vacancies(by: Actor, organisation_id: UUID | None) -> Any:
    """Return the homes that may be shown at the tables of an organisation: open, and within what the actor sees."""
    found = Vacancy.objects.visible_to(by).filter(state=VacancyState.OPEN).defer("search", "search_masked")
    return found.filter(organisation_id=organisation_id).order_by("reference")


def landlords() -> list[Organisation]:
    """Return who may hold a housing table."""
    kinds = (OrganisationKind.LANDLORD, OrganisationKind.PARTNER_LANDLORD)
    return list(Organisation.objects.filter(kind__in=kinds, is_active=True).order_by("name"))


@transaction.atomic
def add_employers(*, event_id: UUID, names: Iterable[str], by: Actor, at: datetime) -> list[Stand]:
    """Give a stand to each of these employers, with all its open offers; one who has a stand already keeps it."""
    event = _locked_event(event_id, by)
    wanted = {" ".join(name.split()) for name in names} - {""}
    offers: dict[str, list[Offer]] = {name: [] for name in wanted}
    for offer in open_offers(by).filter(employer__in=wanted).select_related("organisation"):
        offers[offer.employer].append(offer)
    there = {name.casefold() for name in event.stands.values_list("name", flat=True)}
    made = []
    for name in sorted(wanted, key=str.casefold):
        if name.casefold() in there:
            continue
        made.append(_create(event, StandPlan(
            kind=StandKind.EMPLOYER, name=name, room_id=_room(event).pk, organisation_id=_employer(name, offers[name]),
            offers={one.pk: one.openings for one in offers[name]},
        ), by))
    note_act(by, "stand.added", "event", event.pk, at=at, count=len(made))
    return made


def _employer(name: str, offers: list[Offer]) -> UUID | None:
    """Return the account of an employer: who hands its offers over, or bears its name; none for one without account."""
    for offer in offers:
        if offer.organisation.kind == OrganisationKind.EMPLOYER:
            return offer.organisation_id
    found = Organisation.objects.filter(kind=OrganisationKind.EMPLOYER, name__iexact=name, is_active=True).first()
    return found.pk if found else None


@transaction.atomic
def add_housing(
    *, event_id: UUID, organisation_id: UUID, tables: int, vacancies: Iterable[UUID], by: Actor, at: datetime
) -> Stand:
    """Give a landlord its stand, of so many tables, with the homes that it shows."""
    event = _locked_event(event_id, by)
    landlord = next((one for one in landlords() if one.pk == organisation_id), None)
    if landlord is None:
        raise UnusableInput("Choisissez un bailleur de la liste.")
    stand = _create(event, StandPlan(
        kind=StandKind.HOUSING, name=landlord.name, room_id=_room(event).pk, organisation_id=landlord.pk,
        tables=tuple(("", ()) for _ in range(_tables(tables))),
        vacancies=tuple(open_vacancies(by, landlord.pk).filter(pk__in=list(vacancies)).values_list("pk", flat=True)),
    ), by)
    note_act(by, "stand.added", "event", event.pk, at=at, count=1)
    return stand


@transaction.atomic
def add_desk(
    *, event_id: UUID, name: str, presents: str, by: Actor, at: datetime, organisation_id: UUID | None = None
) -> Stand:
    """Add an information desk: the employment partner, Action Logement, the transport company."""
    event = _locked_event(event_id, by)
    tidy = " ".join(name.split())[:120]
    if not tidy:
        raise UnusableInput("Donnez un nom à ce point d'information.")
    stand = _create(event, StandPlan(
        kind=StandKind.DESK, name=tidy, room_id=_room(event).pk, presents=presents[:300],
        organisation_id=organisation_id,
    ), by)
    note_act(by, "stand.added", "event", event.pk, at=at, count=1)
    return stand


@transaction.atomic
def change_stand(*, stand_id: UUID, plan: StandPlan, revision: int, by: Actor, at: datetime) -> Stand:
    """
    Change a stand: its name, room, tables, pauses, languages, and what it shows.

    Raises
    ------
    Conflict
        When somebody changed it since ``revision``.
    Refused
        When a table that has meetings would go, or a pause would fall on one.
    """
    stand = _locked(stand_id, by)
    require_revision(stand, revision, by=by)
    _require_nobody_loses(stand, plan)
    room = get_object_or_404(Room, pk=plan.room_id, event=stand.event_id)
    stand.name, stand.room, stand.presents = " ".join(plan.name.split())[:120], room, plan.presents[:300]
    stand.languages, stand.arrives_slot = list(plan.languages), plan.arrives_slot
    stand.revision += 1
    with recorded(by):
        stand.save()
    _write_tables(stand, plan.tables)
    _show(stand, plan, by)
    note_act(by, "stand.changed", "stand", stand.pk, at=at)
    return stand


def _require_nobody_loses(stand: Stand, plan: StandPlan) -> None:
    """Refuse what would take its place from somebody who has one."""
    length = len(plan.tables)
    for table, slot in stand.places.values_list("table", "slot"):
        if table > length:
            raise Refused(f"La table {table} a des rencontres : déplacez-les dans le planning d'abord.")
        if slot in plan.tables[table - 1][1] or slot < plan.arrives_slot:
            minute = stand.event.minute_of(slot)
            raise Refused(typography(
                f"Une rencontre est prévue à {clock(minute)} : déplacez-la avant d'y mettre une "
                "pause."
            ))


@transaction.atomic
def move_stand(*, stand_id: UUID, up: bool, by: Actor, at: datetime) -> Stand:
    """Exchange the number of a stand with that of the one before, or after; the first and the last stay."""
    stand = _locked(stand_id, by)
    rows = list(stand.event.stands.select_for_update(of=("self",)).order_by("number"))
    here = next(index for index, one in enumerate(rows) if one.pk == stand.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return stand
    mine, other, last = rows[here], rows[there], rows[-1].number
    mine.number, other.number = other.number, mine.number
    with recorded(by):
        # A number is unique at each instant: one of the two steps aside first.
        Stand.objects.filter(pk=other.pk).update(number=last + 1)
        mine.save(update_fields=["number"])
        other.save(update_fields=["number"])
    note_act(by, "stand.moved", "stand", mine.pk, at=at)
    return mine


@transaction.atomic
def remove_stand(*, stand_id: UUID, by: Actor, at: datetime) -> dict[str, Any]:
    """
    Take a stand away and return what it was, for :func:`restore_stand`.

    Raises
    ------
    Refused
        When somebody has, or had, a meeting there: on the day a stand leaves, it does not vanish.
    """
    stand = _locked(stand_id, by)
    if stand.meetings.exists():
        raise Refused(
            "Des rencontres sont placées à ce stand : retirez-les du planning, ou dites le jour même qu'il part."
        )
    was: dict[str, Any] = {
        "event": str(stand.event_id), "kind": stand.kind, "number": stand.number, "name": stand.name,
        "organisation": str(stand.organisation_id) if stand.organisation_id else None, "room": str(stand.room_id),
        "languages": stand.languages, "arrives_slot": stand.arrives_slot, "presents": stand.presents,
        "tables": [[one.interviewer, list(one.closed_slots)] for one in stand.tables.all()],
        "offers": {str(one.offer_id): one.openings for one in stand.shown_offers.all()},
        "vacancies": [str(pk) for pk in stand.shown_vacancies.values_list("vacancy_id", flat=True)],
        "wishes": [
            [str(one.registration_id), str(one.offer_id or ""), str(one.vacancy_id or ""), one.score, one.is_wanted,
             one.source, one.is_dropped] for one in stand.wishes.all()
        ],
    }
    with recorded(by):
        stand.delete()
    note_act(by, "stand.removed", "event", UUID(was["event"]), at=at)
    return was


@transaction.atomic
def restore_stand(*, was: Mapping[str, Any], by: Actor, at: datetime) -> Stand:
    """Put a stand back as :func:`remove_stand` found it, with the wishes that it had."""
    event = _locked_event(UUID(was["event"]), by)
    room = event.rooms.filter(pk=was["room"]).first() or _room(event)
    stand = _create(event, StandPlan(
        kind=was["kind"], name=was["name"], room_id=room.pk, languages=tuple(was["languages"]),
        organisation_id=UUID(was["organisation"]) if was["organisation"] else None, arrives_slot=was["arrives_slot"],
        presents=was["presents"], tables=tuple((who, tuple(pauses)) for who, pauses in was["tables"]),
        offers={UUID(pk): openings for pk, openings in was["offers"].items()},
        vacancies=tuple(UUID(pk) for pk in was["vacancies"]),
    ), by, number=was["number"])
    there = {str(pk) for pk in event.registrations.values_list("pk", flat=True)}
    Wish.objects.bulk_create(
        Wish(registration_id=who, stand=stand, offer_id=offer or None, vacancy_id=home or None, score=score,
             is_wanted=wanted, source=source, is_dropped=dropped)
        for who, offer, home, score, wanted, source, dropped in was["wishes"] if who in there
    )
    note_act(by, "stand.restored", "stand", stand.pk, at=at)
    return stand


@transaction.atomic
def save_rooms(
    *, event_id: UUID, rooms: Iterable[tuple[UUID | None, str, bool]], walking: int, by: Actor, at: datetime
) -> Event:
    """
    Write the rooms (identifier or none, name, accessible) and the free slots needed to go from one to another.

    Raises
    ------
    Refused
        When a room that has stands would go.
    """
    event = _locked_event(event_id, by)
    known = {one.pk: one for one in event.rooms.all()}
    kept: set[UUID] = set()
    for pk, name, accessible in rooms:
        tidy = " ".join(name.split())[:80]
        if not tidy:
            continue
        room = known.get(pk) if pk is not None else None
        room = room or Room(event=event)
        room.name, room.is_accessible = tidy, accessible
        if Room.objects.filter(event=event, name=tidy).exclude(pk=room.pk).exists():
            raise UnusableInput(typography(f"Deux salles s'appellent « {tidy} » : donnez-leur des noms différents."))
        room.save()
        kept.add(room.pk)
    if not kept:
        raise UnusableInput("Il faut au moins une salle.")
    gone = [one for pk, one in known.items() if pk not in kept]
    for room in gone:
        if room.stands.exists():
            raise Refused(typography(f"« {room.name} » a des stands : changez-les de salle d'abord."))
        room.delete()
    pairs = sorted(str(pk) for pk in kept)
    event.settings = {**event.settings, "walking": {
        f"{one}|{other}": walking for at_, one in enumerate(pairs) for other in pairs[at_ + 1:]
    }}
    event.revision += 1
    with recorded(by):
        event.save(update_fields=["settings", "revision"])
    note_act(by, "event.rooms", "event", event.pk, at=at, count=len(kept))
    return event


def _locked_event(event_id: UUID, by: Actor) -> Event:
    event: Event = get_object_or_404(writable(by).select_for_update(of=("self",)), pk=event_id)
    if event.state in _OVER:
        raise Refused("Cet événement est terminé ou annulé : ses stands ne changent plus.")
    return event


def _locked(stand_id: UUID, by: Actor) -> Stand:
    stand: Stand = get_object_or_404(
        Stand.objects.filter(event__in=writable(by)).select_for_update(of=("self",)).select_related("event"),
        pk=stand_id,
    )
    if stand.event.state in _OVER:
        raise Refused("Cet événement est terminé ou annulé : ses stands ne changent plus.")
    return stand


def _room(event: Event) -> Room:
    from untoit.records.events.plans import MAIN_ROOM

    return event.rooms.first() or Room.objects.create(event=event, name=MAIN_ROOM)


def _tables(count: int) -> int:
    if not 1 <= count <= MOST_TABLES:
        raise UnusableInput(f"Un stand a de 1 à {MOST_TABLES} tables.")
    return count


def _create(event: Event, plan: StandPlan, by: Actor, *, number: int | None = None) -> Stand:
    last = event.stands.aggregate(last=Max("number"))["last"] or 0
    if number is None or event.stands.filter(number=number).exists():
        number = last + 1
    room = get_object_or_404(Room, pk=plan.room_id, event=event)
    with recorded(by):
        stand = Stand.objects.create(
            event=event, kind=plan.kind, number=number, name=plan.name[:120], organisation_id=plan.organisation_id,
            room=room, languages=list(plan.languages), arrives_slot=plan.arrives_slot, presents=plan.presents,
        )
    _write_tables(stand, plan.tables)
    _show(stand, plan, by)
    return stand


def _write_tables(stand: Stand, tables: tuple[tuple[str, tuple[int, ...]], ...]) -> None:
    _tables(len(tables))
    for number, (interviewer, pauses) in enumerate(tables, 1):
        StandTable.objects.update_or_create(stand=stand, number=number, defaults={
            "interviewer": interviewer[:120],
            "closed_slots": sorted({slot for slot in pauses if 0 <= slot < stand.event.slots}),
        })
    stand.tables.filter(number__gt=len(tables)).delete()


def _show(stand: Stand, plan: StandPlan, by: Actor) -> None:
    """Show these offers and homes; one shown already stays even when the actor could not choose it now."""
    shown = dict(stand.shown_offers.values_list("offer_id", "pk"))
    allowed = set(Offer.objects.visible_to(by).filter(pk__in=plan.offers).values_list("pk", flat=True)) | set(shown)
    for pk, openings in plan.offers.items():
        if pk in allowed:
            StandOffer.objects.update_or_create(stand=stand, offer_id=pk, defaults={"openings": max(1, openings)})
    stand.shown_offers.exclude(offer_id__in=list(plan.offers)).delete()
    homes = set(stand.shown_vacancies.values_list("vacancy_id", flat=True))
    possible = set(
        Vacancy.objects.visible_to(by).filter(pk__in=plan.vacancies, organisation_id=stand.organisation_id)
        .values_list("pk", flat=True)
    )
    StandVacancy.objects.bulk_create(
        StandVacancy(stand=stand, vacancy_id=pk) for pk in plan.vacancies if pk in possible - homes
    )
    stand.shown_vacancies.exclude(vacancy_id__in=list(plan.vacancies)).delete()


