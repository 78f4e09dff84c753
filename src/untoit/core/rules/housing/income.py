"""Income ceilings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from untoit.core import parameters
from untoit.core.errors import ParameterMissing, UnknownSituation
from untoit.core.model.dwelling import Dwelling, Funding
from untoit.core.model.finding import Effect, Finding
from untoit.core.model.household import Household
from untoit.core.rules.housing.situation import household_category, reference_income
from untoit.core.rules.rule import rule
from untoit.core.territory.communes import IncomeZone, income_zone

_CEILINGS = {
    Funding.PLAI: "social_housing/income_ceiling_plai",
    Funding.PLUS: "social_housing/income_ceiling_plus",
    Funding.PLS: "social_housing/income_ceiling_pls",
}


class Ceiling(NamedTuple):
    """A yearly income ceiling, its source, and whether a person has still to check it."""

    eur_year: Decimal
    source: str
    to_check: bool


def income_ceiling(funding: Funding, zone: IncomeZone, category: int, extra_persons: int, on: date) -> Ceiling:
    """
    Return the ceiling in force for a category of household.

    Raises
    ------
    UnknownSituation
        For PLI dwellings, whose ceilings follow other rules.
    ParameterMissing
        When the ceilings of that zone are not known on that day.
    """
    if funding not in _CEILINGS:
        raise UnknownSituation(f"{funding} : plafonds de ressources du logement intermédiaire non repris ici.")
    scale = parameters.at(_CEILINGS[funding], on)
    if zone not in scale.value:
        raise ParameterMissing(
            f"Plafonds {funding} de la zone « {zone.in_words} » : aucune valeur connue au {on:%d/%m/%Y}."
        )
    amounts = scale[zone]
    return Ceiling(
        Decimal(amounts[category]) + extra_persons * Decimal(amounts["extra_person"]), scale.source, scale.to_check
    )


@rule(
    "revenus_sous_plafond",
    label="Revenus dans la limite du plafond",
    effect=Effect.EXCLUDES,
    source="CCH art. R441-1",
    says=(
        "Revenus de référence {seen:€}/an ({basis}), dans la limite du plafond {funding} de {limit:€}/an "
        "(catégorie {category} : {composition})."
    ),
    otherwise=(
        "Revenus de référence {seen:€}/an ({basis}), au-dessus du plafond {funding} de {limit:€}/an "
        "(catégorie {category} : {composition})."
    ),
)
def income_under_ceiling(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the yearly reference income is at or below the ceiling of the dwelling's funding and zone."""
    category = household_category(household, on)
    ceiling = income_ceiling(
        dwelling.funding, income_zone(dwelling.commune), category.number, category.extra_persons, on
    )
    income = reference_income(household, on)
    return Finding(
        income.eur_year <= ceiling.eur_year,
        {
            "seen": income.eur_year,
            "basis": income.words,
            "limit": ceiling.eur_year,
            "category": category.number,
            "composition": category.words,
            "funding": dwelling.funding,
        },
        source=ceiling.source,
        to_check=ceiling.to_check,
    )
