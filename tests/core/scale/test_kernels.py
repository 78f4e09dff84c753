"""Pricing without forming the triples gives what pricing each of them gives."""

import numpy as np
import pytest
from tests.core.scale.small import choices_of, tiny

from untoit.core.scale import kernels
from untoit.core.scale.plan import implicit


def priced(territory, rng):
    """Return random prices, and the priced value of every choice of every household."""
    homes = rng.integers(0, 500_000, territory.dwellings)
    jobs = rng.integers(0, 400_000, territory.offers)
    worth = [
        [(value - homes[d] - sum(jobs[j] for j in offers if j >= 0), d, offers, value)
         for d, offers, value in choices_of(territory, h)]
        for h in range(territory.households)
    ]
    return homes, jobs, worth


def chosen(territory, homes, jobs, credit):
    """Return what ``choose`` writes."""
    surplus = np.zeros(territory.households, np.int64)
    pair = np.full(territory.households, -1, np.int32)
    offers = np.full((territory.households, 2), -1, np.int32)
    total = kernels.choose(
        0, territory.households, *implicit(territory), credit, homes, jobs, surplus, pair, offers
    )
    return total, surplus, pair, offers


@pytest.mark.parametrize("seed", range(12))
def test_choose_finds_the_best_priced_choice_of_each_household(seed):
    territory = tiny(seed, households=6, dwellings=5, offers=6)
    homes, jobs, worth = priced(territory, np.random.default_rng(seed))

    total, surplus, pair, offers = chosen(territory, homes, jobs, np.zeros((2, 1), np.int64))

    best = [max([0, *(each[0] for each in choices)]) for choices in worth]
    assert surplus.tolist() == best
    assert total == sum(best)
    value = np.zeros(territory.households, np.int64)
    kernels.worth(0, territory.households, *implicit(territory), pair, offers, value)
    for h in np.flatnonzero(pair >= 0):
        paid = homes[territory.pair_dwelling[pair[h]]] + sum(jobs[j] for j in offers[h] if j >= 0)
        assert value[h] - paid == best[h]


@pytest.mark.parametrize("seed", range(12))
def test_near_lists_the_choices_within_the_regret_and_no_other(seed):
    territory = tiny(seed, households=6, dwellings=5, offers=6)
    homes, jobs, worth = priced(territory, np.random.default_rng(seed))
    credit = np.zeros((2, 1), np.int64)
    _, surplus, _, _ = chosen(territory, homes, jobs, credit)
    regret = 150_000

    room = 5_000
    pair, household = np.empty(room, np.int32), np.empty(room, np.int32)
    offers, value, regrets = np.empty((room, 2), np.int32), np.empty(room, np.int64), np.empty(room, np.int64)
    count = kernels.near(
        0, territory.households, *implicit(territory), credit, homes, jobs, surplus, regret, pair, offers, household,
        value, regrets,
    )

    listed = {
        (int(household[n]), int(territory.pair_dwelling[pair[n]]), *offers[n].tolist(), int(value[n]), int(regrets[n]))
        for n in range(count)
    }
    # A job may be left out when it is already worth less than the regret below the best of its seeker: so is the sum.
    expected = {
        (h, d, *each, value, int(surplus[h] - worth_))
        for h, choices in enumerate(worth) for worth_, d, each, value in choices if worth_ >= surplus[h] - regret
    }
    assert listed == expected
