"""The choice of a territory: never above its bound, the same for everybody who computes it, kept when it is stopped."""

import os
import signal
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from benchmarks.instances import Scale
from benchmarks.territories import generate
from tests.core.scale.small import brute_force, tiny

from untoit.core.scale import Effort, Processes, Search, after_refusal, solve

QUICK = Effort(rounds=4, search=Search(stages=((30, 8.0),)))
BASINS = Scale(400, 200, 500, 3, 14, 14)


@cache
def basins():
    """Return a territory of three labour market areas with all the quotas, and its plan."""
    territory = generate(BASINS, 2)
    return territory, solve(territory, effort=QUICK)


def same(one, other):
    """Return whether two outcomes are the same to the last millionth."""
    columns = ("dwelling", "offers", "dwelling_price", "offer_price", "share_price")
    return (one.value, one.bound, one.shares) == (other.value, other.bound, other.shares) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in columns
    )


@pytest.mark.parametrize("seed", range(25))
def test_solve_stays_between_the_exhaustive_plan_and_its_bound(seed):
    territory = tiny(seed, shards=1 + seed % 2)

    outcome = solve(territory)

    assert outcome.value <= brute_force(territory) <= outcome.bound


@pytest.mark.parametrize("seed", range(15))
def test_solve_holds_a_quota_and_its_bound_is_that_of_the_plans_that_hold_it(seed):
    territory = tiny(seed, quota=400)

    outcome = solve(territory)

    assert outcome.shares[0].held
    assert outcome.value <= brute_force(territory) <= outcome.bound


def test_solve_comes_close_to_the_bound():
    territory, outcome = basins()

    assert all(share.held for share in outcome.shares)
    assert outcome.gap < 0.004
    assert outcome.fingerprint == territory.fingerprint()


def test_solve_says_when_a_quota_is_out_of_reach_and_gives_it_no_price():
    territory = tiny(3)
    past = replace(
        tiny(3, quota=400), household_class=np.zeros(territory.households, dtype=np.int32),
    )
    past = replace(past, shares=(replace(past.shares[0], constant=-50_000),))

    outcome = solve(past)

    assert [share.held for share in outcome.shares] == [False]
    assert outcome.share_price.tolist() == [0]
    assert outcome.value <= outcome.bound


@pytest.mark.parametrize("workers", [2, 4])
def test_solve_gives_the_same_plan_and_proof_whatever_the_number_of_threads(workers):
    territory, outcome = basins()

    assert same(solve(territory, effort=QUICK, workers=workers), outcome)


def test_solve_in_one_shard_gives_the_same_plan_on_one_thread_and_on_two():
    territory = generate(Scale(200, 100, 250, 1, 14, 14), 1)

    assert same(solve(territory, effort=QUICK, workers=2), solve(territory, effort=QUICK))


def test_solve_in_processes_gives_the_same_plan_even_when_one_is_killed_and_counts_the_bytes():
    territory, outcome = basins()
    killed = []
    with Processes(2) as processes:

        def kill_one(stage, part, value, bound):
            if stage == "prix" and not killed:
                killed.append(next(iter(processes._pool._processes)))
                os.kill(killed[0], signal.SIGKILL)

        found = solve(territory, effort=QUICK, executor=processes, progress=kill_one)

    assert same(found, outcome)
    assert len(killed) == 1
    assert processes.restarts >= 1
    assert found.sent > 0
    assert found.received > 0


@pytest.mark.parametrize("stage", ["prix", "preuve", "choix"])
def test_solve_keeps_the_best_plan_and_its_proof_when_it_is_interrupted(stage):
    territory, outcome = basins()

    def stop(now, part, value, bound):
        if now == stage:
            raise KeyboardInterrupt

    stopped = solve(territory, effort=QUICK, progress=stop)

    assert stopped.interrupted
    assert 0 < stopped.value <= stopped.bound
    assert stopped.value <= outcome.bound


def test_solve_reports_bounds_that_only_decrease_and_values_that_only_increase():
    heard = []

    solve(basins()[0], effort=QUICK, progress=lambda stage, part, value, bound: heard.append((value, bound)))

    values = [value for value, _ in heard if value is not None]
    bounds = [bound for _, bound in heard if bound is not None]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)


def test_warm_start_moves_few_people_and_proves_its_plan():
    territory, outcome = basins()
    gone = np.flatnonzero(outcome.dwelling >= 0)[::80]
    counts = np.diff(territory.pair_start)
    kept = ~np.isin(np.repeat(np.arange(territory.households), counts), gone)
    counts[gone] = 0
    changed = replace(
        territory, pair_start=np.concatenate([[0], np.cumsum(counts)]), pair_dwelling=territory.pair_dwelling[kept],
        pair_chance=territory.pair_chance[kept],
    )

    warm = solve(changed, warm=outcome)

    moved = np.count_nonzero((warm.dwelling != outcome.dwelling) & (outcome.dwelling >= 0)) - gone.size
    assert moved <= 0.2 * np.count_nonzero(outcome.dwelling >= 0)
    assert warm.value <= warm.bound <= outcome.bound
    assert warm.gap < 0.01


def test_warm_start_refuses_the_plan_of_another_territory():
    with pytest.raises(ValueError, match="numbering"):
        solve(tiny(1, households=5), warm=basins()[1])


def test_refusal_offers_something_else_and_moves_few_people():
    territory, outcome = basins()
    household = int(np.flatnonzero(outcome.dwelling >= 0)[7])

    left, after = after_refusal(territory, outcome, household=household)

    assert after.dwelling[household] != outcome.dwelling[household]
    assert np.count_nonzero(after.dwelling != outcome.dwelling) <= 12
    assert after.value <= after.bound <= outcome.bound
    assert after.value >= 0.99 * outcome.value
    assert after.fingerprint == left.fingerprint() != territory.fingerprint()


def test_refusal_of_nothing_is_an_error():
    territory, outcome = basins()
    household = int(np.flatnonzero(outcome.dwelling < 0)[0])

    with pytest.raises(ValueError, match="nothing"):
        after_refusal(territory, outcome, household=household)
