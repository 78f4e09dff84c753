"""``untoit match``: from partners' files to tandems."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from untoit.cli.progress import Progress
from untoit.cli.run_files import (
    add_run_arguments,
    open_timetable,
    print_problems,
    read_json,
    read_records,
    settings_of,
)
from untoit.core.errors import UnusableInput

if TYPE_CHECKING:
    from untoit.core.matching import Plan
    from untoit.core.model.problem import RowProblem
    from untoit.core.model.run import LeftOut, TandemRow
    from untoit.core.pairing.conduct import Outcome, StepClock
    from untoit.core.pairing.run import Prepared

REFUSAL_COLUMNS = ("fichier", "ligne", "colonne", "valeur", "gravite", "phrase")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_run_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="dossier des résultats")
    parser.add_argument("--options", action="store_true", help="écrit aussi options.csv : tous les triplets possibles")
    parser.add_argument("--budget", choices=("exact", "approche"), default="exact",
                        help="budgets des tandems montrés : simulation OpenFisca (exact) ou barème approché")
    parser.add_argument("--choix", type=Path, default=None, metavar="FICHIER.json",
                        help="tandems imposés ou interdits, tels que la plateforme les donne avec un calcul")
    parser.add_argument("--rapport", action="store_true",
                        help="écrit aussi rapport.html, une page à lire ou à imprimer")
    parser.add_argument("--fictif", action="store_true", help="le rapport dit que les personnes sont fictives")


def run(args: argparse.Namespace) -> int:
    """Read, compute, write; return 0, or 1 when rows were refused (they are in ``refus.csv``)."""
    if args.out.exists() and not args.out.is_dir():
        raise UnusableInput(f"« {args.out} » existe et n'est pas un dossier. Attendu : un dossier de résultats.")
    with Progress() as progress:
        from untoit.core.pairing.conduct import StepClock

        clock = StepClock(progress)
        clock("Lecture des fichiers", 0.0)
        records, problems, refused = read_records(args)
        clock("Chargement du calcul", 0.0)
        from untoit.core.pairing.choices import NO_CHOICES, choices_of
        from untoit.core.pairing.conduct import conduct

        settings = settings_of(args)
        choices = choices_of(read_json(args.choix)) if args.choix else NO_CHOICES
        with _budget_worker(args.budget == "exact", args.date) as worker:
            clock("Horaires", 0.0)
            outcome = conduct(records, open_timetable(args), settings, worker, clock, choices=choices)
        clock("Écriture", 0.0)
        _write(args, outcome, problems, clock)
    print_problems(problems, "refus.csv")
    said = summary(outcome.prepared, outcome.plan, outcome.rows, outcome.unplaced)
    sys.stdout.write(f"{said}Résultats : {args.out}\n")
    return 1 if refused else 0


def summary(
    prepared: Prepared, plan: Plan, rows: tuple[TandemRow, ...], unplaced: tuple[LeftOut, ...]
) -> str:
    """Return what a person reads when the command ends."""
    from untoit.core.pairing.records import RunMode
    from untoit.core.pairing.results import expected_double_successes, proof_sentence, quota_lines
    from untoit.core.wording import counted, number

    stages: dict[str, int] = {}
    for one in unplaced:
        stages[one.stage] = stages.get(one.stage, 0) + 1
    placed, households = len(plan.pairs), len(prepared.records.households)
    if prepared.settings.mode is RunMode.PLAN:
        opening = (
            f"{counted(placed, 'ménage a', 'ménages ont')} un logement et un emploi proposés ensemble, sur "
            f"{households} ({counted(len(rows), 'emploi', 'emplois')})."
        )
    else:
        opening = (
            f"{counted(placed, 'ménage est', 'ménages sont')} sur la liste courte, sur {households} : un logement à "
            f"présenter à chacun, et {counted(len(rows), 'entretien', 'entretiens')} en tout."
        )
    lines = [
        opening,
        f"Doubles réussites attendues : {number(round(expected_double_successes(prepared, plan), 1))} "
        "(estimation, d'après les hypothèses du projet).",
        proof_sentence(plan),
        *(line.sentence for line in quota_lines(plan)),
    ]
    if unplaced:
        lines.append("Non placés : " + ", ".join(f"{stages[stage]} ({stage})" for stage in stages) + ".")
    return "\n".join(lines) + "\n"


@contextmanager
def _budget_worker(wanted: bool, on: date) -> Iterator[Any]:
    """Start the tax and benefit simulation in the background: it loads while the rest is computed."""
    if not wanted:
        yield None
        return
    from untoit.core.budget import BudgetWorker

    worker = BudgetWorker()
    worker.start(on)
    try:
        yield worker
    finally:
        worker.close()


def _write(args: argparse.Namespace, outcome: Outcome, problems: list[RowProblem], clock: StepClock) -> None:
    from untoit.core.exchange import OPTION_COLUMNS, write_csv
    from untoit.core.pairing import results
    from untoit.core.pairing.conduct import write_document, write_tandems, write_unplaced

    prepared, plan, rows, unplaced = outcome.prepared, outcome.plan, outcome.rows, outcome.unplaced
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as refusal:
        raise UnusableInput(f"Impossible de créer le dossier « {args.out} » : {refusal.strerror}.") from refusal
    write_tandems(args.out / "tandems.csv", rows)
    write_unplaced(args.out / "non_places.csv", unplaced)
    write_csv(
        args.out / "refus.csv", REFUSAL_COLUMNS,
        ((p.file, p.line, p.column, p.seen, p.severity.value, p.sentence) for p in problems),
    )
    if args.options:
        write_csv(args.out / "options.csv", OPTION_COLUMNS, results.option_table(prepared))
    write_document(args.out / "certificat.json", results.certificate_document(prepared, outcome.problem, plan))
    if args.rapport:
        from untoit.core.pairing.report import report_of
        from untoit.reporting.run_report import write_report

        write_report(args.out / "rapport.html", report_of(prepared, plan, rows, unplaced, clock.seconds, args.fictif))
    clock.close()
    write_document(
        args.out / "bilan.json", results.balance(prepared, plan, rows, unplaced, clock.seconds, clock.peak_mib)
    )
