"""The offers as professionals read them; who handed one over changes it through ``web.employer``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.records.jobs import selectors
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, grant
from untoit.web.access import access
from untoit.web.components.lists import Column, Listing
from untoit.web.components.offer_forms import OfferFilter
from untoit.web.employer.offers import STATE_KINDS, actor_of, offers_file, shown

_COLUMNS = (
    Column("title", "Poste", sort="title"),
    Column("employer", "Employeur", sort="employer", narrow=False),
    Column("place", "Lieu"),
    Column("contract", "Contrat", narrow=False),
    Column("salary", "Salaire brut", numeric=True, narrow=False),
    Column("starts", "Début", sort="starts_on", narrow=False),
    Column("state", "État"),
)


class _WriterFilter(OfferFilter):
    """The filters of those who also hand offers over."""

    miennes = forms.BooleanField(label="Remises par mon organisation", required=False)

    def __init__(self, *args: Any, organisation_id: UUID | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._organisation_id = organisation_id

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Narrow by what was chosen."""
        queryset = super().apply(queryset)
        return queryset.filter(organisation_id=self._organisation_id) if self.cleaned_data["miennes"] else queryset


def _require_rows(actor: Actor) -> None:
    """Refuse those who get totals only."""
    given = grant(actor.role, "job_offers")
    if given is None or "A" in given.codes:
        raise Http404


@access("job_offers")
def offers(request: HttpRequest) -> HttpResponse:
    """List the offers that the actor may read."""
    actor = actor_of(request)
    _require_rows(actor)
    if actor.role is Role.EMPL:
        return redirect("employer:offers")
    return _listing(request, actor).respond("adviser/offers.html", {"writes": actor.may("job_offers", WRITE)})


def _listing(request: HttpRequest, actor: Actor) -> Listing:
    writes = actor.may("job_offers", WRITE)
    filters = _WriterFilter(request.GET, organisation_id=actor.organisation_id) if writes else OfferFilter(request.GET)
    return Listing(
        request, Offer.objects.visible_to(actor).defer("search"), columns=_COLUMNS, filters=filters,
        search=selectors.found_by, search_label="Mots, métier, employeur", default_sort="title",
        row_template="adviser/_offer_row.html", caption="Offres d’emploi", noun=("offre", "offres"), present=_rows,
        empty=(
            "Aucune offre pour l’instant", "Importez les offres de vos employeurs, ou saisissez la première.",
            reverse("employer:new_offer") if writes else "", "Saisir une offre",
        ),
        export_url=reverse("adviser:offers_export", args=["xlsx"]) if writes else "",
        export_label="Exporter les offres remises",
    )


def _rows(rows: list[Offer]) -> list[dict[str, Any]]:
    return [{
        "offer": one, "commune": selectors.commune_name(one.commune), "state_kind": STATE_KINDS[OfferState(one.state)],
        "contract": selectors.CONTRACTS.get(one.contract, one.contract),
    } for one in rows]


@access("job_offers", WRITE)
def offers_export(request: HttpRequest, form: str) -> HttpResponse:
    """Download, of the offers that the list shows, those that the organisation handed over."""
    actor = actor_of(request)
    own = _listing(request, actor).everything().filter(organisation_id=actor.organisation_id)
    return offers_file(actor, own, form)


@access("job_offers")
def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Show an offer."""
    actor = actor_of(request)
    _require_rows(actor)
    found = get_object_or_404(Offer.objects.visible_to(actor).defer("search"), pk=offer_id)
    if actor.role is Role.EMPL:
        return redirect("employer:offer", offer_id)
    return render(request, "adviser/offer.html", shown(actor, found))
