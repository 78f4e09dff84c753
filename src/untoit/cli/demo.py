"""``untoit demo DIR``: write the demonstration territory, files and network, into a folder."""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from untoit.core.errors import UnusableInput

README = "LISEZMOI.txt"
NETWORK = "reseau_demo.zip"
FIRST_LINE = "Territoire de démonstration « Un toit, un emploi »"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``untoit demo``."""
    parser.add_argument("dossier", metavar="DIR", type=Path, nargs="?",
                        help="dossier à créer, ou créé par cette commande")
    parser.add_argument("--load", action="store_true",
                        help="charger la démonstration dans la base de l'application, au lieu d'écrire des fichiers")
    parser.add_argument("--year", action="store_true",
                        help="charger en plus une année simulée jour par jour (propositions, commissions, embauches) ; "
                             "trois minutes environ")
    parser.add_argument("--data", type=Path, default=Path("demo"), metavar="DOSSIER",
                        help="avec --load ou --year : dossier de l'application (demo)")
    parser.add_argument("--menages", type=int, default=60, metavar="N", help="nombre de ménages (60)")
    parser.add_argument("--logements", type=int, default=40, metavar="N", help="nombre de logements (40)")
    parser.add_argument("--offres", type=int, default=50, metavar="N", help="nombre d'offres d'emploi (50)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="graine du tirage (1)")
    parser.add_argument("--date", type=_day, default=date(2026, 1, 13), metavar="AAAA-MM-JJ",
                        help="date du rapprochement (2026-01-13)")


def run(args: argparse.Namespace) -> int:
    """Write the folder in one go: either everything is there, or nothing changed."""
    if args.load or args.year:
        # The application stands above the command line, which needs no web framework: it is named, not imported.
        code: int = importlib.import_module("untoit.config.commands.load_demo").run(args)
        return code
    if args.dossier is None:
        raise UnusableInput("Donnez le dossier à créer (ou --load, --year pour remplir la base de l'application).")
    from untoit.core.demo.network import write_network
    from untoit.core.demo.territory import territory
    from untoit.core.exchange import write_csv

    folder: Path = args.dossier
    _refuse_foreign(folder)
    tables = territory(households=args.menages, dwellings=args.logements, offers=args.offres, seed=args.seed,
                       on=args.date)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".untoit-demo-", dir=folder.parent))
    except OSError as refusal:
        raise UnusableInput(f"{folder} : impossible d'écrire à cet endroit ({refusal.strerror}).") from refusal
    try:
        for table in tables:
            write_csv(draft / table.name, table.columns, ([row[name] for name in table.columns] for row in table.rows))
        write_network(draft / NETWORK)
        (draft / README).write_text(_readme(args, {table.name: len(table.rows) for table in tables}), "utf-8")
        folder.mkdir(exist_ok=True)
        # The note that marks the folder as ours comes first, so that an interrupted replacement can be run again.
        for file in sorted(draft.iterdir(), key=lambda file: file.name != README):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    sys.stderr.write(f"Territoire de démonstration écrit dans {folder} (personnes fictives).\n")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas une date, attendu : AAAA-MM-JJ") from None


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds something else: nobody's files are overwritten."""
    if folder.exists() and not folder.is_dir():
        raise UnusableInput(f"{folder} existe et n'est pas un dossier : donnez un autre nom.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    note = folder / README
    if not note.is_file() or not note.read_text("utf-8", errors="replace").startswith(FIRST_LINE):
        raise UnusableInput(
            f"{folder} n'est pas vide et n'a pas été fait par « untoit demo » : donnez un dossier vide ou un autre nom."
        )


def _readme(args: argparse.Namespace, rows: dict[str, int]) -> str:
    files = "\n".join(f"  {name:<15} {count:>6} lignes" for name, count in rows.items())
    return f"""{FIRST_LINE}
{"=" * len(FIRST_LINE)}

TOUT EST FICTIF, sauf la géographie : ni les personnes, ni les logements, ni les employeurs n'existent.
Les numéros uniques se reconnaissent à leur fin « DEMO0 » (aucun guichet ne porte ce code) et à leur numéro d'ordre
qui commence par 9 ; les logements et les offres s'appellent DEMO-L… et DEMO-O….

{files}
  {NETWORK:<15} réseau au format GTFS, valable du 01/09/2025 au 31/12/2027

Ce qui est réel : les 95 communes de la Métropole européenne de Lille, les stations, les positions et les temps de
parcours du métro (données ouvertes ilévia / MEL, Licence Ouverte 2.0), les codes métiers ROME.
Ce qui est approché : le tracé, les arrêts, les fréquences et les premiers et derniers départs des tramways et des bus
(les lignes s'appellent « D… », D comme démonstration), la position des zones d'emploi, les loyers, les salaires.
Ce réseau ne dit rien du vrai service : ne vous en servez pas pour voyager.

Fait par « untoit demo » avec la graine {args.seed}, pour un rapprochement au {args.date:%d/%m/%Y}. Les mêmes options
donnent exactement les mêmes fichiers. Pour lancer le rapprochement, depuis ce dossier :

  untoit match --menages menages.csv --personnes personnes.csv --logements logements.csv --offres offres.csv \\
               --gtfs {NETWORK} --date {args.date.isoformat()} --out resultats --rapport --fictif
"""
