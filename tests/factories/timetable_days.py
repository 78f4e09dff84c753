"""
Whole days on a timetable: an event whose people, stands and wishes are in the records, planned or not.

``a_day(scheme)`` has six employers, two housing tables and eight people who wished to meet them.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from tests.factories.events import a_registration, a_stand, a_wish, an_event
from tests.factories.records import Scheme, scheme

from untoit.records.events import planning, publishing, timetable
from untoit.records.events.models import Event, PlanJob, Registration, Stand

ON = date(2026, 12, 8)
BEFORE = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def paris(hour: int, minute: int = 0) -> datetime:
    """Return an instant of the day of the event, by the clock on the wall."""
    return datetime(2026, 12, 8, hour - 1, minute, tzinfo=UTC)


@dataclass
class Day:
    """An event and who is in it."""

    scheme: Scheme
    event: Event
    employers: list[Stand] = field(default_factory=list)
    tables: list[Stand] = field(default_factory=list)
    people: list[Registration] = field(default_factory=list)

    @property
    def lead(self):
        """The landlord's project lead."""
        return self.scheme.actor("LM", at=BEFORE)


def a_day(
    people: int = 8, *, employers: int = 6, tables: int = 2, slots: int = 14, waves=((0, 14),), wishes: int = 4,
    made: Scheme | None = None, **changes,
) -> Day:
    """Prepare a day: each person wishes ``wishes`` employers in turn, and every housing table."""
    made = made or scheme()
    day = Day(made, an_event(made, slots=slots, waves=waves, **changes))
    own = made.organisations["employer"]
    day.employers = [
        a_stand(day.event, organisation=own if number == 0 else None) for number in range(employers)
    ]
    day.tables = [a_stand(day.event, kind="housing") for _ in range(tables)]
    for number in range(people):
        one = a_registration(day.event, scheme=made, wave=1 + number * len(waves) // max(people, 1))
        for step in range(min(wishes, employers)):
            a_wish(one, day.employers[(number + step) % employers], score=90 - 10 * step)
        for table in day.tables:
            a_wish(one, table, score=50)
        one.person.phone = f"06120000{number:02d}"
        one.person.save()
        day.people.append(one)
    return day


def planned(day: Day, *, at: datetime = BEFORE, seconds: int = 1) -> PlanJob:
    """Compute the timetable of a day, as the worker would."""
    job = timetable.ask(event_id=day.event.pk, seconds=seconds, by=day.lead, at=at)
    assert planning.compute(job.pk, lambda: at)
    job.refresh_from_db()
    day.event.refresh_from_db()
    return job


def published(day: Day, *, at: datetime = BEFORE) -> Event:
    """Tell everybody the timetable of a day."""
    publishing.publish(event_id=day.event.pk, version=day.event.planned_version, by=day.lead, at=at)
    day.event.refresh_from_db()
    return day.event


def opened(day: Day) -> Event:
    """Open the doors of a day that was published."""
    day.event.state, day.event.opened_at = "open", paris(8, 45)
    day.event.save()
    return day.event
