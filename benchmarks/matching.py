"""
The joint choice at the size of an event and of a year: value, gap, seconds, peak memory, with a quota of 30 %.

    python -m benchmarks.matching [event seeds] [year seeds] [large event seeds]

Gaps are published even when they are worse than those of the version before.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time

from benchmarks.bench import machine, peak_mib

WORKERS = 2


def one(scale: str, seed: int, selection: bool = False) -> tuple[float, float, float, bool, float]:
    """Return value, gap in %, seconds, whether the plan is proven optimal, and the peak memory, of one instance."""
    from dataclasses import replace

    from benchmarks.instances import generate

    from untoit.core.matching import check, solve

    problem = generate(scale, seed, quota=300).problem
    if selection:
        problem = replace(
            problem, dwelling_capacity=problem.dwelling_capacity * 3, offer_capacity=problem.offer_capacity * 4,
            jobs_min=2, jobs_max=4,
        )
    solve(generate("event", 1, quota=300).problem)  # kernels are compiled once for all, at installation
    started = time.perf_counter()
    plan = solve(problem, workers=WORKERS)
    seconds = time.perf_counter() - started
    memory = peak_mib()
    violations = check(problem, plan)
    assert not violations, violations
    return plan.value / 1e6, 100 * plan.gap, seconds, plan.exact, memory


def campaign(title: str, scale: str, seeds: int, *, selection: bool = False, target_s: float) -> None:
    """Print one line a seed and the medians; each instance has its own process, so that memory is its own."""
    if not seeds:
        return
    print(f"\n{title}")
    found = []
    for seed in range(1, seeds + 1):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found.append(pool.apply(one, (scale, seed, selection)))
        value, gap, seconds, exact, memory = found[-1]
        proof = "optimal" if exact else f"{gap:.4f} %"
        print(f"  seed {seed:2}: value {value:10.4f}  gap {proof:>10}  {seconds:7.2f} s  {memory:5.0f} MiB", flush=True)
    values, gaps, seconds, exacts, memories = zip(*found, strict=True)
    verdict = "met" if statistics.median(seconds) <= target_s else "MISSED"
    print(
        f"  median: value {statistics.median(values):.4f}  gap {statistics.median(gaps):.4f} % (worst {max(gaps):.4f}) "
        f"{statistics.median(seconds):.2f} s (worst {max(seconds):.2f} s)  target {target_s:g} s {verdict} "
        f"{statistics.median(memories):.0f} MiB  proven optimal {sum(exacts)}/{seeds}"
    )


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]] + [20, 5, 3][len(sys.argv) - 1:]
    print(machine(), f"- {WORKERS} workers")
    campaign("event 60/40/50, quota 30 %", "event", counts[0], target_s=1)
    campaign("event 60/40/50, selection", "event", counts[0] // 2, selection=True, target_s=3)
    campaign("large event 300/200/250, quota 30 %", "large_event", counts[2], target_s=60)
    campaign("year 3000/1500/4000, quota 30 %", "mel", counts[1], target_s=15)
    campaign("year 3000/1500/4000, selection", "mel", min(counts[1], 1), selection=True, target_s=90)
