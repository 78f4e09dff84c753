"""Partners' files for whole runs of the command line."""

import csv
from pathlib import Path

from untoit.cli import main

KINDS = ("menages", "personnes", "logements", "offres")


def demo_files(folder: Path, *, households: int = 60, dwellings: int = 40, offers: int = 50, seed: int = 1) -> Path:
    """Write the demonstration territory for 24 November 2026 in ``folder`` and return it."""
    code = main([
        "demo", str(folder), "--menages", str(households), "--logements", str(dwellings), "--offres", str(offers),
        "--seed", str(seed), "--date", "2026-11-24",
    ])
    assert code == 0
    return folder


def match(data: Path, out: Path, *options: str, gtfs: Path | None = None, on: str = "2026-11-24") -> int:
    """Run ``untoit match`` on the four files of ``data`` with approximate budgets; return the exit code."""
    files = [word for kind in KINDS for word in (f"--{kind}", str(data / f"{kind}.csv"))]
    feed = gtfs or data / "reseau_demo.zip"
    return main([
        "match", *files, "--gtfs", str(feed), "--date", on, "--out", str(out), "--cache", str(data / "cache"),
        "--budget", "approche", *options,
    ])


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of one of our CSV files."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def rewrite(path: Path, change) -> None:
    """Rewrite a CSV file row by row: ``change(row)`` edits the row in place."""
    table = rows(path)
    for row in table:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(table)
