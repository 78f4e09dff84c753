"""What the worker does for runs: compute those that wait, bring timetables."""

from __future__ import annotations

import atexit
from functools import cache
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from untoit.core.budget import BudgetWorker
from untoit.records.pairings import computing, timetables


@app.task(queue="runs", name="pairings.compute_runs")
def compute_runs() -> int:
    """Compute every run that waits; the budget simulation stays loaded from one to the next."""
    return computing.work_through(_budget_worker())


@app.task(queue="imports", name="pairings.fetch_feed")
def fetch_feed(fetch_id: str) -> None:
    """Bring a timetable from its address."""
    timetables.fetch(fetch_id=UUID(fetch_id), at=timezone.now())


@cache
def _budget_worker() -> BudgetWorker:
    worker = BudgetWorker()
    atexit.register(worker.close)
    return worker
