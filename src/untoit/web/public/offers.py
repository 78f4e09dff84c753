"""The job offers that their employer published, for everybody."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from untoit.core.exchange import parse_schedule
from untoit.core.model.work import Contract
from untoit.core.territory.communes import commune
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.web.access import open_to_all
from untoit.web.components.lists import Column, FilterForm, Listing
from untoit.web.components.week import in_words

COLUMNS = (
    Column("title", "Poste", sort="title"),
    Column("employer", "Employeur", sort="employer"),
    Column("commune", "Lieu", sort="commune"),
    Column("contract", "Contrat", sort="contract"),
    Column("schedule", "Horaires", narrow=False),
    Column("salary", "Salaire brut", sort="gross_monthly_cents", numeric=True),
)
CONTRACTS = {
    "CDI": "CDI", "CDD": "CDD", "MIS": "Intérim", "IAE": "Insertion (IAE)", "ALT": "Alternance",
}


class OffersFilter(FilterForm):
    """By kind of contract."""

    contrat = forms.ChoiceField(
        label="Contrat", required=False,
        choices=[("", "Tous"), *((one.value, CONTRACTS.get(one.value, one.value)) for one in Contract)],
    )

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Keep the contract that was chosen."""
        contract = self.cleaned_data["contrat"]
        return queryset.filter(contract=contract) if contract else queryset


@open_to_all()
def offers(request: HttpRequest) -> HttpResponse:
    """List the published offers, the same for whoever looks."""
    everybody = Actor(Role.PUB, request.now)  # type: ignore[attr-defined]
    return Listing(
        request, Offer.objects.visible_to(everybody), columns=COLUMNS, filters=OffersFilter, search=_search,
        search_label="Un métier, un employeur", default_sort="title", row_template="public/_offer_row.html",
        caption="Offres d’emploi publiées", noun=("offre", "offres"), present=_shown,
        empty=("Aucune offre n’est publiée en ce moment", "Revenez dans quelques jours.", "", ""),
    ).respond("public/offers.html")


def _search(found: QuerySet, text: str) -> QuerySet:
    for word in text.split()[:6]:
        found = found.filter(Q(title__icontains=word) | Q(employer__icontains=word))
    return found


def _shown(rows: list[Offer]) -> list[dict[str, object]]:
    shown: list[dict[str, object]] = []
    for offer in rows:
        place = commune(offer.commune)
        shown.append({
            "title": offer.title, "reference": offer.reference, "employer": offer.employer,
            "commune": place.name if place else offer.commune,
            "contract": CONTRACTS.get(offer.contract, offer.contract), "weekly_hours": offer.weekly_hours,
            "schedule": in_words(parse_schedule(offer.schedule)), "openings": offer.openings,
            "supposed": "horaires" in offer.supposed, "gross_monthly_cents": offer.gross_monthly_cents,
        })
    return shown
