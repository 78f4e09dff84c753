"""From amounts to the budget that is shown, and its notes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.factories.people import dwelling, household

from untoit.core.budget import BudgetCase, JobStart
from untoit.core.budget.cases import COLUMNS, AmountsKnown
from untoit.core.budget.composition import compose
from untoit.core.model.household import Resources

NOVEMBER = date(2026, 11, 1)
KNOWN = AmountsKnown("OpenFisca-France 176.1.8", date(2026, 10, 1), date(2026, 1, 1))
JOB = JobStart(Decimal("1867.02"), NOVEMBER, Decimal(35))
RSA_ONLY = Resources(rsa_eur=Decimal("573.49"))


def months(**cents):
    return [[cents.get(name, 0) for name in COLUMNS]] * 4


def notes(*jobs, known=KNOWN, **changes):
    case = BudgetCase(household(**{"resources": RSA_ONLY} | changes), dwelling(), jobs, NOVEMBER)
    answer = compose(case, months(), known)
    return answer.notes, answer.to_check


def test_compose_applies_the_official_formulas():
    home = dwelling(rent_eur=Decimal(400), charges_eur=Decimal(80))
    case = BudgetCase(household(child_ages=(4,)), home, (), NOVEMBER)

    before = compose(case, months(rsa=60_000, other=4_000, housing_benefit=25_000, rent_reduction=3_000), KNOWN).before

    assert before.resources == Decimal(640)
    assert before.net_housing_cost == Decimal(200)
    assert before.effort_rate == Decimal("0.3125")
    # 440 euros over 30 days and 1.3 consumption units.
    assert round(before.residual_income_day_uc, 4) == Decimal("11.2821")


def test_compose_has_no_effort_rate_without_resources():
    before = compose(BudgetCase(household(), dwelling(), (), NOVEMBER), months(), KNOWN).before

    assert before.effort_rate is None
    assert before.residual_income_day_uc < 0


def test_first_note_says_estimate_software_and_date_of_the_amounts():
    first, *others = notes()[0]

    assert first == (
        "Estimation faite avec OpenFisca-France 176.1.8 : montants en vigueur chaque mois, les derniers connus pour "
        "l'aide au logement datent du 01/10/2026. Seules la CAF et la MSA décident."
    )
    assert others == []
    assert notes(JOB)[1] is False


def test_an_outdated_income_allowance_is_to_check():
    said, to_check = notes(known=replace(KNOWN, income_allowance_on=date(2025, 1, 1)))

    assert "01/01/2025" in said[1]
    assert to_check


@pytest.mark.parametrize(
    ("changes", "jobs", "says"),
    [
        ({"resources": Resources()}, (), "ne sont pas connues"),
        ({"adult_ages": (48, 22)}, (), "malgré leur différence d'âge"),
        ({"adult_ages": (48, 47, 22)}, (), "les autres à leur charge"),
        ({"resources": Resources(wages_eur=Decimal(500))}, (JOB,), "remplacés par ceux du nouvel emploi"),
        ({"resources": Resources(wages_eur=Decimal(500)), "adult_ages": (30, 31)}, (JOB,), "d'un autre adulte"),
        ({"resources": Resources(unemployment_benefit_eur=Decimal(500))}, (JOB,), "un cumul partiel est possible"),
        ({"resources": Resources(disability_allowance_eur=Decimal(500))}, (JOB,), "L'AAH"),
        ({}, (replace(JOB, gross_monthly_eur=Decimal("1867.01")),), "inférieur au SMIC"),
    ],
)
def test_a_supposition_is_said_and_to_check(changes, jobs, says):
    said, to_check = notes(*jobs, **changes)

    assert [note for note in said if says in note]
    assert to_check


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"child_ages": (4,)}, "Prestations familiales non déclarées"), ({"expected_births": 1}, "La naissance attendue")],
)
def test_a_plain_note_asks_for_no_check(changes, says):
    said, to_check = notes(**changes)

    assert says in said[1]
    assert not to_check
