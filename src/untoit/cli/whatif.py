"""``untoit whatif``: the same files under a grid of policies, with the curves of what each commitment costs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from untoit.cli.progress import Progress
from untoit.cli.run_files import (
    add_run_arguments,
    open_timetable,
    print_problems,
    read_records,
    results_folder,
    settings_of,
    share,
)

if TYPE_CHECKING:
    from untoit.core.pairing.run import Prepared
    from untoit.core.sandbox.policies import Outcome, Policy

FLOWS = {"separes": True, "communs": False}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_run_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="dossier des résultats")
    parser.add_argument("--quotas", type=share, nargs="+", default=[0, 250, 300, 350, 400], metavar="PART",
                        help="parts prioritaires essayées (0 0.25 0.30 0.35 0.40 par défaut)")
    parser.add_argument("--trajets-en-plus", type=minutes, nargs="+", default=[0, 15], metavar="MIN",
                        help="minutes ajoutées à la limite de chacun (0 15 par défaut ; m10 en retire 10)")
    parser.add_argument("--flux", choices=tuple(FLOWS), nargs="+", default=list(FLOWS),
                        help="flux des réservataires : separes, communs (les deux par défaut)")
    parser.add_argument("--mixite", type=share, nargs="+", default=[0, 250], metavar="PART",
                        help="parts du premier quartile hors QPV essayées (0 0.25 par défaut)")
    parser.add_argument("--processus", type=int, choices=range(1, 65), default=os.cpu_count() or 1, metavar="N",
                        help="politiques calculées en même temps ; le résultat n'en dépend pas")
    parser.add_argument("--fictif", action="store_true", help="la page dit que les personnes sont fictives")


def run(args: argparse.Namespace) -> int:
    """Solve every policy of the grid, write; return 0, or 1 when rows were refused or the command was interrupted."""
    results_folder(args.out)
    with Progress() as progress:
        progress("Lecture des fichiers", 0.0)
        records, problems, refused = read_records(args)
        from untoit.core import parameters
        from untoit.core.pairing.run import prepare
        from untoit.core.sandbox.policies import explore, grid

        settings = settings_of(args)
        policies = grid(args.quotas, args.trajets_en_plus, [FLOWS[one] for one in args.flux], args.mixite)
        outcomes: list[Outcome] = []
        with parameters.overriding(settings.overrides):
            prepared = prepare(records, open_timetable(args), settings, progress)
            try:
                for one in explore(prepared, policies, args.processus, progress):
                    outcomes.append(one)
            except KeyboardInterrupt:
                pass  # what was solved is written all the same
            outcomes.sort(key=lambda one: policies.index(one.policy))
            _write(args, prepared, policies, outcomes)
    print_problems(problems)
    sys.stdout.write(_summary(prepared, policies, outcomes) + f"Résultats : {args.out}\n")
    return 1 if refused or len(outcomes) < len(policies) else 0


def minutes(text: str) -> int:
    """Read ``15`` as fifteen minutes more and ``m10`` as ten minutes less: a dash would look like an option."""
    digits = text[1:] if text[:1] in ("m", "-", "+") else text
    if not digits.isdigit() or int(digits) > 120:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nombre de minutes. Attendu : 15, ou m10 pour −10")
    return -int(digits) if text[:1] in ("m", "-") else int(digits)


def _write(
    args: argparse.Namespace, prepared: Prepared, policies: tuple[Policy, ...], outcomes: list[Outcome]
) -> None:
    from untoit.core.exchange import write_csv
    from untoit.core.pairing.conduct import write_document
    from untoit.core.sandbox.levers import chance_source
    from untoit.core.sandbox.policies import COLUMNS, certificate_file, policy_rows
    from untoit.core.sandbox.policy_report import policy_report
    from untoit.reporting.policy_report import write_policy_report

    source = chance_source(prepared.settings)
    report = policy_report(prepared, policies, outcomes, fictitious=args.fictif)
    args.out.mkdir(parents=True, exist_ok=True)
    rows = list(policy_rows(policies, outcomes, report.base, source))
    write_csv(args.out / "politiques.csv", COLUMNS, rows)
    write_document(args.out / "politiques.json", {
        "date": prepared.settings.on.isoformat(), "chances": source, "demandees": len(policies),
        "politiques": [dict(zip(COLUMNS, row, strict=True)) for row in rows],
    })
    (args.out / "certificats").mkdir(exist_ok=True)
    for one in outcomes:
        write_document(args.out / certificate_file(policies.index(one.policy) + 1), one.document)
    write_policy_report(args.out / "politiques.html", report)


def _summary(prepared: Prepared, policies: tuple[Policy, ...], outcomes: list[Outcome]) -> str:
    from untoit.core.sandbox.levers import chance_source
    from untoit.core.wording import counted, number

    stopped = len(outcomes) < len(policies)
    lines = [
        f"{counted(len(outcomes), 'politique calculée', 'politiques calculées')} sur {len(policies)}"
        + (" (interrompu : ce qui était fait est gardé)." if stopped else ".")
    ]
    if outcomes:
        best = max(outcomes, key=lambda one: one.doubles)
        least = min(outcomes, key=lambda one: one.doubles)
        lines.append(
            f"Doubles réussites attendues : de {number(least.doubles, 1)} à {number(best.doubles, 1)} selon la "
            "politique."
        )
    lines.append(f"Chances de réussite : {chance_source(prepared.settings)}.")
    return "\n".join(lines) + "\n"
