"""What the approximate budgets need to know of a household, as one record of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.budget.scales import family_class
from untoit.core.budget.situation import amount, past_taxable_income
from untoit.core.model.affordability import consumption_units
from untoit.core.model.household import Household
from untoit.core.parameters import Parameter

# Amounts in euros a month. ``rsa_scale`` and ``bonus_scale`` are the amounts of a family of that size without income,
# the deductions are for housing (forfait logement); ``family_counted`` is the part of the family benefits that both
# count.
# ``past_taxable`` is that of each of the past twelve months, -1 where it follows from the resources of today.
FAMILY = np.dtype([("adults", np.int64), ("housing_class", np.int64)] + [
    (name, np.float64)
    for name in (
        "units", "rsa_scale", "rsa_deduction", "bonus_scale", "bonus_deduction", "past_taxable", "wages",
        "unemployment", "rsa", "bonus", "disability", "pensions", "other", "family", "family_counted",
    )
])
PARENTS = 2


def families(households: Sequence[Household], on: date, later: date) -> NDArray[np.void]:
    """
    Return one ``FAMILY`` record a household: family benefits as of ``on``, RSA and prime d'activité as of ``later``.
    """
    rsa, bonus = parameters.at("budget/rsa", later), parameters.at("budget/activity_bonus", later)
    benefits = parameters.at("budget/family_benefits", on)
    supported_below = parameters.at("budget/housing_benefit", on)["dependant_below_age"]
    records = np.empty(len(households), dtype=FAMILY)
    for number, household in enumerate(households):
        declared = household.resources
        parents = min(PARENTS, len(household.adult_ages))
        dependants = (*household.adult_ages[PARENTS:], *household.child_ages)
        counted = sum(age < rsa["age_min"] for age in dependants)
        of_age = counted > 0 or max(household.adult_ages[:PARENTS]) >= rsa["age_min"]
        plain, lone = _family_scale(rsa, household, parents, counted)
        deduction = _housing_deduction(rsa, parents + counted)
        past = past_taxable_income(household, on)
        family, family_counted = _family_benefits(benefits, household, parents, dependants)
        records[number] = (
            len(household.adult_ages),
            family_class(
                parents == PARENTS or household.expected_births > 0, sum(age < supported_below for age in dependants)
            ),
            consumption_units(household.adult_ages, household.child_ages),
            max(plain * of_age, lone) * float(rsa["base"]),
            deduction * float(rsa["base"]),
            (lone or plain) * float(bonus["base"]),
            deduction * float(bonus["base"]),
            -1 if past is None else past,
            amount(declared.wages_eur),
            amount(declared.unemployment_benefit_eur),
            amount(declared.rsa_eur),
            amount(declared.activity_bonus_eur),
            amount(declared.disability_allowance_eur),
            amount(declared.pensions_eur),
            amount(declared.other_eur),
            family,
            family_counted,
        )
    return records


def _family_scale(rsa: Parameter, household: Household, parents: int, children: int) -> tuple[float, float]:
    """Return the multiples of the base amount: the plain one, and that of a recent single parent, 0 for the others."""
    persons, more = parents + children, rsa["persons"]
    fourth = more["each_more"] if parents == 1 else more["third"]
    plain = (
        1
        + (persons >= 2) * more["second"]
        + (persons >= 3) * more["third"]
        + (persons >= 4) * fourth
        + max(0, persons - 4) * more["each_more"]
    )
    baby = any(age < rsa["young_child_below_age"] for age in household.child_ages)
    alone_with = parents == 1 and (household.expected_births > 0 or baby)
    lone = rsa["lone_parent"]["pregnant"] + rsa["lone_parent"]["each_child"] * children if alone_with else 0
    return float(plain), float(lone)


def _housing_deduction(rsa: Parameter, persons: int) -> float:
    """Return the forfait logement of RSA and prime d'activité, as a multiple of the base amount."""
    rates, more = rsa["housing_deduction"], rsa["persons"]
    if persons == 1:
        return float(rates["one"])
    if persons == 2:
        return float(rates["two"] * (1 + more["second"]))
    return float(rates["three_or_more"] * (1 + more["second"] + more["third"]))


def _family_benefits(
    benefits: Parameter, household: Household, parents: int, dependants: Sequence[int]
) -> tuple[float, float]:
    """Return the family benefits received and the part of them that RSA and prime d'activité count."""
    if household.resources.family_benefits_eur is not None:
        declared = float(household.resources.family_benefits_eur)
        return declared, declared
    ages = [age for age in dependants if age < benefits["child_below_age"]]
    basic = (len(ages) >= 2) * benefits["second_child"] + max(0, len(ages) - 2) * benefits["each_more"]
    older = (len(ages) >= 3) * sum(age >= benefits["older_child_from_age"] for age in ages) * benefits["older_child"]
    young = any(age < benefits["young_child_below_age"] for age in ages) * benefits["young_child"]
    large = sum(age < benefits["large_family_below_age"] for age in dependants) >= 3 and not young
    alone = (parents == 1) * len(ages)
    received = basic + older + young + large * benefits["three_children"] + alone * benefits["lone_parent_child"]
    counted = basic + young + large * benefits["three_children_counted"] + alone * benefits["lone_parent_child_counted"]
    return float(received * benefits["base"]), float(counted * benefits["base"])
