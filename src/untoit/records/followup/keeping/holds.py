"""Legal holds: set and lifted by the data protection officer; while one stands, nothing of the household is erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from untoit.core.errors import Refused
from untoit.records.applicants.models import Household
from untoit.records.followup.models import LegalHold
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import WRITE, Actor, require


@transaction.atomic
def set_hold(*, household_id: UUID, ground: str, by: Actor, at: datetime) -> LegalHold:
    """
    Forbid any erasure of a household's data, for one of the grounds of the list.

    Raises
    ------
    Refused
        For an unknown ground, or one that stands already.
    """
    require(by, "legal_hold", WRITE)
    if ground not in dict(LegalHold._meta.get_field("ground").flatchoices):
        raise Refused("Choisissez un motif de la liste.")
    household = Household.objects.select_for_update(of=("self",)).filter(pk=household_id).first()
    if household is None:
        raise Http404
    if LegalHold.objects.filter(household=household, ground=ground, lifted_at__isnull=True).exists():
        raise Refused("Ce motif est déjà posé sur ce dossier.")
    assert by.user_id is not None
    hold = LegalHold.objects.create(household=household, ground=ground, since=by.today, set_by_id=by.user_id, set_at=at)
    note_act(by, "retention.hold_set", "household", household.pk, at=at, ground=ground)
    return hold


@transaction.atomic
def lift_hold(*, hold_id: UUID, by: Actor, at: datetime) -> LegalHold:
    """Let the periods run again; what is due since is erased the next night. Lifting twice is lifting once."""
    require(by, "legal_hold", WRITE)
    hold = LegalHold.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None:
        raise Http404
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by_id = at, by.user_id
        hold.save(update_fields=["lifted_at", "lifted_by"])
        note_act(by, "retention.hold_lifted", "household", hold.household_id, at=at, ground=hold.ground)
    return hold
