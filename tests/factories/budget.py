"""Seeded households, homes and hires that cover what the budget engine meets, for comparisons on many cases."""

import random
from datetime import date
from decimal import Decimal

from tests.factories.people import dwelling, household

from untoit.core.budget import BudgetCase, JobStart
from untoit.core.model.household import Resources


def sample_cases(size: int, seed: int, on: date) -> list[BudgetCase]:
    """Return ``size`` varied cases hired on the first day of the month of ``on``."""
    dice = random.Random(seed)
    return [_case(dice, on.replace(day=1)) for _ in range(size)]


def _case(dice: random.Random, on: date) -> BudgetCase:
    adults = tuple(sorted((dice.randint(19, 62) for _ in range(dice.choice((1, 1, 1, 2, 2)))), reverse=True))
    children = tuple(dice.randint(0, 20) for _ in range(dice.choice((0, 0, 1, 1, 2, 3, 4))))
    kind = dice.choice(("rsa", "rsa", "rsa", "are", "wages", "aah", "bonus", "unknown"))
    amount = Decimal(dice.randint(2, 9) * 100)
    resources = {
        "rsa": Resources(rsa_eur=amount),
        "are": Resources(unemployment_benefit_eur=amount + 200),
        "wages": Resources(wages_eur=amount + 300),
        "aah": Resources(disability_allowance_eur=Decimal("1041.59")),
        "bonus": Resources(wages_eur=amount, activity_bonus_eur=Decimal(200), family_benefits_eur=Decimal(150)),
        "unknown": Resources(),
    }[kind]
    jobs = dice.choice((1, 1, 2)) if len(adults) == 2 else 1
    return BudgetCase(
        household(
            adult_ages=adults,
            child_ages=children,
            resources=resources,
            tax_income_n2_eur_year=Decimal(dice.randint(0, 20) * 1000),
            income_12_months_eur_year=Decimal(dice.randint(0, 15) * 1000) if dice.random() < 0.3 else None,
        ),
        dwelling(
            rent_eur=Decimal(dice.randint(230, 750)),
            charges_eur=Decimal(dice.randint(30, 160)),
            apl_zone=dice.choice((1, 2, 2, 2, 3)),
        ),
        tuple(JobStart(Decimal(dice.randint(700, 3000)), on, Decimal(35), adult) for adult in range(jobs)),
        on,
    )
