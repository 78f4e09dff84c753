"""
Homes and jobs arrive one by one: what to accept today, and what to keep for those who will need it tomorrow.

A bundle (a home and its jobs, for one household) is accepted when it is worth more than what its household, its home
and its jobs are worth kept: their shadow prices in a forecast of what is to come. The forecast is a sample, the
arrivals of past years from the same day on; prices are found again every week (Ahani, Gölz, Procaccia, Teytelboym,
Trapp, "Dynamic Placement in Refugee Resettlement", Operations Research, 2023).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from untoit.core.foresight.kernels import accept, sweep
from untoit.core.matching import POINT, Effort, MatchingProblem, Plan, solve

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]



@dataclass(frozen=True, slots=True)
class Stream:
    """
    Homes and jobs with the days on which each can be given, and households that wait from the first day.

    ``home_from``, ``home_until`` are ``int32[D]`` and ``job_from``, ``job_until`` ``int32[J]``, days of a year, both
    included. ``home_year`` and ``job_year`` are 0 for what arrives, 1, 2 … for the past years that the forecast is made
    of: these are never given. ``waited`` is ``float64[H]``, who came first has the most.
    """

    problem: MatchingProblem
    home_from: Int32s
    home_until: Int32s
    home_year: Int32s
    job_from: Int32s
    job_until: Int32s
    job_year: Int32s
    waited: Floats
    days: int = 364

    @property
    def past_years(self) -> int:
        """How many past years the forecast may be made of."""
        return int(max(self.home_year.max(initial=0), self.job_year.max(initial=0)))


@dataclass(frozen=True, slots=True)
class Played:
    """What a way of deciding gave over the year: the options given, in order, the day of each, and their value."""

    options: Int64s
    day: Int32s
    value: int
    homes: int


class Keeping(NamedTuple):
    """What a household, a home and an opening are worth kept for later, in points."""

    household: Floats
    home: Floats
    job: Floats


class _Live(NamedTuple):
    """Options that can be given, what they use, and the days on which both the home and the job are there."""

    number: Int64s
    household: Int32s
    home: Int32s
    job: Int32s
    first: Int32s
    last: Int32s


def hindsight(stream: Stream, workers: int = 1, effort: Effort | None = None) -> Plan:
    """Return the best that could have been given had the whole year been known, with its proven bound."""
    live = _live(stream)
    problem = stream.problem
    shut = np.ones(problem.option_pair.size, np.bool_)
    shut[live.number] = False
    known = replace(problem, quotas=(), forbidden=np.flatnonzero(shut).astype(np.int64))
    return solve(known, workers=workers, effort=effort)


def first_come(stream: Stream) -> Played:
    """Play the year as it is done today: whoever has waited longest takes the best of what is there that day."""
    return _played(stream, lambda day, state: _nothing_kept(stream), stream.waited)


def best_of_the_day(stream: Stream) -> Played:
    """Play the year giving each day what is worth the most on that day, and keeping nothing for later."""
    return _played(stream, lambda day, state: _nothing_kept(stream), np.zeros_like(stream.waited))


def with_prices(
    stream: Stream, *, samples: int = 4, every: int = 1, steps: int = 40, foresees: bool = False,
    tell: Callable[[float], None] = lambda done: None,
) -> Played:
    """
    Play the year accepting a bundle, on the last day on which it can be given, when it is worth what it uses.

    Until that day the prices contain it: what it uses is worth at least as much kept as given. ``every`` is the number
    of days between two searches of the prices, ``steps`` the steps of each, from the prices of the last one. With
    ``foresees`` the sample is what will really come: what the rule itself loses, whatever the forecast.
    """
    forecast = _Forecast(stream, samples, steps, foresees=foresees)
    searched = -every

    def keeping(day: int, state: _State) -> Keeping:
        nonlocal searched
        if day >= searched + every:
            tell(day / stream.days)
            forecast.search(day, state)
            searched = day
        return forecast.keeping

    return _played(stream, keeping, np.zeros_like(stream.waited), wait=True)


@dataclass(slots=True)
class _State:
    housed: Bools
    taken: Bools
    left: Int64s


def _played(
    stream: Stream, keeping: Callable[[int, _State], Keeping], first: Floats, *, wait: bool = False
) -> Played:
    problem, live = stream.problem, _live(stream)
    state = _State(
        np.zeros(problem.households, np.bool_), np.zeros(problem.dwellings, np.bool_),
        problem.offer_capacity.astype(np.int64).copy(),
    )
    value = problem.option_value / POINT
    given: list[int] = []
    days: list[int] = []
    for day in range(stream.days):
        there = (live.first <= day) & (live.last >= day)
        there &= ~state.housed[live.household] & ~state.taken[live.home] & (state.left[live.job] > 0)
        if wait:
            # What can still be given tomorrow is not given today: its pair is looked at when an option of it ends.
            ending = np.zeros(problem.pair_household.size, np.bool_)
            ending[problem.option_pair[live.number[there & (live.last == day)]]] = True
            there &= ending[problem.option_pair[live.number]]
        here = live.number[there]
        if not here.size:
            continue
        keep = keeping(day, state)
        chosen = np.empty(here.size, np.int64)
        count = accept(
            problem.option_household[here], problem.option_pair[here], problem.option_seeker[here],
            problem.option_dwelling[here],
            problem.option_offer[here], value[here], first, state.housed, state.taken, state.left, *keep, chosen,
        )
        given += here[chosen[:count]].tolist()
        days += [day] * count
    options = np.array(given, np.int64)
    return Played(
        options, np.array(days, np.int32), int(problem.option_value[options].sum()), int(state.taken.sum())
    )


def _nothing_kept(stream: Stream) -> Keeping:
    problem = stream.problem
    return Keeping(np.zeros(problem.households), np.zeros(problem.dwellings), np.zeros(problem.offers))


def _live(stream: Stream) -> _Live:
    """Return the options of this year."""
    return _among(stream, stream.home_year == 0, stream.job_year == 0)


def _among(stream: Stream, homes: Bools, jobs: Bools) -> _Live:
    """Return the options of these homes and jobs that are there on a same day of the year."""
    problem = stream.problem
    d, j = problem.option_dwelling, problem.option_offer
    number = np.flatnonzero(homes[d] & jobs[j]).astype(np.int64)
    d, j = d[number], j[number]
    first = np.maximum(np.maximum(stream.home_from[d], stream.job_from[j]), 0).astype(np.int32)
    last = np.minimum(np.minimum(stream.home_until[d], stream.job_until[j]), stream.days - 1).astype(np.int32)
    meets = first <= last
    number = number[meets]
    return _Live(number, problem.option_household[number], d[meets], j[meets], first[meets], last[meets])


class _Forecast:
    """
    The prices of what is kept, averaged over samples of what is to come, each search starting from the last one.

    A sample is a past year, from the same day on or from another one: its arrivals are turned around the year, so that
    two past years make as many different samples as are wanted.
    """

    def __init__(self, stream: Stream, samples: int, steps: int, *, foresees: bool) -> None:
        self._stream = stream
        self._steps = steps
        homes, jobs = np.zeros(stream.problem.dwellings), np.zeros(stream.problem.offers)
        years = stream.past_years
        turns = -(-samples // years) if years else 0
        self._samples = [
            _Sample.of(stream, 1 + number % years, (number // years) * stream.days // turns)
            for number in range(samples if years else 0)
        ]
        if foresees:
            self._samples = [_Sample.of(stream, 0, 0)]
        self._foresees = foresees
        self._prices = [(homes, jobs)] * len(self._samples)
        self.keeping = _nothing_kept(stream)

    def search(self, day: int, state: _State) -> None:
        """Find what everything is worth from tomorrow on, in each sample, and keep the average."""
        found = [self._in_sample(number, day, state) for number in range(len(self._samples))]
        if found:
            self.keeping = Keeping(*(np.mean(tables, axis=0) for tables in zip(*found, strict=True)))

    def _in_sample(self, number: int, day: int, state: _State) -> Keeping:
        """Price what is open today and can still be given tomorrow, if what is to come is that of a sample."""
        stream, sample = self._stream, self._samples[number]
        live = sample.live
        homes = np.where(
            sample.home_is_now, (self._foresees | (stream.home_from <= day)) & (stream.home_until > day) & ~state.taken,
            sample.home_from > day,
        )
        jobs = np.where(
            sample.job_is_now,
            (self._foresees | (stream.job_from <= day)) & (stream.job_until > day) & (state.left > 0),
            sample.job_from > day,
        )
        usable = (live.last > day) & homes[live.home] & jobs[live.job] & ~state.housed[live.household]
        capacity = np.where(sample.job_is_now, state.left, stream.problem.offer_capacity).astype(np.float64)
        result = _descend(stream.problem, live.number[usable], *self._prices[number], capacity, self._steps)
        self._prices[number] = result.home, result.job
        return result


class _Sample(NamedTuple):
    """What is there this year, and what a past year brought, turned by some days."""

    live: _Live
    home_from: Int32s
    job_from: Int32s
    home_is_now: Bools
    job_is_now: Bools

    @classmethod
    def of(cls, stream: Stream, year: int, turn: int) -> _Sample:
        now_home, now_job = stream.home_year == 0, stream.job_year == 0

        def turned(start: Int32s, now: Bools) -> Int32s:
            return np.where(now, start, (start + turn) % stream.days).astype(np.int32)

        home_from, job_from = turned(stream.home_from, now_home), turned(stream.job_from, now_job)
        moved = replace(
            stream, home_from=home_from, home_until=home_from + (stream.home_until - stream.home_from),
            job_from=job_from, job_until=job_from + (stream.job_until - stream.job_from),
        )
        live = _among(moved, now_home | (stream.home_year == year), now_job | (stream.job_year == year))
        return cls(live, home_from, job_from, now_home, now_job)


def _descend(
    problem: MatchingProblem, options: Int64s, home: Floats, job: Floats, capacity: Floats, steps: int
) -> Keeping:
    """
    Return prices that nearly balance what is asked for and what there is, by subgradient from ``home`` and ``job``.

    Polyak steps towards a target a little under the best bound, as the prices of the plan
    (:mod:`untoit.core.matching.prices`).
    """
    household, pair = problem.option_household[options], problem.option_pair[options]
    seeker, dwelling = problem.option_seeker[options], problem.option_dwelling[options]
    offer, value = problem.option_offer[options], problem.option_value[options] / POINT
    surplus = np.zeros(problem.households)
    homes, jobs = np.zeros(problem.dwellings), np.zeros(problem.offers)
    used_home, used_job = np.zeros(problem.dwellings), np.zeros(problem.offers)
    used_home[dwelling], used_job[offer] = 1.0, 1.0
    home, job, capacity = home * used_home, job * used_job, capacity * used_job
    best, best_home, best_job = np.inf, home, job
    before_home, before_job = np.zeros_like(home), np.zeros_like(job)
    factor, stalled = 1.0, 0
    for _ in range(steps):
        total = sweep(household, pair, seeker, dwelling, offer, value, home, job, surplus, homes, jobs)
        bound = total + float(home.sum()) + float(capacity @ job)
        if bound < best - 1e-9:
            best, best_home, best_job, stalled = bound, home, job, 0
        else:
            stalled += 1
        if stalled >= 6:
            factor, stalled, home, job = factor * 0.6, 0, best_home, best_job
            before_home, before_job = np.zeros_like(home), np.zeros_like(job)
            if factor < 1e-3:
                break
            bound = best
            sweep(household, pair, seeker, dwelling, offer, value, home, job, surplus, homes, jobs)
        slope_home, slope_job = used_home - homes, capacity - jobs
        slope_home[(home <= 0) & (slope_home > 0)] = 0
        slope_job[(job <= 0) & (slope_job > 0)] = 0
        before_home, before_job = 0.6 * slope_home + 0.4 * before_home, 0.6 * slope_job + 0.4 * before_job
        length = float(before_home @ before_home + before_job @ before_job)
        if length == 0:
            break
        size = factor * max(bound - 0.95 * best, 0.0005 * best) / length
        home = np.maximum(home - size * before_home, 0)
        job = np.maximum(job - size * before_job, 0)
    sweep(household, pair, seeker, dwelling, offer, value, best_home, best_job, surplus, homes, jobs)
    return Keeping(surplus, best_home, best_job)


def share_of(played: Played, best: Plan) -> tuple[float, float]:
    """Return the share of hindsight that was reached: of the plan found, and at least, of its proven bound."""
    return played.value / best.value, played.value / best.bound
