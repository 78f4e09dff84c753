"""What the housing rules read of a household: who is to be housed, ceiling category, reference income."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from untoit.core import parameters
from untoit.core.errors import UnknownSituation
from untoit.core.model.household import Household
from untoit.core.wording import counted

LAST_CATEGORY = 6


def persons(household: Household) -> int:
    """
    Return how many persons are to be housed; a child who is expected counts.

    Raises
    ------
    UnknownSituation
        When no adult is to be housed.
    """
    if not household.adult_ages:
        raise UnknownSituation("Aucun adulte à loger dans ce ménage : qui signerait le bail doit être précisé.")
    return len(household.adult_ages) + dependants(household)


def dependants(household: Household) -> int:
    """Return how many dependants are to be housed; a child who is expected counts."""
    return len(household.child_ages) + household.expected_births


@dataclass(frozen=True, slots=True)
class Category:
    """Category 1 to 6 of the income ceilings, persons beyond the sixth category, and the composition in words."""

    number: int
    extra_persons: int
    words: str


def household_category(household: Household, on: date) -> Category:
    """
    Return the category of a household for the income ceilings.

    Every description of the annex is the number of persons, plus one category for a person alone with dependants, for a
    young couple without dependants, or where at least one person is disabled; these reasons do not add up. Beyond the
    sixth category the supplement is counted from the description that places the household highest.

    Raises
    ------
    UnknownSituation
        When what is declared contradicts itself.
    """
    people, with_them = persons(household), dependants(household)
    adults = len(household.adult_ages)
    if household.disabled_persons > people:
        raise UnknownSituation(
            f"{counted(household.disabled_persons, 'personne', 'personnes')} en situation d'invalidité pour "
            f"{counted(people, 'personne', 'personnes')} à loger : la catégorie de plafond n'est pas définie."
        )
    if household.young_couple and adults < 2:
        raise UnknownSituation("Jeune couple déclaré mais un seul adulte à loger : la catégorie n'est pas définie.")
    young = is_young_couple(household, on)
    raised = (adults == 1 and with_them > 0) or young or household.disabled_persons > 0
    level = people + raised
    words = counted(people, "personne", "personnes")
    if adults == 1 and with_them:
        words = f"1\u00a0adulte et {counted(with_them, 'personne', 'personnes')} à charge"
    elif young:
        # When the file is silent, two adults are supposed to be a couple: the sentence says so.
        supposed = f"jeune couple présumé, {sum(household.adult_ages)} ans à deux"
        words = "jeune couple" if household.young_couple else supposed
    return Category(min(level, LAST_CATEGORY), max(0, level - LAST_CATEGORY), words)


def is_young_couple(household: Household, on: date) -> bool:
    """
    Return whether two adults without dependants are a young couple: what the file says, else the sum of their ages.

    With a dependant, or one expected, the number of persons decides and being a young couple changes nothing.
    """
    if len(household.adult_ages) != 2 or dependants(household):
        return False
    if household.young_couple is not None:
        return household.young_couple
    limit = parameters.at("social_housing/household_income", on)["young_couple_ages_sum"]
    return bool(sum(household.adult_ages) <= limit)


@dataclass(frozen=True, slots=True)
class ReferenceIncome:
    """The yearly income that is compared with a ceiling, and the year it comes from, in words."""

    eur_year: Decimal
    words: str


def reference_income(household: Household, on: date) -> ReferenceIncome:
    """Return the tax income of year N-2, or that of the last twelve months when it dropped by 10 % or more."""
    before, recent = household.tax_income_n2_eur_year, household.income_12_months_eur_year
    drop = parameters.at("social_housing/household_income", on)["income_drop"]
    if recent is not None and recent < before and recent <= before * (1 - drop):
        return ReferenceIncome(recent, "12 derniers mois, en baisse")
    return ReferenceIncome(before, "année N-2")
