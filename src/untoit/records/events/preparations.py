"""Preparation sessions in the two weeks before: who is expected where, and who came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Refused, UnusableInput
from untoit.core.lifecycles.event import ON_THE_LIST, EventState
from untoit.core.wording import typography
from untoit.records.events.models import Event, Preparation, PreparationSeat, Registration
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Membership
from untoit.records.partners.rights import WRITE, Actor, grant

EARLIEST = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What the form says of a session."""

    kind: str
    starts_at: datetime
    length_min: int
    place: str
    capacity: int


def holds(by: Actor) -> bool:
    """Whether the actor opens sessions: who prepares the event, or who coaches candidates."""
    return grant(by.role, "registration", WRITE) is not None or grant(by.role, "event", WRITE) is not None


def sessions_of(by: Actor, event: Event) -> QuerySet[Preparation]:
    """Return the sessions of a visible event in order, with the seats of everybody."""
    get_object_or_404(Event.objects.visible_to(by), pk=event.pk)
    return event.preparations.select_related("organisation", "owner__user").prefetch_related(
        Prefetch("seats", PreparationSeat.objects.select_related("registration__person").order_by("registration__rank"))
    ).order_by("starts_at")


@transaction.atomic
def open_session(*, event_id: UUID, plan: SessionPlan, by: Actor, at: datetime) -> Preparation:
    """
    Open a session of the actor's organisation, whose member holds it.

    Raises
    ------
    UnusableInput
        When it would come after the event, or long before it.
    """
    event = _event(event_id, by)
    _require_in_time(event, plan)
    owner = Membership.objects.filter(pk=by.membership_id).first()
    made = Preparation.objects.create(
        event=event, kind=plan.kind, starts_at=plan.starts_at, length_min=plan.length_min, place=plan.place,
        capacity=plan.capacity, organisation_id=by.organisation_id, owner=owner,
    )
    note_act(by, "preparation.opened", "event", event.pk, at=at, session=plan.kind)
    return made


@transaction.atomic
def change_session(*, session_id: UUID, plan: SessionPlan, by: Actor, at: datetime) -> Preparation:
    """Change the hour, the place or the size of a session of one's own organisation."""
    session = _locked(session_id, by)
    _require_in_time(session.event, plan)
    taken = session.seats.count()
    if plan.capacity < taken:
        raise Refused(typography(f"{taken} personnes y sont déjà attendues : retirez-en d'abord."))
    for name in ("kind", "starts_at", "length_min", "place", "capacity"):
        setattr(session, name, getattr(plan, name))
    session.save()
    note_act(by, "preparation.changed", "event", session.event_id, at=at)
    return session


@transaction.atomic
def close_session(*, session_id: UUID, by: Actor, at: datetime) -> UUID:
    """Take away a session that nobody came to; the seats go with it."""
    session = _locked(session_id, by)
    if session.seats.filter(came__isnull=False).exists():
        raise Refused("La présence y a été notée : gardez-en la trace.")
    event_id = session.event_id
    session.delete()
    note_act(by, "preparation.removed", "event", event_id, at=at)
    return event_id


@transaction.atomic
def seat(*, session_id: UUID, registration_ids: Iterable[UUID], by: Actor, at: datetime) -> int:
    """
    Expect these people at a session and return how many were added; somebody expected already stays.

    Raises
    ------
    Refused
        When there are not enough places.
    """
    session = _locked(session_id, by, own=False)
    wanted = list(seatable(by, session.event).filter(pk__in=list(registration_ids)).values_list("pk", flat=True))
    there = set(session.seats.values_list("registration_id", flat=True))
    added = [pk for pk in wanted if pk not in there]
    left = session.capacity - len(there)
    if len(added) > left:
        raise Refused(typography(
            f"Il reste {max(left, 0)} places sur {session.capacity} : choisissez moins de personnes, ou agrandissez la "
            "séance."
        ))
    PreparationSeat.objects.bulk_create(PreparationSeat(preparation=session, registration_id=pk) for pk in added)
    note_act(by, "preparation.seated", "event", session.event_id, at=at, count=len(added))
    return len(added)


@transaction.atomic
def unseat(*, seat_id: UUID, by: Actor, at: datetime) -> PreparationSeat:
    """No longer expect somebody."""
    row = _seat(seat_id, by)
    event_id = row.registration.event_id
    row.delete()
    note_act(by, "preparation.unseated", "event", event_id, at=at)
    return row


@transaction.atomic
def mark(*, seat_id: UUID, came: bool | None, by: Actor, at: datetime) -> PreparationSeat:
    """Say who came; ``None`` takes it back. It is told to nobody else."""
    row = _seat(seat_id, by)
    if row.preparation.starts_at > at and came is not None:
        raise Refused("Cette séance n'a pas encore eu lieu.")
    row.came = came
    row.save(update_fields=["came"])
    note_act(by, "preparation.marked", "registration", row.registration_id, at=at)
    return row


def seatable(by: Actor, event: Event) -> QuerySet[Registration]:
    """Return the registrations of an event that the actor may seat: those it may change."""
    if grant(by.role, "registration", WRITE) is None:
        return Registration.objects.none()
    found: QuerySet[Registration] = Registration.objects.visible_to(by).filter(event=event, state__in=ON_THE_LIST)
    return found


def _event(event_id: UUID, by: Actor) -> Event:
    if not holds(by) or by.organisation_id is None:
        raise Http404
    event: Event = get_object_or_404(Event.objects.visible_to(by), pk=event_id)
    if event.state in (EventState.CANCELLED, EventState.REVIEWED):
        raise Refused("Cet événement est annulé ou clos.")
    return event


def _require_in_time(event: Event, plan: SessionPlan) -> None:
    day = timezone.localdate(plan.starts_at)
    if not event.on - EARLIEST <= day <= event.on:
        raise UnusableInput(typography(
            f"Une séance se tient dans les quatre semaines avant l'événement du {event.on:%d/%m/%Y}."
        ))


def _locked(session_id: UUID, by: Actor, *, own: bool = True) -> Preparation:
    found: Any = Preparation.objects.select_for_update(of=("self",)).select_related("event").filter(
        event__in=Event.objects.visible_to(by)
    )
    session: Preparation = get_object_or_404(found, pk=session_id)
    _event(session.event_id, by)
    if own and session.organisation_id != by.organisation_id and grant(by.role, "event", WRITE) is None:
        raise Refused("Cette séance est tenue par une autre organisation.")
    return session


def _seat(seat_id: UUID, by: Actor) -> PreparationSeat:
    row: PreparationSeat = get_object_or_404(
        PreparationSeat.objects.select_for_update(of=("self",)).select_related("preparation", "registration"),
        pk=seat_id, registration__in=Registration.objects.visible_to(by),
    )
    if grant(by.role, "registration", WRITE) is None:
        raise Http404
    return row
