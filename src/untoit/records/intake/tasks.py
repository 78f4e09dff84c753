"""
The background work of imports. Each act goes on where it stopped: a job that is run again, or twice, does it once.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from untoit.records.intake import processing, services, undoing

# What fails is the machine (memory, database restarting), not the file: try again soon, a few times.
PATIENCE = RetryStrategy(max_attempts=5, wait=5, linear_wait=10)


@app.task(queue="imports", name="intake.read_batch", retry=PATIENCE)
def read_batch(batch_id: str) -> None:
    """Read the file of an import and judge its rows."""
    processing.read_batch(UUID(batch_id))


@app.task(queue="imports", name="intake.apply_batch", retry=PATIENCE)
def apply_batch(batch_id: str) -> None:
    """Record a confirmed import."""
    processing.apply_batch(UUID(batch_id))


@app.task(queue="imports", name="intake.undo_batch", retry=PATIENCE)
def undo_batch(batch_id: str) -> None:
    """Take a whole import back."""
    undoing.undo_batch(UUID(batch_id))


@app.periodic(cron="*/2 * * * *")
@app.task(queue="imports", name="intake.resume", pass_context=False)
def resume(timestamp: int) -> None:
    """Start again the imports whose process was killed: they have made no progress for a minute."""
    services.resume_stalled(at=timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(queue="imports", name="intake.purge")
def purge(timestamp: int) -> None:
    """Delete the files and rows of old imports; their hash, counts and receipt stay."""
    services.purge(at=timezone.now())
