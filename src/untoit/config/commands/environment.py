"""What every command of the application does first: the folder, the mode, the database, Django."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from untoit.config import embedded
from untoit.config.folder import held

DEFAULT_FOLDER = "donnees"


def add_folder_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--data``."""
    parser.add_argument(
        "--data", type=Path, metavar="DOSSIER", default=Path(os.environ.get("UNTOIT_DATA", DEFAULT_FOLDER)),
        help="dossier de la base embarquée, des horaires et des clés (défaut : donnees, ou UNTOIT_DATA)",
    )


def prepare(folder: Path, *, demo: bool) -> None:
    """Say in the environment where the installation is; processes started from here read it."""
    os.environ["UNTOIT_DATA"] = str(folder.absolute())
    os.environ["DJANGO_SETTINGS_MODULE"] = "untoit.config.settings"
    if demo:
        os.environ["UNTOIT_MODE"] = "demo"


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """
    Give the database of the environment, otherwise the embedded one of the folder, started here and stopped at the end.

    While this lasts nobody else can open the same folder; a second is told so in one sentence.
    """
    with alone(folder), server(folder):
        yield


def alone(folder: Path) -> AbstractContextManager[None]:
    """Keep everybody else out of the folder."""
    return held(folder.absolute() / ".verrou")


@contextmanager
def server(folder: Path) -> Iterator[None]:
    """Give the database to whoever is alone in the folder."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    cluster = folder.absolute() / "postgres"
    os.environ["DATABASE_URL"], os.environ["UNTOIT_EMBEDDED"] = embedded.start(cluster).url, "1"
    try:
        yield
    finally:
        del os.environ["DATABASE_URL"], os.environ["UNTOIT_EMBEDDED"]
        embedded.stop(cluster)


def start_django() -> None:
    """Load the application; refuse without keys."""
    import django

    from untoit.config.keys import require_keys

    require_keys()
    django.setup()


def migrate() -> int:
    """Bring the database to the version of the software, one process at a time, and return how many steps it took."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7065041)")
        try:
            executor = MigrationExecutor(connection)
            steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
            if steps:
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(7065041)")
    return steps
