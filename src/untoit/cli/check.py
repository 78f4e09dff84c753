"""``untoit check``: validate partners' files against the exchange formats, print every problem, change nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from untoit.core.errors import UnusableInput
from untoit.core.exchange import Table, cross_check, read_any
from untoit.core.model.problem import RowProblem, Severity


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files to check."""
    parser.add_argument(
        "files", nargs="+", metavar="FICHIER",
        help="fichier CSV, .xlsx ou .ods (menages, personnes, logements, offres, homes, works), ou JSON France Travail",
    )


def run(args: argparse.Namespace) -> int:
    """Print each problem and one summary line a file; return 0, 1 when rows were refused, 2 when a file is unusable."""
    tables: list[Table[Any]] = []
    unusable = 0
    for file in args.files:
        try:
            tables.append(read_any(file))
        except UnusableInput as refusal:
            unusable += 1
            sys.stderr.write(refusal.sentence + "\n")
    for table in tables:
        _say(table.problems)
        read = len(table.rows) + table.refused
        lines = f"{read} ligne lue" if read < 2 else f"{read} lignes lues"
        sys.stdout.write(f"{table.file} : {table.kind}, {lines}, {_counts(table.refused, table.problems)}.\n")
    between = cross_check(*tables)
    refused_between = sum(problem.severity is Severity.REFUSED for problem in between)
    if len(tables) > 1:
        _say(between)
        sys.stdout.write(f"Entre les fichiers : {_counts(refused_between, between)}.\n")
    if unusable:
        return 2
    return 1 if refused_between or any(table.refused for table in tables) else 0


def _say(problems: Sequence[RowProblem]) -> None:
    for problem in problems:
        mark = "" if problem.severity is Severity.REFUSED else "(à noter) "
        sys.stdout.write(f"{mark}{problem.sentence}\n")


def _counts(refused: int, problems: Sequence[RowProblem]) -> str:
    notices = sum(problem.severity is Severity.NOTICE for problem in problems)
    refusals = {0: "aucune refusée", 1: "1 refusée"}.get(refused, f"{refused} refusées")
    return refusals + {0: ", rien à noter", 1: ", 1 point à noter"}.get(notices, f", {notices} points à noter")
