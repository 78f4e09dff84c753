"""``untoit explain``: why a household is placed or not, and "pourquoi pas celui-là ?" for one home and one job."""

from __future__ import annotations

import argparse
import sys

from untoit.cli.progress import Progress
from untoit.cli.run_files import add_run_arguments, open_timetable, read_records, settings_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_run_arguments(parser)
    parser.add_argument("--menage", required=True, metavar="NUMERO", help="numéro unique du ménage")
    parser.add_argument("--logement", metavar="REFERENCE", help="référence d'un logement")
    parser.add_argument("--offre", metavar="REFERENCE", help="référence d'une offre")
    parser.add_argument("--personne", type=int, metavar="N", help="numéro de la personne dans le ménage")


def run(args: argparse.Namespace) -> int:
    """Compute the same run as ``match`` and print the answer; return 0."""
    with Progress() as progress:
        progress("Lecture des fichiers", 0.0)
        records, _, _ = read_records(args)
        from untoit.core.pairing.explain import Question, explain
        from untoit.core.pairing.run import choose, prepare, problem_of

        settings = settings_of(args)
        prepared = prepare(records, open_timetable(args), settings, progress)
        plan = choose(problem_of(prepared), settings, progress)
        question = Question(args.menage, args.logement, args.offre, args.personne)
        answer = list(explain(prepared, plan, question))
    sys.stdout.write("\n".join(answer) + "\n")
    return 0
