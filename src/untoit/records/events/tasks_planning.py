"""What the worker does for the timetable: compute it, and take up again what a stopped process left."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="runs", name="events.compute_plan")
def compute_plan(job_id: str) -> bool:
    """Compute one timetable; the engine is imported by who needs it."""
    from untoit.records.events import planning

    return planning.compute(UUID(job_id))


@app.periodic(cron="*/2 * * * *")
@app.task(queue="runs", name="events.resume_plans", queueing_lock="events.resume_plans")
def resume_plans(timestamp: int) -> int:
    """Take up the timetables whose process died; one that is being computed is left to whoever does."""
    from untoit.records.events import planning

    return planning.work_through(timezone.now)
