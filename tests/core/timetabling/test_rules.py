"""Each rule of a timetable at its boundary, and what the screen offers when somebody moves a meeting."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.timetables import measured_event, random_event

from untoit.core.timetabling import (
    Candidate,
    Event,
    Kind,
    Level,
    Meeting,
    Stand,
    Wave,
    Wish,
    check,
    may_move,
    plan,
)

STANDS = (
    Stand("garage", Kind.EMPLOYER, "A", label="Garage Dubois"),
    Stand("mairie", Kind.EMPLOYER, "A"),
    Stand("crèche", Kind.EMPLOYER, "B"),
    Stand("bailleur", Kind.HOUSING, "A", 2),
    Stand("guichet", Kind.DESK, "A"),
)
WISHES = tuple(Wish(stand.id, 50) for stand in STANDS)


def one_person(*, stands=STANDS, slots=8, event=None, **facts) -> Event:
    return Event(slots, stands, (Candidate("anna", 0, WISHES, **facts),), **(event or {}))


def rules(event: Event, *places: tuple[str, int], tables=0) -> list[tuple[str, Level]]:
    meetings = [Meeting("anna", stand, tables, slot) for stand, slot in places]
    return [(broken.rule, broken.level) for broken in check(event, meetings)]


def test_a_sound_visit_breaks_nothing():
    assert rules(one_person(), ("garage", 0), ("mairie", 1), ("bailleur", 3), ("guichet", 4), ("crèche", 6)) == []


def test_nobody_is_in_two_places_at_once():
    assert rules(one_person(), ("garage", 0), ("mairie", 0)) == [("twice", Level.IMPOSSIBLE)]


def test_a_long_talk_takes_all_its_slots():
    event = one_person(event={"housing_length": 2})

    assert rules(event, ("bailleur", 0), ("garage", 1)) == [("twice", Level.IMPOSSIBLE)]
    assert rules(event, ("bailleur", 0), ("garage", 2)) == []
    assert rules(event, ("bailleur", 7)) == [("unknown", Level.IMPOSSIBLE)]
    assert rules(event, ("bailleur", 6)) == []


@pytest.mark.parametrize("place", [("absent", 0, 0), ("garage", 1, 0), ("garage", 0, 8), ("garage", 0, -1)])
def test_a_place_that_does_not_exist_is_said(place):
    stand, table, slot = place

    assert [broken.rule for broken in check(one_person(), [Meeting("anna", stand, table, slot)])] == ["unknown"]


def test_one_meeting_a_table_and_slot():
    people = tuple(Candidate(name, 0, WISHES) for name in ("anna", "bilal"))
    event = Event(4, STANDS, people)
    both = [Meeting("anna", "bailleur", 0, 1), Meeting("bilal", "bailleur", 0, 1)]

    assert [(broken.rule, broken.other) for broken in check(event, both)] == [("table", "anna")]
    assert check(event, [both[0], replace(both[1], table=1)]) == ()


def test_nobody_receives_during_a_pause():
    garage, talks = replace(STANDS[0], closed=frozenset({2})), replace(STANDS[3], table_closed=(frozenset({4}),))
    event = one_person(stands=(garage, STANDS[1], STANDS[2], talks, STANDS[4]))

    assert rules(event, ("garage", 2)) == [("closed", Level.IMPOSSIBLE)]
    assert rules(event, ("garage", 1)) == []
    assert rules(event, ("bailleur", 4)) == [("closed", Level.IMPOSSIBLE)]
    assert rules(event, ("bailleur", 4), tables=1) == []


def test_a_stand_is_met_once():
    assert rules(one_person(), ("garage", 0), ("garage", 2)) == [("again", Level.IMPOSSIBLE)]


def test_a_struck_out_meeting_and_one_without_a_wish():
    event = one_person(event={"forbidden": frozenset({("anna", "garage")})})

    assert rules(event, ("garage", 0)) == [("forbidden", Level.IMPOSSIBLE)]
    assert [broken.rule for broken in check(
        Event(4, STANDS, (Candidate("anna", 0, ()),)), [Meeting("anna", "garage", 0, 0)]
    )] == ["wish"]


def test_arrival_and_departure_bind_to_the_slot():
    event = one_person(arrives=2, leaves=5)

    assert rules(event, ("garage", 2), ("mairie", 4)) == []
    assert rules(event, ("garage", 1)) == [("arrival", Level.MUST)]
    assert rules(event, ("garage", 5)) == [("leaving", Level.MUST)]


def test_the_wave_ends_before_its_last_slot():
    event = one_person(event={"waves": (Wave(2, 5),)})

    assert rules(event, ("garage", 2), ("mairie", 4)) == []
    assert rules(event, ("garage", 1)) == [("wave", Level.MUST)]
    assert rules(event, ("garage", 5)) == [("wave", Level.MUST)]


def test_another_room_needs_a_free_slot():
    assert rules(one_person(), ("garage", 0), ("crèche", 1)) == [("walking", Level.MUST)]
    assert rules(one_person(), ("garage", 0), ("crèche", 2)) == []
    far = one_person(event={"walking": {("B", "A"): 2}})
    assert rules(far, ("garage", 0), ("crèche", 2)) == [("walking", Level.MUST)]
    assert rules(far, ("garage", 0), ("crèche", 3)) == []


def test_two_meetings_in_any_three_slots():
    assert rules(one_person(), ("garage", 0), ("mairie", 1), ("bailleur", 2)) == [("rest", Level.MUST)]
    assert rules(one_person(event={"max_run": 3}), ("garage", 0), ("mairie", 1), ("bailleur", 2)) == []


def test_the_talk_comes_in_the_order_asked():
    after, before = one_person(housing_after=True), one_person(housing_after=False)

    assert rules(after, ("garage", 0), ("bailleur", 1)) == []
    assert rules(after, ("bailleur", 0), ("garage", 1)) == [("order", Level.WARN)]
    assert rules(before, ("bailleur", 0), ("garage", 1)) == []
    assert rules(before, ("garage", 0), ("bailleur", 1)) == [("order", Level.WARN)]


def test_an_interpreter_or_an_interviewer_speaks_the_language():
    event = one_person(needs_language="arabe")
    interpreter = replace(STANDS[0], languages=frozenset({"arabe"}))
    spoken = one_person(needs_language="arabe", stands=(interpreter, *STANDS[1:]))

    assert rules(event, ("garage", 0)) == [("language", Level.MUST)]
    assert rules(spoken, ("garage", 0)) == []


def test_a_stand_that_is_not_accessible():
    stands = (replace(STANDS[0], accessible=False), *STANDS[1:])

    assert rules(one_person(stands=stands, needs_accessible=True), ("garage", 0)) == [("accessible", Level.IMPOSSIBLE)]
    assert rules(one_person(stands=stands), ("garage", 0)) == []


def test_no_more_meetings_than_asked():
    event = one_person(employers_max=1)

    assert rules(event, ("garage", 0), ("mairie", 1)) == [("count", Level.MUST)]


def family(**facts) -> Event:
    people = tuple(Candidate(name, 0, WISHES, household="durand", **facts) for name in ("anna", "bilal"))
    return Event(8, STANDS, people)


def test_a_household_has_one_talk_together():
    together = [Meeting("anna", "bailleur", 0, 1), Meeting("bilal", "bailleur", 0, 1)]

    assert check(family(), together) == ()
    assert {broken.rule for broken in check(family(), [together[0], replace(together[1], table=1)])} == {"household"}
    assert {broken.rule for broken in check(family(), together[:1])} == {"household"}


def test_one_parent_minds_the_children():
    apart = [Meeting("anna", "garage", 0, 1), Meeting("bilal", "mairie", 0, 1)]

    assert check(family(), apart) == ()
    assert [broken.rule for broken in check(family(minds_children=True), apart)] == ["children"]
    later = [apart[0], replace(apart[1], slot=2)]
    assert check(family(minds_children=True), later) == ()


@pytest.mark.parametrize("level", list(Level))
def test_a_family_of_wishes_has_the_level_that_the_event_gives(level):
    event = one_person(arrives=2, event={"breaks": {"arrival": level}})

    assert rules(event, ("garage", 0)) == ([] if level is Level.IGNORE else [("arrival", level)])


def test_sentences_say_the_hours_and_the_numbers():
    event = one_person(arrives=2, event={"opens_min": 540})

    (broken,) = check(event, [Meeting("anna", "garage", 0, 1)])

    assert broken.sentence == (
        "Cette personne arrive à 9\u00a0h\u00a024, la rencontre avec Garage Dubois est à 9\u00a0h\u00a012."
    )


def test_an_event_with_a_mistake_is_refused():
    with pytest.raises(ValueError, match="known stands"):
        Event(4, STANDS[:1], (Candidate("anna", 0, WISHES),))
    with pytest.raises(ValueError, match="families of wishes"):
        Event(4, STANDS, (), breaks={"arrivée": Level.MUST})


def test_the_whole_event_is_checked_while_somebody_drags():
    event = measured_event()
    meetings = plan(event, seconds=0).meetings
    check(event, meetings)

    started = time.perf_counter()
    for _ in range(10):
        check(event, meetings)

    assert (time.perf_counter() - started) / 10 < 0.04  # 3 to 5 ms alone; the machine of the tests is shared


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_a_place_that_may_be_chosen_breaks_what_was_said_and_no_more(seed):
    draw = random.Random(seed)
    event = random_event(draw, 8)
    meetings = list(plan(event, seconds=0).meetings)
    who = draw.choice(event.candidates)
    if not who.wishes:
        return
    stand = draw.choice(who.wishes).stand
    members = {who.id}
    if event.stand_of[stand].kind is Kind.HOUSING:
        members |= set(event.households.get(who.household, ()))
    others = [one for one in meetings if not (one.candidate in members and one.stand == stand)]
    before = {(broken.rule, broken.candidate, broken.stand, broken.slot) for broken in check(event, others)}

    for table, slot, said in may_move(event, meetings, who.id, stand):
        moved = [*others, *(Meeting(name, stand, table, slot) for name in members)]
        found = {(one.rule, one.candidate, one.stand, one.slot): one for one in check(event, moved)}

        assert all(one.level is not Level.IMPOSSIBLE for one in said)
        new = {key for key, one in found.items() if key not in before and one.rule not in ("household", "children")}
        assert new <= {(one.rule, one.candidate, one.stand, one.slot) for one in said}
