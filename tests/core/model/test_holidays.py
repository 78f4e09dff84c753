"""The public holidays of France on years that anybody can check."""

from datetime import date

import pytest

from untoit.core.model.holidays import easter, is_public_holiday, public_holidays


@pytest.mark.parametrize(
    "sunday",
    [
        date(1818, 3, 22), date(1943, 4, 25), date(1954, 4, 18), date(1981, 4, 19), date(2000, 4, 23),
        date(2008, 3, 23), date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28),
        date(2038, 4, 25), date(2049, 4, 18), date(2076, 4, 19),
    ],
)
def test_easter_is_that_of_the_calendar(sunday):
    assert easter(sunday.year) == sunday


def test_easter_is_always_a_sunday_between_22_march_and_25_april():
    found = [easter(year) for year in range(1600, 2600)]

    assert {day.weekday() for day in found} == {6}
    assert min((day.month, day.day) for day in found) == (3, 22)
    assert max((day.month, day.day) for day in found) == (4, 25)


def test_the_holidays_of_2026_are_those_of_the_labour_code():
    assert sorted(public_holidays(2026)) == [
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25),
        date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25),
    ]


def test_two_holidays_may_fall_on_the_same_day():
    assert date(2008, 5, 1) in public_holidays(2008)
    assert len(public_holidays(2008)) == 10


def test_the_day_before_and_the_day_after_a_holiday_are_not_holidays():
    days = [date(2027, 5, 5), date(2027, 5, 6), date(2027, 5, 7)]

    assert [is_public_holiday(day) for day in days] == [False, True, False]
