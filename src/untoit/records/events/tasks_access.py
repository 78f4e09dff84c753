"""The check of journeys, in the background: the timetable takes seconds to load."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="imports", name="events.check_journeys")
def check_journeys(event_id: str) -> None:
    """Check the journeys of everybody on the list of an event; run twice, it writes the same."""
    from untoit.records.events import access

    access.check(event_id=UUID(event_id), at=timezone.now())
