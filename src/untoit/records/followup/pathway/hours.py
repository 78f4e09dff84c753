"""The activity of a person week by week, from what is recorded; shown to talk about, nothing is sent or triggered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from untoit.core.lifecycles.job_track import Engagement
from untoit.core.lifecycles.pathway_track import (
    Activity,
    AppointmentState,
    ItemState,
    WeekOfActivity,
    activity_week,
)
from untoit.records.events.models import Registration
from untoit.records.followup.models import Application, Pathway
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.pathway import words

WEEKS_SHOWN = 8
_KINDS: dict[str, str] = {Engagement.WORK_TRIAL: "WORK_TRIAL", Engagement.TRAINING: "TRAINING"}


@dataclass(frozen=True, slots=True)
class Week:
    """One week, and what its hours are made of: kind of activity in words, minutes."""

    value: WeekOfActivity
    parts: tuple[tuple[str, int], ...]

    @property
    def hours(self) -> float:
        """The hours, as a number to draw."""
        return float(self.value.hours)


def weeks_of(pathway: Pathway, today: date, *, count: int = WEEKS_SHOWN) -> list[Week]:
    """Return the last weeks, the current one last."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=count - 1)
    found = list(activities_of(pathway, first, today))
    names = words.activities(today)
    weeks = []
    for number in range(count):
        day = first + timedelta(weeks=number)
        value = activity_week(found, day, target_hours=pathway.weekly_hours, waived=pathway.hours_waived)
        parts: dict[str, int] = {}
        for one in found:
            if day <= one.on < day + timedelta(days=7):
                parts[names[one.kind]] = parts.get(names[one.kind], 0) + one.minutes
        weeks.append(Week(value, tuple(sorted(parts.items()))))
    return weeks


def activities_of(pathway: Pathway, first: date, last: date) -> Iterator[Activity]:
    """Yield appointments attended, actions done with a length, events attended and hours of work, day by day."""
    for appointment in pathway.appointments.filter(
        state=AppointmentState.ATTENDED, at__date__gte=first, at__date__lte=last
    ):
        yield Activity(timezone.localdate(appointment.at), appointment.minutes, appointment.kind)
    for item in pathway.items.filter(
        kind=ItemKind.ACTION, state=ItemState.DONE, minutes__gt=0, done_on__gte=first, done_on__lte=last
    ):
        if item.done_on is not None and item.minutes:
            yield Activity(item.done_on, item.minutes, item.code)
    seats = Registration.objects.filter(
        person_id=pathway.person_id, present_at__isnull=False, event__on__gte=first, event__on__lte=last
    ).select_related("event")
    for seat in seats:
        if seat.event.ends_min > seat.event.starts_min:
            yield Activity(seat.event.on, seat.event.ends_min - seat.event.starts_min, "EVENT")
    yield from _work(pathway, first, last)


def _work(pathway: Pathway, first: date, last: date) -> Iterator[Activity]:
    """Yield the hours of the contracts under way, spread over the five days of the week."""
    rows = Application.objects.filter(
        person_id=pathway.person_id, start_on__isnull=False, start_on__lte=last
    ).exclude(contract="").exclude(ended_on__lt=first).select_related("offer").defer("snapshot")
    for row in rows:
        daily = int(float(row.offer.weekly_hours or 0) * 60 / 5)
        end = min(one for one in (last, row.ended_on, row.last_day) if one is not None)
        kind = _KINDS.get(row.contract, "WORK")
        day = max(first, row.start_on or first)
        while daily and day <= end:
            if day.weekday() < 5:
                yield Activity(day, daily, kind)
            day += timedelta(days=1)
