"""Arrivals one by one: nothing is given twice nor out of its days, prices keep for who comes, hindsight is above."""

import numpy as np
import pytest

from untoit.core.foresight.arrivals import (
    Stream,
    best_of_the_day,
    first_come,
    hindsight,
    share_of,
    with_prices,
)
from untoit.core.matching import POINT, MatchingProblem

ALWAYS = (0, 363)


def stream(options, *, homes, jobs, waited, openings=None):
    """
    Return a stream; ``options`` are (household, home, job, value), homes and jobs (first day, last day, year).
    """
    options = sorted(options)
    households = len(waited)
    pairs = sorted({(h, d) for h, d, _, _ in options})
    problem = MatchingProblem(
        households=households, seekers=households, dwellings=len(homes), offers=len(jobs),
        seeker_household=np.arange(households, dtype=np.int32),
        dwelling_capacity=np.ones(len(homes), np.int32),
        offer_capacity=np.array(openings or [1] * len(jobs), np.int32),
        pair_household=np.array([h for h, _ in pairs], np.int32),
        pair_dwelling=np.array([d for _, d in pairs], np.int32),
        option_pair=np.array([pairs.index((h, d)) for h, d, _, _ in options], np.int32),
        option_seeker=np.array([h for h, _, _, _ in options], np.int32),
        option_offer=np.array([j for _, _, j, _ in options], np.int32),
        option_value=np.array([round(value * POINT) for _, _, _, value in options], np.int64),
    )
    columns = [np.array(column, np.int32) for group in (homes, jobs) for column in zip(*group, strict=True)]
    return Stream(problem, *columns, np.array(waited, float))


def drawn(seed, past=2):
    """Return a small random year with its past years."""
    rng = np.random.default_rng(seed)
    households, homes, jobs = 60, 30 * (past + 1), 40 * (past + 1)

    def windows(count, length):
        start = rng.integers(1 - length, 364, count)
        return [(int(s), int(s) + length - 1, int(year)) for s, year in zip(start, rng.integers(0, past + 1, count),
                                                                           strict=True)]

    options = {}
    for h in range(households):
        for d in rng.choice(homes, 25, replace=False):
            for j in rng.choice(jobs, 12, replace=False):
                options[h, int(d), int(j)] = float(rng.uniform(0.1, 0.9))
    return stream(
        [(*key, value) for key, value in options.items()], homes=windows(homes, 60), jobs=windows(jobs, 60),
        waited=rng.uniform(0, 96, households).tolist(),
    )


PLAYERS = {"first come": first_come, "best of the day": best_of_the_day, "prices": with_prices}


@pytest.mark.parametrize("play", PLAYERS.values(), ids=PLAYERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_given_twice_nor_outside_of_its_days_nor_from_a_past_year(play, seed):
    year = drawn(seed)
    problem = year.problem

    played = play(year)

    d, j, h = (column[played.options] for column in
               (problem.option_dwelling, problem.option_offer, problem.option_household))
    assert len(set(d.tolist())) == len(d) == played.homes
    assert len(set(h.tolist())) == len(h)
    assert (np.bincount(j, minlength=problem.offers) <= problem.offer_capacity).all()
    assert (year.home_year[d] == 0).all() and (year.job_year[j] == 0).all()
    assert (np.maximum(year.home_from[d], year.job_from[j]) <= played.day).all()
    assert (np.minimum(year.home_until[d], year.job_until[j]) >= played.day).all()
    assert played.value == problem.option_value[played.options].sum()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hindsight_is_above_every_way_of_playing_and_prices_beat_first_come(seed):
    year = drawn(seed)
    best = hindsight(year)

    came, day, priced = first_come(year), best_of_the_day(year), with_prices(year)

    assert max(came.value, day.value, priced.value) <= best.bound
    assert came.value < day.value < priced.value
    assert share_of(priced, best)[0] > 0.8


def test_a_home_is_kept_for_who_will_need_it():
    """Two households can only live in the home; the job that makes it possible came in March in both past years."""
    year = stream(
        [(0, 0, 0, 0.3), *((h, 0, j, 0.8) for h in (1, 2) for j in (1, 2, 3))],
        homes=[(0, 100, 0)],
        jobs=[(0, 50, 0), (70, 90, 0), (70, 90, 1), (72, 95, 2)],
        waited=[50, 1, 1],
    )

    assert first_come(year).options.tolist() == [0]
    assert with_prices(year, samples=2).value == hindsight(year).value == round(0.8 * POINT)


def test_without_a_past_year_nothing_is_kept():
    year = stream(
        [(0, 0, 0, 0.3), (1, 0, 1, 0.8)], homes=[(0, 100, 0)], jobs=[(0, 50, 0), (70, 90, 0)], waited=[50, 1],
    )

    assert with_prices(year).value == round(0.3 * POINT)


def test_two_plays_of_the_same_year_are_the_same():
    year = drawn(4)

    one, other = with_prices(year), with_prices(year)

    assert np.array_equal(one.options, other.options) and np.array_equal(one.day, other.day)


def test_a_perfect_forecast_is_worth_having():
    year = drawn(5)
    best = hindsight(year)

    foreseen, guessed = with_prices(year, foresees=True), with_prices(year)

    assert guessed.value <= foreseen.value <= best.bound
    assert share_of(foreseen, best)[0] > 0.95
