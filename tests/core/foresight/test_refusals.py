"""Closed forms of refusals, absences and hires: each one against dice, and against what it must equal at its limits."""

from math import comb, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from untoit.core.foresight.refusals import (
    Candidate,
    interval,
    interviews,
    interviews_needed,
    list_success,
    shares_of_ranks,
    simulated,
)

chance = st.floats(0, 1)
candidates = st.tuples(chance, chance).map(lambda two: Candidate(max(two), min(two)))


@given(st.lists(chance, max_size=3))
def test_a_list_whose_leases_all_succeed_is_one_minus_the_product(chances):
    found = list_success([Candidate(p, p) for p in chances])

    assert found == pytest.approx(1 - prod(1 - p for p in chances))


@given(st.lists(candidates, max_size=3))
def test_ranks_add_up_to_the_list_and_one_more_candidate_never_harms(listed):
    assert sum(shares_of_ranks(listed)) == pytest.approx(list_success(listed))
    assert list_success([*listed, Candidate(0.5, 0.2)]) >= list_success(listed)


def test_a_second_candidate_is_asked_only_when_the_first_did_not_sign():
    found = shares_of_ranks([Candidate(0.8, 0.4), Candidate(0.5, 0.3)])

    assert found == (0.4, pytest.approx(0.2 * 0.3))


def test_dice_agree_with_the_closed_form():
    rng = np.random.default_rng(5)
    lists = [
        [Candidate(float(a), float(a * b)) for a, b in rng.uniform(0.2, 0.95, (count, 2))]
        for count in rng.integers(1, 4, 60)
    ]

    closed = interval([list_success(one) for one in lists])
    played = simulated(lists, runs=20_000, seed=1)

    assert played.expected == pytest.approx(closed.expected, abs=4 * closed.deviation / 20_000 ** 0.5)
    assert played.deviation == pytest.approx(closed.deviation, rel=0.03)
    assert played.low == pytest.approx(closed.low, abs=1.0)
    assert played.high == pytest.approx(closed.high, abs=1.0)


def test_doubt_about_the_chances_widens_the_band():
    lists = [[Candidate(0.8, 0.4)]] * 100

    sure, doubt = simulated(lists, runs=2_000, seed=2), simulated(lists, runs=2_000, seed=2, spread=0.1)

    assert doubt.high - doubt.low > 1.3 * (sure.high - sure.low)


def test_the_same_seed_gives_the_same_dice():
    lists = [[Candidate(0.8, 0.4), Candidate(0.7, 0.3)]] * 10

    assert simulated(lists, runs=50, seed=3) == simulated(lists, runs=50, seed=3)


def test_nothing_proposed_gives_nothing():
    assert interval([]).expected == 0
    assert simulated([], runs=10, seed=0).high == 0


def test_interviews_with_one_chance_are_a_binomial_stopped_at_the_openings():
    people, openings, p = 6, 2, 0.4
    hired = [comb(people, k) * p**k * (1 - p) ** (people - k) for k in range(people + 1)]

    found = interviews([p] * people, openings)

    assert found.hired == pytest.approx(sum(min(k, openings) * share for k, share in enumerate(hired)))
    assert found.all_filled == pytest.approx(sum(hired[openings:]))


def test_interviews_agree_with_dice_when_chances_differ_and_people_do_not_come():
    chances, openings, show_up, runs = [0.7, 0.5, 0.3, 0.6], 2, 0.8, 40_000
    rng = np.random.default_rng(7)
    would = (rng.random((runs, 4)) < show_up) & (rng.random((runs, 4)) < chances)
    hired = would & (np.cumsum(would, axis=1) <= openings)

    found = interviews(chances, openings, show_up)

    assert found.hired == pytest.approx(hired.sum(axis=1).mean(), abs=0.02)
    assert found.chance == pytest.approx(hired.mean(axis=0).tolist(), abs=0.01)
    assert found.all_filled == pytest.approx((hired.sum(axis=1) == openings).mean(), abs=0.01)


def test_who_is_met_first_is_hired_with_its_own_chance():
    assert interviews([0.6, 0.9], 1, 0.5).chance[0] == pytest.approx(0.3)


@pytest.mark.parametrize(("openings", "target"), [(1, 0.8), (2, 0.8), (3, 0.95)])
def test_interviews_needed_reach_the_target_and_one_fewer_does_not(openings, target):
    needed = interviews_needed(0.5, openings, 0.85, target)

    assert interviews([0.5] * needed, openings, 0.85).all_filled >= target
    assert interviews([0.5] * (needed - 1), openings, 0.85).all_filled < target


def test_no_number_of_interviews_fills_what_nobody_can_hold():
    assert interviews_needed(0.0, 1, 0.85, 0.8) is None
    assert interviews_needed(0.5, 0, 0.85, 0.8) == 0


def test_a_success_more_likely_than_the_lease_is_refused():
    with pytest.raises(ValueError, match="chances"):
        Candidate(0.4, 0.5)
