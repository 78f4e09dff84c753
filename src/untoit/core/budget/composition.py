"""From the amounts of a simulation to the budget that is shown, with its notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from untoit.core.budget.cases import COLUMNS, REPORTED_MONTHS, AmountsKnown, Budget, BudgetCase, MonthBudget
from untoit.core.budget.situation import first_month, shift
from untoit.core.budget.wages import minimum_gross
from untoit.core.model.affordability import consumption_units, effort_rate, net_housing_cost, residual_income_day_uc

# Two adults further apart than this may be a parent and a grown-up child rather than a couple.
GENERATION_YEARS = 18

RESOURCES = COLUMNS[:8]


def compose(case: BudgetCase, months: Sequence[Sequence[int]], known: AmountsKnown) -> Budget:
    """
    Return the budget of a case from its simulated amounts, in cents, ``[month of REPORTED_MONTHS][column of
    COLUMNS]``.
    """
    first = first_month(case)
    shown = [
        _month(case, label, shift(first, number), amounts)
        for (label, number), amounts in zip(REPORTED_MONTHS.items(), months, strict=True)
    ]
    notes, suppositions = _notes(case, shown[-1].month, known)
    return Budget(shown[0], tuple(shown[1:]) if case.jobs else (), tuple(notes + suppositions), bool(suppositions))


def _month(case: BudgetCase, label: str, month: date, cents: Sequence[int]) -> MonthBudget:
    amounts = dict(zip(COLUMNS, (Decimal(value).scaleb(-2) for value in cents), strict=True))
    household, dwelling = case.household, case.dwelling
    resources = sum((amounts[name] for name in RESOURCES), Decimal(0))
    cost = net_housing_cost(
        dwelling.rent_eur, dwelling.charges_eur, amounts["housing_benefit"], amounts["rent_reduction"]
    )
    transport = sum((job.commute_eur_month for job in case.jobs if job.starts_on < shift(month, 1)), Decimal(0))
    return MonthBudget(
        label,
        month,
        **amounts,
        rent=dwelling.rent_eur,
        charges=dwelling.charges_eur,
        net_housing_cost=cost,
        resources=resources,
        effort_rate=effort_rate(cost, resources),
        residual_income_day_uc=residual_income_day_uc(
            resources, cost, consumption_units(household.adult_ages, household.child_ages)
        ),
        transport=transport if label != "avant" else Decimal(0),
    )


def _notes(case: BudgetCase, last: date, known: AmountsKnown) -> tuple[list[str], list[str]]:
    """Return what to know about the figures, and what was supposed and a person has to check."""
    household, declared = case.household, case.household.resources
    notes = [
        f"Estimation faite avec {known.software} : montants en vigueur chaque mois, les derniers connus pour l'aide au "
        f"logement datent du {known.housing_benefit_on:%d/%m/%Y}. Seules la CAF et la MSA décident."
    ]
    check = []
    if known.income_allowance_on.year < first_month(case).year:
        check.append(
            "Aide au logement : l'abattement de ressources utilisé est celui du "
            f"{known.income_allowance_on:%d/%m/%Y}, la valeur suivante n'est pas encore connue du logiciel."
        )
    if not declared.known:
        check.append("Les ressources actuelles du ménage ne sont pas connues : le budget d'avant est incomplet.")
    if declared.known and declared.family_benefits_eur is None and household.child_ages:
        notes.append("Prestations familiales non déclarées : estimées d'après la composition du ménage.")
    if household.expected_births:
        notes.append("La naissance attendue changera ces montants.")
    ages = household.adult_ages
    if len(ages) > 2:
        check.append("Les deux premiers adultes sont supposés en couple, les autres à leur charge.")
    elif len(ages) == 2 and abs(ages[0] - ages[1]) >= GENERATION_YEARS:
        check.append("Les deux adultes sont supposés en couple malgré leur différence d'âge.")
    if case.jobs:
        check += _notes_on_hire(case)
    return notes, check


def _notes_on_hire(case: BudgetCase) -> list[str]:
    declared = case.household.resources
    check = []
    if declared.wages_eur:
        kept = len(case.jobs) < len(case.household.adult_ages)
        check.append(
            "Les salaires déclarés sont supposés être ceux d'un autre adulte et continuer."
            if kept
            else "Les salaires déclarés sont supposés remplacés par ceux du nouvel emploi."
        )
    if declared.unemployment_benefit_eur:
        check.append(
            "L'allocation chômage est supposée s'arrêter à l'embauche ; un cumul partiel est possible, à voir avec "
            "France Travail."
        )
    if declared.disability_allowance_eur:
        check.append(
            "L'AAH est laissée à son montant déclaré ; son cumul avec le salaire est à vérifier auprès de la CAF."
        )
    if any(job.gross_monthly_eur < minimum_gross(job.weekly_hours, job.starts_on) for job in case.jobs):
        check.append("Le salaire brut est inférieur au SMIC pour ces heures : à vérifier.")
    return check
