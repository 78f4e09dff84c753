"""
The choice of a year, a region and the country: seconds, memory, value, bound, gap; and what it is compared with.

    python -m benchmarks.scale year [seeds] | region [seeds] | france [seeds] | compare SCALE | workers SCALE

Wall-clock seconds are those of a machine that may be busy: the load and the seconds of processor are printed beside.
Each instance has its own process, which reads a territory from a file: the memory is that of the solution alone.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from benchmarks.bench import machine, peak_mib

SCALE = {"year": "mel", "region": "region", "france": "france"}
SEEDS = {"year": 20, "region": 5, "france": 1}
TARGETS = {"year": (8, 0.02, 0.05, 1e9), "region": (30, 0.05, 0.05, 512), "france": (240, 0.1, 0.1, 1024)}
WORKERS = 2


def effort(scale: str):
    """Return the effort that each size is given (see ``docs/explanation/scale.md``)."""
    from untoit.core.scale import Effort, Search

    if scale == "year":
        return Effort()
    if scale == "region":
        search = Search(
            stages=((60, 8.0), (150, 8.0)), enough=250.0, regret=30_000, close=30_000, dives=((100, 0.9, 0.1),)
        )
        return Effort(close=5e-5, search=search)
    search = Search(stages=((60, 8.0),), enough=500.0, regret=30_000, close=30_000, dives=((100, 0.9, 0.1),))
    return Effort(close=1.5e-4, rounds=8, sweeps=2, search=search)


def write(scale: str, seed: int, path: Path) -> None:
    """Draw a territory and write it, in a process that is then ended."""
    from benchmarks.territories import generate

    from untoit.core.scale.files import write_territory

    write_territory(path, generate(SCALE.get(scale, scale), seed))


def one(scale: str, path: Path, workers: int) -> dict[str, float]:
    """Solve the territory of a file and return what was measured."""
    from benchmarks.territories import generate

    from untoit.core.scale import solve
    from untoit.core.scale.files import read_territory

    solve(generate("event", 1))  # kernels are compiled once for all, at installation
    territory = read_territory(path)
    clock, cpu = time.perf_counter(), time.process_time()

    def hear(stage: str, part: float, value: int | None, bound: int | None) -> None:
        if scale == "france":
            shown = [f"{amount / 1e6:.1f}" if amount else "-" for amount in (value, bound)]
            print(f"    {time.perf_counter() - clock:6.0f} s {stage} {100 * part:.0f} %: {shown}", file=sys.stderr)

    outcome = solve(territory, workers=workers, effort=effort(scale), progress=hear)
    return {
        "value": outcome.value / 1e6, "bound": outcome.bound / 1e6, "gap": 100 * outcome.gap,
        "seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu, "mib": peak_mib(),
        "held": float(all(share.held for share in outcome.shares)),
        **{f"  {step}": seconds for step, seconds in outcome.seconds.items()},
    }


def campaign(scale: str, first: int, last: int) -> None:
    """Print one line a seed, and the medians."""
    limit_s, gap, worst, memory = TARGETS[scale]
    found = []
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "territoire.npz"
            for function, arguments in ((write, (scale, seed, path)), (one, (scale, path, WORKERS))):
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    row = pool.apply(function, arguments)
        found.append(row)
        load = Path("/proc/loadavg").read_text().split()[0]
        print(
            f"  seed {seed:2}: value {row['value']:11.4f} bound {row['bound']:11.4f} gap {row['gap']:.4f} %  "
            f"{row['seconds']:6.1f} s, {row['cpu']:6.1f} s of processor  {row['mib']:4.0f} MiB  quotas "
            f"{'held' if row['held'] else 'NOT HELD'}  load {load}", flush=True,
        )

    def median(name: str) -> float:
        return statistics.median(row[name] for row in found)

    print(
        f"  median {median('seconds'):.1f} s ({median('cpu'):.1f} of processor), gap {median('gap'):.4f} %, worst "
        f"{max(row['gap'] for row in found):.4f} %, {median('mib'):.0f} MiB; targets {limit_s} s, {gap} %, "
        f"worst {worst} %, {memory:g} MiB"
    )


def compare(scale: str) -> None:
    """Print the same territory solved by today's practice, a greedy rule, and solvers on the full model."""
    from benchmarks import practices
    from benchmarks.territories import generate

    from untoit.core.scale import solve

    territory = generate(SCALE.get(scale, scale), 1)
    started = time.perf_counter()
    outcome = solve(territory, workers=WORKERS, effort=effort(scale))
    limit = max(time.perf_counter() - started, 10.0)
    line("joint choice, all quotas", outcome.value / 1e6, outcome.bound / 1e6, outcome.bound, limit, outcome.offers)
    free = replace(territory, shares=())
    for name in ("housing_first", "job_first", "greedy"):
        started = time.perf_counter()
        draft = getattr(practices, name)(free)
        seconds = time.perf_counter() - started
        value = int(draft.values().sum()) / 1e6
        line(f"{name.replace('_', ' ')}, no quota", value, None, outcome.bound, seconds, draft.offers)
    for name in ("HiGHS", "CP-SAT"):
        value, bound, seconds = practices.solver_on_full_model(name, territory, limit, max(3 * limit, limit + 60))
        line(f"{name}, full model, all quotas, {limit:.0f} s", value, bound, outcome.bound, seconds, None)


def line(name, value, bound, best, seconds, offers) -> None:
    """Print one row of the comparison; the gap is against the bound of the joint choice."""
    gap = "-" if value is None else f"{100 * (best / 1e6 - value) / value:.3f} %"
    jobs = "" if offers is None else f"{int((offers >= 0).any(axis=1).sum())} households with a home and a job"
    shown = ["none" if amount is None else f"{amount:.2f}" for amount in (value, bound)]
    print(f"  {name:44} value {shown[0]:>10} own bound {shown[1]:>10} gap {gap:>9} {seconds:7.1f} s {jobs}", flush=True)


def workers(scale: str) -> None:
    """Print the same territory with 1 and 2 processes: seconds, bytes that travel, and whether the plan is the same."""
    from benchmarks.territories import generate

    from untoit.core.scale import Processes, solve

    territory = generate(SCALE.get(scale, scale), 1)
    plans = []
    for count in (1, 2):
        with Processes(count) as processes:
            started = time.perf_counter()
            plans.append(solve(territory, executor=processes, effort=effort(scale)))
            print(
                f"  {count} process(es): {time.perf_counter() - started:.1f} s, {processes.sent / 2**20:.1f} MiB sent "
                f"(shards included), {processes.received / 2**20:.1f} MiB received", flush=True,
            )
    same = plans[0].value == plans[1].value and np.array_equal(plans[0].dwelling_price, plans[1].dwelling_price)
    print(f"  same plan and same prices: {'yes' if same and plans[0].bound == plans[1].bound else 'NO'}")


if __name__ == "__main__":
    what, words = sys.argv[1], sys.argv[2:]
    print(machine(), f"- {WORKERS} workers - {what}")
    if what == "compare":
        compare(words[0])
    elif what == "workers":
        workers(words[0])
    else:
        numbers = [int(word) for word in words] or [1, SEEDS[what]]
        campaign(what, *(numbers if len(numbers) == 2 else [1, numbers[0]]))
