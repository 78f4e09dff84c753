"""The day itself: absences, delays, a stand that leaves, people who walk in (scenario 18 of the domain)."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.timetables import measured_event, random_event

from untoit.core.timetabling import Candidate, Event, Kind, Meeting, Stand, Wish, check, plan, repair

STANDS = (Stand("e0", Kind.EMPLOYER, "A"), Stand("e1", Kind.EMPLOYER, "A"), Stand("l", Kind.HOUSING, "A"))
WISHES = (Wish("e0", 60), Wish("e1", 50), Wish("l", 40))


def told(meetings):
    return [replace(one, informed=True) for one in meetings]


def test_twenty_percent_absences_are_repaired_and_everybody_told_keeps_their_meetings():
    event = measured_event()
    current = told(plan(event, seconds=0).meetings)
    absent = {one.id for one in random.Random(2).sample(event.candidates, 24)}
    repair(measured_event(12), [], now=0)  # the compiled kernels are loaded once a process
    started = time.perf_counter()

    fixed = repair(event, current, now=0, absent=absent)

    assert time.perf_counter() - started < 4  # 0.6 s alone, 2 s asked; the machine of the tests is shared
    present = [one for one in current if one.candidate not in absent]
    assert [one for one in present if one in fixed.timetable.meetings] == present
    assert fixed.informed_kept == 1.0
    assert {change.reason for change in fixed.cancelled} == {"absent"}
    assert fixed.moved == () and len(fixed.added) > 20
    assert check(event, fixed.timetable.meetings) == ()


def test_the_past_is_frozen_and_so_is_a_meeting_under_way():
    event = Event(8, STANDS, (Candidate("anna", 0, WISHES), Candidate("bilal", 0, WISHES)), housing_length=2)
    current = told([Meeting("anna", "e0", 0, 0), Meeting("anna", "l", 0, 1), Meeting("anna", "e1", 0, 4)])

    fixed = repair(event, current, now=2, absent=["anna"])

    assert {one for one in fixed.timetable.meetings if one.candidate == "anna"} == set(current[:2])
    assert [(change.stand, change.reason) for change in fixed.cancelled] == [("e1", "absent")]
    assert all(one.slot >= 2 for one in fixed.timetable.meetings if one.candidate == "bilal")


def test_a_late_person_is_placed_again_after_arriving():
    event = Event(8, STANDS, (Candidate("anna", 0, WISHES),))
    current = told([Meeting("anna", "e0", 0, 0), Meeting("anna", "l", 0, 1), Meeting("anna", "e1", 0, 3)])

    fixed = repair(event, current, now=1, late={"anna": 3})

    assert [(change.stand, change.reason, change.after.slot >= 4) for change in fixed.moved] == [
        ("e0", "late", True), ("l", "late", True)
    ]
    assert [one.stand for one in fixed.kept] == ["e1"]


def test_a_stand_that_leaves_gives_its_people_to_the_others():
    event = Event(8, STANDS, (Candidate("anna", 0, WISHES, employers_min=1, employers_max=1),))
    current = told([Meeting("anna", "e0", 0, 4), Meeting("anna", "l", 0, 1)])

    fixed = repair(event, current, now=0, closed_stands={"e0": 4})

    # The stand still receives until slot 4: the meeting is advanced rather than lost.
    (change,) = (*fixed.moved, *fixed.cancelled)
    assert (change.stand, change.reason, change.informed) == ("e0", "stand_closed", True)
    assert change.after is None or change.after.slot < 4
    assert fixed.informed_kept == 1.0


def test_a_freed_place_goes_first_to_whoever_misses_what_was_promised_then_to_standby():
    people = (
        Candidate("absent", 0, WISHES, employers_min=1, employers_max=1),
        Candidate("extra", 0, (Wish("e0", 100),), employers_min=0, housing_min=0),
        Candidate("short", 0, (Wish("e0", 1),), employers_min=1, housing_min=0),
        Candidate("waiting", 0, (Wish("e0", 100),), standby=True),
    )
    two = (replace(STANDS[0], closed=frozenset({0, 2, 3})), *STANDS[1:])
    event = Event(4, two, people)
    current = told([Meeting("absent", "e0", 0, 1)])

    fixed = repair(event, current, now=0, absent=["absent"])
    assert [(one.candidate, one.reason) for one in fixed.added] == [("short", "freed")]

    without = replace(event, candidates=(people[0], people[3]))
    assert [one.candidate for one in repair(without, current, now=0, absent=["absent"]).added] == ["waiting"]


def test_a_walk_in_is_simply_in_the_event():
    event = Event(8, STANDS, (Candidate("anna", 0, WISHES), Candidate("walk-in", 0, WISHES, arrives=3)))
    current = told(plan(replace(event, candidates=event.candidates[:1]), seconds=0).meetings)

    fixed = repair(event, current, now=3)

    assert {one.candidate for one in fixed.added} == {"walk-in"}
    assert all(one.slot >= 3 for one in fixed.timetable.meetings if one.candidate == "walk-in")
    assert len(fixed.kept) == len(current)


def test_six_absent_of_thirty_two_invited_scenario_18():
    stands = tuple(Stand(f"e{i}", Kind.EMPLOYER, "hall") for i in range(8))
    stands += (Stand("l", Kind.HOUSING, "hall", 3),)
    draw = random.Random(18)
    people = tuple(
        Candidate(f"p{i}", 0, (
            *(Wish(one.id, draw.randint(20, 100)) for one in draw.sample(stands[:8], 6)), Wish("l", 40),
        ))
        for i in range(32)
    )
    event = Event(12, stands, people, opens_min=9 * 60)
    current = told(plan(event, seconds=0).meetings)
    absent = [one.id for one in people[:6]]
    now = 2  # 09:24

    started = time.perf_counter()
    fixed = repair(event, current, now=now, absent=absent)

    assert time.perf_counter() - started < 60
    freed = {(one.before.stand, one.before.table, one.before.slot) for one in fixed.cancelled}
    reused = {(one.after.stand, one.after.table, one.after.slot) for one in fixed.added}
    assert fixed.informed_kept == 1.0 and fixed.moved == ()
    assert freed & reused
    # Nothing in the answer says more of an absent person than the meeting that is cancelled.
    assert {change.candidate for change in fixed.cancelled} <= set(absent)
    assert not [one for one in fixed.timetable.missing if one.candidate in absent]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 100_000))
def test_a_repair_breaks_no_rule_and_accounts_for_every_meeting(seed):
    draw = random.Random(seed)
    event = random_event(draw, 12)
    current = [replace(one, informed=draw.random() < 0.7) for one in plan(event, seconds=0).meetings]
    now = draw.randrange(event.slots)
    absent = {one.id for one in event.candidates if draw.random() < 0.2}
    late = {one.id: draw.randrange(event.slots) for one in event.candidates if draw.random() < 0.1}
    closed = {stand.id: draw.randrange(event.slots) for stand in event.stands if draw.random() < 0.1}

    fixed = repair(event, current, now=now, absent=absent, late=late, closed_stands=closed, seconds=0)

    meetings = fixed.timetable.meetings
    assert not [one for one in fixed.timetable.warnings if one.level.hard and one.slot >= now]
    assert not [one for one in meetings if one.slot >= now and one.candidate in absent]
    assert not [one for one in meetings if one.slot < late.get(one.candidate, 0)]
    assert len(fixed.kept) + len(fixed.moved) + len(fixed.cancelled) == len(current)
    assert len(fixed.kept) + len(fixed.moved) + len(fixed.added) == len(meetings)
    past = {one.place for one in current if one.slot < now and one.slot >= late.get(one.candidate, 0)}
    assert past <= {one.place for one in meetings}


@pytest.mark.parametrize("seconds", [0, 2])
def test_a_meeting_that_nobody_was_told_of_moves_only_for_something(seconds):
    event = measured_event(40)
    current = plan(event, seconds=0).meetings

    fixed = repair(event, current, now=0, seconds=seconds)

    assert len(fixed.kept) >= 0.8 * len(current)
    assert fixed.timetable.value >= plan(event, seconds=0).value
