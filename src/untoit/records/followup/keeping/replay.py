"""
Erasures that a restored backup would undo: a list outside the database, without a name, played again every night.

One line a household: the hash of its identifier and the day. A backup restored from before brings the household back
with the same identifier; the next round erases it again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from untoit.records.applicants.models import Household

NAME = "effacements.jsonl"


def path() -> Path:
    """Return where the list is: in the data folder, beside the database and not in it."""
    return Path(settings.DATA_DIR) / NAME


def fingerprint(household_id: UUID) -> str:
    """Return what stands for a household in the list."""
    return hashlib.sha256(household_id.bytes).hexdigest()


def remember(households: Iterable[UUID], *, at: datetime) -> None:
    """Add households to the list once the erasure is committed."""
    lines = [json.dumps({"menage": fingerprint(pk), "le": f"{timezone.localdate(at):%Y-%m-%d}"}) for pk in households]
    transaction.on_commit(lambda: _append(lines))


def _append(lines: list[str]) -> None:
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)


def come_back() -> list[UUID]:
    """Return the households that were erased once and are in the database again."""
    if not path().exists():
        return []
    gone = {json.loads(line)["menage"] for line in path().read_text("utf-8").splitlines() if line.strip()}
    if not gone:
        return []
    keys = Household.objects.values_list("pk", flat=True)
    return [pk for pk in keys.iterator(5000) if fingerprint(pk) in gone]
