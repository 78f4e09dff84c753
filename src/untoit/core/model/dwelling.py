"""Vacant dwellings."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from untoit.core.model.place import Position


class Funding(StrEnum):
    """Financing of a social dwelling, which sets its income ceiling."""

    PLAI = "PLAI"
    PLUS = "PLUS"
    PLS = "PLS"
    PLI = "PLI"


class ReservingParty(StrEnum):
    """On whose flow of reservations a vacancy is oriented (gestion en flux)."""

    STATE = "etat"
    ACTION_LOGEMENT = "action_logement"
    LOCAL_AUTHORITY = "collectivite"
    LANDLORD = "bailleur"


@dataclass(frozen=True, slots=True)
class Dwelling:
    """
    One vacant, or soon vacant, dwelling.

    ``rooms`` is the n of Tn; ``rent_eur`` excludes ``charges_eur``, both a month. ``apl_zone`` is ``None`` when it
    comes from the commune. ``in_qpv`` is ``None`` when the address was not checked against the official polygons.
    """

    reference: str
    landlord: str
    commune: str
    position: Position
    rooms: int
    surface_m2: Decimal
    rent_eur: Decimal
    charges_eur: Decimal
    funding: Funding
    available_on: date
    building: str | None = None
    address: str | None = None
    floor: int | None = None
    has_lift: bool | None = None
    is_step_free: bool | None = None
    apl_zone: int | None = None
    in_qpv: bool | None = None
    qpv_code: str | None = None
    energy_label: str | None = None
    reserving_party: ReservingParty | None = None
    max_candidates: int = 3

    @property
    def typology(self) -> str:
        """The usual French name, ``T1`` to ``T6``."""
        return f"T{self.rooms}"

    @property
    def outlay_eur(self) -> Decimal:
        """Rent and recoverable charges a month, before housing benefit."""
        return self.rent_eur + self.charges_eur
