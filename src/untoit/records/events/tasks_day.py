"""Background work of the day: the repair that follows what the reception reports. It may be run twice."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.core.errors import UntoitError
from untoit.records.events import day, repairs
from untoit.records.events.models import Event


@app.task(queue="runs", name="events.repair_day")
def repair_day(event_id: str) -> None:
    """Repair the timetable, or propose to, after absences, delays and walk-ins."""
    event = Event.objects.filter(pk=UUID(event_id)).first()
    if event is None:
        return
    try:
        repairs.repair(event_id=event.pk, at=timezone.now(), by=None, late=day.late_people(event))
    except UntoitError:
        # Somebody changed the timetable meanwhile: what is reported next asks again, and so does the organiser's page.
        return
