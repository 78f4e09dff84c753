"""What may be read of the offers, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from untoit.core.exchange import cells_of
from untoit.core.model.work import Contract
from untoit.core.territory.communes import commune
from untoit.core.territory.occupations import occupation
from untoit.core.wording import euros, number, typography
from untoit.records.desk.found import LIMIT, Found
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners import editing
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.partners.search import commune_names, matching, occupation_names

CONTRACTS = {
    Contract.PERMANENT.value: "CDI",
    Contract.FIXED_TERM.value: "CDD",
    Contract.TEMP_AGENCY.value: "Intérim (mission)",
    Contract.INSERTION.value: "Insertion (IAE)",
    Contract.WORK_STUDY.value: "Alternance",
}
# An offer is asked about this long before it leaves the runs.
ASKED_BEFORE = timedelta(days=5)


def commune_name(code: str) -> str:
    """Return the name of a commune, its code when the table does not have it."""
    place = commune(code)
    return code if place is None else place.name


def occupation_label(code: str) -> str:
    """Return the label of an occupation, its code when ROME does not have it."""
    known = occupation(code)
    return code if known is None else known.label


def found_by(queryset: QuerySet[Offer], text: str) -> QuerySet[Offer]:
    """Keep the visible offers that a text finds: all of an offer may be read by whoever sees it."""
    return matching(queryset, text, vocabularies=(commune_names(), occupation_names()))


def search(actor: Actor, text: str) -> list[Found]:
    """Return the first offers that a text finds among those that the actor may see."""
    if not text.strip() or not actor.may("job_offers"):
        return []
    page = "employer:offer" if actor.role is Role.EMPL else "adviser:offer"
    rows = found_by(Offer.objects.visible_to(actor), text).defer("search").order_by("state", "title", "pk")[:LIMIT]
    return [Found("Offre", offer.title, _detail(offer), page, offer.pk) for offer in rows]


def _detail(offer: Offer) -> str:
    return f"{offer.employer} · {commune_name(offer.commune)} · {CONTRACTS.get(offer.contract, offer.contract)}"


def waiting(queryset: QuerySet[Offer], *, on: date) -> QuerySet[Offer]:
    """Keep the offers that wait for a word of whoever handed them over: still open?"""
    return queryset.filter(
        Q(state=OfferState.EXPIRED) | Q(state=OfferState.OPEN, expires_on__lte=on + ASKED_BEFORE)
    )


def exported(queryset: QuerySet[Offer]) -> Iterator[dict[str, str]]:
    """Yield each offer as the cells of ``offres.csv``; hours that are only supposed stay blank."""
    for offer in queryset.defer("search").iterator(chunk_size=2000):
        yield cells_of(offer_to_core(offer))


def edits_of(actor: Actor, offer: Offer) -> list[editing.Edit]:
    """Return who changed what in an offer, newest first, in words."""
    return editing.edits_of(actor, offer, _WORDS)


def _plain(value: Any) -> str:
    return str(value)


def _number(value: Decimal) -> str:
    return number(value)


def _yes(value: bool) -> str:
    return "oui" if value else "non"


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


_WORDS: dict[str, tuple[str, editing.Words]] = {
    "state": ("État", lambda value: OfferState(value).label),
    "expires_on": ("À reconfirmer avant le", _day),
    "reference": ("Référence", _plain),
    "employer": ("Employeur", _plain),
    "siret": ("SIRET", _plain),
    "title": ("Intitulé", _plain),
    "occupation": ("Métier", occupation_label),
    "contract": ("Contrat", lambda value: str(CONTRACTS.get(value, value))),
    "duration_months": ("Durée en mois", _number),
    "weekly_hours": ("Heures par semaine", _number),
    "gross_monthly_cents": ("Salaire brut mensuel", lambda value: typography(f"{euros(Decimal(value) / 100)} €")),
    "commune": ("Commune", commune_name),
    "latitude": ("Latitude", _plain),
    "longitude": ("Longitude", _plain),
    "openings": ("Postes", _plain),
    "starts_on": ("Début", _day),
    "licences": ("Permis", ", ".join),
    "min_experience_years": ("Années d'expérience", _number),
    "french_level": ("Niveau de français", _plain),
    "schedule": ("Horaires", _plain),
    "in_shortage": ("Difficile à pourvoir", _yes),
    "description": ("Le poste en quelques mots", _plain),
    "is_public": ("Publiée", _yes),
}
