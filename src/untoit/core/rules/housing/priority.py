"""Priority grounds (CCH art. L441-1) and income quartiles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from untoit.core import parameters
from untoit.core.errors import ParameterMissing
from untoit.core.model.affordability import consumption_units
from untoit.core.model.finding import Effect, Finding
from untoit.core.model.household import Household, PriorityGround
from untoit.core.rules.rule import rule
from untoit.core.wording import listed

MONTHS_A_YEAR = 12


def valid_grounds(household: Household) -> tuple[PriorityGround, ...]:
    """Return the grounds with evidence on file, in the order of the law: only these count."""
    return tuple(ground for ground in PriorityGround if ground in household.evidenced_grounds)


def is_priority(household: Household) -> bool:
    """Whether an allocation to this household counts as priority: at least one ground with evidence."""
    return bool(valid_grounds(household))


def missing_ground(household: Household) -> bool:
    """Whether the household is in the scheme without any ground with evidence: listed « motif manquant »."""
    return household.in_scheme and not is_priority(household)


@rule(
    "motif_prioritaire",
    label="Public prioritaire",
    effect=Effect.WARNS,
    source="CCH art. L441-1 et L441-2-3",
    says="Public prioritaire : {grounds}.",
    otherwise="Motif manquant : {answer}, l'attribution ne compte pas parmi les publics prioritaires.",
)
def counts_as_priority(household: Household, on: date) -> Finding:
    """Return whether the household counts as priority, and which grounds make it so or lack their evidence."""
    labels = parameters.at("social_housing/priority_grounds", on)
    declared = [labels[ground] for ground in PriorityGround if ground in household.priority_grounds]
    answer = f"aucun justificatif pour {listed(declared)}" if declared else "aucun motif de priorité déclaré"
    return Finding(
        is_priority(household),
        {"grounds": listed(labels[ground] for ground in valid_grounds(household)), "answer": answer},
        to_check=labels.to_check,
    )


def resources_per_unit_eur_year(household: Household) -> Decimal | None:
    """Return twelve months of resources by consumption unit; ``None`` when no resource was declared."""
    if not household.resources.known:
        return None
    units = consumption_units(household.adult_ages, household.child_ages)
    return MONTHS_A_YEAR * household.resources.total_eur / units


def income_quartile(household: Household, epci: str, on: date) -> int | None:
    """
    Return the quartile 1 to 4 of the household among the applicants of a territory; ``None`` without known resources.

    Raises
    ------
    ParameterMissing
        When the thresholds of that territory are not known on that day.
    """
    thresholds = parameters.at("social_housing/income_quartiles", on)
    resources = resources_per_unit_eur_year(household)
    if epci not in thresholds.value:
        raise ParameterMissing(
            f"Seuils des quartiles de l'intercommunalité {epci} : aucune valeur connue au {on:%d/%m/%Y}."
        )
    if resources is None:
        return None
    return next((quartile for quartile, limit in thresholds[epci].items() if resources <= limit), 4)
