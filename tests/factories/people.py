"""Valid, unsurprising households, dwellings, job seekers and offers; a test states only what it is about."""

from datetime import date
from decimal import Decimal
from typing import Any

from untoit.core.model.dwelling import Dwelling, Funding
from untoit.core.model.household import Household
from untoit.core.model.place import Position
from untoit.core.model.work import Contract, JobOffer, Mode, Seeker

LILLE_STATION = Position(50.6365, 3.0700)
ROUBAIX_TOWN_HALL = Position(50.6914, 3.1741)


def household(**changes: Any) -> Household:
    """One adult of 34 who consented, with no income nor wish stated; ``changes`` are fields of ``Household``."""
    fields: dict[str, Any] = {
        "application_number": "059012600000100001",
        "applied_on": date(2024, 5, 13),
        "adult_ages": (34,),
        "tax_income_n2_eur_year": Decimal(9000),
        "consented_on": date(2025, 10, 1),
    }
    return Household(**fields | changes)


def dwelling(**changes: Any) -> Dwelling:
    """A step-free T2 of 45 m² on the ground floor in Lille, PLUS, open to every flow; ``changes``: its fields."""
    fields: dict[str, Any] = {
        "reference": "LOG-1",
        "landlord": "Bailleur fictif",
        "commune": "59350",
        "position": LILLE_STATION,
        "rooms": 2,
        "surface_m2": Decimal(45),
        "rent_eur": Decimal(318),
        "charges_eur": Decimal(62),
        "funding": Funding.PLUS,
        "available_on": date(2026, 1, 1),
        "floor": 0,
        "has_lift": False,
        "is_step_free": True,
        "energy_label": "C",
    }
    return Dwelling(**fields | changes)


def seeker(**changes: Any) -> Seeker:
    """A cleaner (K2204) who travels by public transport and on foot; ``changes`` are fields of ``Seeker``."""
    fields: dict[str, Any] = {"occupations": ("K2204",), "modes": frozenset({Mode.TRANSIT, Mode.WALK})}
    return Seeker(**fields | changes)


def offer(**changes: Any) -> JobOffer:
    """A permanent cleaning job of 35 hours in Roubaix that asks for nothing; ``changes`` are fields of ``JobOffer``."""
    fields: dict[str, Any] = {
        "reference": "OFF-1",
        "employer": "Employeur fictif",
        "title": "Agent de propreté",
        "occupation": "K2204",
        "contract": Contract.PERMANENT,
        "commune": "59512",
        "position": ROUBAIX_TOWN_HALL,
        "weekly_hours": Decimal(35),
        "gross_monthly_eur": Decimal("1867.02"),
    }
    return JobOffer(**fields | changes)
