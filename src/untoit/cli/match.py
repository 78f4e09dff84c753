"""``untoit match``: from partners' files to tandems."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from untoit.cli.progress import Progress
from untoit.cli.run_files import add_run_arguments, open_timetable, print_problems, read_records, settings_of
from untoit.core.errors import UnusableInput

if TYPE_CHECKING:
    from untoit.core.matching import Plan
    from untoit.core.model.problem import RowProblem
    from untoit.core.model.run import LeftOut, TandemRow
    from untoit.core.pairing.run import Prepared

REFUSAL_COLUMNS = ("fichier", "ligne", "colonne", "valeur", "gravite", "phrase")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_run_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DOSSIER", help="dossier des résultats")
    parser.add_argument("--options", action="store_true", help="écrit aussi options.csv : tous les triplets possibles")
    parser.add_argument("--budget", choices=("exact", "approche"), default="exact",
                        help="budgets des tandems montrés : simulation OpenFisca (exact) ou barème approché")
    parser.add_argument("--rapport", action="store_true",
                        help="écrit aussi rapport.html, une page à lire ou à imprimer")
    parser.add_argument("--fictif", action="store_true", help="le rapport dit que les personnes sont fictives")


def run(args: argparse.Namespace) -> int:
    """Read, compute, write; return 0, or 1 when rows were refused (they are in ``refus.csv``)."""
    if args.out.exists() and not args.out.is_dir():
        raise UnusableInput(f"« {args.out} » existe et n'est pas un dossier. Attendu : un dossier de résultats.")
    with Progress() as progress:
        clock = StepClock(progress)
        clock("Lecture des fichiers", 0.0)
        records, problems, refused = read_records(args)
        clock("Chargement du calcul", 0.0)
        from untoit.core.pairing.run import choose, prepare, problem_of

        settings = settings_of(args)
        with _budget_worker(args.budget == "exact", args.date) as worker:
            clock("Horaires", 0.0)
            network = open_timetable(args)
            prepared = prepare(records, network, settings, clock)
            problem = problem_of(prepared)
            plan = choose(problem, settings, clock)
            from untoit.core.pairing.left_out import left_out
            from untoit.core.pairing.tandems import tandem_rows

            rows = tandem_rows(prepared, plan, worker, clock)
        clock("Raisons", 0.0)
        unplaced = left_out(prepared, plan)
        clock("Écriture", 0.0)
        _write(args, prepared, problem, plan, rows, unplaced, problems, clock)
    print_problems(problems, "refus.csv")
    sys.stdout.write(summary(prepared, plan, rows, unplaced) + f"Résultats : {args.out}\n")
    return 1 if refused else 0


class StepClock:
    """Pass progress on, and measure seconds and peak memory of each stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stage: str | None = None
        self._started = time.perf_counter()
        self.seconds: dict[str, float] = {}
        self.peak_mib: dict[str, float] = {}

    def __call__(self, stage: str, fraction: float) -> None:
        """Note the stage; a new name closes the one before."""
        if stage != self._stage:
            self.close()
            self._stage, self._started = stage, time.perf_counter()
        self._progress(stage, fraction)

    def close(self) -> None:
        """Close the stage under way."""
        if self._stage is not None:
            spent = time.perf_counter() - self._started
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + spent
            self.peak_mib[self._stage] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            self._started = time.perf_counter()


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


def _write(
    args: argparse.Namespace, prepared: Prepared, problem: Any, plan: Plan, rows: tuple[TandemRow, ...],
    unplaced: tuple[LeftOut, ...], problems: list[RowProblem], clock: StepClock,
) -> None:
    from untoit.core.exchange import OPTION_COLUMNS, TANDEM_COLUMNS, UNPLACED_COLUMNS, replacing, write_csv
    from untoit.core.pairing import results

    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as refusal:
        raise UnusableInput(f"Impossible de créer le dossier « {args.out} » : {refusal.strerror}.") from refusal
    write_csv(args.out / "tandems.csv", TANDEM_COLUMNS, results.tandem_table(rows))
    write_csv(args.out / "non_places.csv", UNPLACED_COLUMNS, results.unplaced_table(unplaced))
    write_csv(
        args.out / "refus.csv", REFUSAL_COLUMNS,
        ((p.file, p.line, p.column, p.seen, p.severity.value, p.sentence) for p in problems),
    )
    if args.options:
        write_csv(args.out / "options.csv", OPTION_COLUMNS, results.option_table(prepared))
    with replacing(args.out / "certificat.json") as stream:
        json.dump(results.certificate_document(prepared, problem, plan), stream, ensure_ascii=False, indent=1)
    if args.rapport:
        from untoit.core.pairing.report import report_of
        from untoit.reporting.run_report import write_report

        write_report(args.out / "rapport.html", report_of(prepared, plan, rows, unplaced, clock.seconds, args.fictif))
    clock.close()
    with replacing(args.out / "bilan.json") as stream:
        document = results.balance(prepared, plan, rows, unplaced, clock.seconds, clock.peak_mib)
        json.dump(document, stream, ensure_ascii=False, indent=1)
