"""Hours, lengths of time and days in French."""

from datetime import date, time

import pytest

from untoit.core.wording import moments


@pytest.mark.parametrize(
    ("minute", "text"),
    [(0, "0\u00a0h"), (5, "0\u00a0h\u00a005"), (570, "9\u00a0h\u00a030"), (1439, "23\u00a0h\u00a059"),
     (1440, "0\u00a0h"), (1470, "0\u00a0h\u00a030"), (-20, "23\u00a0h\u00a040")],
)
def test_the_clock_says_the_hour_on_the_wall(minute, text):
    assert moments.clock(minute) == text


@pytest.mark.parametrize(
    ("minute", "text"),
    [(0, "0\u00a0h"), (1439, "23\u00a0h\u00a059"), (1440, "0\u00a0h le lendemain"),
     (1470, "0\u00a0h\u00a030 le lendemain"), (-1, "23\u00a0h\u00a059 la veille"), (2880, "0\u00a0h (+2\u00a0jours)")],
)
def test_the_clock_of_a_service_day_says_when_it_is_another_day(minute, text):
    assert moments.service_clock(minute) == text


def test_a_time_of_day_reads_like_its_minutes():
    assert moments.clock_at(time(0, 0)) == "0\u00a0h"
    assert moments.clock_at(time(23, 5, 59)) == "23\u00a0h\u00a005"


def test_an_hour_to_be_typed_has_plain_spaces_and_its_minutes():
    assert moments.typed(540) == "9 h 00"
    assert moments.typed(1470) == "0 h 30"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0\u00a0min"), (59, "59\u00a0min"), (59.2, "1\u00a0h"), (60, "1\u00a0h"), (65, "1\u00a0h\u00a005")],
)
def test_a_length_is_rounded_up_to_the_minute(minutes, text):
    assert moments.length(minutes) == text


@pytest.mark.parametrize(
    ("on", "text"),
    [(date(2027, 1, 1), "vendredi 1er\u00a0janvier 2027"), (date(2026, 12, 31), "jeudi 31\u00a0décembre 2026"),
     (date(2028, 2, 29), "mardi 29\u00a0février 2028")],
)
def test_a_day_is_said_with_its_weekday_and_the_first_is_an_ordinal(on, text):
    assert moments.long_day(on) == text
    assert moments.day(on) == text.split(" ", 1)[1]
