"""
Evidence of the grounds of priority: only a ground that is evidenced counts.

A ground is evidenced by the partner's file (``Household.filed_grounds``), by a document that a person saw
(:class:`Evidence`, ``Household.seen_grounds``), or both; the page of the candidate says which. ``evidenced_grounds``,
which rules and runs read, is their union: a trigger keeps what was seen in it when a file is imported again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from untoit.core.errors import Refused
from untoit.core.wording import typography
from untoit.records.applicants.models import Evidence, Household
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor, require


@dataclass(frozen=True, slots=True)
class GroundState:
    """One ground declared: whether it counts, and where its evidence comes from."""

    ground: str
    counts: bool
    in_file: bool
    seen: bool


@transaction.atomic
def add_evidence(
    *, household_id: UUID, ground: str, document: str, dated_on: date, valid_until: date | None, by: Actor,
    at: datetime,
) -> Evidence:
    """Record that a document was seen for a ground; the ground is then declared and counts until it expires."""
    require(by, "housing_application", WRITE)
    household = _locked(household_id, by)
    if dated_on > by.today:
        raise Refused(typography(f"Le {dated_on:%d/%m/%Y} est à venir : indiquez la date écrite sur le justificatif."))
    if valid_until is not None and valid_until < by.today:
        raise Refused(typography(f"Ce justificatif n'est plus valable depuis le {valid_until:%d/%m/%Y}."))
    made = Evidence.objects.create(
        household=household, ground=ground, document=document, dated_on=dated_on, valid_until=valid_until,
        seen_by_id=by.user_id, organisation_id=by.organisation_id, seen_at=at,
    )
    _refresh(household, on=by.today, declared={ground})
    journal.note_act(by, "evidence.added", "household", household.pk, at=at)
    if household.seen_grounds:
        task = TaskKind.GROUND_WITHOUT_EVIDENCE
        close_task(kind=task, subject_id=household.pk, at=at, by=by, outcome="evidence_added")
    return made


@transaction.atomic
def withdraw_evidence(*, evidence_id: UUID, by: Actor, at: datetime) -> Evidence:
    """Say that a document no longer counts; it stays in the history."""
    require(by, "housing_application", WRITE)
    found = Evidence.objects.filter(pk=evidence_id).first()
    if found is None:
        raise Http404
    household = _locked(found.household_id, by)
    found = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence_id)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by_id = at, by.user_id
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _refresh(household, on=by.today)
        journal.note_act(by, "evidence.withdrawn", "household", household.pk, at=at)
    return found


@transaction.atomic
def restore_evidence(*, evidence_id: UUID, by: Actor, at: datetime) -> Evidence:
    """Undo a withdrawal."""
    require(by, "housing_application", WRITE)
    found = Evidence.objects.filter(pk=evidence_id).first()
    if found is None:
        raise Http404
    household = _locked(found.household_id, by)
    Evidence.objects.filter(pk=evidence_id).update(withdrawn_at=None, withdrawn_by=None)
    _refresh(household, on=by.today, declared={found.ground})
    journal.note_act(by, "evidence.restored", "household", household.pk, at=at)
    return found


def grounds_of(household: Household) -> tuple[GroundState, ...]:
    """Return the grounds declared, those that count first told apart by where their evidence comes from."""
    seen, counted = set(household.seen_grounds), set(household.evidenced_grounds)
    filed = set(household.filed_grounds) | (counted - seen)
    return tuple(
        GroundState(ground, ground in counted, ground in filed, ground in seen)
        for ground in sorted(set(household.grounds) | counted, key=lambda one: (one != "DALO", one))
    )


def without_grounds(household: Household, declared: Iterable[str]) -> dict[str, Any]:
    """Return the columns that follow when only these grounds are declared; refused while a document shows another."""
    kept = set(declared)
    if still := sorted(set(household.seen_grounds) - kept):
        raise Refused(typography(
            f"Un justificatif valable est enregistré pour le motif {', '.join(still)} : retirez-le d'abord."
        ))
    return {
        "grounds": sorted(kept),
        "filed_grounds": sorted(set(household.filed_grounds) & kept),
        "evidenced_grounds": sorted(set(household.evidenced_grounds) & kept),
    }


def refresh_expired(*, on: date) -> int:
    """Take out of the households what expired evidence showed; return how many changed. Called every night."""
    outdated = (
        Household.objects.filter(evidence__withdrawn_at__isnull=True, evidence__valid_until__lt=on)
        .exclude(seen_grounds=[]).distinct().values_list("pk", flat=True)
    )
    changed = 0
    for pk in list(outdated):
        with transaction.atomic():
            changed += _refresh(Household.objects.select_for_update().get(pk=pk), on=on)
    return changed


def _locked(household_id: UUID, by: Actor) -> Household:
    found = Household.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=household_id).first()
    if found is None or by.glass is not None:
        raise Http404
    return found


def _refresh(household: Household, *, on: date, declared: set[str] | None = None) -> bool:
    """Bring the three columns in step with the documents that are valid on that day; return whether they changed."""
    valid = Evidence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on), household=household, withdrawn_at__isnull=True
    )
    seen = set(valid.values_list("ground", flat=True))
    # What counted before without having been seen came from a file, whoever wrote it.
    filed = set(household.filed_grounds) | (set(household.evidenced_grounds) - set(household.seen_grounds))
    values = {
        "seen_grounds": sorted(seen),
        "evidenced_grounds": sorted(filed | seen),
        "grounds": sorted(set(household.grounds) | (declared or set())),
    }
    if all(getattr(household, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(household, name, value)
    household.revision += 1
    household.save(update_fields=[*values, "revision", "updated_at"])
    return True
