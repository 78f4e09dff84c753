"""Background work of the housing track: offers left without an answer."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.records.followup.housing import clock


@app.periodic(cron="*/10 * * * *")
@app.task(queue="clock", name="followup.lapse_offers", queueing_lock="followup.lapse_offers")
def lapse_offers(timestamp: int | None = None) -> None:
    """Record as refused the offers whose last day to answer is over; run twice, it refuses none twice."""
    clock.lapse_offers(at=timezone.now())
