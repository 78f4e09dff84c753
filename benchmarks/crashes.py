"""
Kill -9 of the web and worker processes at random moments, while people import files, run the main job, close tasks.

``python -m benchmarks.crashes --kills 50``. What was acknowledged (an answer was read, a service returned) must be
there at the end, whole; what was not, whole or not at all. Each act below says what it did and checks itself.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import requests

ROWS = 150
OPEN_S, SETTLE_S = 600, 600
# Those that served for a master that was killed answer for half a second more.
ORPHANS_S = 0.7
LM = "cheffe-de-projet@demonstration.invalid"


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
                found += [("serving", one) for one in child.children() if "multiprocessing" in " ".join(one.cmdline())]
        return found

    def stop(self) -> int:
        """Stop as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(120)
        self.log.close()
        return code


class Person:
    """Somebody at a browser, who signs in again when told to, and tries again when nobody answers."""

    def __init__(self, port: int, role: str) -> None:
        self.base, self.role, self.session = f"http://127.0.0.1:{port}", role, requests.Session()

    def enter(self) -> None:
        """Enter the demonstration."""
        self.session.get(self.base + "/", timeout=10)
        self._send("/entrer/", {"role": self.role})

    def post(self, path: str, data: dict[str, str], **files: object) -> str | None:
        """Return where the answer sends to, ``None`` when no answer came: the act may or may not have happened."""
        try:
            answer = self._send(path, data, **files)
            if answer.status_code == 302 and "/compte/" in answer.headers["Location"]:
                self.enter()
                answer = self._send(path, data, **files)
        except requests.RequestException:
            return None
        return answer.headers["Location"] if answer.status_code == 302 else None

    def _send(self, path: str, data: dict[str, str], **files: object) -> requests.Response:
        token = self.session.cookies.get("csrftoken") or ""
        return self.session.post(
            self.base + path, data=data, files=files or None, headers={"X-CSRFToken": token}, timeout=20,
            allow_redirects=False,
        )


@dataclass
class Act:
    """Something that people do again and again: done once in :meth:`step`, judged in :meth:`losses`."""

    person: Person
    acknowledged: int = 0
    unanswered: int = 0

    def step(self) -> None:
        """Do it once, or take it one step further."""
        raise NotImplementedError

    def settled(self) -> bool:
        """Whether the background work of what was acknowledged is over."""
        return True

    def losses(self) -> list[str]:
        """Return what was lost or half-written."""
        raise NotImplementedError


@dataclass
class CloseTasks(Act):
    """Say that a task is done."""

    done: list[UUID] = field(default_factory=list)

    def step(self) -> None:
        """Open a task and finish it through the page."""
        from django.utils import timezone

        from untoit.records.desk.services import open_task
        from untoit.records.partners.models import Membership

        member = Membership.objects.get(user__email=LM)
        task = open_task(
            kind="run_to_review", organisation=member.organisation_id, role="LM", subject_kind="run",
            subject_id=uuid4(), why="Essai.", due_on=timezone.localdate() + timedelta(days=3), at=timezone.now(),
        )
        if self.person.post(f"/matin/{task.pk}/terminer/", {}) is None:
            self.unanswered += 1
        else:
            self.acknowledged += 1
            self.done.append(task.pk)

    def losses(self) -> list[str]:
        """Return the tasks whose "done" was acknowledged and is not written."""
        from untoit.records.desk.models import Task

        left = Task.objects.filter(pk__in=self.done, done_at__isnull=True).count()
        return [f"{left} tasks said done are open"] if left else []


