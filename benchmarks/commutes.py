"""How long commutes take on a metro-size feed: many to many, one new home, one new job, one journey in words."""

import multiprocessing
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from benchmarks.bench import machine, measure

from untoit.core.mobility import kernels
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.commutes import NO_WAY_MIN, Points, commutes, homes_near, prepare_works, service_day
from untoit.core.mobility.journeys import detail, waits_before_shift
from untoit.core.mobility.network import open_network
from untoit.core.model.place import Position
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.model.work import Mode

ON = date(2023, 5, 24)
HOMES, JOBS = 20_000, 10_000
# Start and end of nine shifts, Monday to Friday.
SHIFTS = (
    (300, 780), (360, 840), (420, 900), (480, 960), (510, 1020), (540, 1020), (780, 1260), (840, 1320), (1260, 1740),
)


def main(feed: Path) -> None:
    """Time the commutes between points placed at random near the stops of a feed."""
    print(machine())
    with tempfile.TemporaryDirectory() as cache:
        # Compiled by another process, as on any day but the first: the peak below is that of the commutes.
        compiling = multiprocessing.get_context("spawn").Process(target=_compile, args=(feed, Path(cache)))
        compiling.start()
        compiling.join()
        network = open_network([feed], cache=Path(cache))
        rng = np.random.default_rng(20_260_113)

        def near_stops(count: int) -> Points:
            stop = rng.integers(0, network.stops, count)
            return Points(
                network.stop_latitude[stop] + rng.normal(0, 0.003, count),
                network.stop_longitude[stop] + rng.normal(0, 0.004, count),
            )

        homes, works = near_stops(HOMES), near_stops(JOBS)
        schedules = [_schedule(*SHIFTS[job % len(SHIFTS)]) for job in range(JOBS)]
        assumptions = Assumptions.default(ON)
        # Compiles the kernels and lays the days out, once per machine and once per process.
        commutes(network, near_stops(50), near_stops(90), schedules[:90], ON)

        def many_to_many(workers: int) -> float:
            found = commutes(network, homes, works, schedules, ON, workers=workers, times=False)
            # A sample: the whole answer would need as much memory as the tables.
            return float((np.maximum(found.outward[::50], found.back[::50]) != NO_WAY_MIN).mean())

        size = f"{HOMES:,} homes x {JOBS:,} jobs, 9 shifts, both ways"
        feasible = measure("many to many, 2 threads", size, lambda: many_to_many(2), runs=3, target_s=10)
        print(f"  feasible pairs: {feasible:.1%}")
        measure("many to many, 1 thread", size, lambda: many_to_many(1), runs=1)

        jobs = prepare_works(network, works, schedules, ON)
        near = homes_near(network, homes, assumptions)
        one = Points(homes.latitude[:1], homes.longitude[:1])
        measure("one new home", f"against {JOBS:,} jobs", lambda: jobs.against(one), runs=50, target_s=0.010)
        new = Points(works.latitude[:1], works.longitude[:1])
        measure(
            "one new job", f"against {HOMES:,} homes",
            lambda: commutes(network, near, new, schedules[:1], ON), runs=50, target_s=0.010,
        )

        day = service_day(network, ON)
        assert day is not None
        measure(
            "one search, 08:30", f"{network.stops:,} stops",
            lambda: kernels.arrive_by(day, {3: 60}, 30_600, 7200), runs=50,
        )
        found = commutes(network, one, works, schedules, ON)
        shown = [int(job) for job in np.flatnonzero(found.feasible[0])[:100]]
        home = Position(float(homes.latitude[0]), float(homes.longitude[0]))
        places = [Position(float(works.latitude[job]), float(works.longitude[job])) for job in shown]

        def in_words() -> None:
            for job, place in zip(shown, places, strict=True):
                detail(network, home, place, schedules[job], ON, Mode.TRANSIT, assumptions)

        measure("journeys in words", f"{len(shown)} pairs, both ways", in_words, target_s=0.010 * len(shown))
        some = homes_near(network, one, assumptions)
        measure(
            "waits before the shift", f"1 home x {JOBS:,} jobs",
            lambda: list(waits_before_shift(jobs, some, ON)), runs=3,
        )


def _compile(feed: Path, cache: Path) -> None:
    network = open_network([feed], cache=cache)
    for weekday in range(7):
        network.day(ON - timedelta(days=ON.weekday() - weekday))


def _schedule(start_min: int, end_min: int) -> Schedule:
    return Schedule((Rotation((Block(frozenset(range(5)), start_min, end_min),)),))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/gtfs/grenoble_tag_2023.zip"))
