"""
What the clock asks for: expiries, reminders, the morning digest, jobs left by a worker that died.

It stands above the records because it goes through all of them. Every round may be run twice: it changes nothing more.
"""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.config import digest, rounds

# A finished job says nothing that the journals do not: it is kept a week, to be looked at when something went wrong.
KEPT_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(queue="clock", name="clock.retry_stalled", queueing_lock="clock.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Give back to the queue the jobs whose worker has not been heard of for 30 seconds."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queue="clock", name="clock.forget_old_jobs", queueing_lock="clock.forget_old_jobs")
async def forget_old_jobs(timestamp: int) -> None:
    """Delete the jobs that ended a week ago."""
    await app.job_manager.delete_old_jobs(KEPT_HOURS, include_failed=False, include_cancelled=True)


@app.periodic(cron="5 * * * *")
@app.task(queue="clock", name="clock.expire", queueing_lock="clock.expire")
def expire(timestamp: int) -> None:
    """Expire offers and vacancies that nobody confirmed, and open the tasks of the day."""
    rounds.all_rounds(at=timezone.now())


# Cron reads UTC: both hours are tried, and the digest leaves when it is 07:30 in Paris.
@app.periodic(cron="30 5,6 * * 1-5")
@app.task(queue="mail", name="clock.digest", queueing_lock="clock.digest")
def send_digest(timestamp: int) -> None:
    """Put the morning's digests in the out-tray."""
    now = timezone.now()
    if timezone.localtime(now).hour == digest.HOUR:
        digest.send_all(at=now)
