"""
Kill -9 of the web and worker processes at random moments, while people import files, run the main job, review, close
tasks: a thread kills while the others' requests are on their way.

``python -m benchmarks.crashes --kills 50``. What was acknowledged (an answer was read, a service returned) must be
there at the end, whole; what was not, whole or not at all.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from threading import Thread

import psutil
import requests
from benchmarks.crash_acts import Act, CloseTasks, Imports, Person, Reviews, Runs

OPEN_S, SETTLE_S = 600, 600
# Those that served for a master that was killed answer for half a second more.
ORPHANS_S = 0.7
PAUSE_S = 0.1


class Application:
    """A real ``untoit serve --demo``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "UNTOIT_MODE")}
        self.log = (folder.parent / "serve.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "untoit", "serve", "--demo", "--data", str(folder), "--port", str(self.port)],
            stdout=self.log, stderr=self.log, env={**kept, "UNTOIT_WORKERS": "2", "UNTOIT_LOG_LEVEL": "WARNING"},
        )
        try:
            self.wait("/readyz", OPEN_S)
        except BaseException:
            self.stop()
            raise

    def wait(self, path: str, seconds: float) -> float:
        """Return how long it took until the address answered 200."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if self.process.poll() is not None:
                break
            try:
                if requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code == 200:
                    return time.monotonic() - start
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise SystemExit(f"{path} did not answer 200 in {seconds} s:\n{Path(self.log.name).read_text()[-3000:]}")

    def victims(self) -> list[tuple[str, psutil.Process]]:
        """Return the processes that may be killed: the master of the web server, one that serves, the worker."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            name = child.cmdline()[-1]
            if name in ("web", "worker"):
                found.append((name, child))
            if name == "web":
                # Beside those that serve there is the tracker of what they share, which does nothing.
                serving = (one for one in child.children() if "resource_tracker" not in "".join(one.cmdline()))
                found += [("serving", one) for one in serving]
        return found

    def stop(self) -> int:
        """Stop as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(120)
        self.log.close()
        return code


class Killer(Thread):
    """Kills one process after the other, each after a moment, whatever is going on."""

    def __init__(self, application: Application, kills: int, chance: random.Random) -> None:
        super().__init__(name="killer", daemon=True)
        self.application, self.kills, self.chance = application, kills, chance
        self.killed: Counter[str] = Counter()
        self.back: list[float] = []

    def run(self) -> None:
        """Kill, and wait for the pages after the fall of the whole web server."""
        while self.killed.total() < self.kills:
            time.sleep(self.chance.uniform(0.2, 5.0))
            kinds: dict[str, list[psutil.Process]] = {}
            for name, process in self.application.victims():
                kinds.setdefault(name, []).append(process)
            if not kinds:
                continue
            name = self.chance.choice(sorted(kinds))
            self.chance.choice(kinds[name]).kill()
            self.killed[name] += 1
            if name == "web":
                time.sleep(ORPHANS_S)
                self.back.append(ORPHANS_S + self.application.wait("/healthz", 240))


def main() -> int:
    """Do it and print what came of it; the exit code is 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    with tempfile.TemporaryDirectory(prefix="untoit-crashes-") as place:
        Path(place).chmod(0o755)
        application = Application(Path(place) / "site")
        try:
            lost = torment(application, args.kills, chance)
        finally:
            code = application.stop()
    print(f"stopped with code {code}; {len(lost)} losses")
    for line in lost:
        print(f"  LOST {line}")
    return 1 if lost or code else 0


def torment(application: Application, kills: int, chance: random.Random) -> list[str]:
    """Act and kill in turn, let everything settle, and return what was lost."""
    _open_django(application.folder)
    person = Person(application.port, "LM")
    person.enter()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "untoit", "demo", f"{folder}/d"], check=True, capture_output=True)
        with Path(folder, "d", "logements.csv").open(encoding="utf-8-sig", newline="") as file:
            sample = list(csv.DictReader(file, delimiter=";"))
    # The imports add dwellings in one commune, the runs look at the others: they stay as large as at the start.
    here = sample[0]["code_insee"]
    elsewhere = tuple(sorted({row["code_insee"] for row in sample} - {here}))
    runs = Runs(person, communes=elsewhere)
    imports = Imports(person, sample=[row for row in sample if row["code_insee"] == here])
    acts: list[Act] = [CloseTasks(person), imports, runs, Reviews(person, runs=runs)]
    killer = Killer(application, kills, chance)
    choice = random.Random(chance.random())
    killer.start()
    while killer.is_alive():
        choice.choice(acts).step()
        time.sleep(PAUSE_S)
    start = time.monotonic()
    while not all(act.settled() for act in acts) and time.monotonic() - start < SETTLE_S:
        time.sleep(0.5)
    print(f"kills: {dict(killer.killed)}; pages back after {max(killer.back, default=0):.1f} s at most; "
          f"settled in {time.monotonic() - start:.0f} s")
    for act in acts:
        print(f"  {type(act).__name__}: {act.acknowledged} acknowledged, {act.unanswered} without an answer")
    print(f"  files recorded: {len(imports.confirmed)}; runs cut three times and retried: {runs.retried}")
    return [f"{type(act).__name__}: {line}" for act in acts for line in act.losses()]


def _open_django(folder: Path) -> None:
    """Look at the database of the application from here, with its keys."""
    import django

    from untoit.config import embedded

    os.environ.update(
        DATABASE_URL=embedded.start(folder / "postgres").url, UNTOIT_DATA=str(folder), UNTOIT_MODE="demo",
        UNTOIT_EMBEDDED="1", DJANGO_SETTINGS_MODULE="untoit.config.settings", UNTOIT_LOG_LEVEL="ERROR",
    )
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
