"""
What is done today, for comparison with the joint choice: homes first, jobs first, the waiting list, the best first.

    python -m benchmarks.sequential [event seeds] [year seeds]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from benchmarks.bench import machine
from benchmarks.instances import Instance, generate
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from untoit.core.matching import solve

Chosen = NDArray[np.int64]


def homes_first(instance: Instance) -> Chosen:
    """Return options when landlords place households as well as can be, and jobs are then looked for around homes."""
    problem, weight = instance.problem, _weight(instance)
    gain = np.zeros((problem.households, problem.dwellings))
    gain[problem.pair_household, problem.pair_dwelling] = weight[problem.pair_household] * instance.lease_chance
    household, dwelling = linear_sum_assignment(gain, maximize=True)
    home = np.full(problem.households, -1)
    home[household] = np.where(gain[household, dwelling] > 0, dwelling, -1)
    return _jobs(instance, np.flatnonzero(home[problem.option_household] == problem.option_dwelling))


def jobs_first(instance: Instance) -> Chosen:
    """Return options when employers hire as well as can be, and homes are then looked for around the jobs."""
    problem, weight = instance.problem, _weight(instance)
    hired = _assigned(
        problem.option_seeker, problem.option_offer, weight[problem.option_household] * instance.hire_chance, instance
    )
    held = hired[problem.option_seeker] == problem.option_offer
    options = np.flatnonzero(held)
    gain = np.zeros((problem.households, problem.dwellings))
    np.add.at(
        gain, (problem.option_household[options], problem.option_dwelling[options]), problem.option_value[options]
    )
    household, dwelling = linear_sum_assignment(gain, maximize=True)
    home = np.full(problem.households, -1)
    home[household] = np.where(gain[household, dwelling] > 0, dwelling, -1)
    return np.flatnonzero(held & (home[problem.option_household] == problem.option_dwelling))


def waiting_list(instance: Instance) -> Chosen:
    """Return options when the oldest application takes the best that is left, then the next."""
    return _in_turn(instance, np.argsort(-instance.months, kind="stable"))


def best_first(instance: Instance) -> Chosen:
    """Return options when the best remaining home with its job is served first, whoever holds it."""
    problem = instance.problem
    household, dwelling = problem.option_household, problem.option_dwelling
    chosen: list[int] = []
    home, free_homes, free_jobs = _nothing(instance)
    busy = np.zeros(problem.seekers, dtype=bool)
    for option in np.argsort(-problem.option_value, kind="stable"):
        h, d = household[option], dwelling[option]
        s, j = problem.option_seeker[option], problem.option_offer[option]
        if busy[s] or not free_jobs[j] or (home[h] != d and (home[h] >= 0 or not free_homes[d])):
            continue
        free_homes[d] -= home[h] < 0
        home[h], busy[s] = d, True
        free_jobs[j] -= 1
        chosen.append(int(option))
    return np.array(chosen, dtype=np.int64)


def together(instance: Instance) -> Chosen:
    """Return options of the joint choice."""
    return solve(instance.problem, workers=2).options


PRACTICES: dict[str, Callable[[Instance], Chosen]] = {
    "logement puis emploi": homes_first,
    "emploi puis logement": jobs_first,
    "liste d'attente": waiting_list,
    "le meilleur d'abord": best_first,
    "choix conjoint": together,
}


def measured(instance: Instance, chosen: Chosen) -> tuple[int, float, float]:
    """Return households with a home and a job, expected double successes, and the value in points."""
    problem = instance.problem
    missed = np.ones(problem.pair_household.size)
    np.multiply.at(missed, problem.option_pair[chosen], 1 - instance.hire_chance[chosen])
    pairs = np.unique(problem.option_pair[chosen])
    expected = float((instance.lease_chance[pairs] * (1 - missed[pairs])).sum())
    return pairs.size, expected, problem.option_value[chosen].sum() / 1e6


def _weight(instance: Instance) -> NDArray[np.float64]:
    return 1 + 0.3 * instance.priority + 0.01 * np.minimum(instance.months, 60)


def _nothing(instance: Instance) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    problem = instance.problem
    return np.full(problem.households, -1), problem.dwelling_capacity.copy(), problem.offer_capacity.copy()


def _assigned(seeker, offer, gain, instance: Instance) -> NDArray[np.int64]:
    """Return the offer of each seeker, or -1, in the assignment of largest gain to the openings."""
    problem = instance.problem
    openings = np.repeat(np.arange(problem.offers), problem.offer_capacity)
    matrix = np.zeros((problem.seekers, problem.offers))
    matrix[seeker, offer] = gain
    rows, columns = linear_sum_assignment(matrix[:, openings], maximize=True)
    hired = np.full(problem.seekers, -1)
    hired[rows] = np.where(matrix[rows, openings[columns]] > 0, openings[columns], -1)
    return hired


def _jobs(instance: Instance, options: Chosen) -> Chosen:
    """Return, among options of homes already given, those of the best assignment of jobs."""
    problem = instance.problem
    seeker, offer = problem.option_seeker[options], problem.option_offer[options]
    hired = _assigned(seeker, offer, problem.option_value[options], instance)
    return options[hired[seeker] == offer]


def _in_turn(instance: Instance, order) -> Chosen:
    problem = instance.problem
    _, free_homes, free_jobs = _nothing(instance)
    dwelling = problem.option_dwelling
    start = np.searchsorted(problem.option_household, np.arange(problem.households + 1))
    chosen: list[int] = []
    for h in order:
        bundles: dict[int, list[int]] = {}
        for option in range(start[h], start[h + 1]):
            if free_homes[dwelling[option]] and free_jobs[problem.option_offer[option]]:
                bundles.setdefault(int(problem.option_pair[option]), []).append(option)
        best: list[int] = []
        for options in bundles.values():
            bundle = _best_jobs(instance, options, free_jobs)
            if problem.option_value[bundle].sum() > problem.option_value[best].sum():
                best = bundle
        for option in best:
            free_jobs[problem.option_offer[option]] -= 1
        if best:
            free_homes[dwelling[best[0]]] -= 1
        chosen += best
    return np.array(chosen, dtype=np.int64)


def _best_jobs(instance: Instance, options: list[int], free_jobs) -> list[int]:
    """Return the best option of each seeker at one home, the first served taking what the second could."""
    problem = instance.problem
    taken: dict[int, int] = {}
    used: dict[int, int] = {}
    for option in sorted(options, key=lambda n: -problem.option_value[n]):
        s, j = int(problem.option_seeker[option]), int(problem.option_offer[option])
        if s not in taken and free_jobs[j] > used.get(j, 0):
            taken[s] = option
            used[j] = used.get(j, 0) + 1
    return list(taken.values())


def compare(scale: str, seeds: int) -> None:
    """Print, for each practice, the means over the seeds and what the joint choice adds."""
    table: dict[str, list[tuple[int, float, float]]] = {name: [] for name in PRACTICES}
    for seed in range(1, seeds + 1):
        instance = generate(scale, seed)
        for name, practice in PRACTICES.items():
            table[name].append(measured(instance, practice(instance)))
    means = {name: np.mean(rows, axis=0) for name, rows in table.items()}
    joint = means["choix conjoint"]
    print(f"\n{scale}, means of {seeds} seed(s)")
    print(f"{'':<24}{'placed':>9}{'expected':>10}{'value':>10}   joint choice adds: placed, expected, value")
    for name, mean in means.items():
        added = "" if name == "choix conjoint" else "   " + "  ".join(f"{100 * a:+6.1f} %" for a in joint / mean - 1)
        print(f"{name:<24}{mean[0]:9.1f}{mean[1]:10.2f}{mean[2]:10.2f}{added}")
        if name != "choix conjoint":
            worse = sum(row[1] > best[1] for row, best in zip(table[name], table["choix conjoint"], strict=True))
            if worse:
                print(f"{'':<24}(better than the joint choice in expected double successes on {worse} seed(s))")


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]]
    print(machine())
    compare("event", counts[0] if counts else 20)
    if len(counts) < 2 or counts[1]:
        compare("mel", counts[1] if len(counts) > 1 else 2)
