"""The problem laid out for the kernels: household by household, pair by pair, seeker by seeker, best option first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from untoit.core.errors import UnusableInput
from untoit.core.matching.problem import BoolArray, Int32Array, Int64Array, MatchingProblem

PIN_BONUS = 1 << 44
"""What an imposed option is worth to the kernels, so that no price can outbid it; taken off every total."""


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The options that a plan may use, ``M`` of them, sorted by pair, seeker, value (highest first), offer.

    A *group* is one seeker of one pair. ``number`` gives the option of the problem that each row is; ``bonus`` is the
    sum of the bonuses of the imposed options, to take off any total of ``value``.
    """

    problem: MatchingProblem
    number: Int64Array
    value: Int64Array
    offer: Int32Array
    group: Int32Array
    pair: Int32Array
    pinned: BoolArray
    group_start: Int64Array
    group_pair: Int32Array
    group_low: Int32Array
    group_high: Int32Array
    pair_group: Int64Array
    pair_top: Int64Array
    household_pair: Int64Array
    bonus: int


def lay_out(problem: MatchingProblem) -> Layout:
    """
    Return the options that a plan may use, sorted for the kernels.

    Raises
    ------
    UnusableInput
        When two imposed options contradict each other, or one of them is also forbidden.
    """
    allowed = np.ones(problem.option_pair.size, dtype=bool)
    allowed[problem.forbidden] = False
    pinned = np.zeros(problem.option_pair.size, dtype=bool)
    pinned[problem.pinned] = True
    _refuse_contradictions(problem, pinned, allowed)
    imposed_pair = np.full(problem.households, -1, dtype=np.int64)
    imposed_pair[problem.option_household[pinned]] = problem.option_pair[pinned]
    imposed = imposed_pair[problem.option_household]
    usable = np.flatnonzero(allowed & ((imposed < 0) | (imposed == problem.option_pair)))

    value = problem.option_value + np.where(pinned, PIN_BONUS, 0)
    order = np.lexsort((-value[usable], problem.option_seeker[usable], problem.option_pair[usable]))
    number = usable[order].astype(np.int64)
    value, pair, seeker = value[number], problem.option_pair[number], problem.option_seeker[number]
    opens = np.ones(number.size, dtype=bool)
    opens[1:] = (pair[1:] != pair[:-1]) | (seeker[1:] != seeker[:-1])
    group = (np.cumsum(opens) - 1).astype(np.int32)
    first = np.flatnonzero(opens)
    group_start = np.append(first, number.size).astype(np.int64)
    sizes = np.diff(group_start)
    group_pair = pair[first].astype(np.int32)
    high = np.minimum(problem.jobs_max, sizes)
    rank = np.arange(number.size) - first[group] if number.size else np.zeros(0, dtype=np.int64)
    pair_top = np.zeros(problem.pair_household.size, dtype=np.int64)
    np.add.at(pair_top, pair, np.where(rank < problem.jobs_max, value, 0))
    return Layout(
        problem=problem,
        number=number,
        value=value,
        offer=problem.option_offer[number],
        group=group,
        pair=group_pair[group] if number.size else group_pair,
        pinned=pinned[number],
        group_start=group_start,
        group_pair=group_pair,
        group_low=np.minimum(problem.jobs_min, sizes).astype(np.int32),
        group_high=high.astype(np.int32),
        pair_group=np.searchsorted(group_pair, np.arange(problem.pair_household.size + 1)).astype(np.int64),
        pair_top=pair_top,
        household_pair=np.searchsorted(problem.pair_household, np.arange(problem.households + 1)).astype(np.int64),
        bonus=PIN_BONUS * int(pinned.sum()),
    )


def _refuse_contradictions(problem: MatchingProblem, pinned: BoolArray, allowed: BoolArray) -> None:
    if (pinned & ~allowed).any():
        raise UnusableInput("Une même option est à la fois imposée et interdite : retirez l'une des deux consignes.")
    pairs = np.unique(problem.option_pair[pinned])
    if np.unique(problem.pair_household[pairs]).size < pairs.size:
        raise UnusableInput("Deux logements différents sont imposés au même ménage : n'en gardez qu'un.")
    homes = np.bincount(problem.pair_dwelling[pairs], minlength=problem.dwellings)
    if (homes > problem.dwelling_capacity).any():
        raise UnusableInput("Un logement est imposé à plus de ménages qu'il n'en peut recevoir.")
    jobs = np.bincount(problem.option_offer[pinned], minlength=problem.offers)
    if (jobs > problem.offer_capacity).any():
        raise UnusableInput("Une offre est imposée à plus de personnes qu'elle n'en peut recevoir.")
    if (np.bincount(problem.option_seeker[pinned], minlength=problem.seekers) > problem.jobs_max).any():
        raise UnusableInput("Plus d'offres sont imposées à une personne que le nombre permis.")
