"""Every morning, what falls due within a week becomes a task on the desk of whoever holds it."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="25 4 * * *")
@app.task(queue="clock", name="events.open_checklist_tasks", queueing_lock="events.open_checklist_tasks")
def open_checklist_tasks(timestamp: int | None = None) -> int:
    """Open the tasks of the check-lists; run twice, it opens nothing twice."""
    from untoit.records.events import checklist

    now = timezone.now()
    return checklist.open_due(on=timezone.localdate(now), at=now)
