"""
What is expected of a set of proposals when people refuse, do not come, or are not hired: closed forms, and dice.

Chances are taken as independent from one person to another; each closed form is checked against seeded simulation in
the tests. A dwelling goes down its list of candidates in the order of their ranks and stops at the first who signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    One candidate of a dwelling: ``signs``, the chance that the lease is signed if it is proposed, and ``succeeds``, the
    chance that it is signed and that the job holds as well; ``succeeds <= signs``.
    """

    signs: float
    succeeds: float

    def __post_init__(self) -> None:
        """Refuse what is no pair of chances."""
        if not 0 <= self.succeeds <= self.signs <= 1:
            raise ValueError(f"chances {self}")


def list_success(candidates: Sequence[Candidate]) -> float:
    """
    Return the chance that a dwelling ends in a double success, its candidates being asked in the order of their ranks.

    When every lease signed is a success it is ``1 - prod(1 - p)``.
    """
    expected, still_free = 0.0, 1.0
    for one in candidates:
        expected += still_free * one.succeeds
        still_free *= 1 - one.signs
    return expected


def shares_of_ranks(candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """Return what each rank adds to :func:`list_success`."""
    shares, still_free = [], 1.0
    for one in candidates:
        shares.append(still_free * one.succeeds)
        still_free *= 1 - one.signs
    return tuple(shares)


@dataclass(frozen=True, slots=True)
class Interval:
    """Expected number of successes, its standard deviation, and a band that holds it nine times out of ten."""

    expected: float
    deviation: float
    low: float
    high: float


def interval(successes: Sequence[float], share: float = 0.90) -> Interval:
    """Return the interval of a sum of independent successes, by its exact variance and the normal approximation."""
    chances = np.asarray(successes, np.float64)
    expected, deviation = float(chances.sum()), sqrt(float((chances * (1 - chances)).sum()))
    away = NormalDist().inv_cdf((1 + share) / 2) * deviation
    return Interval(expected, deviation, max(0.0, expected - away), min(float(len(chances)), expected + away))


def simulated(
    lists: Sequence[Sequence[Candidate]], *, runs: int, seed: int, spread: float = 0.0, share: float = 0.90
) -> Interval:
    """
    Play every list ``runs`` times and return what came out; the band is made of quantiles.

    With ``spread``, the chances themselves are not known to better than that: each run first moves all the chances to
    sign by one common draw and all the chances that the job holds by another, so that an assumption too high is too
    high for everybody. The band is then that of the dice and of the assumptions together.
    """
    rng = np.random.default_rng(seed)
    signs, holds, filled = _padded(lists)
    totals = np.zeros(runs)
    for run in range(runs):
        moved_signs = np.clip(signs + spread * rng.uniform(-1, 1), 0, 1) * filled
        moved_holds = np.clip(holds + spread * rng.uniform(-1, 1), 0, 1)
        signed = rng.random(signs.shape) < moved_signs
        first = signed & (np.cumsum(signed, axis=1) == 1)
        totals[run] = (first & (rng.random(signs.shape) < moved_holds)).sum()
    low, high = np.quantile(totals, [(1 - share) / 2, (1 + share) / 2])
    return Interval(float(totals.mean()), float(totals.std()), float(low), float(high))


def _padded(lists: Sequence[Sequence[Candidate]]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the chances to sign and, once signed, to hold the job, ``float64[lists, ranks]``, and which exist."""
    ranks = max((len(one) for one in lists), default=0)
    signs, holds = np.zeros((len(lists), ranks)), np.zeros((len(lists), ranks))
    filled = np.zeros((len(lists), ranks), np.bool_)
    for row, candidates in enumerate(lists):
        for rank, one in enumerate(candidates):
            signs[row, rank], filled[row, rank] = one.signs, True
            holds[row, rank] = one.succeeds / one.signs if one.signs else 0.0
    return signs, holds, filled


@dataclass(frozen=True, slots=True)
class Hiring:
    """
    Interviews of one offer: people hired on average, the chance that every opening is filled, and the chance of each
    person to be hired, in the order in which they are met.
    """

    hired: float
    all_filled: float
    chance: tuple[float, ...]


def interviews(chances: Sequence[float], openings: int, show_up: float = 1.0) -> Hiring:
    """
    Return what is expected of more interviews than openings, people being met in order until all are filled.

    ``chances`` are those of a hire for who comes; ``show_up`` is the share of the people invited who come. The number
    already hired before each person is a Poisson binomial stopped at ``openings``.
    """
    if openings < 0 or not 0 <= show_up <= 1:
        raise ValueError(f"{openings} openings, share {show_up}")
    hired = np.zeros(openings + 1)
    hired[0] = 1.0
    each = []
    for chance in chances:
        p = chance * show_up
        each.append(p * float(hired[:openings].sum()))
        moved = hired[:openings] * p
        hired[:openings] -= moved
        hired[1:] += moved
    return Hiring(float(sum(each)), float(hired[openings]), tuple(each))


def interviews_needed(chance: float, openings: int, show_up: float, target: float) -> int | None:
    """Return the fewest people to invite to fill every opening with chance ``target``; ``None`` if none can."""
    if openings == 0:
        return 0
    if chance * show_up <= 0 or target >= 1:
        return None
    count = openings
    while interviews([chance] * count, openings, show_up).all_filled < target:
        count += 1
    return count
