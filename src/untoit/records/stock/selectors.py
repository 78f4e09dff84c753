"""What may be read of the stock, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from untoit.core.exchange import cells_of
from untoit.core.model.dwelling import ReservingParty
from untoit.core.territory.communes import commune
from untoit.core.wording import euros, number, typography
from untoit.records.desk.found import LIMIT, Found
from untoit.records.partners import editing
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor, grant
from untoit.records.partners.search import commune_names, matching
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.models import Photo, Vacancy, VacancyState

RESERVING_PARTIES = {
    ReservingParty.STATE.value: "État (préfet)",
    ReservingParty.ACTION_LOGEMENT.value: "Action Logement",
    ReservingParty.LOCAL_AUTHORITY.value: "Collectivité",
    ReservingParty.LANDLORD.value: "Bailleur (non réservé)",
}


def is_masked(actor: Actor) -> bool:
    """Whether the actor sees the stock without what would say where exactly it is."""
    given = grant(actor.role, "dwelling_stock")
    return given is None or given.masked


def reads_rows(actor: Actor) -> bool:
    """Whether the actor reads dwellings one by one: neither who gets totals only, nor a candidate before a proposal."""
    given = grant(actor.role, "dwelling_stock")
    return given is not None and "A" not in given.codes and actor.role is not Role.CAND


def commune_name(code: str) -> str:
    """Return the name of a commune, its code when the table does not have it."""
    place = commune(code)
    return code if place is None else place.name


def found_by(queryset: QuerySet[Vacancy], actor: Actor, text: str) -> QuerySet[Vacancy]:
    """Keep the visible vacancies that a text finds, by what the actor may read and nothing else."""
    column = "search_masked" if is_masked(actor) else "search"
    return matching(queryset, text, column=column, vocabularies=(commune_names(),))


def search(actor: Actor, text: str) -> list[Found]:
    """Return the first homes that a text finds among those that the actor may see."""
    if not text.strip() or not reads_rows(actor):
        return []
    rows = found_by(Vacancy.objects.visible_to(actor), actor, text).defer("search", "search_masked")
    return [_found(actor, row) for row in rows.order_by("state", "available_on", "pk")[:LIMIT]]


def _found(actor: Actor, vacancy: Vacancy) -> Found:
    home = masked_home(vacancy)
    detail = typography(f"{euros(home.outlay_eur)} € par mois, charges comprises")
    if not is_masked(actor):
        detail = " · ".join(part for part in (vacancy.reference, vacancy.building_name, detail) if part)
    return Found("Logement", home.title, detail, "landlord:home", vacancy.pk)


@dataclass(frozen=True, slots=True)
class MaskedHome:
    """What partners read of a dwelling that is not theirs: neither reference, nor building, nor address, nor map."""

    id: UUID
    commune: str
    rooms: int
    surface_m2: Decimal
    rent_eur: Decimal
    charges_eur: Decimal
    available_on: date
    nearby: str

    @property
    def title(self) -> str:
        """Return « T2 de 45 m² à Lesquin »."""
        return typography(f"T{self.rooms} de {number(self.surface_m2)}\N{NO-BREAK SPACE}m² à {self.commune}")

    @property
    def outlay_eur(self) -> Decimal:
        """Rent and charges."""
        return self.rent_eur + self.charges_eur


def masked_home(vacancy: Vacancy) -> MaskedHome:
    """Return the masked view of a vacancy."""
    return MaskedHome(
        id=vacancy.pk, commune=commune_name(vacancy.commune), rooms=vacancy.rooms, surface_m2=vacancy.surface_m2,
        rent_eur=Decimal(vacancy.rent_cents) / 100, charges_eur=Decimal(vacancy.charges_cents) / 100,
        available_on=vacancy.available_on, nearby=vacancy.nearby,
    )


def photos_of(vacancy: Vacancy) -> list[Photo]:
    """Return the photographs in order, without their bytes; those taken away are not there."""
    return list(vacancy.photos.filter(removed_at=None).defer("jpeg"))


def photo_for(actor: Actor, photo_id: UUID) -> Photo | None:
    """Return one photograph with its bytes, for those who see the whole stock file."""
    if is_masked(actor):
        return None
    return Photo.objects.filter(vacancy__in=Vacancy.objects.visible_to(actor), pk=photo_id).first()


def exported(queryset: QuerySet[Vacancy]) -> Iterator[dict[str, str]]:
    """Yield each vacancy as the cells of ``logements.csv``."""
    for vacancy in queryset.defer("search", "search_masked").iterator(chunk_size=2000):
        yield cells_of(vacancy_to_core(vacancy))


def edits_of(actor: Actor, vacancy: Vacancy) -> list[editing.Edit]:
    """Return who changed what in a vacancy, newest first, in words; nothing for those who see it masked."""
    return [] if is_masked(actor) else editing.edits_of(actor, vacancy, _WORDS)


def _plain(value: Any) -> str:
    return str(value)


def _money(cents: int) -> str:
    return typography(f"{euros(Decimal(cents) / 100)} €")


def _yes(value: bool) -> str:
    return "oui" if value else "non"


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


_WORDS: dict[str, tuple[str, editing.Words]] = {
    "state": ("État", lambda value: VacancyState(value).label),
    "expires_on": ("À reconfirmer avant le", _day),
    "reference": ("Référence", _plain),
    "landlord": ("Bailleur", _plain),
    "building_name": ("Résidence", _plain),
    "address": ("Adresse", _plain),
    "commune": ("Commune", commune_name),
    "latitude": ("Latitude", _plain),
    "longitude": ("Longitude", _plain),
    "rooms": ("Typologie", lambda value: f"T{value}"),
    "surface_m2": ("Surface", lambda value: typography(f"{number(value)} m²")),
    "floor": ("Étage", _plain),
    "has_lift": ("Ascenseur", _yes),
    "is_step_free": ("Sans marche", _yes),
    "rent_cents": ("Loyer", _money),
    "charges_cents": ("Charges", _money),
    "funding": ("Financement", _plain),
    "apl_zone": ("Zone APL", _plain),
    "in_qpv": ("En QPV", _yes),
    "qpv_code": ("Code du QPV", _plain),
    "energy_label": ("DPE", _plain),
    "reserving_party": ("Réservataire", lambda value: str(RESERVING_PARTIES.get(value, value))),
    "available_on": ("Disponible le", _day),
    "max_candidates": ("Candidats à présenter", _plain),
    "description": ("Ce qui fait le logement", _plain),
    "nearby": ("À proximité", _plain),
}
