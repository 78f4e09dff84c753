"""
The waiting list: a place that becomes free goes to the first who waits, who has a day to answer, then to the next.

In the last three days, half a day. On the eve and on the day nobody would answer a message in time: the list to call
by telephone takes over (:func:`to_call`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from untoit.core.lifecycles.event import HOLDING_A_PLACE, EventState, RegistrationState
from untoit.records.events import hours, letters, notices, registrations
from untoit.records.events.models import Event, Notice, NoticeKind, Registration, Wave
from untoit.records.partners.rights import Actor

TO_ANSWER, TO_ANSWER_LATE = timedelta(hours=24), timedelta(hours=12)
LATE_DAYS = 3
# From the eve on, people are called.
CALLED_DAYS = 1
_OPEN = (EventState.INVITING, EventState.READY)


@dataclass(frozen=True, slots=True)
class Filled:
    """What one look at the list did."""

    offered: int
    lapsed: int


@transaction.atomic
def fill(*, event_id: UUID, at: datetime) -> Filled:
    """
    Offer the free places of an event to those who wait, in order; take back those that were not answered in time.

    Two calls at once wait for each other on the event: a place is offered once.
    """
    event = Event.objects.select_for_update(of=("self",), no_key=True).filter(pk=event_id, state__in=_OPEN).first()
    if event is None or (event.on - timezone.localdate(at)).days <= CALLED_DAYS:
        return Filled(0, 0)
    # Whoever chooses a wave holds its row: the place that is offered is not the one that is being taken.
    list(Wave.objects.select_for_update(no_key=True).filter(event=event).order_by("pk").values_list("pk"))
    lapsed = _lapse(event, at)
    offered = 0
    if not _has_room(event):
        return Filled(0, len(lapsed))
    for registration in _queue_of(event).exclude(pk__in=lapsed).select_for_update(of=("self",)):
        wave = _free_wave(event, registration)
        if wave is None:
            continue
        _offer(registration, wave, at)
        offered += 1
    return Filled(offered, len(lapsed))


def fill_all(*, at: datetime) -> int:
    """Look at every event that has a waiting list or an offer pending; return how many places were offered."""
    waiting = Registration.objects.filter(
        Q(state=RegistrationState.WAITING)
        | Q(state=RegistrationState.INVITED, notices__kind=NoticeKind.FREED)
    )
    events = Event.objects.filter(
        state__in=_OPEN, on__gt=timezone.localdate(at), registrations__in=waiting
    ).distinct().order_by("pk").values_list("pk", flat=True)
    return sum(fill(event_id=pk, at=at).offered for pk in list(events))


def _queue_of(event: Event) -> QuerySet[Registration]:
    return (
        Registration.objects.filter(event=event, state=RegistrationState.WAITING)
        .select_related("person", "event").order_by("rank", "created_at", "pk")
    )


def _held(wave: Wave) -> int:
    return Registration.objects.filter(wave=wave, state__in=HOLDING_A_PLACE, is_standby=False).count()


def _has_room(event: Event) -> bool:
    return any(_held(wave) < wave.capacity for wave in Wave.objects.filter(event=event))


def _free_wave(event: Event, registration: Registration) -> Wave | None:
    """Return the wave with most places left that suits the hours of the person; the one she had if it has room."""
    fits = []
    for wave in Wave.objects.filter(event=event):
        held = _held(wave)
        leaves = registration.leaves_slot
        suits = wave.last_slot > registration.arrives_slot and (leaves is None or wave.first_slot < leaves)
        if held < wave.capacity and suits:
            fits.append((wave.pk != registration.wave_id, held - wave.capacity, wave.number, wave))
    return min(fits, key=lambda one: one[:3])[3] if fits else None


def answer_until(event: Event, leaves_at: datetime) -> datetime:
    """Return until when a place is kept: counted from when the message leaves, not from the night before."""
    late = (event.on - timezone.localdate(leaves_at)).days <= LATE_DAYS
    return leaves_at + (TO_ANSWER_LATE if late else TO_ANSWER)


def _offer(registration: Registration, wave: Wave, at: datetime) -> None:
    registrations.move(registration, "invite", by=None, at=at)
    registration.wave, registration.is_standby = wave, False
    Registration.objects.filter(pk=registration.pk).update(wave=wave, is_standby=False, revision=F("revision") + 1)
    until = answer_until(registration.event, hours.leaves_at(NoticeKind.FREED, registration.event, at))
    notices.queue(
        registration=registration, kind=NoticeKind.FREED, key=f"freed:{at:%Y%m%d%H%M}", at=at,
        text=letters.compose(NoticeKind.FREED, registration, until=until),
    )


def _lapse(event: Event, at: datetime) -> list[UUID]:
    """Put back at the end of the list those who were offered a place and did not answer in time."""
    offered = (
        Registration.objects.filter(event=event, state=RegistrationState.INVITED)
        .annotate(offered_at=Max("notices__send_after", filter=Q(notices__kind=NoticeKind.FREED)))
        .filter(offered_at__isnull=False).order_by("rank", "pk")
    )
    lapsed = []
    for registration in offered:
        if at < answer_until(event, registration.offered_at):
            continue
        registrations.move(registration, "wait", by=None, at=at)
        last = Registration.objects.filter(event=event).aggregate(Max("rank"))["rank__max"] or 0
        Registration.objects.filter(pk=registration.pk).update(rank=last + 1)
        Notice.objects.filter(
            registration=registration, kind=NoticeKind.FREED, sent_at__isnull=True, held_because=""
        ).update(held_because=notices.TOO_LATE)
        lapsed.append(registration.pk)
    return lapsed


def to_call(actor: Actor, event: Event) -> QuerySet[Registration]:
    """Return whom to call when somebody does not come at the last moment: those who wait and the reserve, in order."""
    return (
        Registration.objects.visible_to(actor)
        .filter(event=event).filter(
            Q(state=RegistrationState.WAITING)
            | Q(is_standby=True, state__in=(
                RegistrationState.PROPOSED, RegistrationState.INVITED, RegistrationState.CONFIRMED
            ))
        )
        .select_related("person", "wave").order_by("rank", "created_at")
    )
