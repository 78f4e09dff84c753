"""Households that ask for a home. Only the housing side of the core may import this module."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from untoit.core.model.dwelling import ReservingParty


class PriorityGround(StrEnum):
    """Grounds of priority, CCH art. L441-1, and the DALO decision (L441-2-3)."""

    DALO = "DALO"
    DISABILITY = "a"
    THERAPEUTIC_FLAT = "b"
    BADLY_HOUSED = "c"
    HOSTED_IN_STRUCTURE = "d"
    BACK_TO_WORK = "e"
    UNFIT_HOUSING = "f"
    VIOLENCE = "g"
    PROSTITUTION_EXIT = "h"
    TRAFFICKING_VICTIM = "i"
    OVERCROWDED_MINOR = "j"
    HOMELESS = "k"
    EVICTION = "l"
    FORMER_CHILD_PROTECTION = "m"


class CurrentStatus(StrEnum):
    """How the household is housed today."""

    SOCIAL_TENANT = "locataire_parc_social"
    PRIVATE_TENANT = "locataire_prive"
    HOSTED = "heberge_tiers"
    STRUCTURE = "structure"
    HOMELESS = "sans_abri"
    OTHER = "autre"


@dataclass(frozen=True, slots=True)
class Resources:
    """Net monthly resources by type, in euros; ``None`` is unknown, never zero."""

    wages_eur: Decimal | None = None
    rsa_eur: Decimal | None = None
    activity_bonus_eur: Decimal | None = None
    unemployment_benefit_eur: Decimal | None = None
    disability_allowance_eur: Decimal | None = None
    pensions_eur: Decimal | None = None
    family_benefits_eur: Decimal | None = None
    other_eur: Decimal | None = None

    @property
    def known(self) -> bool:
        """Whether at least one type of resource was declared."""
        return any(value is not None for value in self._values())

    @property
    def total_eur(self) -> Decimal:
        """Sum of what is known, a month."""
        return sum((value for value in self._values() if value is not None), Decimal(0))

    def _values(self) -> tuple[Decimal | None, ...]:
        return (
            self.wages_eur, self.rsa_eur, self.activity_bonus_eur, self.unemployment_benefit_eur,
            self.disability_allowance_eur, self.pensions_eur, self.family_benefits_eur, self.other_eur,
        )


@dataclass(frozen=True, slots=True)
class Household:
    """
    A household to be housed.

    ``application_number`` is opaque and never parsed for a decision. ``evidenced_grounds`` is the subset of
    ``priority_grounds`` with a document on file: only these count. ``consented_on`` is ``None`` when the household may
    not enter a match. Amounts are euros, a month unless the name says ``_year``.
    """

    application_number: str
    applied_on: date
    adult_ages: tuple[int, ...]
    tax_income_n2_eur_year: Decimal
    consented_on: date | None = None
    child_ages: tuple[int, ...] = ()
    expected_births: int = 0
    young_couple: bool | None = None
    disabled_persons: int = 0
    income_12_months_eur_year: Decimal | None = None
    resources: Resources = field(default_factory=Resources)
    priority_grounds: frozenset[PriorityGround] = frozenset()
    evidenced_grounds: frozenset[PriorityGround] = frozenset()
    in_scheme: bool = False
    reserving_parties: frozenset[ReservingParty] = frozenset()
    wished_communes: tuple[str, ...] = ()
    accepts_other_communes: bool | None = None
    wished_rooms: frozenset[int] = frozenset()
    max_outlay_eur: Decimal | None = None
    needs_step_free_access: bool = False
    max_floor_without_lift: int | None = None
    current_status: CurrentStatus | None = None
    current_commune: str | None = None
