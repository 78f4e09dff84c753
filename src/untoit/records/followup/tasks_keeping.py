"""Every night, what was kept long enough is told, then erased."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.records.followup.keeping import nightly

_log = logging.getLogger(__name__)


@app.periodic(cron="15 3 * * *")
@app.task(queue="clock", name="followup.keeping", queueing_lock="followup.keeping")
def keep(timestamp: int | None = None) -> None:
    """Tell and erase what is due; run twice, or killed in the middle, it erases nothing twice."""
    nightly.round_of(at=timezone.now(), tell=lambda what, done: _log.info("%s: %d", what, done))
