"""The desk's background work: the out-tray. Idempotent: a message that left is not sent again."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from untoit.records.desk import mail

# A mail server that is down comes back: 1, 2, 4… minutes, for about two hours.
PATIENCE = RetryStrategy(max_attempts=7, exponential_wait=60)


@app.task(queue="mail", name="desk.send_message", retry=PATIENCE)
def send_message(message_id: str) -> None:
    """Send one message of the out-tray."""
    mail.send(message_id=message_id, at=timezone.now())
