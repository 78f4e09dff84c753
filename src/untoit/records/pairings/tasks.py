"""
What the worker does for runs: compute those that wait, bring timetables.

Every process loads this module, for it names the tasks; what takes a second to load is imported by who does the work.
"""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

if TYPE_CHECKING:
    from untoit.core.budget import BudgetWorker


@app.task(queue="runs", name="pairings.compute_runs")
def compute_runs() -> int:
    """Compute every run that waits; the budget simulation stays loaded from one to the next."""
    from untoit.records.pairings import computing

    return computing.work_through(_budget_worker())


@app.task(queue="imports", name="pairings.fetch_feed")
def fetch_feed(fetch_id: str) -> None:
    """Bring a timetable from its address."""
    from untoit.records.pairings import timetables

    timetables.fetch(fetch_id=UUID(fetch_id), at=timezone.now())


@cache
def _budget_worker() -> BudgetWorker:
    from untoit.core.budget import BudgetWorker

    worker = BudgetWorker()
    atexit.register(worker.close)
    return worker
