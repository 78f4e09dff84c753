"""Is there room before inviting, how time was used after, and the practice to compare with."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.timetables import measured_event, random_event

from untoit.core.timetabling import (
    Candidate,
    Event,
    Kind,
    Meeting,
    Stand,
    Wave,
    Wish,
    capacity,
    check,
    first_come,
    grid,
    plan,
    statistics,
)


@pytest.mark.parametrize(("length", "change", "wave", "slots"), [
    (10, 2, 90, 7), (10, 2, 84, 7), (10, 2, 83, 6), (10, 0, 90, 9), (15, 3, 10, 0),
])
def test_a_slot_is_an_interview_and_its_change_over(length, change, wave, slots):
    assert grid(length, change, wave) == slots


def test_six_advisers_are_too_few_for_120_people_and_it_is_said_before_inviting():
    found = capacity(measured_event(advisers=6))

    assert not found.enough
    assert found.sentence == (
        "Sur tout l’événement\u00a0: 120\u00a0rendez-vous logement promis pour 120\u00a0places, c’est plus que "
        "80,0\u202f% des places. Il suffirait de 2\u00a0conseillers logement de plus ou de 5\u00a0créneaux de plus."
    )
    assert capacity(measured_event(advisers=9)).enough


def test_what_is_said_to_be_enough_is_enough():
    event = measured_event(advisers=6)
    landlords = [stand for stand in event.stands if stand.kind is Kind.HOUSING]
    more = tuple(
        replace(stand, tables=stand.tables + 1) if stand in landlords[:2] else stand for stand in event.stands
    )

    assert capacity(replace(event, stands=more)).enough


@pytest.mark.parametrize(("people", "enough"), [(4, True), (5, False)])
def test_the_limit_is_four_fifths_of_the_places(people, enough):
    stand = Stand("l", Kind.HOUSING, "A")
    invited = tuple(Candidate(f"p{i}", 0, (Wish("l", 1),), employers_min=0) for i in range(people))

    assert capacity(Event(5, (stand,), invited, (Wave(0, 5),))).enough is enough


def test_a_household_asks_for_one_talk_and_a_long_talk_takes_two_slots():
    stand = Stand("l", Kind.HOUSING, "A", closed=frozenset({2}))
    pair = tuple(Candidate(f"p{i}", 0, (Wish("l", 1),), employers_min=0, household="h") for i in range(2))

    (line,) = capacity(Event(6, (stand,), pair, housing_length=2)).lines

    assert (line.asked, line.offered) == (1, 2)


def test_time_is_counted_from_the_first_meeting_to_the_end_of_the_last():
    stands = (Stand("e", Kind.EMPLOYER, "A"), Stand("l", Kind.HOUSING, "A"))
    people = (Candidate("anna", 0, (Wish("e", 70), Wish("l", 40)), employers_min=1), Candidate("bilal", 0, ()))
    event = Event(6, stands, people, housing_length=2)

    found = statistics(event, [Meeting("anna", "e", 0, 1), Meeting("anna", "l", 0, 4)])

    assert (found.interviews, found.talks, found.people, found.without_talk, found.below_minimum) == (1, 1, 1, 1, 1)
    assert (found.mean_idle, found.max_idle, found.mean_stay, found.score) == (2.0, 2, 5.0, 70)
    assert found.stands["l"].share == pytest.approx(2 / 6)
    assert found.idle_share == pytest.approx(1 - 3 / 12)


def test_the_talk_of_a_household_is_one_talk():
    stand = Stand("l", Kind.HOUSING, "A")
    pair = tuple(Candidate(f"p{i}", 0, (Wish("l", 1),), household="h") for i in range(2))

    assert statistics(Event(3, (stand,), pair), [Meeting(f"p{i}", "l", 0, 1) for i in range(2)]).talks == 1


def test_first_come_first_served_holds_fewer_meetings_and_leaves_people_without_a_talk():
    event = measured_event()

    queued, planned = first_come(event), plan(event, seconds=0)

    theirs = statistics(event, queued.meetings, from_arrival=True)
    ours = statistics(event, planned.meetings)
    assert theirs.interviews < ours.interviews and theirs.without_talk > 50 > ours.without_talk
    assert theirs.mean_idle > ours.mean_idle and theirs.idle_share > ours.idle_share


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_a_queue_puts_nobody_in_two_places(seed):
    event = random_event(random.Random(seed), 15)

    broken = check(event, first_come(event).meetings)

    assert not {one.rule for one in broken} - {"rest", "order", "household", "children"}
