"""What the worker does by itself for candidates' files."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.records.applicants import evidence


@app.periodic(cron="15 3 * * *")
@app.task(queue="desk", name="applicants.expire_evidence", queueing_lock="applicants.expire_evidence")
def expire_evidence(timestamp: int) -> int:
    """Every night: a document that is no longer valid no longer counts. Doing it twice changes nothing more."""
    return evidence.refresh_expired(on=timezone.localdate())
