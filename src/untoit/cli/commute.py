"""``untoit commute``: both ways between homes and workplaces, at the hours of the jobs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from untoit.core.errors import UnusableInput
from untoit.core.model.work import Mode

if TYPE_CHECKING:
    from untoit.cli.progress import Progress
    from untoit.core.exchange import NamedPoint, Table, Workplace
    from untoit.core.exchange.writers import Value
    from untoit.core.mobility.network import Network

# Homes compared at a time: rows are written as they come, whatever the number of pairs.
HOMES_AT_ONCE = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files, the day and the modes."""
    parser.add_argument(
        "--homes", required=True, type=Path, metavar="FICHIER", help="logements : id;latitude;longitude"
    )
    parser.add_argument(
        "--works", required=True, type=Path, metavar="FICHIER", help="lieux de travail : id;latitude;longitude;horaires"
    )
    parser.add_argument(
        "--gtfs", required=True, action="append", type=Path, metavar="FEED.zip", help="horaire GTFS, option répétable"
    )
    parser.add_argument("--date", required=True, metavar="AAAA-MM-JJ", help="un jour de la semaine étudiée")
    parser.add_argument(
        "--modes", default="tc", metavar="tc|marche|velo|voiture", help="modes séparés par | (défaut : tc)"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="commutes.csv", help="fichier de résultats")
    parser.add_argument("--cache", type=Path, metavar="DOSSIER", help="garde l'horaire préparé d'une fois à l'autre")
    parser.add_argument("--workers", type=int, metavar="N", help="fils d'exécution (défaut : un par processeur)")


def run(args: argparse.Namespace) -> int:
    """Write the commutes; return 1 when rows of the files were refused, they are listed on stderr."""
    on, modes = _date(args.date), _modes(args.modes)
    if args.workers is not None and args.workers < 1:
        raise UnusableInput(f"--workers : « {args.workers} » n'est pas un nombre de fils. Attendu : 1 ou plus.")

    from untoit.cli.progress import Progress
    from untoit.core.exchange import COMMUTE_COLUMNS, read_homes, read_works, write_csv
    from untoit.core.mobility.network import open_network

    homes, works = read_homes(args.homes), read_works(args.works)
    for table in (homes, works):
        for problem in table.problems:
            sys.stderr.write(problem.sentence + "\n")
        if not table.rows:
            raise UnusableInput(f"{table.file} : aucune ligne utilisable.")
    with Progress() as progress:
        progress("Lecture de l'horaire", 0.0)
        network = open_network(args.gtfs, cache=args.cache)
        write_csv(args.out, COMMUTE_COLUMNS, _rows(network, homes, works, on, modes, args.workers, progress))
    return 1 if homes.refused or works.refused else 0


def _rows(
    network: Network,
    homes: Table[NamedPoint],
    works: Table[Workplace],
    on: date,
    modes: Sequence[Mode],
    workers: int | None,
    progress: Progress,
) -> Iterator[Sequence[Value]]:
    """Yield one row a pair and mode, home after home."""
    import numpy as np

    from untoit.core.mobility.assumptions import Assumptions
    from untoit.core.mobility.commutes import NO_WAY_MIN, Points, homes_near, prepare_works
    from untoit.core.mobility.journeys import Refusals, waits_before_shift

    def points(rows: Sequence[NamedPoint] | Sequence[Workplace]) -> Points:
        return Points(
            np.array([row.position.latitude for row in rows]), np.array([row.position.longitude for row in rows])
        )

    assumptions = Assumptions.default(on)
    places, schedules = points(works.rows), [work.schedule for work in works.rows]
    progress("Recherche dans l'horaire", 0.0)
    jobs = [
        prepare_works(network, places, schedules, on, mode, assumptions=assumptions, workers=workers) for mode in modes
    ]
    refusals = [Refusals(network, on, mode, assumptions) for mode in modes]
    for first in range(0, len(homes.rows), HOMES_AT_ONCE):
        some = homes.rows[first : first + HOMES_AT_ONCE]
        near = homes_near(network, points(some), assumptions)
        found = [each.against(near, workers=workers) for each in jobs]
        waits = [waits_before_shift(each, near, on) for each in jobs]
        for h, home in enumerate(some):
            progress("Trajets", (first + h) / len(homes.rows))
            waited = [next(each) for each in waits]
            for j, work in enumerate(works.rows):
                for m, mode in enumerate(modes):
                    table = found[m]
                    assert table.leaves is not None and table.back_at is not None
                    goes, comes = table.outward[h, j] != NO_WAY_MIN, table.back[h, j] != NO_WAY_MIN
                    feasible = bool(goes and comes)
                    yield (
                        home.id, work.id, mode.value,
                        int(table.outward[h, j]) if goes else None,
                        int(table.back[h, j]) if comes else None,
                        _clock(int(table.leaves[h, j])) if goes else None,
                        _clock(int(table.back_at[h, j])) if comes else None,
                        int(waited[m][j]) if goes else None,
                        feasible,
                        None if feasible else refusals[m].sentence(home.position, work.position, work.schedule),
                    )


def _clock(minutes: int) -> str:
    """Return ``05:12``; after midnight ``25:30``, as in the exchange formats; before it ``23:40 (veille)``."""
    if minutes < 0:
        return f"{_clock(minutes + 1440)} (veille)"
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _date(text: str) -> date:
    parts = text.split("/")
    try:
        return date.fromisoformat(text) if len(parts) == 1 else date(int(parts[2]), int(parts[1]), int(parts[0]))
    except (ValueError, IndexError):
        expected = "n'est pas une date. Attendu : AAAA-MM-JJ, par exemple 2026-01-13."
        raise UnusableInput(f"--date : « {text} » {expected}") from None


def _modes(text: str) -> tuple[Mode, ...]:
    known = {mode.value: mode for mode in Mode}
    asked = [part.strip() for part in text.replace(",", "|").split("|")]
    for part in asked:
        if part not in known:
            raise UnusableInput(f"--modes : « {part} » n'est pas un mode connu. Attendu : {', '.join(known)}.")
    return tuple(dict.fromkeys(known[part] for part in asked))
