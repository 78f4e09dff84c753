"""
Homes and jobs that arrive one by one, over a year: against first come first served and against hindsight.

    python -m benchmarks.foresight [--seeds 3] [--size 0.12] [--days 60 60]

Households, homes and jobs are drawn as in ``benchmarks.instances``: a metropolitan year at the size given, and as many
homes and jobs again for each past year, which the forecast alone may look at. Each home and each job can be given
during so many days from a day drawn uniformly over the year. « foreseen » is the same rule with a perfect forecast:
what is missing there is lost by the rule, the rest by not knowing. People are fictitious.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace

import numpy as np
from benchmarks.instances import SCALES, generate

from untoit.core.foresight.arrivals import (
    Stream,
    best_of_the_day,
    first_come,
    hindsight,
    share_of,
    with_prices,
)
from untoit.core.matching import Effort

HOME_DAYS, JOB_DAYS, DAYS = 60, 60, 364


def stream(seed: int, size: float, past: int, home_days: int = HOME_DAYS, job_days: int = JOB_DAYS) -> Stream:
    """Return a year of arrivals and ``past`` years to learn from, the same households waiting for all of them."""
    mel = SCALES["mel"]
    times = past + 1
    scale = replace(
        mel, households=round(mel.households * size), dwellings=round(mel.dwellings * size) * times,
        openings=round(mel.openings * size) * times, homes=mel.homes * times, jobs=mel.jobs * times,
    )
    drawn = generate(scale, seed)
    problem = drawn.problem
    rng = np.random.default_rng([seed, 3])

    def when(count: int, length: int):
        start = rng.integers(1 - length, DAYS, count)  # the year begins with what is already open
        return start.astype(np.int32), (start + length - 1).astype(np.int32)

    home_from, home_until = when(problem.dwellings, home_days)
    job_from, job_until = when(problem.offers, job_days)
    return Stream(
        problem, home_from, home_until, rng.integers(0, times, problem.dwellings).astype(np.int32),
        job_from, job_until, rng.integers(0, times, problem.offers).astype(np.int32), drawn.months, DAYS,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--size", type=float, default=0.12)
    parser.add_argument("--past", type=int, default=2)
    parser.add_argument("--days", type=int, nargs=2, default=(HOME_DAYS, JOB_DAYS), metavar=("HOME", "JOB"))
    args = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}; size {args.size:.2f} of a metropolitan year, {args.past} past years, "
          f"homes {args.days[0]} days, jobs {args.days[1]}")
    print("| seed | options | hindsight | gap | first come | best of the day | prices | of the bound | foreseen | s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    reached = []
    for seed in range(1, args.seeds + 1):
        year = stream(seed, args.size, args.past, *args.days)
        best = hindsight(year, effort=Effort(proof_households=0))  # certified; the proof of the optimum takes minutes
        started = time.perf_counter()
        priced = with_prices(year)
        spent = time.perf_counter() - started
        came, day = share_of(first_come(year), best)[0], share_of(best_of_the_day(year), best)[0]
        share, proved = share_of(priced, best)
        foreseen = share_of(with_prices(year, foresees=True), best)[0]
        reached.append(share)
        print(
            f"| {seed} | {year.problem.option_pair.size:,} | {best.value / 1e6:.2f} | {best.gap:.3%} | {came:.1%} | "
            f"{day:.1%} | {share:.1%} | {proved:.1%} | {foreseen:.1%} | {spent:.0f} |", flush=True,
        )
    print(f"median {np.median(reached):.1%}, worst {min(reached):.1%}")


if __name__ == "__main__":
    main()
