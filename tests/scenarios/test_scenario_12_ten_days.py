"""Scenario 12: notified on 2 November, no answer by 12 November 23:59; refused by silence, rank 2 goes to a person."""

from datetime import date, datetime

from untoit.core.lifecycles import CLOCK
from untoit.core.lifecycles.case import HousingProposal
from untoit.core.lifecycles.effects import EffectKind, Event, Track, effects
from untoit.core.lifecycles.housing_track import HOUSING, PARIS, RankedProposal, answer_due_on, has_lapsed


def test_scenario_12_silence_is_a_refusal_and_a_person_confirms_the_next_rank():
    due = answer_due_on(date(2026, 11, 2))
    second, third = (RankedProposal(f"P{rank}", rank, "allocated_ranked") for rank in (2, 3))

    assert due == date(2026, 11, 12)
    assert not has_lapsed(due, datetime(2026, 11, 12, 23, 59, 59, tzinfo=PARIS))
    assert has_lapsed(due, datetime(2026, 11, 13, 0, 0, tzinfo=PARIS))
    assert HOUSING.move("lapse", "notified", CLOCK) == "refused_silence"

    first = HousingProposal("P1", "LOG-7", "refused_silence", date(2026, 11, 13), "lapse", rank=1, answer_due_on=due)
    follows = effects(Event(Track.HOUSING, "lapse", "P1", date(2026, 11, 13), (first,), rivals=(third, second)))

    (task,) = [each for each in follows if each.kind == EffectKind.TASK]
    assert (task.code, task.target, task.owner, task.due_on) == ("next_rank", "P2", "LA", date(2026, 11, 15))
    assert not [each for each in follows if each.kind == EffectKind.MOVE]
    # Calling the rank is an act of a person, never of the clock.
    assert not HOUSING.may("call_rank", "allocated_ranked", CLOCK)
    assert HOUSING.may("call_rank", "allocated_ranked", "LA")
