"""A database with every migration applied, kept on the test server to be copied."""

import hashlib
import os
import subprocess
import sys
import time
from importlib.metadata import distributions
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

PREFIX = "untoit_template_"
KEPT_S = 3600
LOCK = 7065042


def migrated_template() -> str:
    """Return the name of the template for the migrations as they are now, making it when it is not there."""
    ending = _fingerprint()
    with psycopg.connect(**_server(), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # the other workers wait for the first one's
        found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        names = [row[0] for row in found]
        for name in names:
            if name.endswith(ending):
                return name
        _forget(server, names)
        name = f"{PREFIX}{int(time.time())}_{ending}"
        _make(server, name)
    return name


def _make(server: psycopg.Connection, name: str) -> None:
    draft = f"{name}_draft"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    # In a process of its own: this one must not have opened, nor closed, a connection of Django's before the tests.
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=False, capture_output=True, text=True,
        env={**os.environ, "DATABASE_URL": _url(draft), "DJANGO_SETTINGS_MODULE": "untoit.config.settings"},
    )
    if done.returncode:
        raise RuntimeError(f"the migrations do not apply:\n{done.stderr[-3000:]}")
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))


def _forget(server: psycopg.Connection, names: list[str]) -> None:
    """Drop the templates of old migrations; a recent one may be about to be copied by somebody else."""
    for name in names:
        made = name.removeprefix(PREFIX).partition("_")[0]
        if made.isdigit() and time.time() - int(made) > KEPT_S:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _fingerprint() -> str:
    seen = hashlib.sha256()
    sources = Path(__file__).parents[2] / "src"
    for file in sorted(sources.glob("untoit/records/*/migrations/*.py")):
        seen.update(file.name.encode() + file.read_bytes())
    for one in sorted(f"{found.name}{found.version}" for found in distributions()):
        seen.update(one.encode())
    seen.update("\n".join(settings.INSTALLED_APPS).encode())
    return seen.hexdigest()[:12]


def _server() -> dict[str, object]:
    values = connection.get_connection_params()
    given = {key: values[key] for key in ("host", "port", "user", "password") if values.get(key)}
    return {**given, "dbname": "postgres"}


def _url(name: str) -> str:
    given = os.environ["DATABASE_URL"]
    address, mark, options = given.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"
