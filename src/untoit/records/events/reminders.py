"""Reminders: a week before, two days before, on the morning itself; each once for a day of the event."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from untoit.core.lifecycles.event import EventState, RegistrationState
from untoit.records.events import letters, links, notices
from untoit.records.events.models import Event, NoticeKind, Registration

_HELD = (EventState.OPEN, EventState.ENDED, EventState.REVIEWED)
_LIVE = (EventState.INVITING, EventState.READY, EventState.OPEN)
# By kind: how many days before it is due, and until when it still makes sense to send it (a server that was down).
DUE: dict[NoticeKind, tuple[int, int]] = {
    NoticeKind.REMINDER_7: (7, 4), NoticeKind.REMINDER_2: (2, 1), NoticeKind.REMINDER_0: (0, 0),
}
# Whoever was invited since yesterday has just been written to.
_RECENTLY = timedelta(days=2)
# An event that starts earlier is recalled on the eve: nobody is written to before eight.
_EARLY = 9 * 60


def queue_due(*, at: datetime) -> int:
    """Queue the reminders that are due and return how many; asked again, it queues nothing more."""
    today = timezone.localdate(at)
    queued = _thank(today, at)
    events = Event.objects.filter(state__in=_LIVE, on__gte=today, on__lte=today + timedelta(days=7)).order_by("on")
    for event in events:
        for kind, (first, last) in DUE.items():
            early = 1 if kind == NoticeKind.REMINDER_0 and event.starts_min < _EARLY else 0
            if last + early <= (event.on - today).days <= first + early and at < links.starts_at(event):
                queued += _queue(event, kind, early, at)
    return queued


def _queue(event: Event, kind: NoticeKind, early: int, at: datetime) -> int:
    key = f"{kind}:{event.on}"
    queued = 0
    for registration in _asked(event, kind, key, at):
        registration.event = event
        # On the eve, the words of the days before: "today" would be wrong.
        said = letters.compose(NoticeKind.REMINDER_2 if early else kind, registration)
        queued += notices.queue(registration=registration, kind=kind, key=key, text=said, at=at) is not None
    return queued


def _thank(today: date, at: datetime) -> int:
    """Thank those who came, the day after: the personal page asks for a word as long as it is open."""
    came = Registration.objects.filter(
        event__on=today - timedelta(days=1), event__state__in=_HELD, present_at__isnull=False,
    ).exclude(notices__kind=NoticeKind.THANKS).select_related("event", "person", "wave").order_by("pk")
    return sum(
        notices.queue(registration=one, kind=NoticeKind.THANKS, key=f"thanks:{one.event.on}", at=at) is not None
        for one in came
    )


def _asked(event: Event, kind: NoticeKind, key: str, at: datetime) -> QuerySet[Registration]:
    """Return those to remind who were not: who comes, and before the day those who have not answered."""
    found = Registration.objects.filter(event=event).exclude(notices__key=key).select_related("person", "wave")
    states = {RegistrationState.CONFIRMED}
    if kind != NoticeKind.REMINDER_0:
        states.add(RegistrationState.INVITED)
        found = found.exclude(state=RegistrationState.INVITED, invited_at__gt=at - _RECENTLY)
    return found.filter(state__in=states, present_at__isnull=True).order_by("pk")
