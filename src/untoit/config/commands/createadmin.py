"""``untoit createadmin``: the first account of the platform, which then invites the others."""

from __future__ import annotations

import argparse
import getpass
import sys

from untoit.config.commands import environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("email", help="adresse e-mail de l'administratrice ou de l'administrateur technique")
    parser.add_argument("--nom", default="", help="son nom, tel qu'il sera montré")
    parser.add_argument(
        "--password-stdin", action="store_true", help="lire le mot de passe sur l'entrée standard, sans le demander"
    )
    environment.add_folder_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Ask for a password and create the account; a second factor is asked for at the first sign-in."""
    environment.prepare(args.data, demo=False)
    password = sys.stdin.readline().rstrip("\n") if args.password_stdin else getpass.getpass("Mot de passe : ")
    with environment.database(args.data):
        environment.start_django()
        environment.migrate()
        from untoit.config.first_account import create_administrator

        create_administrator(email=args.email, full_name=args.nom, password=password)
    sys.stdout.write(f"Compte créé : {args.email}. Un second facteur sera demandé à la première connexion.\n")
    return 0
