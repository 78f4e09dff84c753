"""What the kernels answer at given prices, against the enumeration of every bundle of every household."""

from dataclasses import replace

import numpy as np
from tests.factories.problems import every_plan, tiny_problem

from untoit.core.matching.layout import lay_out
from untoit.core.matching.prices import Market, Prices, Row


def household_alone(problem, household, prices, credit):
    """Return the best priced bundle of one household, and of each of its options, capacities aside."""
    best, per_option = 0, {}
    for _, options, pairs in every_plan(problem):
        if pairs and problem.pair_household[pairs[0]] == household and len(pairs) == 1:
            worth = sum(int(problem.option_value[n] - prices.offer[problem.option_offer[n]]) for n in options)
            worth += int(credit[pairs[0]] - prices.dwelling[problem.pair_dwelling[pairs[0]]])
            best = max(best, worth)
            for n in options:
                per_option[n] = max(per_option.get(n, worth), worth)
    return best, per_option


def test_surplus_and_worth_equal_the_enumeration():
    for seed in range(150):
        selection = {"jobs_min": 2, "jobs_max": 3} if seed % 2 else {}
        problem = tiny_problem(seed, dense=0.7, **selection)
        problem = replace(problem, offer_capacity=np.full(problem.offers, 9, dtype=np.int32))
        rng = np.random.default_rng(seed)
        prices = Prices(
            rng.integers(0, 600_000, problem.dwellings), rng.integers(0, 900_000, problem.offers),
            rng.integers(0, 200_000, 1),
        )
        row = Row(rng.integers(-1000, 1000, problem.pair_household.size), 0)
        layout = lay_out(problem)

        with Market(layout, [row]) as market:
            market.bound(prices)
            _, worth = market.worth(prices)
            surplus, credit = market.surplus(), market.credit(prices)

        for household in range(problem.households):
            best, per_option = household_alone(problem, household, prices, credit)
            assert surplus[household] == best
            mine = problem.pair_household[layout.pair] == household
            assert dict(zip(layout.number[mine].tolist(), worth[mine].tolist(), strict=True)) == per_option


def test_demand_is_what_the_chosen_bundles_take():
    for seed in range(100):
        problem = tiny_problem(seed, capacity=9, dense=0.8, jobs_min=1 + seed % 2, jobs_max=1 + 2 * (seed % 2))
        rng = np.random.default_rng(seed)
        prices = Prices(
            rng.integers(0, 300_000, problem.dwellings), rng.integers(0, 500_000, problem.offers),
            np.zeros(0, dtype=np.int64),
        )

        with Market(lay_out(problem), []) as market:
            bound = market.bound(prices)
            homes, jobs, _ = market.excess(prices)

        # The bound is the value of what is demanded plus the price of what is not: a subgradient by definition.
        taken = problem.offer_capacity - jobs
        assert (taken >= 0).all()
        for step in (1, -1):
            moved = Prices(np.maximum(prices.dwelling + step, 0), np.maximum(prices.offer + step, 0), prices.row)
            with Market(lay_out(problem), []) as market:
                other = market.bound(moved)
            slope = int(homes @ (moved.dwelling - prices.dwelling) + jobs @ (moved.offer - prices.offer))
            assert other >= bound + slope
