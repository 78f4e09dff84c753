"""Background work of the job track: the questions to employers, and the applications that an offer releases."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.records.followup.work import applications, links


# Several rounds a working day: what a mail server refused leaves later, and no employer is written to twice.
@app.periodic(cron="40 6-15/3 * * 1-5")
@app.task(queue="mail", name="followup.ask_employers", queueing_lock="followup.ask_employers")
def ask_employers(timestamp: int | None = None) -> None:
    """Write to the employers who have a question to answer, once a day each; run twice, nothing leaves twice."""
    now = timezone.now()
    links.ask_employers(at=now)
    links.call_instead(at=now)


@app.periodic(cron="50 3 * * *")
@app.task(queue="clock", name="followup.release_closed", queueing_lock="followup.release_closed")
def release_closed(timestamp: int | None = None) -> None:
    """Release those who wait for an offer that is over; run twice, it finds nobody the second time."""
    applications.release_closed(at=timezone.now())
