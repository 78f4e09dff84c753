"""Acceptance scenario 17: eight stands, ten minutes and two to change, a wave of ninety minutes."""

import random

from untoit.core.timetabling import Candidate, Event, Kind, Stand, Wave, Wish, capacity, check, grid, plan, statistics


def event(housing_tables: int = 3, housing_length: int = 1) -> Event:
    slots = grid(length_min=10, change_min=2, wave_min=90)
    draw = random.Random(17)
    employers = tuple(Stand(f"E{i}", Kind.EMPLOYER, "hall") for i in range(8))
    people = tuple(
        Candidate(
            f"C{i:02d}", 0, (*(Wish(stand.id, draw.randint(40, 100)) for stand in draw.sample(employers, 5)),
                             Wish("bailleur", 50)),
            employers_min=3, employers_max=3,
        )
        for i in range(16)
    )
    landlord = Stand("bailleur", Kind.HOUSING, "hall", housing_tables)
    return Event(slots, (*employers, landlord), people, (Wave(0, slots),), housing_length=housing_length, opens_min=540)


def test_scenario_17_sixteen_people_have_three_interviews_and_a_landlord_slot():
    planned = event()
    employers = [line for line in capacity(planned).lines if line.kind is Kind.EMPLOYER]
    assert planned.slots == 7
    assert [(line.asked, line.offered) for line in employers] == [(48, 56), (48, 56)]

    table = plan(planned, seconds=5)

    found = statistics(planned, table.meetings)
    assert (found.interviews, found.talks, found.without_talk, found.below_minimum) == (48, 16, 0, 0)
    assert check(planned, table.meetings) == () and table.missing == ()
    by_person = {(one.candidate, one.slot) for one in table.meetings}
    assert len(by_person) == len(table.meetings)


def test_scenario_17_holds_with_talks_of_two_slots_and_six_advisers():
    planned = event(housing_tables=6, housing_length=2)

    found = statistics(planned, plan(planned, seconds=5).meetings)

    assert (found.interviews, found.talks, found.without_talk) == (48, 16, 0)
