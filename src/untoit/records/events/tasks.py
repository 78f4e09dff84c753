"""Background work of the events, gathered where procrastinate looks for it."""

from untoit.records.events import tasks_notices  # noqa: F401

from untoit.records.events import tasks_planning  # noqa: F401
from untoit.records.events import tasks_checklist as tasks_checklist
from untoit.records.events import tasks_day as tasks_day
from untoit.records.events import tasks_alerts as tasks_alerts
from untoit.records.events import tasks_access as tasks_access
from untoit.records.events import tasks_options as tasks_options
