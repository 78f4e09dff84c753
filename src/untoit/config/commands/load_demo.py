"""``untoit demo --load`` and ``--year``: fill the application's database with the demonstration, and a year of it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from untoit.config.commands import environment
from untoit.core.errors import UnusableInput


def run(args: argparse.Namespace) -> int:
    """Load accounts, territory and a run; a database that holds something is left as it is."""
    environment.prepare(args.data, demo=True)
    with environment.database(args.data):
        environment.start_django()
        from untoit.config import demonstration

        environment.migrate()
        loaded = demonstration.load_when_empty(folder=Path(os.environ["UNTOIT_DATA"]), say=_say)
        if args.year:
            _add_the_year(loaded)
        for line in demonstration.welcome() if loaded else ("La base n'est pas vide : rien n'a été changé.",):
            _say(line)
    return 0


def _add_the_year(loaded: bool) -> None:
    """Tell a year of the scheme in the demonstration's database; a database of real people is refused."""
    from django.utils import timezone

    from untoit.config import demonstration_year
    from untoit.records.partners.models import User

    if not loaded and User.objects.filter(is_demo=False).exists():
        raise UnusableInput("Cette base a de vrais comptes : l'année simulée n'y est pas chargée.")
    if demonstration_year.is_there():
        _say("L'année simulée est déjà là : rien n'a été changé.")
        return
    demonstration_year.load(at=timezone.now(), say=_say)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
