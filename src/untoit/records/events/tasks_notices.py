"""Background work of the messages: each round may be run twice or killed in the middle, nothing leaves twice."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.records.events import notices, reminders, waiting

# One round hands over so many at most; the next one comes a minute later.
A_ROUND = 300


@app.task(queue="mail", name="events.send_notice")
def send_notice(notice_id: str) -> None:
    """Send one message at once; when it fails, the round tries again."""
    notices.send(notice_id=notice_id, at=timezone.now())


@app.task(queue="clock", name="events.fill_event")
def fill_event(event_id: str) -> None:
    """Offer the places that somebody has just left."""
    waiting.fill(event_id=UUID(event_id), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="mail", name="events.send_due", queueing_lock="events.send_due")
def send_due(timestamp: int) -> None:
    """Send what waited for its hour, for the next attempt, or for a worker that died."""
    now = timezone.now()
    for pk in list(notices.due(now).values_list("pk", flat=True)[:A_ROUND]):
        notices.send(notice_id=pk, at=now)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="clock", name="events.remind", queueing_lock="events.remind")
def remind(timestamp: int) -> None:
    """Queue the reminders of the day, and offer the places that became free."""
    now = timezone.now()
    reminders.queue_due(at=now)
    waiting.fill_all(at=now)
