"""The funnel: every share names its denominator, and what is not followed has no number."""

from dataclasses import replace

import pytest

from untoit.core.indicators.funnel import JOB_STEPS, Participant, funnel, guarded
from untoit.core.indicators.shares import Share, double_success

CAME = Participant(confirmed=True, present=True, interviews=2, talks=1)


def test_every_step_has_both_denominators():
    people = [CAME] * 3 + [Participant(confirmed=True), Participant()]

    made = funnel(people)

    assert made.step("confirmed").of_invited == Share(4, 5)
    assert (made.step("present").of_invited, made.step("interviewed").of_present) == (Share(3, 5), Share(3, 3))
    assert made.step("confirmed").of_present == Share(None, 3)


def test_leases_that_nobody_follows_have_no_number():
    made = funnel([replace(CAME, hired=True, favourable=True)])

    assert [made.step(code).text for code in ("hired", "leased", "both")] == ["1", "non suivi", "non suivi"]
    assert made.success is not None
    assert made.success.text == "non suivi"


def test_somebody_who_came_without_being_asked_is_never_among_the_invited():
    made = funnel([CAME, replace(CAME, invited=False, confirmed=False)])

    assert (made.invited, made.present, made.uninvited) == (1, 2, 1)
    assert made.step("present").of_invited == Share(1, 1)
    assert made.step("interviewed").of_present == Share(2, 2)


def test_an_event_without_anybody_has_no_share():
    made = funnel([])

    assert made.success is None
    assert made.step("present").of_invited.percent is None


def test_what_the_reader_may_not_count_is_masked_with_what_would_give_it_away():
    people = [replace(CAME, favourable=number < 18, hired=number < 3) for number in range(20)]

    shown = guarded(funnel(people), 5, codes=JOB_STEPS)

    # 18 of 20 shown would say that two people got nothing.
    assert [shown.step(code).text for code in ("present", "favourable", "hired")] == ["20", "masqué", "masqué"]
    assert shown.success is None


@pytest.mark.parametrize("wrong", [
    {"hired": 9, "leases": 11, "both": 10}, {"hired": 30, "leases": 0, "both": 0},
])
def test_numbers_that_cannot_be_of_one_event_are_refused(wrong):
    with pytest.raises(ValueError, match="more"):
        double_success(invited=24, present=20, **wrong)
