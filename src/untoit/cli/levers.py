"""``untoit levers``: what to change, for a person and for the territory, to open more tandems."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from untoit.cli.progress import Progress
from untoit.cli.run_files import (
    add_run_arguments,
    open_timetable,
    positive,
    print_problems,
    read_records,
    results_folder,
    settings_of,
)
from untoit.core.errors import UnusableInput

if TYPE_CHECKING:
    from untoit.core.sandbox.appraisal import Base, Lever
    from untoit.core.sandbox.solidity import Solidity

_PRINTED = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_run_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="dossier des résultats")
    parser.add_argument("--top", type=positive, default=None, metavar="N",
                        help="leviers écrits, les meilleurs d'abord (tous par défaut)")
    parser.add_argument("--verifier", type=whole, default=12, metavar="N",
                        help="leviers recalculés pour de vrai, au moins un de chaque sorte (12 par défaut)")
    parser.add_argument("--menage", default=None, metavar="NUMERO",
                        help="les leviers d'un seul ménage, par son numéro unique")
    parser.add_argument("--trajets", type=whole, default=8, metavar="N",
                        help="trajets de bus essayés dans les horaires (8 par défaut)")
    parser.add_argument("--logements-en-plus", type=positive, default=1, metavar="N",
                        help="logements ajoutés par levier de logement (1 par défaut)")
    parser.add_argument("--postes-en-plus", type=positive, default=1, metavar="N",
                        help="postes ajoutés par levier d'emploi (1 par défaut)")
    parser.add_argument("--essais", type=whole, default=20, metavar="N",
                        help="calculs refaits avec d'autres chances, pour les tandems robustes (20 par défaut)")
    parser.add_argument("--fictif", action="store_true", help="la page dit que les personnes sont fictives")


def run(args: argparse.Namespace) -> int:
    """Find, price, solve, write; return 0, or 1 when rows were refused or the command was interrupted."""
    results_folder(args.out)
    with Progress() as progress:
        progress("Lecture des fichiers", 0.0)
        records, problems, refused = read_records(args)
        from untoit.core import parameters
        from untoit.core.pairing.run import prepare
        from untoit.core.sandbox.appraisal import Base

        settings = settings_of(args)
        if args.menage and args.menage not in {one.application_number for one in records.households}:
            raise UnusableInput(f"Le ménage « {args.menage} » n'est pas dans le fichier des ménages.")
        with parameters.overriding(settings.overrides):
            base = Base.of(prepare(records, open_timetable(args), settings, progress), progress)
            levers, solidity, interrupted = _searched(args, base, progress)
            _write(args, base, levers, solidity, interrupted)
    print_problems(problems)
    sys.stdout.write(_summary(base, levers, interrupted) + f"Résultats : {args.out}\n")
    return 1 if refused or interrupted else 0


def whole(text: str) -> int:
    """Read a whole number, zero included."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nombre entier")
    return int(text)


def _searched(
    args: argparse.Namespace, base: Base, progress: Progress
) -> tuple[list[Lever], Solidity | None, bool]:
    """Return the levers in their final order and the solidity of the plan; Ctrl-C keeps what is done."""
    from untoit.core.sandbox.levers import Wanted, found_levers, ranked, solve_each, worth_solving
    from untoit.core.sandbox.solidity import other_chances, solidity, with_runs

    levers: list[Lever] = []
    again: list[Lever] = []
    solid: Solidity | None = None
    interrupted = False
    try:
        wanted = Wanted(args.trajets, args.logements_en_plus, args.postes_en_plus, args.menage)
        levers = found_levers(base, wanted, progress)
        for lever in solve_each(base, worth_solving(levers, args.verifier), progress):
            again.append(lever)
        if args.menage is None:
            solid = solidity(base, progress)
            for kept in other_chances(base, args.essais, progress):
                solid = with_runs(solid, kept)
    except KeyboardInterrupt:
        interrupted = True
    return ranked(levers, again), solid, interrupted


def _write(
    args: argparse.Namespace, base: Base, levers: list[Lever], solidity: Solidity | None, interrupted: bool
) -> None:
    from untoit.core.exchange import write_csv
    from untoit.core.mobility.added_trip import write_trip
    from untoit.core.pairing.conduct import write_document
    from untoit.core.sandbox.levers import COLUMNS, document, lever_rows, trip_file
    from untoit.core.sandbox.report import levers_report
    from untoit.core.sandbox.solidity import KEPT_COLUMNS, kept_rows
    from untoit.reporting.levers_report import write_levers_report

    levers = levers[:args.top]
    args.out.mkdir(parents=True, exist_ok=True)
    write_csv(args.out / "leviers.csv", COLUMNS, lever_rows(base, levers))
    write_document(args.out / "leviers.json", document(base, levers, interrupted))
    if solidity is not None:
        write_csv(args.out / "robustesse.csv", KEPT_COLUMNS, kept_rows(base, solidity))
    network = base.prepared.network
    for rank, lever in enumerate(levers, 1):
        if lever.change.trip is not None:
            path = args.out / trip_file(rank)
            path.parent.mkdir(exist_ok=True)
            write_trip(path, lever.change.trip, network.valid_from, network.valid_until)
    report = levers_report(base, levers, solidity, fictitious=args.fictif, interrupted=interrupted)
    write_levers_report(args.out / "leviers.html", report)


def _summary(base: Base, levers: list[Lever], interrupted: bool) -> str:
    from untoit.core.sandbox.levers import chance_source, sentence
    from untoit.core.wording import counted

    lines = ["Interrompu : ce qui était fait est gardé."] if interrupted else []
    lines.append(f"{counted(len(levers), 'levier trouvé', 'leviers trouvés')}.")
    lines += [f"{rank}. {sentence(base, lever)}" for rank, lever in enumerate(levers[:_PRINTED], 1)]
    lines.append(f"Chances de réussite : {chance_source(base.prepared.settings)}.")
    return "\n".join(lines) + "\n"
