"""
What an employer prepares at its stand: who receives, the pauses, the posts it brings, also on the day.

An employer reads the event by its neutral name: :class:`EmployerEvent` holds nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import COMING, EventState
from untoit.core.wording import typography
from untoit.records.events import repairs
from untoit.records.events.models import Event, Registration, Stand, StandOffer, StandTable, Wish
from untoit.records.events.querysets import EMPLOYER_READS_FOR
from untoit.records.events.sms_text import tells
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require

MOST_OPENINGS = 50
NEW_POST_SCORE = 50
_OVER = frozenset({EventState.ENDED, EventState.REVIEWED, EventState.CANCELLED})


@dataclass(frozen=True, slots=True)
class BroughtOffer:
    """A job shown at the stand."""

    offer_id: UUID
    title: str
    openings: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class OwnTable:
    """One interviewer of the stand and the slots of the pauses."""

    number: int
    interviewer: str
    closed_slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OwnStand:
    """The employer's stand."""

    id: UUID
    number: int
    name: str
    room: str
    tables: tuple[OwnTable, ...]
    offers: tuple[BroughtOffer, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class EmployerEvent:
    """One event as an employer reads it; ``minutes`` gives the hour at which each slot starts."""

    id: UUID
    name: str
    on: date
    state: str
    state_label: str
    place: str
    address: str
    access_notes: str
    phone: str
    minutes: tuple[int, ...]
    ends_minute: int
    stands: tuple[OwnStand, ...]
    is_published: bool
    is_open: bool
    is_over: bool


def events_of(actor: Actor) -> list[EmployerEvent]:
    """Return the events where the actor's organisation has a stand, until thirty days after, the latest first."""
    return [_event(one) for one in _events(actor).order_by("-on", "pk")]


def event_of(actor: Actor, event_id: UUID) -> EmployerEvent:
    """Return one of them, or the 404 of a page that does not exist."""
    found = _events(actor).filter(pk=event_id).first()
    if found is None:
        raise Http404
    return _event(found)


def row_of(actor: Actor, event_id: UUID) -> Event:
    """Return the row behind :func:`event_of`, for the selectors that want it."""
    found: Event | None = _events(actor).filter(pk=event_id).first()
    if found is None:
        raise Http404
    return found


def _events(actor: Actor) -> QuerySet[Event]:
    if actor.role is not Role.EMPL:
        raise Http404
    own = Stand.objects.visible_to(actor).filter(kind="employer").select_related("room").prefetch_related(
        "tables", Prefetch("shown_offers", StandOffer.objects.select_related("offer").order_by("offer__title"))
    ).order_by("number")
    return (
        Event.objects.visible_to(actor).filter(on__gte=actor.today - EMPLOYER_READS_FOR)
        .exclude(state=EventState.CANCELLED).prefetch_related(Prefetch("stands", own, to_attr="own_stands"))
    )


def _event(row: Event) -> EmployerEvent:
    return EmployerEvent(
        id=row.pk, name=row.neutral_name, on=row.on, state=row.state,
        state_label=_STATES.get(EventState(row.state), "En préparation"), place=_said(row.place_name),
        address=row.address, access_notes=_said(row.access_notes), phone=row.contact_phone,
        minutes=tuple(row.minute_of(slot) for slot in range(row.slots)), ends_minute=row.ends_min,
        stands=tuple(_stand(one) for one in row.own_stands),  # type: ignore[attr-defined]
        is_published=row.published_version > 0, is_open=row.state == EventState.OPEN, is_over=row.state in _OVER,
    )


def _said(text: str) -> str:
    """Return a text of the organiser, or nothing where its very words speak of homes or benefits."""
    return "" if tells(text) else text


_STATES = {
    EventState.READY: "Planning prêt", EventState.OPEN: "En cours", EventState.ENDED: "Terminé",
    EventState.REVIEWED: "Terminé",
}


def _stand(row: Stand) -> OwnStand:
    return OwnStand(
        id=row.pk, number=row.number, name=row.name, room=row.room.name, revision=row.revision,
        tables=tuple(
            OwnTable(one.number, one.interviewer, tuple(sorted(one.closed_slots)))
            for one in sorted(row.tables.all(), key=lambda table: table.number)
        ),
        offers=tuple(
            BroughtOffer(one.offer_id, one.offer.title, one.openings, one.offer.state == OfferState.OPEN)
            for one in row.shown_offers.all()
        ),
    )


@transaction.atomic
def set_tables(
    *, stand_id: UUID, interviewers: Mapping[int, str], pauses: Mapping[int, Sequence[int]], revision: int, by: Actor,
    at: datetime,
) -> None:
    """
    Say who receives at each table and when nobody does; pauses no longer change once people were told their hours.

    Raises
    ------
    Conflict
        When the stand changed since it was read.
    """
    stand, event = _locked(stand_id, by)
    require_revision(stand, revision, by=by)
    changed = []
    for table in StandTable.objects.filter(stand=stand).order_by("number"):
        name = " ".join(interviewers.get(table.number, table.interviewer).split())[:120]
        closed = sorted({slot for slot in pauses.get(table.number, table.closed_slots) if 0 <= slot < event.slots})
        if closed != sorted(table.closed_slots) and event.published_version:
            raise Refused(typography(
                "Les horaires ont été annoncés aux candidats : pour déplacer une pause, appelez l'équipe."
            ))
        if (name, closed) != (table.interviewer, sorted(table.closed_slots)):
            table.interviewer, table.closed_slots = name, closed
            table.save(update_fields=["interviewer", "closed_slots"])
            changed.append(table.number)
    if not changed:
        return
    stand.revision += 1
    with recorded(by):
        stand.save(update_fields=["revision"])
    note_act(by, "stand.tables", "stand", stand.pk, at=at, event=str(event.pk), tables=changed)


@transaction.atomic
def bring_posts(*, stand_id: UUID, offer_id: UUID, openings: int, by: Actor, at: datetime) -> StandOffer:
    """
    Bring an offer to the stand, or change how many posts it has that day.

    Those who come and look for this very job are proposed for it: who they are is the organiser's to read. On the day,
    the free places of the stand are offered to those who are there (:func:`untoit.records.events.repairs.repair`).
    """
    stand, event = _locked(stand_id, by)
    if not 1 <= openings <= MOST_OPENINGS:
        raise Refused(typography(f"Indiquez un nombre de postes entre 1 et {MOST_OPENINGS}."))
    offer = Offer.objects.writable_by(by).filter(pk=offer_id).first()
    if offer is None:
        raise Http404
    if offer.state != OfferState.OPEN:
        raise Refused(typography("Cette offre n'est plus ouverte : confirmez-la d'abord dans vos offres."))
    brought, made = StandOffer.objects.get_or_create(stand=stand, offer=offer, defaults={"openings": openings})
    more = made or openings > brought.openings
    if not made and brought.openings != openings:
        brought.openings = openings
        brought.save(update_fields=["openings"])
    note_act(by, "stand.posts", "stand", stand.pk, at=at, event=str(event.pk), offer=str(offer.pk), openings=openings)
    if more:
        _propose(event, stand, offer)
        if event.state == EventState.OPEN:
            repairs.repair(event_id=event.pk, at=at, by=None)
    return brought


def _propose(event: Event, stand: Stand, offer: Offer) -> None:
    """Wish a meeting for those who come and look for this job, once a stand."""
    coming = Registration.objects.filter(
        event=event, state__in=COMING, absent_at__isnull=True, person__occupations__contains=[offer.occupation]
    ).exclude(wishes__stand=stand)
    Wish.objects.bulk_create(
        [
            Wish(registration=one, stand=stand, offer=offer, score=NEW_POST_SCORE, source="employer")
            for one in coming.order_by("rank", "pk")
        ],
        ignore_conflicts=True,
    )


def _locked(stand_id: UUID, by: Actor) -> tuple[Stand, Event]:
    """Return the employer's stand and its event, both held; a 404 for anybody else's."""
    require(by, "job_offers", WRITE)
    own = Stand.objects.visible_to(by).filter(kind="employer")
    found = own.filter(pk=stand_id).values_list("event_id", flat=True).first()
    if by.role is not Role.EMPL or found is None:
        raise Http404
    event = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=found)
    if event.state in _OVER:
        raise Refused(typography("Cet événement est terminé : le stand ne change plus."))
    return own.select_for_update(of=("self",)).get(pk=stand_id), event
