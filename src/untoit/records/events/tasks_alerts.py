"""Every morning, what an event left to do becomes tasks."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.records.events import alerts


@app.periodic(cron="35 4 * * *")
@app.task(queue="clock", name="events.alerts", queueing_lock="events.alerts")
def open_alerts(timestamp: int | None = None) -> None:
    """Ask for missing outcomes and for contacts, and tell the heads of silence; run twice, it opens nothing twice."""
    alerts.round_of(at=timezone.now())
