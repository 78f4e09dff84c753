"""
Levers of the demonstration territory: what prices predict, what solving again gives, and how long each takes.

    python -m benchmarks.levers [--seeds 3] [--households 60 --dwellings 40 --offers 50] [--solve 12]

Prints, for each seed, the levers that were solved again with both figures, then how close the two orders are.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from untoit.cli import main as untoit
from untoit.core.matching import POINT
from untoit.core.mobility.network import open_network
from untoit.core.pairing.conduct import KINDS, read_files
from untoit.core.pairing.records import Settings
from untoit.core.pairing.run import prepare
from untoit.core.sandbox.appraisal import Base
from untoit.core.sandbox.levers import Wanted, found_levers, solve_each, worth_solving

ON = date(2026, 11, 24)


def base_of(folder: Path, seed: int, households: int, dwellings: int, offers: int) -> Base:
    """Return the solved run of a demonstration territory."""
    untoit([
        "demo", str(folder), "--menages", str(households), "--logements", str(dwellings), "--offres", str(offers),
        "--seed", str(seed), "--date", ON.isoformat(),
    ])
    records, _, _ = read_files({kind: folder / f"{kind}.csv" for kind in KINDS})
    return Base.of(prepare(records, open_network([folder / "reseau_demo.zip"]), Settings(ON, workers=2)))


def main() -> None:
    """Print the table of each seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--households", type=int, default=60)
    parser.add_argument("--dwellings", type=int, default=40)
    parser.add_argument("--offers", type=int, default=50)
    parser.add_argument("--solve", type=int, default=12)
    parser.add_argument("--trips", type=int, default=8)
    args = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}")
    for seed in range(1, args.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            base = base_of(Path(folder) / "demo", seed, args.households, args.dwellings, args.offers)
        started = time.perf_counter()
        levers = found_levers(base, Wanted(trips=args.trips))
        found_s, started = time.perf_counter() - started, time.perf_counter()
        solved = list(solve_each(base, worth_solving(levers, args.solve)))
        each_s = (time.perf_counter() - started) / max(len(solved), 1)
        print(f"\nseed {seed}: {len(levers)} levers priced in {found_s:.1f} s, {each_s:.2f} s for each one solved "
              f"again; plan {base.plan.value / POINT:.3f} points, prices loose by {base.loose / POINT:.3f}")
        print("| family | tandems opened | predicted, at most | obtained | double successes |\n|---|---|---|---|---|")
        for lever in sorted(solved, key=lambda one: one.order):
            got = lever.obtained
            assert got is not None and got.gained <= lever.predicted + base.loose, "weak duality"
            print(f"| {lever.change.family} | {lever.opened} | {lever.predicted / POINT:.3f} | "
                  f"{got.gained / POINT:.3f} | {got.doubles:+.2f} |", flush=True)
        both = np.array([(one.predicted, one.obtained.gained) for one in solved if one.obtained], float)
        if len(both) > 2:
            orders = both.argsort(axis=0).argsort(axis=0)
            print(f"rank correlation {np.corrcoef(orders.T)[0, 1]:.2f}; obtained / predicted, median "
                  f"{np.median(both[:, 1] / both[:, 0]):.0%}")


if __name__ == "__main__":
    main()
