"""A process killed at any chunk, or by the system at any instant: the import started again ends in the same state."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from tests.factories.imports import clock, file_of, received
from tests.factories.records import NOW, scheme

from untoit.records.intake import processing, services
from untoit.records.intake.models import Batch, BatchState
from untoit.records.stock.models import Vacancy

ROWS = 23


class Killed(BaseException):
    """What no handler of the code under test may catch."""


def rows():
    changes = [{"reference": f"L-{n:03d}", "adresse": f"{n} rue Longue"} for n in range(ROWS)]
    changes[4] |= {"financement": "?"}
    changes[9] |= {"reference": "L-002"}
    changes[17] |= {"loyer": "423,5678"}
    return changes


def picture(batch):
    """Return everything of an import and of the records but identifiers and instants."""
    lines = [
        (row.line, row.raw, row.key, row.outcome, row.problems, row.changes, row.done, row.decision)
        for row in batch.rows.all()
    ]
    stock = list(Vacancy.objects.order_by("reference").values_list("reference", "rent_cents", "revision", "address"))
    return lines, stock, Batch.objects.get(pk=batch.pk).counts


@pytest.mark.django_db
def test_killed_at_any_chunk_and_started_again_gives_the_same(monkeypatch):
    monkeypatch.setattr(processing, "CHUNK", 5)
    made = scheme()
    actor = made.actor("LM")

    def dying_clock(after):
        calls = iter(range(10**6))

        def tick():
            if next(calls) == after:
                raise Killed
            return NOW
        return tick

    def run(work, batch, deaths):
        for after in deaths:
            try:
                work(batch.pk, clock=dying_clock(after))
            except Killed:
                continue
        work(batch.pk, clock=clock)

    def whole(deaths):
        batch = services.receive(file_name="l.csv", content=file_of("logements", *rows()), by=actor, at=NOW)
        run(processing.read_batch, batch, deaths)
        batch.refresh_from_db()
        services.confirm(batch_id=batch.pk, revision=batch.revision, by=actor, at=NOW)
        run(processing.apply_batch, batch, deaths)
        found = picture(batch)
        Vacancy.objects.all().delete()
        batch.delete()
        return found

    straight = whole(())
    for deaths in ([1], [2], [3], [4], [5], [6], [7], [1, 2, 3, 4, 5], [3] * 12):
        assert whole(deaths) == straight


_CHILD = """
import os, sys, uuid
import django
django.setup()
from untoit.records.intake import processing
processing.CHUNK = 5
batch = uuid.UUID(sys.argv[1])
print("ready", flush=True)
processing.read_batch(batch) if sys.argv[2] == "read" else processing.apply_batch(batch)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_by_the_system_loses_nothing(monkeypatch):
    monkeypatch.setattr(processing, "CHUNK", 5)
    made = scheme()
    actor = made.actor("LM")
    content = file_of("logements", *rows(), *[{"reference": f"M-{n}", "adresse": f"{n} rue Neuve"} for n in range(200)])
    reference = received(actor, content)
    straight = picture(reference)[0]
    batch = services.receive(file_name="l.csv", content=content, by=actor, at=NOW)

    killed = _run_and_kill(batch, "read")
    processing.read_batch(batch.pk, clock=clock)
    batch.refresh_from_db()
    services.confirm(batch_id=batch.pk, revision=batch.revision, by=actor, at=NOW)
    assert picture(batch)[0] == straight
    killed += _run_and_kill(batch, "apply")
    processing.apply_batch(batch.pk, clock=clock)

    batch.refresh_from_db()
    good = [row for row in straight if row[3] == "new"]
    assert batch.state == BatchState.APPLIED
    assert batch.counts["created"] == len(good) == Vacancy.objects.count()
    assert killed >= 1


def _run_and_kill(batch, act):
    """Start the work in a process of its own and kill it three times, each a little later; return how many kills."""
    values = connection.settings_dict
    host = values["OPTIONS"].get("host") or values["HOST"]
    url = f"postgresql://{values['USER']}:{values['PASSWORD']}@/{values['NAME']}?host={host}"
    kills = 0
    for wait in (0.05, 0.15, 0.3):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(batch.pk), act], stdout=subprocess.PIPE,
            env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "untoit.config.settings"},
        )
        child.stdout.readline()
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        kills += child.wait() == -signal.SIGKILL
        child.stdout.close()
    return kills


@pytest.mark.django_db
def test_a_stalled_import_is_started_again():
    made = scheme()
    batch = services.receive(file_name="l.csv", content=file_of("logements", {}), by=made.actor("LM"), at=NOW)

    assert services.resume_stalled(at=NOW + timedelta(seconds=30)) == 0
    assert services.resume_stalled(at=NOW + timedelta(seconds=90)) == 1
    assert services.resume_stalled(at=NOW + timedelta(seconds=91)) == 0
    processing.read_batch(batch.pk, clock=clock)
    processing.read_batch(batch.pk, clock=clock)
    assert Batch.objects.get(pk=batch.pk).rows.count() == 1
