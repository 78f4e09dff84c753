"""Which services run on which day: ``calendar.txt``, ``calendar_dates.txt`` or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import UnusableInput
from untoit.core.mobility.notices import Notices
from untoit.core.mobility.tables import FeedFiles
from untoit.core.model.timetable import Int32Array

WEEKDAY_COLUMNS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEVER = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    The service days of ``V`` services.

    Attributes
    ----------
    weekdays
        ``uint8[V]``, bit ``n`` is weekday ``n`` (Monday 0).
    first, last
        ``int32[V]``, proleptic ordinals of the period in which ``weekdays`` counts.
    exception_day, exception_service, exception_added
        One exception each: ordinal of the day, service, whether it runs on that day (or else does not).
    """

    weekdays: NDArray[np.uint8]
    first: Int32Array
    last: Int32Array
    exception_day: Int32Array
    exception_service: Int32Array
    exception_added: NDArray[np.bool_]

    def active(self, on: date) -> NDArray[np.bool_]:
        """Return ``bool[V]``: the services that run on that service day."""
        day = on.toordinal()
        active = (self.weekdays >> on.weekday() & 1).astype(bool) & (self.first <= day) & (day <= self.last)
        that_day = self.exception_day == day
        active[self.exception_service[that_day]] = self.exception_added[that_day]
        return active

    def ever_active(self) -> NDArray[np.bool_]:
        """Return ``bool[V]``: the services that have a service day, or at least a week and a period."""
        active = self.weekdays > 0
        active[self.exception_service[self.exception_added]] = True
        return active

    def period(self, used: NDArray[np.bool_]) -> tuple[date, date]:
        """Return the first and the last day of the services ``used`` (``bool[V]``, one at least is ever active)."""
        weekly = used & (self.weekdays > 0)
        added = self.exception_day[self.exception_added & used[self.exception_service]]
        days = np.concatenate([self.first[weekly], self.last[weekly], added])
        return date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))


def read_calendar(files: FeedFiles, notices: Notices) -> tuple[dict[str, int], Calendar]:
    """
    Return the number of each service and the days on which the services run.

    Raises
    ------
    UnusableInput
        When the feed has neither of the two tables.
    """
    if "calendar.txt" not in files and "calendar_dates.txt" not in files:
        raise UnusableInput(
            f"« {files.path.name} » ne dit pas quels jours circulent les courses : "
            f"il manque calendar.txt ou calendar_dates.txt."
        )
    numbers: dict[str, int] = {}
    weekly: dict[int, tuple[int, int, int]] = {}
    week = ("service_id", *WEEKDAY_COLUMNS, "start_date", "end_date")
    for service, *weekdays, start, end in files.rows("calendar.txt", week, week):
        first, last = _day(start), _day(end)
        if first is None or last is None or last < first:
            notices.add(
                "calendar.txt", "service a une période illisible ; elle est ignorée",
                "services ont une période illisible ; elle est ignorée", service,
            )
            continue
        mask = sum(1 << number for number, runs in enumerate(weekdays) if runs == "1")
        weekly[numbers.setdefault(service, len(numbers))] = (mask, first, last)
    exceptions: dict[tuple[int, int], bool] = {}
    one_day = ("service_id", "date", "exception_type")
    for service, text, kind in files.rows("calendar_dates.txt", one_day, one_day):
        day = _day(text)
        if day is None or kind not in {"1", "2"}:
            notices.add(
                "calendar_dates.txt", "exception est illisible ; elle est ignorée",
                "exceptions sont illisibles ; elles sont ignorées", f"{service} {text} {kind}",
            )
            continue
        exceptions[day, numbers.setdefault(service, len(numbers))] = kind == "1"
    weeks = np.array([weekly.get(service, (0, NEVER, NEVER)) for service in range(len(numbers))], np.int32)
    weeks = weeks.reshape(-1, 3)
    pairs = np.array(list(exceptions), np.int32).reshape(-1, 2)
    calendar = Calendar(
        weekdays=weeks[:, 0].astype(np.uint8),
        first=weeks[:, 1].copy(),
        last=weeks[:, 2].copy(),
        exception_day=pairs[:, 0].copy(),
        exception_service=pairs[:, 1].copy(),
        exception_added=np.array(list(exceptions.values()), bool),
    )
    return numbers, calendar


def joined(calendars: Sequence[Calendar]) -> Calendar:
    """Return the calendar of several feeds: the services of the first, then those of the second …"""
    offsets = np.cumsum([0, *(len(calendar.weekdays) for calendar in calendars)])
    return Calendar(
        weekdays=np.concatenate([calendar.weekdays for calendar in calendars]),
        first=np.concatenate([calendar.first for calendar in calendars]),
        last=np.concatenate([calendar.last for calendar in calendars]),
        exception_day=np.concatenate([calendar.exception_day for calendar in calendars]),
        exception_service=np.concatenate(
            [calendar.exception_service + offset for calendar, offset in zip(calendars, offsets, strict=False)]
        ).astype(np.int32),
        exception_added=np.concatenate([calendar.exception_added for calendar in calendars]),
    )


def neighbours(on: date) -> tuple[tuple[int, date], ...]:
    """Return the three service days whose vehicles can be met around a day, each with its shift in seconds."""
    one_day = timedelta(days=1)
    # Service days are taken as 24 h long: on the two nights of the year when clocks change, trips of the neighbouring
    # service day are an hour off. No shift of formats.md can say which of the two 02:30 it means either.
    return ((-86_400, on - one_day), (0, on), (86_400, on + one_day))


def _day(text: str) -> int | None:
    if len(text) != 8 or not text.isdecimal():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
    except ValueError:
        return None
