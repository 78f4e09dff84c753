"""What ``match`` and ``explain`` share: arguments, reading the partners' files, opening the timetable."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from untoit.core.errors import UnusableInput

if TYPE_CHECKING:
    from untoit.core.mobility.network import Network
    from untoit.core.model.problem import RowProblem
    from untoit.core.pairing.records import Records, Settings

_PROBLEMS_PRINTED = 20


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files, the timetable, the date and the policy of a run."""
    for name in ("menages", "personnes", "logements", "offres"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FICHIER",
                            help=f"fichier {name} (CSV, XLSX, ODS)")
    parser.add_argument("--gtfs", type=Path, required=True, action="append", metavar="FLUX.zip",
                        help="horaires GTFS ; l'option peut être répétée")
    parser.add_argument("--date", type=french_date, required=True, metavar="AAAA-MM-JJ",
                        help="date du calcul : règles en vigueur et semaine des horaires")
    parser.add_argument("--quota-prioritaire", type=share, default=None, metavar="PART",
                        help="part des attributions aux publics prioritaires (0.30 par défaut)")
    parser.add_argument("--politique", type=Path, default=None, metavar="FICHIER.json",
                        help="poids et seuils d'une politique, tels que la plateforme les donne avec un calcul")
    parser.add_argument("--mode", choices=("plan", "selection"), default="plan",
                        help="plan : un logement et un emploi par personne ; selection : liste courte d'un événement")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="graine du calcul (0 par défaut)")
    parser.add_argument("--workers", type=positive, default=os.cpu_count() or 1, metavar="N",
                        help="cœurs employés ; le résultat n'en dépend pas")
    parser.add_argument("--cache", type=Path, default=None, metavar="DOSSIER",
                        help="où garder les horaires compilés (par défaut : le cache de l'utilisateur)")


def settings_of(args: argparse.Namespace) -> Settings:
    """Return the settings of a run from its arguments."""
    from untoit.core import parameters
    from untoit.core.pairing.policy import overrides_of
    from untoit.core.pairing.records import RunMode, Settings

    quota = args.quota_prioritaire
    return Settings(
        on=args.date,
        mode=RunMode(args.mode),
        priority_per_mille=int(parameters.at("policy/matching", args.date)["priority_quota_per_mille"])
        if quota is None else quota,
        seed=args.seed,
        workers=args.workers,
        overrides=overrides_of(read_json(args.politique)) if args.politique else (),
    )


def results_folder(path: Path) -> None:
    """
    Refuse a results folder that cannot be one, before anything is computed.

    Raises
    ------
    UnusableInput
        When the path exists and is no folder, or cannot be made.
    """
    if path.exists() and not path.is_dir():
        raise UnusableInput(f"« {path} » existe et n'est pas un dossier. Attendu : un dossier de résultats.")
    if not os.access(next(one for one in (path, *path.absolute().parents) if one.exists()), os.W_OK):
        raise UnusableInput(f"Impossible d'écrire dans le dossier « {path} ».")


def read_json(path: Path) -> dict[str, Any]:
    """
    Return the object that a JSON file holds.

    Raises
    ------
    UnusableInput
        When the file cannot be read, or holds something else.
    """
    import json

    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise UnusableInput(f"{path.name} : ce fichier JSON est absent ou illisible.") from None
    if not isinstance(document, dict):
        raise UnusableInput(f"{path.name} : un objet JSON est attendu.")
    return document


def read_records(args: argparse.Namespace) -> tuple[Records, list[RowProblem], int]:
    """
    Read the four files and return the records, every problem, and how many rows were refused.

    Raises
    ------
    UnusableInput
        When a file cannot be used at all, or has no usable row.
    """
    from untoit.core.pairing.conduct import read_files

    return read_files({name: getattr(args, name) for name in ("menages", "personnes", "logements", "offres")})


def open_timetable(args: argparse.Namespace) -> Network:
    """Open the feeds, compiled once in the cache."""
    from untoit.core.mobility.network import open_network

    return open_network(args.gtfs, cache=args.cache or user_cache())


def user_cache() -> Path:
    """Return the folder of the user where compiled timetables are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "untoit"


def print_problems(problems: list[RowProblem], listed_in: str | None = None) -> None:
    """Print the refused rows on stderr, the first ones when there are many."""
    from untoit.core.model.problem import Severity

    refused = [problem for problem in problems if problem.severity is Severity.REFUSED]
    for problem in refused[:_PROBLEMS_PRINTED]:
        sys.stderr.write(problem.sentence + "\n")
    if len(refused) > _PROBLEMS_PRINTED:
        where = f", tous dans {listed_in}" if listed_in else ""
        sys.stderr.write(f"… et {len(refused) - _PROBLEMS_PRINTED} autres problèmes{where}.\n")


def french_date(text: str) -> date:
    """Read ``2026-01-13`` or ``13/01/2026``."""
    from datetime import datetime

    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"« {text} » n'est pas une date. Attendu : 2026-01-13 ou 13/01/2026")


def share(text: str) -> int:
    """Read a share from 0 to 1 (comma or point) as thousandths."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas une part. Attendu : de 0 à 1, par exemple 0.30")
    return round(1000 * value)


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nombre entier d'au moins 1")
    return int(text)
