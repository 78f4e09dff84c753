"""Job offers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from untoit.api.auth import acting
from untoit.api.exchange import plain, plain_or_none, value_of
from untoit.api.idempotency import Key, once
from untoit.api.paging import Cursor, Limit, Page, page
from untoit.api.schemas import Offer, OfferChange, OfferOut, answers
from untoit.core.exchange import Kind
from untoit.core.model.work import Contract, FrenchLevel
from untoit.records.jobs import models, services

router = Router(tags=["Offres d'emploi"])


@router.get("", response=answers(Page[OfferOut]), summary="Offres que l'organisation peut lire")
def offers(request: HttpRequest, apres: Cursor = None, limite: Limit = 100) -> dict[str, Any]:
    """Return one page of offers."""
    actor = acting(request, "offers:read")
    found, following = page(models.Offer.objects.visible_to(actor), apres, limite)
    return {"elements": [_out(one) for one in found], "suivant": following}


@router.get("/{offer_id}", response=answers(OfferOut), summary="Une offre")
def offer(request: HttpRequest, offer_id: UUID) -> OfferOut:
    """Return one offer."""
    return _out(get_object_or_404(models.Offer.objects.visible_to(acting(request, "offers:read")), pk=offer_id))


@router.post("", response=answers(OfferOut, 201), summary="Créer une offre")
def create(request: HttpRequest, sent: Offer, cle: Key) -> Status:
    """Create an offer of the organisation; a reference already used is refused (409)."""
    actor = acting(request, "offers:write")
    value = value_of(Kind.OFFERS, sent)
    return once(request, cle, lambda: (201, _out(services.create_offer(value=value, by=actor, at=actor.at))))


@router.put("/{offer_id}", response=answers(OfferOut), summary="Remplacer une offre")
def change(request: HttpRequest, offer_id: UUID, sent: OfferChange, cle: Key) -> Status:
    """Replace what an offer of the organisation says, unless somebody changed it meanwhile (409)."""
    actor = acting(request, "offers:write")
    value = value_of(Kind.OFFERS, sent, without=frozenset({"revision"}))
    return once(request, cle, lambda: (200, _out(services.change_offer(
        offer_id=offer_id, value=value, revision=sent.revision, by=actor, at=actor.at
    ))))


@router.post("/{offer_id}/confirmer", response=answers(OfferOut), summary="Dire une offre toujours ouverte")
def confirm(request: HttpRequest, offer_id: UUID, cle: Key) -> Status:
    """Keep the offer in the runs for one more period."""
    return _act(request, cle, services.confirm_offer, offer_id)


@router.post("/{offer_id}/retirer", response=answers(OfferOut), summary="Retirer une offre")
def withdraw(request: HttpRequest, offer_id: UUID, cle: Key) -> Status:
    """Take the offer out of the runs to come."""
    return _act(request, cle, services.withdraw_offer, offer_id)


@router.post("/{offer_id}/pourvoir", response=answers(OfferOut), summary="Dire une offre pourvue")
def fill(request: HttpRequest, offer_id: UUID, cle: Key) -> Status:
    """Say that somebody was hired on every opening."""
    return _act(request, cle, services.fill_offer, offer_id)


@router.post("/{offer_id}/rouvrir", response=answers(OfferOut), summary="Rouvrir une offre")
def reopen(request: HttpRequest, offer_id: UUID, cle: Key) -> Status:
    """Undo a withdrawal or a hire."""
    return _act(request, cle, services.reopen_offer, offer_id)


def _act(request: HttpRequest, key: str, service: Callable[..., models.Offer], offer_id: UUID) -> Status:
    actor = acting(request, "offers:write")
    return once(request, key, lambda: (200, _out(service(offer_id=offer_id, by=actor, at=actor.at))))


def _out(offer: models.Offer) -> OfferOut:
    said = {name for name in ("horaires", "heures_hebdo", "salaire_brut_mensuel") if name not in offer.supposed}
    return OfferOut(
        id=offer.pk, etat=offer.state, confirmee_le=offer.confirmed_at, a_reconfirmer_avant=offer.expires_on,
        revision=offer.revision, reference=offer.reference, employeur=offer.employer, siret=offer.siret or None,
        intitule=offer.title, rome=offer.occupation, contrat=Contract(offer.contract),
        duree_mois=plain_or_none(offer.duration_months),
        heures_hebdo=plain_or_none(offer.weekly_hours) if "heures_hebdo" in said else None,
        salaire_brut_mensuel=_euros(offer.gross_monthly_cents) if "salaire_brut_mensuel" in said else None,
        code_insee=offer.commune, latitude=offer.latitude, longitude=offer.longitude, postes=offer.openings,
        debut=offer.starts_on, permis=offer.licences, experience_min=plain_or_none(offer.min_experience_years),
        niveau_francais=FrenchLevel(offer.french_level) if offer.french_level else None,
        horaires=offer.schedule if "horaires" in said else None,
        en_tension=offer.in_shortage,
    )


def _euros(cents: int | None) -> Decimal | None:
    return None if cents is None else plain(Decimal(cents) / 100)
