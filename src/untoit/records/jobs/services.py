"""What may be done to job offers; the employer's pages, the employment partner's, the imports and the API call this."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.model.work import JobOffer
from untoit.records.desk.confirmed import Confirmed
from untoit.records.desk.models import TaskKind
from untoit.records.jobs.exchange import offer_columns
from untoit.records.jobs.lifecycle import CONFIRMED_FOR, OFFER
from untoit.records.jobs.models import Offer
from untoit.records.partners.rights import WRITE, Actor, grant

OFFERS = Confirmed(
    subject="offer", task=TaskKind.OFFER_TO_CONFIRM, lifecycle=OFFER, confirmed_for=CONFIRMED_FOR,
    extras=frozenset({"description", "is_public"}), reference_constraint="one_offer_per_reference",
    taken="La référence « {reference} » est déjà celle d'une autre de vos offres : choisissez-en une autre.",
)


def new_reference(at: datetime) -> str:
    """Return a reference for an offer typed on screen: the month and six letters or digits drawn at random."""
    return f"{timezone.localdate(at):%y%m}-{secrets.token_hex(3).upper()}"


@transaction.atomic
def create_offer(*, value: JobOffer, by: Actor, at: datetime, extras: Mapping[str, Any] | None = None) -> Offer:
    """Create an offer of the actor's organisation, open until it must be confirmed."""
    if grant(by.role, "job_offers", WRITE) is None or by.organisation_id is None:
        raise Http404
    offer = Offer(organisation_id=by.organisation_id, **offer_columns(value), **OFFERS.checked(extras))
    OFFERS.create(offer, by=by, at=at)
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
    OFFERS.change(offer, {**offer_columns(value), **OFFERS.checked(extras)}, revision=revision, by=by, at=at)
    return offer


@transaction.atomic
def duplicate_offer(*, offer_id: UUID, by: Actor, at: datetime) -> Offer:
    """Create a copy of an offer under a new reference, unpublished: the page to change it comes next."""
    copied = _locked(offer_id, by)
    fresh = Offer(**{
        field.attname: getattr(copied, field.attname)
        for field in Offer._meta.concrete_fields
        if field.name not in {"id", "search", "created_at", "updated_at", "state", "revision"}
    })
    fresh.reference, fresh.is_public = new_reference(at), False
    OFFERS.create(fresh, by=by, at=at, copied_from=str(offer_id))
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


def expire_offers(*, on: date, at: datetime) -> int:
    """Mark the open offers whose date has passed as to be confirmed again; the clock does it every night."""
    return OFFERS.expire(Offer.objects, on=on, at=at)


@transaction.atomic
def _move(offer_id: UUID, action: str, *, by: Actor, at: datetime) -> Offer:
    offer = _locked(offer_id, by)
    OFFERS.move(offer, action, by=by, at=at)
    return offer


def _locked(offer_id: UUID, by: Actor) -> Offer:
    offer: Offer = get_object_or_404(
        Offer.objects.writable_by(by).select_for_update(of=("self",)).defer("search"), pk=offer_id
    )
    return offer
