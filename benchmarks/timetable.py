"""
The timetable of an event: time, worth and proof on the published instance, repair, first come, 1,000 checked events.

    python -m benchmarks.timetable [plan] [repair] [queue] [checked [events]]
"""

from __future__ import annotations

import importlib.util
import json
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.bench import machine, measure
from tests.factories.timetables import measured_event, random_event

from untoit.core.timetabling import Effort, Timetable, first_come, plan, record, repair, statistics

CHECKER = Path(__file__).parents[1] / "tools" / "check_timetable.py"
PUBLISHED = {"scores": 35_229, "interviews": 472, "talks": 180, "mean idle": 4.0, "value": 35_229 + 7_200 - 1_920}
"""CP-SAT with a greedy hint at 45 s (matching.md, section 7); the value is computed from the three figures."""


def main() -> None:
    """Run the parts that are named, or all of them."""
    asked = [name for name in sys.argv[1:] if not name.isdigit()] or ["plan", "repair", "queue", "checked"]
    print(machine())
    print(f"CP-SAT with a greedy hint, 45 s, published: {PUBLISHED}")
    parts = {"plan": plans, "repair": repairs, "queue": queues, "checked": checked}
    for name in asked:
        parts[name]()


def plans() -> None:
    """The published instance: the greedy plan, then 10 s and 30 s."""
    event = measured_event()
    size = "120 people, 25 employers, 9 advisers, 20 slots"
    told(measure("timetable: greedy", size, lambda: plan(event, seconds=0), runs=7, target_s=1.0))
    plan(measured_event(6), seconds=2)  # compiled kernels and CP-SAT are loaded once a process
    for seconds in (1, 10, 30):
        for seed in range(3 if seconds == 10 else 1):
            table = plan(event, seconds=seconds, seed=seed)
            print(f"timetable: {seconds} s, seed {seed}", end="  ")
            told(table)
    told(plan(measured_event(advisers=6), seconds=10))


def told(table: Timetable) -> None:
    """Print what a plan of the published instance is worth."""
    event = measured_event(advisers=6 if all(one.table < 2 for one in table.meetings if one.stand[0] == "L") else 9)
    found = statistics(event, table.meetings)
    print(
        f"value {table.value}, bound {table.bound}, gap {100 * table.gap:.2f} %, scores {found.score}, "
        f"{found.interviews} interviews, {found.talks} talks, {found.without_talk} without, idle {found.mean_idle:.2f} "
        f"(max {found.max_idle}), {len(table.warnings)} warnings, {table.seconds:.1f} s, {table.engine}", flush=True,
    )


def repairs() -> None:
    """A fifth of the people do not come: known before opening, then at the fourth slot."""
    event = measured_event()
    current = [replace(one, informed=True) for one in plan(event, seconds=10).meetings]
    absent = [one.id for one in random.Random(2).sample(event.candidates, 24)]
    for now in (0, 4):
        fixed = measure(
            f"timetable: repair at slot {now}", f"24 absent of 120, {len(current)} meetings",
            lambda now=now: repair(event, current, now=now, absent=absent), runs=5, target_s=2.0,
        )
        told_kept = 100 * fixed.informed_kept
        print(
            f"  kept {len(fixed.kept)}, moved {len(fixed.moved)}, cancelled {len(fixed.cancelled)}, "
            f"added {len(fixed.added)}; informed meetings that could be kept and were: {told_kept:.1f} %", flush=True,
        )


def queues() -> None:
    """The practice to compare with, on the same events: everybody queues at the stand they like best."""
    print(f"{'event':<28}{'method':<22} interviews  talks  without   wait  max  idle stands")
    cases = [
        (f"{people} people, seed {seed}", measured_event(people, advisers, seed))
        for people, advisers in ((40, 3), (80, 6), (120, 9)) for seed in (1, 2, 3)
    ]
    for name, event in cases:
        queued, planned = first_come(event), plan(event, seconds=0)
        better = plan(event, seconds=5)
        for label, table, arrival in (
            ("first come", queued, True), ("greedy plan", planned, False), ("plan, 5 s", better, False),
        ):
            found = statistics(event, table.meetings, from_arrival=arrival)
            print(
                f"{name:<28}{label:<22}{found.interviews:>11}{found.talks:>7}{found.without_talk:>9}"
                f"{found.mean_idle:>7.2f}{found.max_idle:>5}{100 * found.idle_share:>11.1f} %", flush=True,
            )


def checked() -> None:
    """Generated events of varied sizes, each plan verified by the tool that shares no code with the engine."""
    events = next((int(name) for name in sys.argv[1:] if name.isdigit()), 1_000)
    spec = importlib.util.spec_from_file_location("check_timetable", CHECKER)
    assert spec is not None and spec.loader is not None
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    violations, optimal, gaps, meetings, started = 0, 0, [], 0, time.perf_counter()
    for seed in range(events):
        draw = random.Random(seed)
        event = random_event(draw, draw.choice((3, 6, 12, 20, 40)))
        table = plan(event, seconds=5, seed=seed, effort=Effort(pushes=60, dives=3, cycles=1))
        wrong, _ = checker.verify(json.loads(json.dumps(record(event, table))))
        for sentence in wrong:
            print(f"  seed {seed}: {sentence}")
        violations += bool(wrong)
        optimal += table.bound == table.value
        gaps.append(table.gap)
        meetings += len(table.meetings)
    gaps.sort()
    print(
        f"{events} generated events, {meetings} meetings: {violations} with a violation; {optimal} proved optimal, "
        f"gap median {100 * gaps[events // 2]:.2f} %, 99th percentile {100 * gaps[events * 99 // 100]:.2f} %, "
        f"{time.perf_counter() - started:.0f} s", flush=True,
    )
    event = measured_event()
    table = plan(event, seconds=10)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "event.json"
        path.write_text(json.dumps(record(event, table)), "utf-8")
        wrong, lines = measure("timetable: independent check", "published instance",
                               lambda: checker.verify(json.loads(path.read_text("utf-8"))), runs=1)
    print(f"  {wrong or 'no violation'}; {lines[-1]}")


if __name__ == "__main__":
    main()
