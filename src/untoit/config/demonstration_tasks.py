"""What the worker adds to the demonstration once it is open."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="clock", name="demonstration.play_past_event", queueing_lock="demonstration.play_past_event")
def play_past_event(run_id: str) -> None:
    """Play the event that is over; killed in the middle, it is played again from the start."""
    from untoit.config import demonstration_data, demonstration_events
    from untoit.records.pairings.models import Run

    if settings.DEMO:
        run = Run.objects.get(pk=run_id)
        demonstration_events.play_past(demonstration_data.cast(timezone.now()), run)
