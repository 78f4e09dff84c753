"""
Job seekers and job offers, as job matching may see them.

Nothing here can hold a protected attribute (loi 2008-496 art. 1, C. trav. L1132-1): no name, sex, age, nationality,
address, household, income, RSA, health nor application number. Equal treatment is a property of these types.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from untoit.core.model.place import Position
from untoit.core.model.schedule import SUPPOSED_SCHEDULE, Schedule


class Mode(StrEnum):
    """A way to travel that a person really has."""

    WALK = "marche"
    BIKE = "velo"
    TRANSIT = "tc"
    CAR = "voiture"


class Contract(StrEnum):
    """Kinds of work contract, in the spelling of the exchange files."""

    PERMANENT = "CDI"
    FIXED_TERM = "CDD"
    TEMP_AGENCY = "MIS"
    INSERTION = "IAE"
    WORK_STUDY = "ALT"


class FrenchLevel(StrEnum):
    """Levels of the Common European Framework; the order of the members is the order of the levels."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """Position in the scale, A1 being 0."""
        return list(FrenchLevel).index(self)


@dataclass(frozen=True, slots=True)
class Seeker:
    """
    What a job seeker offers and wishes.

    ``occupations`` are ROME codes in order of preference; ``experience`` gives years by ROME code; times are minutes
    after midnight of the service day. ``None`` means unknown, never zero.
    """

    occupations: tuple[str, ...]
    modes: frozenset[Mode]
    experience: Mapping[str, Decimal] = field(default_factory=dict)
    skills: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()
    max_commute_min: int = 60
    leaves_no_earlier_min: int | None = None
    back_no_later_min: int | None = None
    workable_days: frozenset[int] | None = None
    hours_min: Decimal | None = None
    hours_max: Decimal | None = None
    contracts: frozenset[Contract] | None = None
    french_level: FrenchLevel | None = None
    available_on: date | None = None


@dataclass(frozen=True, slots=True)
class JobOffer:
    """
    One job offer, with one or several openings.

    ``weekly_hours`` and ``gross_monthly_eur`` are ``None`` when the employer did not say. ``supposed`` names the
    columns (``horaires``, ``heures_hebdo``, ``salaire_brut_mensuel``) whose value is supposed or read in free text, and
    ``position`` when it is the centre of the commune.
    """

    reference: str
    employer: str
    title: str
    occupation: str
    contract: Contract
    commune: str
    position: Position
    siret: str | None = None
    duration_months: Decimal | None = None
    weekly_hours: Decimal | None = None
    gross_monthly_eur: Decimal | None = None
    openings: int = 1
    starts_on: date | None = None
    licences: frozenset[str] = frozenset()
    min_experience_years: Decimal | None = None
    french_level: FrenchLevel | None = None
    schedule: Schedule = SUPPOSED_SCHEDULE
    in_shortage: bool | None = None
    supposed: frozenset[str] = frozenset()

    @property
    def schedule_is_supposed(self) -> bool:
        """Whether the hours come from a supposition and not from the employer."""
        return "horaires" in self.supposed
