"""The schedule grammar of the exchange files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from untoit.core.exchange import parse_clock, parse_days, parse_schedule
from untoit.core.model.schedule import Block, Rotation, Schedule

WEEK = frozenset(range(5))


def schedule(*rotations):
    return Schedule(tuple(Rotation(tuple(Block(frozenset(days), start, end) for days, start, end in blocks))
                          for blocks in rotations))


@pytest.mark.parametrize(("text", "minutes"), [
    ("05:30", 330), ("5:30", 330), (" 5h30 ", 330), ("5h", 300), ("00:00", 0), ("24:00", 1440), ("25:30", 1530),
    ("05:30:00", 330), ("47:59", 2879),
])
def test_parse_clock_gives_minutes_of_the_service_day(text, minutes):
    assert parse_clock(text) == minutes


@pytest.mark.parametrize("text", ["", "5", "48:00", "05:60", "-1:00", "5:3", "05.30", "midi", "٥:٣٠"])
def test_parse_clock_refuses_what_is_no_hour(text):
    with pytest.raises(ValueError, match="«"):
        parse_clock(text)


@pytest.mark.parametrize(("text", "days"), [
    ("lu-ve", {0, 1, 2, 3, 4}), ("sa di", {5, 6}), ("lu, me", {0, 2}), ("DI", {6}), ("ve-lu", {4, 5, 6, 0}),
    ("lu ma me je ve sa di", {0, 1, 2, 3, 4, 5, 6}), ("lu–me ve", {0, 1, 2, 4}),
])
def test_parse_days_reads_spans_and_lists(text, days):
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "lundi", "lu-", "xx", "lu|ma", "1-5"])
def test_parse_days_refuses_other_words(text):
    with pytest.raises(ValueError, match="jours"):
        parse_days(text)


@pytest.mark.parametrize(("text", "expected"), [
    ("lu-ve 05:00-13:00", schedule([(WEEK, 300, 780)])),
    ("lu-ve 21:00-05:00", schedule([(WEEK, 1260, 1740)])),
    ("lu-ve 16:00-00:00", schedule([(WEEK, 960, 1440)])),
    ("lu-ve 16:00-24:00", schedule([(WEEK, 960, 1440)])),
    ("lu-ve 08:00-12:00; lu-ve 17:00-20:00", schedule([(WEEK, 480, 720), (WEEK, 1020, 1200)])),
    ("lu-ve 05:00-13:00 / lu-ve 13:00-21:00", schedule([(WEEK, 300, 780)], [(WEEK, 780, 1260)])),
    ("sa di 10h–18h30", schedule([({5, 6}, 600, 1110)])),
    ("lu 9h-12h;sa 14:00-18:00/di 22:00-06:00", schedule([({0}, 540, 720), ({5}, 840, 1080)], [({6}, 1320, 1800)])),
])
def test_parse_schedule_reads_split_shifts_rotations_and_nights(text, expected):
    assert parse_schedule(text) == expected


@pytest.mark.parametrize(("text", "reason"), [
    ("", "n'est pas de la forme"),
    ("05:00-13:00", "jours"),
    ("lu-ve", "n'est pas de la forme"),
    ("lu-ve 9-17", "n'est pas de la forme"),
    ("lu-ve 05:00-13:00 /", "n'est pas de la forme"),
    ("lu-ve 05:00-13:00 environ", "n'est pas de la forme"),
    ("lu-ve 08:00-08:00", "même heure"),
    ("lu-ve 25:00-30:00", "avant 24:00"),
    ("lu-ve 08:00-12:00; ve 11:00-15:00", "chevauchent"),
    ("lu-ve 08:75-12:00", "HH:MM"),
    ("lu " * 300, "500 caractères"),
])
def test_parse_schedule_refuses_with_a_reason(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_schedule(text)


blocks = st.builds(
    lambda days, start, length: Block(frozenset(days), start, start + length),
    st.sets(st.integers(0, 6), min_size=1), st.integers(0, 1439), st.integers(1, 1439),
)


@settings(deadline=None)
@given(st.lists(blocks, min_size=1, max_size=3))
def test_a_schedule_written_by_the_model_is_read_back(shifts):
    written = Schedule(tuple(Rotation((block,)) for block in shifts))

    assert parse_schedule(str(written)) == written


@settings(deadline=None)
@given(st.text(alphabet="lumejvsadi0123456789:h-–;/, ", max_size=60))
def test_parse_schedule_reads_or_refuses_and_nothing_else(text):
    try:
        parsed = parse_schedule(text)
    except ValueError:
        return
    assert all(0 <= block.start_min < 1440 and block.start_min < block.end_min and block.days
               for rotation in parsed.rotations for block in rotation.blocks)
