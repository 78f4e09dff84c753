"""Every five minutes, what was said at the tables of events goes to the tracks."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.records.followup import from_events


@app.periodic(cron="*/5 * * * *")
@app.task(queue="clock", name="followup.take_up_sheets", queueing_lock="followup.take_up_sheets")
def take_up_sheets(timestamp: int | None = None) -> None:
    """Follow the sheets written or corrected since the last round; run twice, it follows none twice."""
    from_events.take_up(at=timezone.now())
