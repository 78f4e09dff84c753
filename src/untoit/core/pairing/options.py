"""Every feasible triple (household and dwelling, seeker, offer), before the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import get_num_threads, njit, prange, set_num_threads
from numpy.typing import NDArray

from untoit.core.model.work import Mode, Seeker

# Order of preference between modes that take the same time: the cheapest for the household first.
MODES = (Mode.WALK, Mode.BIKE, Mode.TRANSIT, Mode.CAR)

NO_WAY = 255


class Reach(NamedTuple):
    """
    Door-to-door minutes of every dwelling (D) and offer (J), by mode (M).

    ``outward`` and ``back`` are ``uint8[M, D, J]`` minutes, 255 where there is no way; ``leaves`` and ``back_at`` are
    ``int16[M, D, J]``, the earliest departure from the front door and the latest return over days and rotations.
    """

    outward: NDArray[np.uint8]
    back: NDArray[np.uint8]
    leaves: NDArray[np.int16]
    back_at: NDArray[np.int16]


class Limits(NamedTuple):
    """What each seeker (S) accepts: ``has_mode`` is ``bool[S, M]``, the rest ``int32[S]`` minutes."""

    has_mode: NDArray[np.bool_]
    commute: NDArray[np.int32]
    leaves_no_earlier: NDArray[np.int32]
    back_no_later: NDArray[np.int32]


def limits_of(seekers: Sequence[Seeker], modes: Sequence[Mode]) -> Limits:
    """Return the limits of the seekers, in order, for the modes of a ``Reach``."""
    farthest = 32_000  # beyond any time of a service day
    return Limits(
        np.array([[mode in seeker.modes for mode in modes] for seeker in seekers], np.bool_).reshape(-1, len(modes)),
        np.array([seeker.max_commute_min for seeker in seekers], np.int32),
        np.array([_or(seeker.leaves_no_earlier_min, -farthest) for seeker in seekers], np.int32),
        np.array([_or(seeker.back_no_later_min, farthest) for seeker in seekers], np.int32),
    )


@dataclass(frozen=True, slots=True)
class Options:
    """
    Feasible triples, sorted by pair, seeker and offer.

    ``pair_household`` and ``pair_dwelling`` are ``int32[P]``, pairs with at least one option; ``pair``, ``seeker`` and
    ``offer`` are ``int32[N]``; ``mode`` is the number of a mode of the ``Reach``; ``outward`` and ``back`` are minutes.
    """

    pair_household: NDArray[np.int32]
    pair_dwelling: NDArray[np.int32]
    pair: NDArray[np.int32]
    seeker: NDArray[np.int32]
    offer: NDArray[np.int32]
    mode: NDArray[np.uint8]
    outward: NDArray[np.uint8]
    back: NDArray[np.uint8]


def feasible_options(
    eligible: NDArray[np.bool_],
    seeker_household: NDArray[np.int32],
    fits: NDArray[np.bool_],
    reach: Reach,
    limits: Limits,
    *,
    workers: int = 1,
) -> Options:
    """
    List every triple whose home is lawful, whose job fits and whose way works both ways within the person's limits.

    Parameters
    ----------
    eligible
        ``bool[H, D]``.
    seeker_household
        ``int32[S]``, ascending.
    fits
        ``bool[S, J]``.
    """
    pair_household, pair_dwelling = (array.astype(np.int32) for array in np.nonzero(eligible))
    candidates = _Candidates(
        pair_household,
        pair_dwelling,
        np.searchsorted(seeker_household, np.arange(eligible.shape[0] + 1)).astype(np.int64),
        np.concatenate([[0], np.cumsum(fits.sum(axis=1))]).astype(np.int64),
        np.nonzero(fits)[1].astype(np.int32),
    )
    before = get_num_threads()
    set_num_threads(min(workers, before))
    try:
        counts = _count(candidates, reach, limits)
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        pair, seeker, offer = (np.empty(start[-1], np.int32) for _ in range(3))
        mode, outward, back = (np.empty(start[-1], np.uint8) for _ in range(3))
        _fill(candidates, reach, limits, start, pair, seeker, offer, mode, outward, back)
    finally:
        set_num_threads(before)
    kept = np.flatnonzero(counts)
    number = np.zeros(len(counts), np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    return Options(pair_household[kept], pair_dwelling[kept], number[pair], seeker, offer, mode, outward, back)


class _Candidates(NamedTuple):
    """Lawful pairs, the seekers of each household and the offers that fit each seeker, in compressed rows."""

    pair_household: NDArray[np.int32]
    pair_dwelling: NDArray[np.int32]
    seeker_start: NDArray[np.int64]
    fit_start: NDArray[np.int64]
    fit_offer: NDArray[np.int32]


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


@njit(cache=True)
def best_mode(d: int, j: int, s: int, reach: Reach, limits: Limits) -> Any:
    """Return the mode with the shortest two ways within the limits of seeker ``s``, -1 when there is none."""
    best, best_minutes = -1, np.int64(1 << 20)
    for m in range(reach.outward.shape[0]):
        go, come = np.int64(reach.outward[m, d, j]), np.int64(reach.back[m, d, j])
        if (
            limits.has_mode[s, m]
            and go != NO_WAY
            and come != NO_WAY
            and go <= limits.commute[s]
            and come <= limits.commute[s]
            and reach.leaves[m, d, j] >= limits.leaves_no_earlier[s]
            and reach.back_at[m, d, j] <= limits.back_no_later[s]
            and go + come < best_minutes
        ):
            best, best_minutes = m, go + come
    return best


@njit(cache=True, parallel=True)
def _count(candidates: _Candidates, reach: Reach, limits: Limits) -> Any:
    counts = np.zeros(len(candidates.pair_household), np.int64)
    for p in prange(len(candidates.pair_household)):
        h, d = candidates.pair_household[p], candidates.pair_dwelling[p]
        found = 0
        for s in range(candidates.seeker_start[h], candidates.seeker_start[h + 1]):
            for f in range(candidates.fit_start[s], candidates.fit_start[s + 1]):
                found += best_mode(d, candidates.fit_offer[f], s, reach, limits) >= 0
        counts[p] = found
    return counts


@njit(cache=True, parallel=True)
def _fill(
    candidates: _Candidates, reach: Reach, limits: Limits, start: Any,
    pair: Any, seeker: Any, offer: Any, mode: Any, outward: Any, back: Any,
) -> None:
    for p in prange(len(candidates.pair_household)):
        h, d = candidates.pair_household[p], candidates.pair_dwelling[p]
        n = start[p]
        for s in range(candidates.seeker_start[h], candidates.seeker_start[h + 1]):
            for f in range(candidates.fit_start[s], candidates.fit_start[s + 1]):
                j = candidates.fit_offer[f]
                m = best_mode(d, j, s, reach, limits)
                if m >= 0:
                    pair[n], seeker[n], offer[n], mode[n] = p, s, j, m
                    outward[n], back[n] = reach.outward[m, d, j], reach.back[m, d, j]
                    n += 1
