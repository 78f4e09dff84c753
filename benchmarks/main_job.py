"""The main job, files in and results out, at event size and at the size of a metropolitan year."""

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bench import machine, measure

ON = "2026-11-24"
KINDS = ("menages", "personnes", "logements", "offres")
SIZES = {"event": (60, 40, 50), "year": (3_000, 1_500, 4_000)}


def untoit(*words: str) -> None:
    """Run one command as a person would, in a process of its own."""
    subprocess.run([sys.executable, "-m", "untoit", *words], check=True, capture_output=True)


def main() -> None:
    """Time `untoit match` on a warm cache, then each of its steps, and `untoit --help`."""
    print(machine())
    measure("untoit --help", "", lambda: untoit("--help"), target_s=0.3)
    with tempfile.TemporaryDirectory() as folder:
        for name, (households, dwellings, offers) in SIZES.items():
            data, out = Path(folder, name), Path(folder, f"{name}-out")
            untoit("demo", str(data), "--menages", str(households), "--logements", str(dwellings),
                   "--offres", str(offers), "--date", ON)
            command = [
                "match", *(word for kind in KINDS for word in (f"--{kind}", str(data / f"{kind}.csv"))),
                "--gtfs", str(data / "reseau_demo.zip"), "--date", ON, "--cache", str(Path(folder, "cache")),
                "--out", str(out),
            ]
            size = f"{households}/{dwellings}/{offers}"
            untoit(*command)  # compiles kernels and timetable: the cache is warm afterwards
            exact, approximate = [*command], [*command, "--budget", "approche"]
            runs = 5 if name == "event" else 1
            target = 5.0 if name == "event" else 60.0
            measure(f"untoit match, {name}, approximate budgets", size,
                    lambda command=approximate: untoit(*command), runs=runs, target_s=target)
            target = None if name == "event" else 60.0
            measure(f"untoit match, {name}, exact budgets", size, lambda command=exact: untoit(*command), runs=runs,
                    target_s=target)
            balance = json.loads((out / "bilan.json").read_text("utf-8"))
            steps = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in balance["secondes"].items())
            print(f"    steps (s): {steps}")
            print(
                f"    options {balance['etapes']['options']}, placed {balance['menages_places']}, "
                f"value {balance['objectif']:.4f}, bound {balance['borne_superieure']:.4f}, "
                f"gap {balance['ecart_relatif']:.5%}"
            )
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"    largest process: {children:.0f} MiB")


if __name__ == "__main__":
    main()
