"""When a message may leave."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from untoit.records.events.hours import leaves_at, next_morning
from untoit.records.events.models import Event, NoticeKind

PARIS = ZoneInfo("Europe/Paris")


def paris(*parts):
    return datetime(*parts, tzinfo=PARIS)


@pytest.fixture
def event():
    return Event(on=date(2027, 6, 15))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (paris(2027, 3, 25, 7, 59), paris(2027, 3, 25, 8)),
        (paris(2027, 3, 25, 8), paris(2027, 3, 25, 8)),
        (paris(2027, 3, 25, 19, 59), paris(2027, 3, 25, 19, 59)),
        (paris(2027, 3, 25, 20), paris(2027, 3, 26, 8)),
        # Saturday evening, Easter Sunday and Easter Monday: Tuesday.
        (paris(2027, 3, 27, 21), paris(2027, 3, 30, 8)),
        (paris(2027, 3, 28, 10), paris(2027, 3, 30, 8)),
        (paris(2027, 3, 29, 6), paris(2027, 3, 30, 8)),
        # The Ascension is a Thursday: Friday is a day like another.
        (paris(2027, 5, 6, 12), paris(2027, 5, 7, 8)),
        # 25 December and 1 January are Fridays in 2026-2027.
        (paris(2026, 12, 31, 20), paris(2027, 1, 2, 8)),
    ],
)
def test_nothing_leaves_in_the_evening_on_a_sunday_or_on_a_public_holiday(event, when, expected):
    assert leaves_at(NoticeKind.INVITATION, event, when) == expected


def test_the_next_morning_is_not_that_of_a_holiday(event):
    assert next_morning(NoticeKind.INVITATION, event, paris(2027, 5, 5, 12)) == paris(2027, 5, 7, 8)


def test_a_change_leaves_on_the_very_day_even_a_holiday():
    event = Event(on=date(2027, 5, 6))

    assert leaves_at(NoticeKind.CHANGE, event, paris(2027, 5, 6, 9)) == paris(2027, 5, 6, 9)
    assert leaves_at(NoticeKind.CHANGE, event, paris(2027, 5, 5, 21)) == paris(2027, 5, 6, 7)
    assert leaves_at(NoticeKind.INVITATION, event, paris(2027, 5, 6, 9)) == paris(2027, 5, 7, 8)
