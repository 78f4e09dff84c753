"""``untoit replay``: give whoever runs the installation what it takes to compute a run again, years later."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from uuid import UUID

from untoit.config.commands import environment
from untoit.core.errors import UnusableInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("calcul", help="identifiant du calcul, à la fin de son adresse")
    parser.add_argument("--out", type=Path, required=True, metavar="ARCHIVE.zip", help="archive à écrire")
    environment.add_folder_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Write the frozen files, the timetables and the command line; it is noted in the journal."""
    try:
        run_id = UUID(args.calcul)
    except ValueError:
        raise UnusableInput(f"« {args.calcul} » n'est pas l'identifiant d'un calcul.") from None
    environment.prepare(args.data, demo=False)
    with environment.database(args.data):
        environment.start_django()
        from django.utils import timezone

        from untoit.records.pairings.downloads import replay_zip
        from untoit.records.pairings.models import Run
        from untoit.records.partners.journal import note_act

        found = Run.objects.filter(pk=run_id, inputs_hash__gt="").first()
        if found is None:
            raise UnusableInput("Aucun calcul ne porte cet identifiant dans cette installation.")
        content = replay_zip(found)
        note_act(None, "run.replayed", "run", found.pk, at=timezone.now())
        args.out.write_bytes(content)
    sys.stdout.write(f"{args.out} : données gelées, horaires et commande (personnes réelles : à garder chiffré).\n")
    return 0
