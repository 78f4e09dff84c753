"""Prices are proofs: of the bound, and of what forcing an option would cost."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.factories.problems import best_plan, tiny_problem

from untoit.core.errors import UnusableInput
from untoit.core.matching import MatchingProblem, bound_from_prices, certificate, losses, price_of, solve, surplus


def test_any_prices_prove_a_bound_above_the_best_plan():
    for seed in range(300):
        selection = {"jobs_min": 2, "jobs_max": 3, "capacity": 2, "dense": 0.5} if seed % 3 == 0 else {}
        problem = tiny_problem(seed, quotas=seed % 2, pins=seed % 2, **selection)
        best = best_plan(problem)
        rng = np.random.default_rng(seed)
        prices = [rng.integers(0, 900_000, size) for size in (problem.dwellings, problem.offers, len(problem.quotas))]

        bound = bound_from_prices(problem, *prices)

        assert best is None or bound >= best


def test_bound_of_the_plan_is_that_of_its_prices():
    for seed in range(60):
        problem = tiny_problem(seed, quotas=seed % 2)

        plan = solve(problem)

        prices = (plan.dwelling_prices, plan.offer_prices, plan.quota_prices)
        assert bound_from_prices(problem, *prices, plan.floors) == plan.price_bound


def test_negative_price_proves_nothing():
    problem = tiny_problem(3)
    prices = np.full(problem.dwellings, -1), np.zeros(problem.offers, dtype=np.int64), np.zeros(0, dtype=np.int64)

    with pytest.raises(ValueError, match="never negative"):
        bound_from_prices(problem, *prices)


def test_loss_never_exceeds_what_imposing_the_option_really_costs():
    for seed in range(120):
        selection = {"jobs_min": 2, "jobs_max": 3, "capacity": 2, "dense": 0.5} if seed % 3 == 0 else {}
        problem = tiny_problem(seed, **selection)
        plan = solve(problem)

        lost = losses(problem, plan)

        assert (lost[plan.options] == 0).all()
        for option in range(problem.option_pair.size):
            forced = best_plan(replace(problem, pinned=np.array([option])))
            assert forced is None or plan.value - forced >= lost[option]


def test_price_of_an_option_that_takes_the_home_of_a_better_one():
    # One dwelling, worth 0.4, 0.7 and 0.8 point to three households: its price is between the last two.
    three, none = np.arange(3, dtype=np.int32), np.zeros(3, dtype=np.int32)
    problem = MatchingProblem(
        households=3, seekers=3, dwellings=1, offers=1, seeker_household=three,
        dwelling_capacity=np.array([1], dtype=np.int32), offer_capacity=np.array([3], dtype=np.int32),
        pair_household=three, pair_dwelling=none, option_pair=three, option_seeker=three, option_offer=none,
        option_value=np.array([400_000, 700_000, 800_000]),
    )

    plan = solve(problem)

    assert plan.options.tolist() == [2]
    assert price_of(problem, plan, 2) == 0
    assert 300_000 <= price_of(problem, plan, 0) <= 400_000
    assert surplus(problem, plan).tolist() == [value - plan.dwelling_prices[0] for value in problem.option_value]


def test_certificate_names_people_and_things_as_the_files_do():
    problem = tiny_problem(8, quotas=1, dense=0.9, pins=1, forbids=1)
    try:
        plan = solve(problem)
    except UnusableInput:
        pytest.fail("this instance has a plan")

    proof = certificate(
        problem, plan, mode="plan", households=[f"M{h}" for h in range(problem.households)],
        dwellings=[f"L{d}" for d in range(problem.dwellings)], offers=[f"O{j}" for j in range(problem.offers)],
    )

    assert json.loads(json.dumps(proof)) == proof
    assert proof["dwelling_capacity"] == {f"L{d}": int(c) for d, c in enumerate(problem.dwelling_capacity)}
    assert proof["value"] == plan.value
    assert len(proof["pinned"]) == len(proof["forbidden"]) == 1
    assert proof["quotas"][0]["denominator"] == "all"
