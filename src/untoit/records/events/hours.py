"""When a message may leave: not in the evening, not on a Sunday or a holiday; on the very day, what cannot wait."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from untoit.core.model.holidays import is_public_holiday
from untoit.records.events.models import Event, NoticeKind

OPENS, CLOSES = 8, 20
# On the very day, a change is worth nothing once it has happened.
_OPENS_THAT_DAY, _CLOSES_THAT_DAY = 7, 22
URGENT = frozenset({NoticeKind.CHANGE, NoticeKind.REMINDER_0, NoticeKind.CANCELLED, NoticeKind.CONVOCATION})
_SUNDAY = 6


def is_quiet(day: date) -> bool:
    """Whether nobody is written to on this day, unless it is that of the event itself."""
    return day.weekday() == _SUNDAY or is_public_holiday(day)


def is_urgent(kind: str, event: Event, when: datetime) -> bool:
    """Whether the message is about the very day."""
    return kind in URGENT and timezone.localdate(when) == event.on


def leaves_at(kind: str, event: Event, when: datetime) -> datetime:
    """Return the first instant from ``when`` on at which the message may leave."""
    local = timezone.localtime(when)
    if is_urgent(kind, event, when):
        if _OPENS_THAT_DAY <= local.hour < _CLOSES_THAT_DAY:
            return when
        if local.hour < _OPENS_THAT_DAY:
            return _at(local, 0, _OPENS_THAT_DAY)
    if local.hour < OPENS:
        return leaves_at(kind, event, _at(local, 0, OPENS))
    if local.hour >= CLOSES or is_quiet(local.date()):
        return leaves_at(kind, event, _at(local, 1, _first_hour(kind, event, local)))
    return when


def next_morning(kind: str, event: Event, when: datetime) -> datetime:
    """Return the next opening after the day of ``when``."""
    local = timezone.localtime(when)
    return leaves_at(kind, event, _at(local, 1, OPENS))


def _first_hour(kind: str, event: Event, local: datetime) -> int:
    return _OPENS_THAT_DAY if kind in URGENT and local.date() + timedelta(days=1) == event.on else OPENS


def _at(local: datetime, days: int, hour: int) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), time(hour), tzinfo=local.tzinfo)
