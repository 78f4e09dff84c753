"""
How solid a plan is: what refusals, absences and uncertain chances leave of it, and which tandems would stay.

Candidates of ranks 2 and 3 are chosen by two more choices among the households that have no tandem, each home being
worth what is left of it when those before have refused: nobody is on two lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.exchange import Value
from untoit.core.foresight.refusals import (
    Candidate,
    Interval,
    interval,
    interviews_needed,
    list_success,
    shares_of_ranks,
    simulated,
)
from untoit.core.matching import MatchingProblem, solve
from untoit.core.pairing import chances
from untoit.core.pairing.run import Prepared, Tell
from untoit.core.sandbox.appraisal import Base, Int64s, silent

RANKS = 3
SIMULATIONS = 2_000
_LEAST, _MOST = 0.01, 0.99
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Listed:
    """One candidate of a dwelling, by the numbers of the household and of its options."""

    household: int
    options: tuple[int, ...]
    chances: Candidate


@dataclass(frozen=True, slots=True)
class Kept:
    """In how many of the runs with other chances a household kept its dwelling, and its dwelling with its job."""

    household: int
    dwelling: int
    runs: int
    home: int
    tandem: int

    def robust(self, share: float) -> bool:
        """Whether the household keeps its dwelling in at least that share of the runs."""
        return self.runs > 0 and self.home >= share * self.runs


@dataclass(frozen=True, slots=True)
class Solidity:
    """
    What the report says of solidity.

    ``alone`` is the plan with one candidate a dwelling, ``listed`` with up to three; ``dice`` plays the lists with
    known chances, ``doubt`` with chances not known to better than ``spread``. ``ranks`` is what each rank brings.
    ``invited`` gives, for a number of openings, the people to invite for eight chances in ten to fill them all.
    """

    lists: dict[int, tuple[Listed, ...]]
    alone: Interval
    listed: Interval
    dice: Interval
    doubt: Interval
    ranks: tuple[float, ...]
    spread: float
    show_up: float
    robust_share: float
    hire_chance: float
    invited: tuple[tuple[int, int | None], ...]
    kept: tuple[Kept, ...] = ()
    runs: int = 0

    @property
    def robust(self) -> int:
        """Households whose dwelling stays in enough of the runs."""
        return sum(one.robust(self.robust_share) for one in self.kept)


def solidity(base: Base, tell: Tell = silent) -> Solidity:
    """Return the lists of candidates and what they are expected to give; the runs with other chances come apart."""
    prepared = base.prepared
    values = parameters.at("policy/levers", prepared.settings.on)
    spread, show_up = float(values["chance_spread"]), float(values["show_up"])
    tell("Candidats de rang 2 et 3", 0.0)
    signs = sign_chances(prepared)
    lists = candidate_lists(base, signs)
    ranked = [tuple(one.chances for one in listed) for listed in lists.values()]
    shares = np.zeros(RANKS)
    for candidates in ranked:
        shares[:len(candidates)] += shares_of_ranks(candidates)
    tell("Simulation des refus", 0.0)
    seed = prepared.settings.seed
    chosen = base.plan.options
    hire = float(np.mean(prepared.probability[chosen] / signs[chosen])) if len(chosen) else 0.0
    return Solidity(
        lists,
        interval([one[0].succeeds for one in ranked]),
        interval([list_success(one) for one in ranked]),
        simulated(ranked, runs=SIMULATIONS, seed=seed),
        simulated(ranked, runs=SIMULATIONS, seed=seed, spread=spread),
        tuple(float(share) for share in shares),
        spread, show_up, float(values["robust_share"]), hire,
        tuple((n, interviews_needed(hire, n, show_up, 0.8)) for n in (1, 2, 3, 5)),
    )


def sign_chances(prepared: Prepared) -> Floats:
    """Return, for each option, the chance that the lease is signed: the home part of its chance of double success."""
    records, options, on = prepared.records, prepared.options, prepared.settings.on
    threshold = int(1000 * parameters.at("policy/affordability", on)["effort_rate"])
    home = chances.home_chances(
        records.households, records.dwellings, options.pair_household, options.pair_dwelling, on
    )[options.pair] + chances.effort_effect(prepared.budgets.effort_after, threshold, on)
    clipped: Floats = np.clip(home, prepared.probability, 1.0)
    return clipped


def candidate_lists(base: Base, signs: Floats) -> dict[int, tuple[Listed, ...]]:
    """Return, by dwelling, its candidates in order: the household of the plan, then up to two of those without one."""
    problem, options = base.problem, base.prepared.options
    dwellings = base.prepared.records.dwellings
    lists: dict[int, tuple[Listed, ...]] = {}
    placed = np.zeros(problem.households, np.bool_)
    free = np.ones(problem.dwellings)
    openings = problem.offer_capacity.astype(np.int64).copy()
    chosen = base.plan.options
    for rank in range(RANKS):
        if rank:
            chosen = _next(problem, lists, placed, free, openings, rank, dwellings_most=np.array(
                [dwelling.max_candidates for dwelling in dwellings]
            ))
        if not len(chosen):
            break
        for pair in np.unique(options.pair[chosen]).tolist():
            mine = chosen[options.pair[chosen] == pair]
            h, d = int(options.pair_household[pair]), int(options.pair_dwelling[pair])
            succeeds = 1 - float(np.prod(1 - base.prepared.probability[mine]))
            signed = max(float(signs[mine].max()), succeeds)
            lists[d] = (*lists.get(d, ()), Listed(h, tuple(mine.tolist()), Candidate(signed, succeeds)))
            placed[h] = True
            free[d] *= 1 - signed
        if rank == 0:
            np.subtract.at(openings, options.offer[chosen], 1)
    return dict(sorted(lists.items()))


def _next(
    problem: MatchingProblem, lists: dict[int, tuple[Listed, ...]], placed: NDArray[np.bool_], free: Floats,
    openings: Int64s, rank: int, dwellings_most: NDArray[np.int64],
) -> Int64s:
    """Return the options of the next rank: the best choice among who is left, for homes that already have a list."""
    possible = np.array([len(lists.get(d, ())) == rank and dwellings_most[d] > rank for d in range(problem.dwellings)])
    shut = placed[problem.option_household] | ~possible[problem.option_dwelling]
    if shut.all():
        return np.zeros(0, np.int64)
    worth = np.maximum(np.rint(problem.option_value * free[problem.option_dwelling]), 1).astype(np.int64)
    plan = solve(replace(
        problem, option_value=worth, quotas=(), pinned=np.zeros(0, np.int64),
        offer_capacity=np.maximum(openings, 0).astype(np.int32), forbidden=np.flatnonzero(shut).astype(np.int64),
    ))
    return plan.options


def other_chances(base: Base, runs: int, tell: Tell = silent) -> Iterator[tuple[Kept, ...]]:
    """
    Yield, run after run, which households kept their dwelling and their job when every chance was drawn again.

    The chance to sign of each (household, dwelling) and the chance to be hired of each (person, offer) are drawn
    uniformly within ``chance_spread`` of their assumption, and everything is chosen again.
    """
    prepared, problem = base.prepared, base.problem
    spread = float(parameters.at("policy/levers", prepared.settings.on)["chance_spread"])
    signs = sign_chances(prepared)
    hires = prepared.probability / signs
    rng = np.random.default_rng([prepared.settings.seed, 20])
    options = prepared.options
    fits, fit = np.unique(
        options.seeker.astype(np.int64) * problem.offers + options.offer, return_inverse=True
    )
    home = {int(options.pair_household[p]): int(options.pair_dwelling[p]) for p in base.plan.pairs}
    jobs = set(base.plan.options.tolist())
    same_home, same_job = dict.fromkeys(home, 0), dict.fromkeys(home, 0)
    for run in range(1, runs + 1):
        tell("Tandems robustes", (run - 1) / runs)
        by_pair = rng.uniform(-spread, spread, len(options.pair_household))
        by_fit = rng.uniform(-spread, spread, len(fits))
        moved = (
            np.clip(signs + by_pair[options.pair], _LEAST, _MOST) * np.clip(hires + by_fit[fit], _LEAST, _MOST)
        )
        value = np.maximum(np.rint(prepared.value * moved / prepared.probability), 1).astype(np.int64)
        plan = solve(replace(problem, option_value=value), seed=prepared.settings.seed,
                     workers=prepared.settings.workers)
        for p in plan.pairs.tolist():
            h = int(options.pair_household[p])
            if home.get(h) == int(options.pair_dwelling[p]):
                same_home[h] += 1
        stayed = [o for o in plan.options.tolist() if o in jobs]
        for h in np.unique(options.pair_household[options.pair[stayed]]).tolist() if stayed else ():
            same_job[h] += 1
        yield tuple(Kept(h, d, run, same_home[h], same_job[h]) for h, d in sorted(home.items()))


def with_runs(found: Solidity, kept: Sequence[Kept]) -> Solidity:
    """Return the solidity with the runs that were made."""
    return replace(found, kept=tuple(kept), runs=kept[0].runs if kept else 0)


KEPT_COLUMNS = (
    "numero_unique", "reference_logement", "calculs", "fois_meme_logement", "fois_meme_tandem", "robuste", "candidats",
    "reussite_de_la_liste",
)


def kept_rows(base: Base, found: Solidity) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of ``robustesse.csv``: how often each tandem stayed, and the list behind its dwelling."""
    records = base.prepared.records
    kept = {one.household: one for one in found.kept}
    for d, listed in found.lists.items():
        household = listed[0].household
        one = kept.get(household)
        yield (
            records.households[household].application_number, records.dwellings[d].reference,
            *((one.runs, one.home, one.tandem, one.robust(found.robust_share)) if one else (None,) * 4),
            "|".join(records.households[each.household].application_number for each in listed),
            round(list_success([each.chances for each in listed]), 4),
        )
