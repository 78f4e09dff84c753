"""Vacant dwellings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from untoit.api.auth import acting
from untoit.api.exchange import plain, value_of
from untoit.api.idempotency import Key, once
from untoit.api.paging import Cursor, Limit, Page, page
from untoit.api.schemas import Vacancy, VacancyChange, VacancyOut, answers
from untoit.core.exchange import Kind
from untoit.core.model.dwelling import Funding
from untoit.records.partners.rights import Actor
from untoit.records.stock import models, selectors, services

router = Router(tags=["Logements libres"])


@router.get("", response=answers(Page[VacancyOut]), summary="Logements que l'organisation peut lire")
def vacancies(request: HttpRequest, apres: Cursor = None, limite: Limit = 100) -> dict[str, Any]:
    """Return one page of vacancies; those of others are masked."""
    actor = acting(request, "vacancies:read")
    found, following = page(models.Vacancy.objects.visible_to(actor), apres, limite)
    return {"elements": [_out(one, actor) for one in found], "suivant": following}


@router.get("/{vacancy_id}", response=answers(VacancyOut), summary="Un logement")
def vacancy(request: HttpRequest, vacancy_id: UUID) -> VacancyOut:
    """Return one vacancy."""
    actor = acting(request, "vacancies:read")
    return _out(get_object_or_404(models.Vacancy.objects.visible_to(actor), pk=vacancy_id), actor)


@router.post("", response=answers(VacancyOut, 201), summary="Créer un logement")
def create(request: HttpRequest, sent: Vacancy, cle: Key) -> Status:
    """Create a vacancy of the organisation; a reference already used is refused (409)."""
    actor = acting(request, "vacancies:write")
    value = value_of(Kind.DWELLINGS, sent)
    return once(request, cle, lambda: (
        201, _out(services.create_vacancy(value=value, by=actor, at=actor.at), actor)
    ))


@router.put("/{vacancy_id}", response=answers(VacancyOut), summary="Remplacer un logement")
def change(request: HttpRequest, vacancy_id: UUID, sent: VacancyChange, cle: Key) -> Status:
    """Replace what is known of a vacancy, unless somebody changed it meanwhile (409)."""
    actor = acting(request, "vacancies:write")
    value = value_of(Kind.DWELLINGS, sent, without=frozenset({"revision"}))
    return once(request, cle, lambda: (200, _out(services.change_vacancy(
        vacancy_id=vacancy_id, value=value, revision=sent.revision, by=actor, at=actor.at
    ), actor)))


@router.post("/{vacancy_id}/confirmer", response=answers(VacancyOut), summary="Dire un logement toujours libre")
def confirm(request: HttpRequest, vacancy_id: UUID, cle: Key) -> Status:
    """Keep the vacancy in the runs for one more period."""
    return _act(request, cle, services.confirm_vacancy, vacancy_id)


@router.post("/{vacancy_id}/retirer", response=answers(VacancyOut), summary="Retirer un logement")
def withdraw(request: HttpRequest, vacancy_id: UUID, cle: Key) -> Status:
    """Take the vacancy out of the runs to come."""
    return _act(request, cle, services.withdraw_vacancy, vacancy_id)


@router.post("/{vacancy_id}/louer", response=answers(VacancyOut), summary="Dire un logement loué")
def let(request: HttpRequest, vacancy_id: UUID, cle: Key) -> Status:
    """Say that the dwelling is let."""
    return _act(request, cle, services.mark_let, vacancy_id)


@router.post("/{vacancy_id}/rouvrir", response=answers(VacancyOut), summary="Rouvrir un logement")
def reopen(request: HttpRequest, vacancy_id: UUID, cle: Key) -> Status:
    """Undo a withdrawal or a letting."""
    return _act(request, cle, services.reopen_vacancy, vacancy_id)


def _act(request: HttpRequest, key: str, service: Callable[..., models.Vacancy], vacancy_id: UUID) -> Status:
    actor = acting(request, "vacancies:write")
    return once(request, key, lambda: (200, _out(service(vacancy_id=vacancy_id, by=actor, at=actor.at), actor)))


def _out(vacancy: models.Vacancy, actor: Actor) -> VacancyOut:
    seen_by_all = VacancyOut(
        id=vacancy.pk, etat=vacancy.state, masque=selectors.is_masked(actor), bailleur=vacancy.landlord,
        code_insee=vacancy.commune, typologie=f"T{vacancy.rooms}", surface=plain(vacancy.surface_m2),
        loyer=plain(Decimal(vacancy.rent_cents) / 100), charges=plain(Decimal(vacancy.charges_cents) / 100),
        financement=Funding(vacancy.funding), disponible_le=vacancy.available_on, sans_marche=vacancy.is_step_free,
        dpe=vacancy.energy_label or None,
    )
    if seen_by_all.masque:
        return seen_by_all
    return seen_by_all.model_copy(update={
        "reference": vacancy.reference, "residence": vacancy.building_name or None, "adresse": vacancy.address or None,
        "latitude": vacancy.latitude, "longitude": vacancy.longitude, "etage": vacancy.floor,
        "ascenseur": vacancy.has_lift, "zone_apl": vacancy.apl_zone, "qpv": vacancy.qpv_code or vacancy.in_qpv,
        "reservataire": vacancy.reserving_party or None, "candidats_max": vacancy.max_candidates,
        "confirme_le": vacancy.confirmed_at, "a_reconfirmer_avant": vacancy.expires_on, "revision": vacancy.revision,
    })
