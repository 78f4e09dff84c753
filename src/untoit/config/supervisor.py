"""Start the web server and the worker, start again the one that falls, stop both in order."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType

from untoit.config.processes import SUPERVISOR

LOG = logging.getLogger("untoit.supervisor")
READY_S = 60
# The worker finishes the row that it is at, the server the page that it is writing.
PATIENCE_S = {"web": 12, "worker": 25}
# One that falls as soon as it starts is not started again without a breath.
BREATH_S = 1.0


@dataclass
class Child:
    """One supervised process."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = field(default=0)

    def start(self) -> None:
        """Start it if it was not, away from the terminal's Ctrl-C, which is for the supervisor."""
        if self.process is not None and self.process.poll() is None:
            return
        self.process = subprocess.Popen(
            [sys.executable, "-m", "untoit.config.processes", self.name],
            env={**os.environ, SUPERVISOR: str(os.getpid())}, start_new_session=True,
        )
        self.started = time.monotonic()

    def keep(self) -> None:
        """Start it again when it has fallen."""
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started < BREATH_S:
            return
        self.falls += 1
        LOG.warning("restart", extra={"child": self.name, "exit_code": self.process.returncode})
        self.start()

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_S[self.name])
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class _Stopped(Exception):
    """Somebody asked the application to stop."""


def children() -> list[Child]:
    """Return what is watched: the web server, the worker; neither is started."""
    return [Child("web"), Child("worker")]


def watch(children: list[Child], *, say: Callable[[str], None], lines: Iterable[str] = ()) -> int:
    """Keep the processes alive until Ctrl-C or a termination signal; return the exit code."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _Stopped

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        for child in children:
            child.start()
        _announce(children, say, lines)
        while True:
            for child in children:
                child.keep()
            time.sleep(0.1)
    except _Stopped:
        say("Arrêt…")
    finally:
        for one in before:
            signal.signal(one, signal.SIG_IGN)  # a second Ctrl-C must not cut the stop in two
        for child in children:
            child.stop()
        for one, handler in before.items():
            signal.signal(one, handler)
    return 0


def _announce(children: list[Child], say: Callable[[str], None], lines: Iterable[str]) -> None:
    """Wait for the first answer, then say where to open the application."""
    host, port = os.environ["UNTOIT_HOST"], os.environ["UNTOIT_PORT"]
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and not _answers(int(port), host):
        for child in children:
            child.keep()
        time.sleep(0.1)
    if time.monotonic() >= deadline:
        say(f"\nL'application ne répond pas encore sur http://{shown}:{port}/ : voyez les lignes ci-dessus.")
        return
    say(f"\nL'application est ouverte : http://{shown}:{port}/")
    for line in lines:
        say(line)
    say("Ctrl-C pour arrêter.")


def _answers(port: int, host: str) -> bool:
    address = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    request = urllib.request.Request(f"http://{address}:{port}/healthz", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
