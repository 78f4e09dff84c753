"""What the budget says: alerts of the landlord's policy. A low income never excludes anybody."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from untoit.core import parameters
from untoit.core.model.finding import Effect, Finding
from untoit.core.rules.rule import rule
from untoit.core.wording import percentage

_AIDS = "à étudier avec les aides possibles (FSL, accompagnement social) ; ce n'est pas un motif d'exclusion"
_NO_RESOURCES = "incalculable, aucune ressource connue"


@rule(
    "taux_effort",
    label="Taux d'effort",
    effect=Effect.WARNS,
    source="CCH art. R441-3-1 ; arrêté du 10 mars 2011",
    says="Taux d'effort {words} (alerte du bailleur au-delà de {limit:%}).",
    otherwise=f"Taux d'effort {{words}}, alerte du bailleur au-delà de {{limit:%}} : {_AIDS}.",
)
def effort_is_bearable(effort_rate: Decimal | None, on: date) -> Finding:
    """Return whether the share of the resources that housing takes is at most the landlord's alert."""
    policy = parameters.at("policy/affordability", on)
    limit = policy["effort_rate"]
    words = _NO_RESOURCES if effort_rate is None else f"estimé à {percentage(effort_rate)}"
    return Finding(
        effort_rate is not None and effort_rate <= limit,
        {"seen": effort_rate, "limit": limit, "words": words},
        source=policy.source,
        to_check=policy.to_check,
    )


@rule(
    "reste_a_vivre",
    label="Reste à vivre",
    effect=Effect.WARNS,
    source="CCH art. R441-3-1 ; arrêté du 10 mars 2011",
    says="Reste à vivre estimé à {seen:€} par jour et par UC (alerte du bailleur sous {limit:€}).",
    otherwise=f"Reste à vivre estimé à {{seen:€}} par jour et par UC, alerte du bailleur sous {{limit:€}} : {_AIDS}.",
)
def residual_income_is_enough(residual_income_day_uc: Decimal, on: date) -> Finding:
    """Return whether what is left a day and a consumption unit reaches the landlord's alert."""
    policy = parameters.at("policy/affordability", on)
    limit = policy["residual_income"]
    return Finding(
        residual_income_day_uc >= limit,
        {"seen": residual_income_day_uc, "limit": limit},
        source=policy.source,
        to_check=policy.to_check,
    )


def judge_budget(effort_rate: Decimal | None, residual_income_day_uc: Decimal, on: date) -> tuple[Finding, ...]:
    """Return both alerts on an estimated budget: they inform the decision and never take anybody out of it."""
    return effort_is_bearable(effort_rate, on), residual_income_is_enough(residual_income_day_uc, on)
