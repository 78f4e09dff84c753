"""Job offers between the database and the core."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from untoit.core.exchange import parse_schedule
from untoit.core.model.place import Position
from untoit.core.model.work import Contract, FrenchLevel, JobOffer
from untoit.records.jobs.models import Offer


def offer_to_core(offer: Offer) -> JobOffer:
    """Return the offer that job rules, commutes and budget read."""
    return JobOffer(
        reference=offer.reference,
        employer=offer.employer,
        title=offer.title,
        occupation=offer.occupation,
        contract=Contract(offer.contract),
        commune=offer.commune,
        position=Position(offer.latitude, offer.longitude),
        siret=offer.siret or None,
        duration_months=offer.duration_months,
        weekly_hours=offer.weekly_hours,
        gross_monthly_eur=None if offer.gross_monthly_cents is None else Decimal(offer.gross_monthly_cents) / 100,
        openings=offer.openings,
        starts_on=offer.starts_on,
        licences=frozenset(offer.licences),
        min_experience_years=offer.min_experience_years,
        french_level=FrenchLevel(offer.french_level) if offer.french_level else None,
        schedule=parse_schedule(offer.schedule),
        in_shortage=offer.in_shortage,
        supposed=frozenset(offer.supposed),
    )


def offer_columns(offer: JobOffer) -> dict[str, Any]:
    """Return the columns of :class:`Offer` that an exchange file fills."""
    gross = offer.gross_monthly_eur
    return {
        "reference": offer.reference,
        "employer": offer.employer,
        "siret": offer.siret or "",
        "title": offer.title,
        "occupation": offer.occupation,
        "contract": offer.contract.value,
        "duration_months": offer.duration_months,
        "weekly_hours": offer.weekly_hours,
        "gross_monthly_cents": None if gross is None else int((100 * gross).to_integral_value()),
        "commune": offer.commune,
        "latitude": offer.position.latitude,
        "longitude": offer.position.longitude,
        "openings": offer.openings,
        "starts_on": offer.starts_on,
        "licences": sorted(offer.licences),
        "min_experience_years": offer.min_experience_years,
        "french_level": offer.french_level or "",
        "schedule": str(offer.schedule),
        "in_shortage": offer.in_shortage,
        "supposed": sorted(offer.supposed),
    }
