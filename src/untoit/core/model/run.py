"""The result of one run of the main job, as it is written to files, shown on a page and explained."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from untoit.core.model.commute import CommuteDetail
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.work import JobOffer

STAGES = ("consentement", "eligibilite", "emploi", "trajet", "capacite")


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """
    One moment of the budget estimation (``avant``, ``mois_1``, ``mois_4``, ``mois_15``), euros a month.

    ``other_eur`` sums unemployment benefit, disability allowance, pensions and the rest. ``transport_eur`` is shown
    apart: the official formulas of the effort rate and the residual income leave it out.
    """

    moment: str
    month: date
    wages_net_eur: Decimal
    rsa_eur: Decimal
    activity_bonus_eur: Decimal
    family_benefits_eur: Decimal
    housing_benefit_eur: Decimal
    other_eur: Decimal
    net_housing_cost_eur: Decimal
    effort_rate: Decimal | None
    residual_income_day_uc_eur: Decimal
    transport_eur: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class TandemRow:
    """
    One row of ``tandems.csv``: a household, a dwelling, and a job offer for one of its seekers.

    A household with two seekers has two rows with the same dwelling. ``other_seekers`` says what became of the other
    seeker when there is one. ``probability`` is the chance that both succeed, by assumption or re-estimated
    (``probability_source``).
    """

    application_number: str
    person: int
    dwelling: Dwelling
    offer: JobOffer
    outward_mode: str
    outward_min: int
    back_mode: str
    back_min: int
    wait_before_shift_min: int | None
    schedule_supposed: bool
    effort_before: Decimal | None
    effort_after: Decimal | None
    residual_before_eur: Decimal | None
    residual_after_eur: Decimal | None
    probability: Decimal
    rank: int
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    commute: CommuteDetail | None
    budget: tuple[BudgetLine, ...]
    is_priority: bool
    in_scheme: bool
    second_seeker: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A household left out: the first stage that stopped it, the sentence with its numbers, the nearest change."""

    application_number: str
    stage: str
    reason: str
    nearest_change: str | None
    is_priority: bool


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """What one quota came to. ``shortfall`` is the number of allocations that were missing to meet it."""

    name: str
    target: Decimal
    numerator: int
    denominator: int
    met: bool
    shortfall: int
    sentence: str

    @property
    def share(self) -> Decimal | None:
        """The share reached, ``None`` when nothing is counted."""
        return Decimal(self.numerator) / Decimal(self.denominator) if self.denominator else None


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many households still had a possibility after one step, and the possibilities counted in their own unit."""

    label: str
    households: int
    possibilities: str | None


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """One line of public transport, for the map: its public name, its French kind and its most frequent path."""

    name: str
    kind: str
    path: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """
    Everything that the page of a run shows.

    ``expected_double_successes`` is Σ of the chances of the households placed; ``proof`` is the sentence that says how
    much better any other set could be. ``notices`` are the things that a person should know before trusting the page:
    supposed hours, parameters to check, rows refused. ``fictitious`` is true for demonstration data.
    """

    title: str
    mode: str
    on: date
    fictitious: bool
    sizes: dict[str, int]
    funnel: tuple[FunnelStep, ...]
    tandems: tuple[TandemRow, ...]
    left_out: tuple[LeftOut, ...]
    quotas: tuple[QuotaLine, ...]
    households_placed: int
    expected_double_successes: Decimal
    proof: str
    probability_source: str
    network_label: str
    network_valid_from: date
    network_valid_until: date
    network_lines: tuple[NetworkLine, ...]
    dwellings: tuple[Dwelling, ...]
    offers: tuple[JobOffer, ...]
    place_names: dict[str, str]
    notices: tuple[str, ...]
    seconds: dict[str, float]
    versions: dict[str, str]
