"""``untoit migrate``: bring the database to the version of the software."""

from __future__ import annotations

import argparse
import sys

from untoit.config.commands import environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    environment.add_folder_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Migrate; to run before an update is served."""
    environment.prepare(args.data, demo=False)
    with environment.database(args.data):
        environment.start_django()
        steps = environment.migrate()
    sys.stdout.write(f"Base de données à jour ({steps} étapes appliquées).\n" if steps else "Base déjà à jour.\n")
    return 0
