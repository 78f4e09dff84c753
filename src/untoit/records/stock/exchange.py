"""Vacancies between the database and the core."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from untoit.core.model.dwelling import Dwelling, Funding, ReservingParty
from untoit.core.model.place import Position
from untoit.records.stock.models import Vacancy


def vacancy_to_core(vacancy: Vacancy) -> Dwelling:
    """Return the dwelling that rules, commutes and budget read."""
    return Dwelling(
        reference=vacancy.reference,
        landlord=vacancy.landlord,
        commune=vacancy.commune,
        position=Position(vacancy.latitude, vacancy.longitude),
        rooms=vacancy.rooms,
        surface_m2=vacancy.surface_m2,
        rent_eur=Decimal(vacancy.rent_cents) / 100,
        charges_eur=Decimal(vacancy.charges_cents) / 100,
        funding=Funding(vacancy.funding),
        available_on=vacancy.available_on,
        building=vacancy.building_name or None,
        address=vacancy.address or None,
        floor=vacancy.floor,
        has_lift=vacancy.has_lift,
        is_step_free=vacancy.is_step_free,
        apl_zone=vacancy.apl_zone,
        in_qpv=vacancy.in_qpv,
        qpv_code=vacancy.qpv_code or None,
        energy_label=vacancy.energy_label or None,
        reserving_party=ReservingParty(vacancy.reserving_party) if vacancy.reserving_party else None,
        max_candidates=vacancy.max_candidates,
    )


def vacancy_columns(dwelling: Dwelling) -> dict[str, Any]:
    """Return the columns of :class:`Vacancy` that an exchange file fills."""
    return {
        "reference": dwelling.reference,
        "landlord": dwelling.landlord,
        "building_name": dwelling.building or "",
        "address": dwelling.address or "",
        "commune": dwelling.commune,
        "latitude": dwelling.position.latitude,
        "longitude": dwelling.position.longitude,
        "rooms": dwelling.rooms,
        "surface_m2": dwelling.surface_m2,
        "floor": dwelling.floor,
        "has_lift": dwelling.has_lift,
        "is_step_free": dwelling.is_step_free,
        "rent_cents": int((100 * dwelling.rent_eur).to_integral_value()),
        "charges_cents": int((100 * dwelling.charges_eur).to_integral_value()),
        "funding": dwelling.funding.value,
        "apl_zone": dwelling.apl_zone,
        "in_qpv": dwelling.in_qpv,
        "qpv_code": dwelling.qpv_code or "",
        "energy_label": dwelling.energy_label or "",
        "reserving_party": dwelling.reserving_party.value if dwelling.reserving_party else "",
        "available_on": dwelling.available_on,
        "max_candidates": dwelling.max_candidates,
    }
