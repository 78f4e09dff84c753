"""Every night, the cases: computed again, their deadlines and their tasks looked through."""

from __future__ import annotations

import logging
from typing import Any

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from untoit.records.followup.cases import nightly

_log = logging.getLogger(__name__)


@app.periodic(cron="20 2 * * *")
@app.task(
    queue="clock", name="followup.cases", queueing_lock="followup.cases",
    retry=RetryStrategy(max_attempts=3, wait=60),
)
def refresh_cases(timestamp: int | None = None, **_: Any) -> None:
    """Run the night's round; killed and run again, it goes on with the cases that were not computed yet."""
    found = nightly.round_of(
        at=timezone.now(), say=lambda done, of: _log.info("cases computed", extra={"done": done, "of": of})
    )
    _log.info("cases of the night", extra={"refreshed": found.refreshed, "tasks_opened": found.opened})
