"""
Time the import of a large file from end to end, on a PostgreSQL of its own: preview, recording, undo.

Usage: ``python -m benchmarks.imports [rows]`` (10,000 by default). For each kind of file: seconds of the preview and of
the recording, the longest silence of the progress that a page shows, then the same file again and one where half of the
rows changed. The database is thrown away at the end.
"""

import os
import platform
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import django

REPOSITORY = Path(__file__).parents[1]
KINDS = ("menages", "personnes", "logements", "offres")


def main() -> int:
    """Print one line a step; return 1 when a promise of the issue is not held."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "untoit.config.settings")
    os.environ["UNTOIT_MODE"] = "test"
    os.environ["UNTOIT_TEST_DB"] = "bench_imports"
    if "DATABASE_URL" not in os.environ:
        from untoit.config import embedded

        os.environ["DATABASE_URL"] = embedded.start_for_tests(REPOSITORY / "build" / "test-database")
    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    before = setup_databases(verbosity=0, interactive=False)
    try:
        return _run(rows)
    finally:
        teardown_databases(before, verbosity=0)


def _run(rows: int) -> int:
    from tests.factories.imports import file_of
    from tests.factories.records import scheme

    from untoit.records.intake import processing, services, undoing

    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {rows} lignes")
    print(f"{'fichier':28} {'aperçu':>8} {'silence':>8} {'écriture':>9} {'silence':>8}  résultat")
    made, late = scheme(), False
    actor = made.actor("LM", datetime.now(UTC))
    for kind in KINDS:
        for step, changes in (("premier", 0), ("le même", 0), ("moitié changée", rows // 2)):
            content = file_of(kind, *(_row(kind, n, n < changes) for n in range(rows)))
            batch = services.receive(file_name=f"{kind}.csv", content=content, by=actor, at=datetime.now(UTC))
            reading, quiet = _timed(batch, lambda one: processing.read_batch(one.pk))
            batch.refresh_from_db(fields=["revision", "state", "counts"])
            services.confirm(batch_id=batch.pk, revision=batch.revision, by=actor, at=datetime.now(UTC))
            applying, silence = _timed(batch, lambda one: processing.apply_batch(one.pk))
            batch.refresh_from_db(fields=["revision", "state", "counts"])
            late |= reading > 15 or max(quiet, silence) > 2
            times = f"{reading:7.1f}s {quiet:7.2f}s {applying:8.1f}s {silence:7.2f}s"
            print(f"{kind + ', ' + step:28} {times}  {batch.counts}", flush=True)
        services.undo(batch_id=batch.pk, by=actor, at=datetime.now(UTC))
        undone, _ = _timed(batch, lambda one: undoing.undo_batch(one.pk))
        batch.refresh_from_db(fields=["state", "sentence"])
        print(f"{kind + ', annulation':28} {undone:7.1f}s{'':37}{batch.state} {batch.sentence}")
    return 1 if late else 0


def _row(kind: str, number: int, changed: bool) -> dict[str, object]:
    if kind == "menages":
        return {"numero_unique": f"05900{number:07d}", "rfr_n2": 12_000 + number % 900 + changed}
    if kind == "personnes":
        return {"numero_unique": f"05900{number:07d}", "nom": f"Fictif {number}", "prenom": "Camille",
                "naissance": f"19{60 + number % 40}-0{1 + number % 9}-1{number % 10}",
                "trajet_max": 45 + 5 * changed}
    if kind == "logements":
        return {"reference": f"L-{number}", "adresse": f"{number} rue Longue", "loyer": 400 + number % 300 + changed}
    return {"reference": f"O-{number}", "intitule": f"Poste {number}", "postes": 1 + changed}


def _timed(batch: object, work: object) -> tuple[float, float]:
    """Return how long the work takes, and the longest time without a new sign of progress."""
    signs = [time.perf_counter()]
    with _watching(signs):
        work(batch)
    signs.append(time.perf_counter())
    return signs[-1] - signs[0], max(after - before for before, after in pairwise(signs))


@contextmanager
def _watching(signs: list[float]):
    """Note the instant at which each chunk is committed: what a page that asks sees move."""
    from django.db import transaction

    from untoit.records.intake import processing

    advance = processing._advance

    def noted(*args: object) -> None:
        advance(*args)
        transaction.on_commit(lambda: signs.append(time.perf_counter()))

    processing._advance = noted
    try:
        yield
    finally:
        processing._advance = advance


if __name__ == "__main__":
    sys.exit(main())
