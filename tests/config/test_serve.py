import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

START_S = 240  # what a slow machine needs to create the database; four seconds once it is there


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Application:
    """A real ``untoit serve --demo`` in a folder, as a person starts it."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.log = (folder.parent / "serve.log").open("a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "untoit", "serve", "--demo", "--data", str(folder), "--port", str(self.port)],
            stdout=self.log, stderr=self.log, env={**kept, "UNTOIT_WORKERS": "1"},
        )

    def status(self, path):
        """Return the status of one address, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def wait(self, path, wanted, seconds):
        """Return how long it took until the address answered this status."""
        start = time.monotonic()
        while self.status(path) != wanted:
            assert time.monotonic() - start < seconds, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)
        return time.monotonic() - start

    def children(self, name):
        return [
            one for one in psutil.Process(self.process.pid).children()
            if one.cmdline()[-2:] == ["untoit.config.processes", name]
        ]

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def works_in(folder):
    """Return what still runs for this folder: PostgreSQL, or a process that was started with it in its environment."""
    found = []
    for one in psutil.process_iter():
        try:
            is_database = "postgres" in one.name() and one.cwd().startswith(str(folder))
            if is_database or one.environ().get("UNTOIT_DATA") == str(folder):
                found.append(one)
        except psutil.Error:
            continue
    return [one for one in found if one.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def application():
    # Not pytest's folder: every session of pytest closes that to the user who runs the database when we are root.
    with tempfile.TemporaryDirectory(prefix="untoit-serve-") as place:
        Path(place).chmod(0o755)
        made = Application(Path(place) / "site")
        yield made
        _end(made)


def _end(made):
    if made.process.poll() is None:
        made.stop()
    for left in works_in(made.folder):
        left.kill()
    made.log.close()


def test_it_opens_repairs_itself_refuses_a_second_and_stops_in_order(application):
    application.wait("/readyz", 200, START_S)

    second = subprocess.run(
        [sys.executable, "-m", "untoit", "serve", "--demo", "--data", str(application.folder)],
        check=False, capture_output=True, text=True, timeout=60,
    )
    [worker], [web] = application.children("worker"), application.children("web")
    worker.kill()
    web.kill()
    time.sleep(0.2)
    back = application.wait("/healthz", 200, 20)
    code = application.stop()

    assert second.returncode == 2
    assert second.stderr.startswith("L'application est déjà lancée sur le dossier")
    assert len(second.stderr.splitlines()) == 1
    assert back < 10  # the benchmark gives the time on a machine that does nothing else
    assert code == 0
    assert works_in(application.folder) == []
    assert "Traceback" not in application.said()


def test_killed_at_once_it_leaves_nobody_behind_and_starts_again_on_the_same_folder(application):
    application.wait("/readyz", 200, START_S)
    application.process.kill()
    application.process.wait()
    time.sleep(1.5)
    left = [one.name() for one in works_in(application.folder) if "postgres" not in one.name()]

    again = Application(application.folder)
    again.wait("/readyz", 200, START_S)
    code = again.stop()
    again.log.close()

    assert left == []
    assert code == 0
    assert works_in(application.folder) == []
