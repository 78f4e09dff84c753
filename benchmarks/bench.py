"""What every benchmark prints: the machine, the size, the median of several runs, the peak memory."""

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def machine() -> str:
    """Return one line that names the processor, its cores, the memory and Python."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {os.cpu_count()} cores, {gib:.0f} GiB, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def measure(
    name: str, size: str, work: Callable[[], Result], *, runs: int = 5, target_s: float | None = None
) -> Result:
    """Run ``work`` ``runs`` times, print one line with the median and the target, return the last result."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    median = statistics.median(seconds)
    target = "" if target_s is None else f"  target {target_s:g} s {'met' if median <= target_s else 'MISSED'}"
    spread = f"[{min(seconds):.3f} .. {max(seconds):.3f}]"
    measured = f"median {median:8.3f} s {spread} of {runs}{target}  peak {peak_mib():.0f} MiB"
    print(f"{name:<48} {size:<44} {measured}", flush=True)
    return result


def peak_mib() -> float:
    """Return the peak resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
