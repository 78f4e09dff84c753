"""The two journals, append-only: what was read of the sensitive, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import transaction

from untoit.records.partners.models import AuditEntry, ReadLog
from untoit.records.partners.rights import Actor


def note_read(
    actor: Actor, resource: str, subject_kind: str, subject_id: UUID | None, *, count: int = 1, reason: str = ""
) -> None:
    """Write that the actor read this restricted resource; for a list, no ``subject_id``, and ``count`` its rows."""
    _read(actor, resource, subject_kind, subject_id, count, reason).save()


def note_reads(actor: Actor, resources: Mapping[str, str], subject_kind: str, subject_id: UUID) -> None:
    """Write that the actor read several restricted resources of one subject, each with its reason: one statement."""
    ReadLog.objects.bulk_create(
        _read(actor, resource, subject_kind, subject_id, 1, reason) for resource, reason in resources.items()
    )


def _read(
    actor: Actor, resource: str, subject_kind: str, subject_id: UUID | None, count: int, reason: str
) -> ReadLog:
    return ReadLog(
        user_id=actor.user_id, organisation_id=actor.organisation_id, role=actor.role, resource=resource,
        subject_kind=subject_kind, subject_id=subject_id, count=count, reason=reason,
    )


def note_act(
    actor: Actor | None, action: str, subject_kind: str = "", subject_id: UUID | None = None, *,
    at: datetime | None = None, **detail: Any,
) -> None:
    """
    Write one act, in the caller's transaction. ``actor`` is ``None`` for the clock; ``detail`` holds codes and counts.

    Actions are dotted codes in English: ``import.confirmed``, ``link.closed``, ``run.released``.
    """
    if at is None:
        if actor is None:
            raise ValueError("an act of the clock says when")
        at = actor.at
    AuditEntry.objects.create(
        at=at, user_id=actor.user_id if actor else None, organisation_id=actor.organisation_id if actor else None,
        role=actor.role if actor else "", action=action, subject_kind=subject_kind, subject_id=subject_id,
        detail=detail,
    )


@transaction.atomic
def purge(*, before: datetime, at: datetime) -> dict[str, int]:
    """Delete what is older than this instant (twelve months by default, ``access.md``), and write how much it was."""
    with pgtrigger.ignore("partners.ReadLog:append_only", "partners.AuditEntry:append_only"):
        reads = ReadLog.objects.filter(at__lt=before).delete()[0]
        acts = AuditEntry.objects.filter(at__lt=before).delete()[0]
    note_act(None, "journal.purged", at=at, reads=reads, acts=acts)
    return {"reads": reads, "acts": acts}
