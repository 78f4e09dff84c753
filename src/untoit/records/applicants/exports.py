"""Nominative lists that leave the platform: one member asks, another approves, the file is taken once and is marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404

from untoit.core.errors import Conflict, Refused
from untoit.core.wording import typography
from untoit.records.applicants.models import ExportRequest
from untoit.records.partners import journal
from untoit.records.partners.models import ReadLog
from untoit.records.partners.rights import Actor, require

OPEN_FOR = timedelta(hours=24)


@transaction.atomic
def request_export(*, reason: str, filters: Mapping[str, Any], by: Actor, at: datetime) -> ExportRequest:
    """Ask for the list that the filters give; another member of the organisation then approves it."""
    require(by, "nominative_export")
    if by.membership_id is None:
        raise Http404
    made = ExportRequest.objects.create(
        organisation_id=by.organisation_id, asked_by_id=by.membership_id, asked_at=at, reason=reason,
        filters=dict(filters),
    )
    journal.note_act(by, "export.asked", "export", made.pk, at=at)
    return made


@transaction.atomic
def approve_export(*, export_id: UUID, by: Actor, at: datetime) -> ExportRequest:
    """Approve a colleague's request within a day; never one's own."""
    found = _waiting(export_id, by, at)
    if found.asked_by.user_id == by.user_id:
        raise Refused(typography("Une autre personne de votre organisation doit approuver votre demande."))
    found.approved_by_id, found.approved_at = by.membership_id, at
    found.save(update_fields=["approved_by", "approved_at"])
    journal.note_act(by, "export.approved", "export", found.pk, at=at)
    return found


@transaction.atomic
def refuse_export(*, export_id: UUID, by: Actor, at: datetime) -> ExportRequest:
    """Refuse a colleague's request, or take back one's own."""
    found = _waiting(export_id, by, at)
    found.refused_at = at
    found.save(update_fields=["refused_at"])
    journal.note_act(by, "export.refused", "export", found.pk, at=at)
    return found


@transaction.atomic
def take_export(
    *, export_id: UUID, households: Collection[UUID], rows: int, by: Actor, at: datetime
) -> ExportRequest:
    """
    Mark the file as taken: by whoever asked, once, within a day of the approval.

    Each household of the list reads in its own space that it was on it.
    """
    require(by, "nominative_export")
    found = _locked(export_id, by)
    if found.asked_by_id != by.membership_id:
        raise Refused(typography("Seule la personne qui a demandé cette liste peut la télécharger."))
    if found.refused_at is not None or found.approved_at is None:
        raise Refused(typography("Cette liste n'a pas été approuvée : demandez à un ou une collègue de le faire."))
    if found.downloaded_at is not None:
        raise Conflict(typography(
            "Cette liste a déjà été téléchargée. Elle ne l'est qu'une fois : faites une nouvelle demande."
        ))
    if at > found.approved_at + OPEN_FOR:
        raise Refused(typography("L'approbation date de plus de 24 heures : faites une nouvelle demande."))
    found.downloaded_at, found.rows = at, rows
    found.save(update_fields=["downloaded_at", "rows"])
    journal.note_act(by, "export.downloaded", "export", found.pk, at=at, rows=rows)
    ReadLog.objects.bulk_create((
        ReadLog(
            user_id=by.user_id, organisation_id=by.organisation_id, role=by.role, resource="nominative_export",
            subject_kind="household", subject_id=pk, reason=found.reason,
        )
        for pk in households
    ), batch_size=2_000)
    return found


def _locked(export_id: UUID, by: Actor) -> ExportRequest:
    found = (
        ExportRequest.objects.visible_to(by).select_for_update(of=("self",)).select_related("asked_by")
        .filter(pk=export_id).first()
    )
    if found is None:
        raise Http404
    return found


def _waiting(export_id: UUID, by: Actor, at: datetime) -> ExportRequest:
    require(by, "nominative_export")
    found = _locked(export_id, by)
    if found.approved_at is not None or found.refused_at is not None:
        raise Conflict(typography("Une réponse a déjà été donnée à cette demande."))
    if at > found.asked_at + OPEN_FOR:
        raise Refused(typography("La demande date de plus de 24 heures : il faut en faire une nouvelle."))
    return found
