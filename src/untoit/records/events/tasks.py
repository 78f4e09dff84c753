"""Background work of the events, gathered where procrastinate looks for it."""

from untoit.records.events import (
    tasks_access,
    tasks_alerts,
    tasks_checklist,
    tasks_day,
    tasks_notices,
    tasks_options,
    tasks_planning,
)

__all__ = [
    "tasks_access",
    "tasks_alerts",
    "tasks_checklist",
    "tasks_day",
    "tasks_notices",
    "tasks_options",
    "tasks_planning",
]
