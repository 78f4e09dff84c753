"""The files of a run: those that ``untoit match`` writes, and what it takes to compute it again elsewhere."""

from __future__ import annotations

import io
import json
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from untoit.core.errors import UnusableInput
from untoit.core.pairing.choices import choices_document
from untoit.core.pairing.conduct import write_document, write_tandems, write_unplaced
from untoit.records.pairings import choices, snapshot, timetables
from untoit.records.pairings.models import Run
from untoit.records.pairings.selectors import left_out_of, rows_of

JSON = "application/json"
_PLACEHOLDER_DATE = (2020, 1, 1, 0, 0, 0)


def tandems_csv(run: Run) -> bytes:
    """Return ``tandems.csv``."""
    return _written("tandems.csv", lambda path: write_tandems(path, rows_of(run)))


def unplaced_csv(run: Run) -> bytes:
    """Return ``non_places.csv``."""
    return _written("non_places.csv", lambda path: write_unplaced(path, left_out_of(run)))


def balance_json(run: Run) -> bytes:
    """Return ``bilan.json``."""
    return _written("bilan.json", lambda path: write_document(path, (run.result or {})["bilan"]))


def certificate_json(run: Run) -> bytes:
    """Return ``certificat.json``, which ``tools/check_plan.py`` verifies."""
    return _written("certificat.json", lambda path: write_document(path, run.certificate or {}))


# What names nobody may be downloaded at once; the rest leaves by a request that a second person approves.
FILES: dict[str, tuple[Callable[[Run], bytes], str]] = {"bilan.json": (balance_json, JSON)}
NOMINATIVE: dict[str, Callable[[Run], bytes]] = {
    "tandems.csv": tandems_csv, "non_places.csv": unplaced_csv, "certificat.json": certificate_json,
}


def nominative_zip(run: Run, report: bytes, notice: str) -> bytes:
    """Return the files that name people, the report to print, and a notice of who took them, when and what for."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, make in NOMINATIVE.items():
            _add(out, name, make(run))
        _add(out, "rapport.html", report)
        _add(out, "LISEZ-MOI.txt", notice.encode())
    return archive.getvalue()


def command(run: Run) -> str:
    """Return the command that computes the run again, in the folder of :func:`replay_zip`."""
    words = ["untoit", "match"]
    for kind in snapshot.FILES:
        words += [f"--{kind}", f"{kind}.csv"]
    for feed in sorted(run.feeds.all(), key=lambda feed: feed.sha256):
        words += ["--gtfs", f"horaires/{feed.sha256[:12]}.zip"]
    words += ["--date", run.on.isoformat(), "--mode", run.mode, "--seed", str(run.seed)]
    words += ["--quota-prioritaire", f"{run.policy.priority_per_mille / 1000:g}"]
    if run.policy.settings:
        words += ["--politique", "politique.json"]
    if choices.count(run.choices):
        words += ["--choix", "choix.json"]
    return shlex.join([*words, "--rapport", *(["--fictif"] if run.fictitious else []), "--out", "resultats"])


def replay_zip(run: Run) -> bytes:
    """
    Return an archive with everything that ``untoit match`` needs to compute the run again: the same bytes come out.

    Raises
    ------
    UnusableInput
        When a timetable of the run is no longer kept.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for kept in run.inputs.filter(kind__in=snapshot.FILES).order_by("kind"):
            _add(out, f"{kept.kind}.csv", kept.content.encode())
        for feed in sorted(run.feeds.all(), key=lambda feed: feed.sha256):
            path = timetables.archive(feed.sha256)
            if not path.exists():
                raise UnusableInput(f"Les horaires « {feed.name} » ne sont plus dans le dossier des données.")
            out.write(path, f"horaires/{feed.sha256[:12]}.zip", zipfile.ZIP_STORED)
        if run.policy.settings:
            _add(out, "politique.json", json.dumps(run.policy.settings, indent=1, ensure_ascii=False).encode())
        if choices.count(run.choices):
            document = choices_document(choices.to_core(run.choices, snapshot.keys_of(run)))
            _add(out, "choix.json", json.dumps(document, indent=1, ensure_ascii=False).encode())
        _add(out, "LISEZ-MOI.txt", _read_me(run).encode())
    return archive.getvalue()


def _read_me(run: Run) -> str:
    return (
        f"{run.title}\nCalcul du {run.on:%d/%m/%Y}, données gelées le {run.created_at:%d/%m/%Y}.\n"
        f"Empreinte des données : {run.inputs_hash}\n\n"
        "Ces fichiers contiennent des données de personnes accompagnées : gardez-les chiffrés, effacez-les après "
        "usage.\n\n"
        "Pour refaire ce calcul, installez Un toit, un emploi, ouvrez un terminal dans ce dossier et lancez :\n\n"
        f"{command(run)}\n\n"
        "Les fichiers resultats/tandems.csv et resultats/non_places.csv sont ceux de la plateforme, octet pour octet.\n"
    )


def _add(out: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _PLACEHOLDER_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    out.writestr(entry, content)


def _written(name: str, write: Callable[[Path], None]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()