@dataclass
class Imports(Act):
    """Hand over a file of dwellings, confirm it when it is read."""

    sample: list[dict[str, str]] = field(default_factory=list)
    sent: dict[str, UUID | None] = field(default_factory=dict)
    confirmed: set[UUID] = field(default_factory=set)

    def step(self) -> None:
        """Confirm what is ready; otherwise hand over one more file."""
        from untoit.records.intake.models import Batch

        ready = Batch.objects.filter(state="ready", file_name__startswith="chute-").exclude(pk__in=self.confirmed)
        for batch in ready[:3]:
            if self.person.post(f"/imports/{batch.pk}/confirmer/", {"revision": str(batch.revision)}):
                self.confirmed.add(batch.pk)
                self.acknowledged += 1
            else:
                self.unanswered += 1
        if Batch.objects.filter(file_name__startswith="chute-").exclude(state="applied").count() < 3:
            self._hand_over()

    def _hand_over(self) -> None:
        name = f"chute-{len(self.sent):03d}"
        text = io.StringIO()
        writer = csv.DictWriter(text, self.sample[0].keys(), delimiter=";")
        writer.writeheader()
        for number in range(ROWS):
            row = self.sample[number % len(self.sample)]
            writer.writerow({**row, next(iter(row)): f"{name}-{number:04d}"})
        where = self.person.post(
            "/imports/nouveau/", {"kind": "logements"}, file=(f"{name}.csv", text.getvalue().encode(), "text/csv")
        )
        self.sent[name] = UUID(where.rstrip("/").rpartition("/")[2]) if where else None
        self.acknowledged += where is not None
        self.unanswered += where is None

    def settled(self) -> bool:
        """Whether every file is read, and every confirmed one recorded."""
        from untoit.records.intake.models import Batch

        mine = Batch.objects.filter(file_name__startswith="chute-")
        return not mine.filter(state__in=["received", "reading", "applying", "undoing"]).exists()

    def losses(self) -> list[str]:
        """Return the files that were acknowledged and are not there, or there in part."""
        from untoit.records.intake.models import Batch
        from untoit.records.stock.models import Vacancy

        said = []
        batches = {batch.file_name.removesuffix(".csv"): batch for batch in
                   Batch.objects.filter(file_name__startswith="chute-").defer("file")}
        for name, pk in self.sent.items():
            batch = batches.get(name)
            if batch is None:
                said += [f"{name} was acknowledged and is not there"] if pk else []
                continue
            rows = Vacancy.objects.filter(reference__startswith=f"{name}-").count()
            wanted = ROWS if batch.state == "applied" else 0
            if rows != wanted:
                said.append(f"{name} is {batch.state} with {rows} dwellings of {wanted}")
            if batch.rows.count() != ROWS:
                said.append(f"{name} has {batch.rows.count()} rows of {ROWS}")
            if batch.pk in self.confirmed and batch.state != "applied":
                said.append(f"{name} was confirmed and is {batch.state}")
        return said


@dataclass
class Runs(Act):
    """Launch a run of the main job on the demonstration's policy and timetable."""

    communes: tuple[str, ...] = ()
    launched: list[UUID] = field(default_factory=list)

    def step(self) -> None:
        """Launch one when none is being computed."""
        from django.utils import timezone

        from untoit.records.pairings.models import Feed, Policy, Run
        from untoit.records.pairings.perimeter import Perimeter
        from untoit.records.pairings.services import create_run
        from untoit.records.partners.models import User
        from untoit.records.partners.selectors import actor_of

        if Run.objects.filter(pk__in=self.launched, state__in=["draft", "computing"]).exists():
            return
        actor = actor_of(User.objects.get(email=LM), at=timezone.now())
        policy = Policy.objects.filter(organisation_id=actor.organisation_id).order_by("-version").first()
        feed = Feed.objects.filter(organisation_id=actor.organisation_id, retired_at__isnull=True).first()
        if policy is None or feed is None:
            return
        run = create_run(
            title=f"Chute {len(self.launched)}", on=date(2026, 11, 24), mode="plan",
            perimeter=Perimeter(communes=self.communes), policy=policy, feeds=[feed], by=actor, at=timezone.now(),
        )
        self.launched.append(run.pk)
        self.acknowledged += 1

    def settled(self) -> bool:
        """Whether no run is being computed."""
        from untoit.records.pairings.models import Run

        return not Run.objects.filter(pk__in=self.launched, state__in=["draft", "computing"]).exists()

    def losses(self) -> list[str]:
        """Return the runs that are not there, that stopped, or whose tandems are not those of their result."""
        from untoit.records.pairings.models import Run

        said = []
        for run in Run.objects.filter(pk__in=self.launched):
            if run.state != "computed":
                said.append(f"{run.title} is {run.state}: {run.failure}")
            placed = run.tandems.count() + run.unplaced.count()
            wanted = run.inputs.get(kind="menages").rows
            if run.state == "computed" and placed < wanted:
                said.append(f"{run.title} says something of {placed} households of {wanted}")
        missing = len(self.launched) - Run.objects.filter(pk__in=self.launched).count()
        return said + ([f"{missing} runs are gone"] if missing else [])


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
    acts: list[Act] = [
        CloseTasks(person), Imports(person, sample=[row for row in sample if row["code_insee"] == here]),
        Runs(person, communes=elsewhere),
    ]
    killed, back = {"web": 0, "serving": 0, "worker": 0}, []
    while sum(killed.values()) < kills:
        until = time.monotonic() + chance.uniform(0.2, 3.0)
        while time.monotonic() < until:
            chance.choice(acts).step()
        victims = application.victims()
        if not victims:
            continue
        name, process = chance.choice(victims)
        process.kill()
        killed[name] += 1
        if name == "web":
            time.sleep(ORPHANS_S)
            back.append(ORPHANS_S + application.wait("/healthz", 240))
    start = time.monotonic()
    while not all(act.settled() for act in acts) and time.monotonic() - start < SETTLE_S:
        time.sleep(0.5)
    print(f"kills: {killed}; pages back after {max(back, default=0):.1f} s at most; "
          f"settled in {time.monotonic() - start:.0f} s")
    for act in acts:
        print(f"  {type(act).__name__}: {act.acknowledged} acknowledged, {act.unanswered} without an answer")
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
