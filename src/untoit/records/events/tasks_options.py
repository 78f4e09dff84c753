"""The other interviews that a run knew to be possible, looked for after it, in the queue of the runs."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="runs", name="events.find_options")
def find_options(event_id: str, run_id: str) -> None:
    """Look for the options of a run; while it is being computed, come back in a few seconds."""
    from untoit.records.events import options

    if options.find(event_id=UUID(event_id), run_id=UUID(run_id), at=timezone.now()):
        find_options.configure(schedule_in={"seconds": options.WAITS_S}).defer(event_id=event_id, run_id=run_id)
