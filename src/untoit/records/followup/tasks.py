"""What this application does by itself; each topic has its module, imported here so that procrastinate finds it."""

from untoit.records.followup import tasks_cases, tasks_events, tasks_housing, tasks_keeping, tasks_work

__all__ = ["tasks_cases", "tasks_events", "tasks_housing", "tasks_keeping", "tasks_work"]
