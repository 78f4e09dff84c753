"""What people do while ``benchmarks/crashes.py`` kills processes: each act says what it did and checks itself."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

import requests

ROWS = 150
LM = "cheffe-de-projet@demonstration.invalid"


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
class Act(ABC):
    """Something that people do again and again: done once in :meth:`step`, judged in :meth:`losses`."""

    person: Person
    acknowledged: int = 0
    unanswered: int = 0

    @abstractmethod
    def step(self) -> None:
        """Do it once, or take it one step further."""

    def settled(self) -> bool:
        """Whether the background work of what was acknowledged is over."""
        return True

    @abstractmethod
    def losses(self) -> list[str]:
        """Return what was lost or half-written."""


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
            place = {"reference": f"{name}-{number:04d}", "residence": f"Résidence {name} {number}",
                     "adresse": f"{number} rue {name}, fictive", "longitude": f"{3 + number / 1000:.5f}",
                     "latitude": f"{50.6 + len(self.sent) / 1000:.5f}"}  # otherwise a possible duplicate
            writer.writerow({**row, **place})
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
    retried: int = 0

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
        """Whether no run is being computed; one that was cut three times has stopped and says so: it is retried."""
        from untoit.records.pairings.models import Run

        for run in Run.objects.filter(pk__in=self.launched, state="failed"):
            self.retried += self.person.post(f"/calculs/{run.pk}/recommencer/", {}) is not None
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


@dataclass
class Reviews(Act):
    """Accept the tandems of the runs that were launched here, one at a time."""

    runs: Runs | None = None
    accepted: list[UUID] = field(default_factory=list)

    def step(self) -> None:
        """Accept one more through the page."""
        from untoit.records.pairings.models import Tandem

        assert self.runs is not None
        waiting = Tandem.objects.filter(run__in=self.runs.launched, run__state="computed", review="to_review")
        tandem = waiting.only("revision").first()
        if tandem is None:
            return
        said = {"action": "accept", "revision": str(tandem.revision)}
        if self.person.post(f"/calculs/tandems/{tandem.pk}/avis/", said) is None:
            self.unanswered += 1
        else:
            self.acknowledged += 1
            self.accepted.append(tandem.pk)

    def losses(self) -> list[str]:
        """Return the tandems whose review was acknowledged and is not written, or not in the journal."""
        from untoit.records.pairings.models import Tandem
        from untoit.records.partners.models import AuditEntry

        kept = Tandem.objects.filter(pk__in=self.accepted, review="accepted").count()
        acts = AuditEntry.objects.filter(action="tandem.accept", subject_id__in=self.accepted)
        noted = acts.values("subject_id").distinct().count()
        wanted = len(self.accepted)
        said = [f"{wanted - kept} tandems accepted are not"] if kept < wanted else []
        return said + ([f"{wanted - noted} accepted tandems are not in the journal"] if noted < wanted else [])
