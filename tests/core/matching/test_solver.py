"""The plan against an exhaustive search, on problems small enough for one."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.factories.problems import best_plan, most_of_group, shuffled, tiny_problem

from untoit.core.errors import UnusableInput
from untoit.core.matching import Effort, MatchingProblem, Quota, check, solve

# The path of a large problem, forced on tiny ones: prices by descent, neighbourhoods, then the proof.
LIKE_A_YEAR = Effort(whole_rows=0, enough=0.0, small_searches=((2, 4), (3, 4)))

WITHOUT_PROOF = Effort(whole_rows=0, enough=0.0, proof_households=0, searches=((2, 3), (3, 3)))


def assert_optimal(problem: MatchingProblem, best: int, effort: Effort | None = None) -> None:
    plan = solve(problem, effort=effort)

    assert check(problem, plan) == []
    assert plan.value == best
    assert plan.bound == best
    assert plan.exact
    assert plan.price_bound >= best


@pytest.mark.parametrize("block", range(10))
def test_plan_equals_the_exhaustive_one(block):
    for seed in range(100 * block, 100 * block + 100):
        problem = tiny_problem(seed, capacity=1 + seed % 2, forbids=seed % 3)

        assert_optimal(problem, best_plan(problem))


@pytest.mark.parametrize("block", range(5))
def test_plan_by_prices_and_neighbourhoods_equals_the_exhaustive_one(block):
    for seed in range(5_000 + 100 * block, 5_100 + 100 * block):
        problem = tiny_problem(seed, capacity=1 + seed % 2)

        assert_optimal(problem, best_plan(problem), LIKE_A_YEAR)


@pytest.mark.parametrize("block", range(4))
def test_selection_equals_the_exhaustive_one(block):
    for seed in range(10_000 + 50 * block, 10_050 + 50 * block):
        problem = tiny_problem(seed, jobs_min=2, jobs_max=3, capacity=2, dense=0.5)

        assert_optimal(problem, best_plan(problem), LIKE_A_YEAR if seed % 2 else None)


@pytest.mark.parametrize("block", range(4))
def test_imposed_options_are_in_the_best_plan_that_has_them(block):
    for seed in range(20_000 + 75 * block, 20_075 + 75 * block):
        selection = {"jobs_min": 2, "jobs_max": 3, "capacity": 2, "dense": 0.5} if seed % 3 == 0 else {}
        problem = tiny_problem(seed, pins=1 + seed % 2, forbids=seed % 2, **selection)
        best = best_plan(problem)

        if best is None:
            with pytest.raises(UnusableInput):
                solve(problem)
        else:
            assert_optimal(problem, best)


@pytest.mark.parametrize("block", range(6))
def test_quota_holds_or_the_group_receives_all_it_can(block):
    for seed in range(30_000 + 75 * block, 30_075 + 75 * block):
        problem = tiny_problem(seed, quotas=1, already=seed % 2 == 1)
        share = best_plan(problem)
        most = most_of_group(problem, problem.quotas[0])
        floor = best_plan(problem, (most,))

        plan = solve(problem, effort=LIKE_A_YEAR if seed % 3 == 0 else None)

        assert check(problem, plan) == []
        assert plan.value == max(value for value in (share, floor) if value is not None)
        if plan.quotas[0].floor is not None:
            assert plan.quotas[0].floor == most
        elif share is not None:
            assert plan.quotas[0].met


def test_several_quotas_hold_together_or_say_what_is_missing():
    for seed in range(40_000, 40_150):
        problem = tiny_problem(seed, quotas=2, already=seed % 2 == 1)

        plan = solve(problem)

        assert check(problem, plan) == []
        assert plan.value == plan.bound == best_plan(problem, plan.floors)


def test_plan_without_the_final_proof_holds_and_its_bound_too():
    for seed in range(60_000, 60_200):
        selection = {"jobs_min": 2, "jobs_max": 3, "capacity": 2, "dense": 0.5} if seed % 4 == 0 else {}
        problem = tiny_problem(seed, quotas=seed % 3, already=seed % 2 == 1, **selection)

        plan = solve(problem, effort=WITHOUT_PROOF)

        assert check(problem, plan) == []
        assert plan.value <= best_plan(problem, plan.floors) <= plan.bound


def crowd(priority: int, others: int, dwellings: int) -> MatchingProblem:
    """Return households who could all take any dwelling with the same job; the others are worth twice as much."""
    households = priority + others
    pair_household, pair_dwelling = (grid.ravel() for grid in np.mgrid[:households, :dwellings])
    pairs = pair_household.size
    group = pair_household < priority
    return MatchingProblem(
        households=households, seekers=households, dwellings=dwellings, offers=1,
        seeker_household=np.arange(households, dtype=np.int32), dwelling_capacity=np.ones(dwellings, dtype=np.int32),
        offer_capacity=np.array([households], dtype=np.int32), pair_household=pair_household.astype(np.int32),
        pair_dwelling=pair_dwelling.astype(np.int32), option_pair=np.arange(pairs, dtype=np.int32),
        option_seeker=pair_household.astype(np.int32), option_offer=np.zeros(pairs, dtype=np.int32),
        option_value=np.where(group, 500_000, 1_000_000).astype(np.int64),
        quotas=(Quota("prioritaires", group, np.ones(pairs, dtype=bool), 300),),
    )


def test_quota_within_reach_costs_value_and_has_a_price():
    problem = crowd(priority=8, others=20, dwellings=10)

    plan = solve(problem)
    free = solve(replace(problem, quotas=()))

    quota = plan.quotas[0]
    assert (quota.numerator, quota.denominator, quota.met, quota.shortfall, quota.floor) == (3, 10, True, 0, None)
    assert free.value - plan.value == 3 * 500_000
    assert quota.price == 500_000


def test_quota_out_of_reach_leaves_no_home_empty_and_says_how_many_are_missing():
    problem = crowd(priority=2, others=20, dwellings=10)

    plan = solve(problem)

    quota = plan.quotas[0]
    assert (quota.numerator, quota.denominator) == (2, 10)
    assert (quota.met, quota.required, quota.shortfall, quota.floor) == (False, 3, 1, 2)
    assert quota.share == 0.2


def test_quota_without_anybody_of_the_group_houses_the_others():
    plan = solve(crowd(priority=0, others=5, dwellings=5))

    assert plan.pairs.size == 5
    assert (plan.quotas[0].shortfall, plan.quotas[0].floor) == (2, 0)


def test_allocations_already_signed_count_in_the_share():
    problem = crowd(priority=8, others=20, dwellings=10)
    ahead = replace(problem.quotas[0], already_numerator=6, already_denominator=10)

    plan = solve(replace(problem, quotas=(ahead,)))

    assert (plan.quotas[0].numerator, plan.quotas[0].denominator, plan.quotas[0].met) == (6, 20, True)


def test_plan_is_the_same_with_one_and_two_workers():
    from benchmarks.instances import generate

    problem = generate("large_event", 5, quota=300).problem
    effort = Effort(whole_rows=0, proof_households=0, searches=((25, 6), (40, 2)))

    one, two = (solve(problem, seed=3, workers=workers, effort=effort) for workers in (1, 2))

    assert check(problem, one) == []
    assert_array_equal(one.options, two.options)
    assert_array_equal(one.dwelling_prices, two.dwelling_prices)
    assert_array_equal(one.offer_prices, two.offer_prices)
    assert (one.bound, one.quotas) == (two.bound, two.quotas)
    assert one.gap < 0.02


def test_order_of_the_files_does_not_change_the_value():
    for seed in range(50_000, 50_060):
        problem = tiny_problem(seed, capacity=2, quotas=seed % 2)

        assert solve(problem).value == solve(shuffled(problem, seed)).value


def test_event_is_solved_to_the_end():
    from benchmarks.instances import generate

    problem = generate("event", 2, quota=300).problem

    plan = solve(problem)

    assert check(problem, plan) == []
    assert plan.exact
    assert plan.gap == 0
    assert plan.quotas[0].met


def test_nothing_feasible_gives_an_empty_plan():
    problem = tiny_problem(1, dense=0.0)

    plan = solve(problem)

    assert check(problem, plan) == []
    assert (plan.value, plan.bound, plan.pairs.size, plan.exact) == (0, 0, 0, True)


def test_contradictory_impositions_are_refused_in_words():
    problem = crowd(priority=2, others=2, dwellings=2)

    with pytest.raises(UnusableInput, match="plus de ménages"):
        solve(replace(problem, pinned=np.array([0, 2])))
    with pytest.raises(UnusableInput, match="même ménage"):
        solve(replace(problem, pinned=np.array([0, 1])))
    with pytest.raises(UnusableInput, match="à la fois imposée et interdite"):
        solve(replace(problem, pinned=np.array([0]), forbidden=np.array([0])))


def test_progress_is_told():
    heard = []

    solve(crowd(priority=2, others=3, dwellings=3), progress=lambda stage, part: heard.append((stage, part)))

    assert ("preuve", 1.0) in heard
    assert all(0 <= part <= 1 for _, part in heard)
