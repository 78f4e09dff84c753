"""What may be done to job offers; the employer's pages, the employment partner's, the imports and the API call this."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.model.work import JobOffer
from untoit.core.wording import typography
from untoit.records.desk import services as desk
from untoit.records.desk.models import TaskKind
from untoit.records.jobs.exchange import offer_columns
from untoit.records.jobs.lifecycle import CONFIRMED_FOR, OFFER
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import WRITE, Actor, grant

# What a form may say beside the exchange format.
_EXTRAS = frozenset({"description", "is_public"})


def new_reference(at: datetime) -> str:
    """Return a reference for an offer typed on screen: the month and six letters or digits drawn at random."""
    return f"{timezone.localdate(at):%y%m}-{secrets.token_hex(3).upper()}"


@transaction.atomic
def create_offer(*, value: JobOffer, by: Actor, at: datetime, extras: Mapping[str, Any] | None = None) -> Offer:
    """Create an offer of the actor's organisation, open until it must be confirmed; ``extras`` has ``_EXTRAS`` only."""
    if grant(by.role, "job_offers", WRITE) is None or by.organisation_id is None:
        raise Http404
    offer = Offer(
        organisation_id=by.organisation_id, confirmed_at=at, expires_on=_until(at), **offer_columns(value),
        **_checked(extras),
    )
    try:
        with recorded(by), transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError as refusal:
        raise _taken(offer, refusal) from refusal
    note_act(by, "offer.created", "offer", offer.pk, at=at)
    return offer


@transaction.atomic
def change_offer(
    *, offer_id: UUID, value: JobOffer, revision: int, by: Actor, at: datetime,
    extras: Mapping[str, Any] | None = None,
) -> Offer:
    """
    Change what an offer says; what a file cannot say (``extras``) stays when it is not given.

    Raises
    ------
    Conflict
        When somebody changed it since ``revision``, or when the reference is already used.
    """
    offer = _locked(offer_id, by)
    require_revision(offer, revision, by=by)
    columns = {**offer_columns(value), **_checked(extras)}
    changed = sorted(name for name, wanted in columns.items() if getattr(offer, name) != wanted)
    if not changed:
        return offer
    for name in changed:
        setattr(offer, name, columns[name])
    offer.revision += 1
    try:
        with recorded(by), transaction.atomic():
            offer.save()
    except IntegrityError as refusal:
        raise _taken(offer, refusal) from refusal
    note_act(by, "offer.changed", "offer", offer.pk, at=at, fields=changed)
    return offer


@transaction.atomic
def duplicate_offer(*, offer_id: UUID, by: Actor, at: datetime) -> Offer:
    """Create a copy of an offer under a new reference, unpublished: the page to change it comes next."""
    copy = _locked(offer_id, by)
    copy.pk, copy.reference, copy.is_public, copy.revision = None, new_reference(at), False, 1
    fresh = Offer(**{
        field.attname: getattr(copy, field.attname)
        for field in Offer._meta.concrete_fields
        if field.name not in {"id", "search", "created_at", "updated_at", "state"}
    })
    fresh.confirmed_at, fresh.expires_on = at, _until(at)
    with recorded(by):
        fresh.save(force_insert=True)
    note_act(by, "offer.created", "offer", fresh.pk, at=at, copied_from=str(offer_id))
    return fresh


def confirm_offer(*, offer_id: UUID, by: Actor, at: datetime) -> Offer:
    """Say that an offer is still open: it stays in the runs for one more period."""
    return _move(offer_id, "confirm", by=by, at=at)


def fill_offer(*, offer_id: UUID, by: Actor, at: datetime) -> Offer:
    """Say that somebody was hired on every opening."""
    return _move(offer_id, "fill", by=by, at=at)


def withdraw_offer(*, offer_id: UUID, by: Actor, at: datetime) -> Offer:
    """Take an offer away without having hired."""
    return _move(offer_id, "withdraw", by=by, at=at)


def reopen_offer(*, offer_id: UUID, by: Actor, at: datetime) -> Offer:
    """Undo a withdrawal or a "filled": the offer is open again, confirmed now."""
    return _move(offer_id, "reopen", by=by, at=at)


@transaction.atomic
def expire_offers(*, on: date, at: datetime) -> int:
    """Mark the open offers whose date has passed as to be confirmed again; the clock does it every night."""
    late = Offer.objects.select_for_update(skip_locked=True).filter(state=OfferState.OPEN, expires_on__lt=on)
    ids = list(late.order_by("pk").values_list("pk", flat=True))
    Offer.objects.filter(pk__in=ids).update(state=OfferState.EXPIRED, updated_at=at)
    if ids:
        note_act(None, "offer.expired", "offer", at=at, count=len(ids))
    return len(ids)


@transaction.atomic
def _move(offer_id: UUID, action: str, *, by: Actor, at: datetime) -> Offer:
    offer = _locked(offer_id, by)
    leads_to = OFFER.move(action, offer.state, by.role)
    # A confirmation changes no field of the form, so it does not send back whoever is filling it in.
    if offer.state != leads_to:
        offer.state = leads_to
        offer.revision += 1
    if leads_to == OfferState.OPEN:
        offer.confirmed_at, offer.expires_on = at, _until(at)
    with recorded(by):
        offer.save()
    note_act(by, f"offer.{action}", "offer", offer.pk, at=at)
    desk.close_task(kind=TaskKind.OFFER_TO_CONFIRM, subject_id=offer.pk, at=at, by=by, outcome=action)
    return offer


def _locked(offer_id: UUID, by: Actor) -> Offer:
    offer: Offer = get_object_or_404(
        Offer.objects.writable_by(by).select_for_update(of=("self",)).defer("search"), pk=offer_id
    )
    return offer


def _until(at: datetime) -> date:
    return timezone.localdate(at) + CONFIRMED_FOR


def _checked(extras: Mapping[str, Any] | None) -> dict[str, Any]:
    unknown = set(extras or {}) - _EXTRAS
    if unknown:
        raise ValueError(f"not a column that a form may fill: {sorted(unknown)}")
    return dict(extras or {})


def _taken(offer: Offer, refusal: IntegrityError) -> Refused:
    """Return the sentence for a reference already used; any other broken constraint is a fault and surfaces."""
    if "one_offer_per_reference" not in str(refusal):
        raise refusal
    return Conflict(typography(
        f"La référence « {offer.reference} » est déjà celle d'une autre de vos offres : choisissez-en une autre."
    ))
