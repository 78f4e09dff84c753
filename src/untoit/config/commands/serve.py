"""``untoit serve``: the whole application in one command."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from untoit.config.ahead import Ahead
from untoit.config.commands import environment
from untoit.core.errors import UnusableInput

PORTS_TRIED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    environment.add_folder_argument(parser)
    parser.add_argument("--port", type=int, help="port (défaut : 8000, ou le premier libre ensuite)")
    parser.add_argument("--host", default="127.0.0.1", help="adresse d'écoute (défaut : cette machine seulement)")
    parser.add_argument(
        "--demo", action="store_true", help="démonstration : personnes fictives, un clic pour entrer, sans HTTPS"
    )


def run(args: argparse.Namespace) -> int:
    """Start the database, the web server and the worker; watch them until Ctrl-C."""
    environment.prepare(args.data, demo=args.demo)
    first = args.demo and not os.environ.get("DATABASE_URL") and not (args.data / "postgres").exists()
    with environment.alone(args.data), Ahead(demonstration=first) as ahead, environment.server(args.data):
        os.environ["UNTOIT_HOST"], os.environ["UNTOIT_PORT"] = args.host, str(_port(args.host, args.port))
        os.environ.setdefault("SITE_URL", f"http://localhost:{os.environ['UNTOIT_PORT']}")
        environment.start_django()
        from untoit.config import demonstration, supervisor
        from untoit.config.gate import Gate

        with Gate(Path(os.environ["UNTOIT_DATA"])) as gate:
            children = supervisor.children()

            def almost() -> None:
                """Let the processes load while what is left is computed; they serve nobody before the gate opens."""
                ahead.wait()
                for child in children:
                    child.start()

            try:
                environment.migrate()
                if args.demo:
                    demonstration.load_when_empty(folder=gate.folder, say=_say, worker=ahead.worker, almost=almost)
                ahead.wait()
                ahead.stop_worker()
            except BaseException:
                for child in children:
                    child.stop()
                raise
        return supervisor.watch(children, say=_say, lines=demonstration.welcome() if args.demo else ())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _port(host: str, asked: int | None) -> int:
    """Return the port asked for, or the first free one from 8000; a port that is taken is said at once."""
    for port in (asked,) if asked else range(8000, 8000 + PORTS_TRIED):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError as refused:
                raise UnusableInput(
                    f"Le port {port} est réservé au système : choisissez-en un au-dessus de 1023."
                ) from refused
            except OSError:
                continue
            return port
    raise UnusableInput(
        f"Le port {asked} est déjà pris : choisissez-en un autre avec --port." if asked
        else f"Aucun port libre entre 8000 et {7999 + PORTS_TRIED} : choisissez-en un avec --port."
    )
