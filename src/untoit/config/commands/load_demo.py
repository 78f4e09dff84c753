"""``untoit demo --load``: fill the database of the application with the demonstration, when it is empty."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from untoit.config.commands import environment


def run(args: argparse.Namespace) -> int:
    """Load accounts, territory and a run; a database that holds something is left as it is."""
    environment.prepare(args.data, demo=True)
    with environment.database(args.data):
        environment.start_django()
        from untoit.config import demonstration

        environment.migrate()
        loaded = demonstration.load_when_empty(folder=Path(os.environ["UNTOIT_DATA"]), say=_say)
        for line in demonstration.welcome() if loaded else ("La base n'est pas vide : rien n'a été changé.",):
            _say(line)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
