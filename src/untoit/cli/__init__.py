"""``untoit …``: the offline engine on files, without a server."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from typing import Any

from untoit import __version__
from untoit.core.errors import UntoitError

# A command is the module of the same name: ``add_arguments(parser)`` declares, ``run(args)`` returns the exit code.
# Only the module of the command that was asked for is imported, so that ``untoit --help`` stays instantaneous.
COMMANDS = {
    "match": "propose les meilleurs tandems logement + emploi à partir des fichiers des partenaires",
    "explain": "dit pourquoi un ménage ou un couple logement-offre a été retenu ou non",
    "levers": "cherche ce qui ouvrirait le plus de tandems, pour une personne et pour le territoire",
    "whatif": "compare des politiques sur les mêmes fichiers : engagements, trajets, flux, mixité",
    "commute": "calcule les trajets domicile-travail aux horaires des postes",
    "budget": "estime le budget d'un ménage avant et après l'embauche",
    "check": "vérifie des fichiers, montre chaque problème, ne change rien",
    "demo": "fabrique le territoire de démonstration (personnes fictives)",
    "serve": "lance l'application : base de données, pages, travaux de fond",
    "migrate": "met la base de données à la version du logiciel",
    "createadmin": "crée le premier compte d'administration technique",
    "replay": "redonne les données gelées d'un calcul, pour le refaire à l'identique",
}
# Those of the application live above the command line, which knows them by name only and needs no web framework.
MODULES = {name: f"untoit.config.commands.{name}" for name in ("serve", "migrate", "createadmin", "replay")}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 done with refusals, 2 unusable input or arguments."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without accents shows the sentence all the same
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = _Parser(prog="untoit", description="Un toit, un emploi : un logement et un emploi à portée, ensemble.")
    parser.add_argument("--version", action="version", version=f"untoit {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="commande", required=True, parser_class=_Parser)
    asked = next((word for word in arguments if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == asked:
            command = _module(MODULES.get(name, f"untoit.cli.{name}"))
            command.add_arguments(subparser)
            subparser.set_defaults(run=command.run)
    args = parser.parse_args(arguments)
    try:
        code: int = args.run(args)
    except UntoitError as refusal:
        sys.stderr.write(refusal.sentence + "\n")
        return 2
    except BrokenPipeError:
        return 1
    return code


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("untoit"):
            raise
        sys.stderr.write(
            f"Cette commande demande l'application web, qui n'est pas installée ici ({missing.name} manque) : "
            'installez-la avec pip install "untoit[web]".\n'
        )
        sys.exit(2)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence and exit code 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog} : {_in_french(message)}. Voir « {self.prog} --help ».\n")


def _in_french(message: str) -> str:
    for english, french in (
        ("the following arguments are required:", "il manque"),
        ("unrecognized arguments:", "option inconnue :"),
        ("expected one argument", "attend une valeur"),
        ("expected at least one argument", "attend au moins une valeur"),
        ("invalid choice:", "valeur inconnue :"),
        ("choose from", "attendu :"),
        ("argument ", "option "),
    ):
        message = message.replace(english, french)
    return message
