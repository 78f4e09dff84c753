"""Income ceilings: what the sentence tells and what it keeps to itself."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.people import dwelling, household
from tests.factories.strategies import households

from untoit.core.errors import ParameterMissing, UnknownSituation
from untoit.core.model.dwelling import Funding
from untoit.core.rules.housing.income import income_ceiling, income_under_ceiling
from untoit.core.rules.housing.situation import household_category, persons
from untoit.core.territory.communes import IncomeZone

ON = date(2026, 11, 23)


def test_the_sentence_gives_both_numbers_and_the_category():
    answer = income_under_ceiling(household(tax_income_n2_eur_year=Decimal("12900.5")), dwelling(), ON)

    assert answer.sentence == (
        "Revenus de référence 12\u202f900,50\u00a0€/an (année N-2), dans la limite du plafond PLUS de "
        "23\u202f403\u00a0€/an (catégorie 1\u00a0: 1\u00a0personne)."
    )


def test_disability_moves_the_category_and_is_told_nowhere():
    answer = income_under_ceiling(household(disabled_persons=1), dwelling(), ON)

    assert answer.facts["category"] == 2
    told = f"{answer.sentence} {answer.facts}".lower()
    assert not any(word in told for word in ("handicap", "invalid", "cmi", "disab"))


def test_a_couple_that_is_only_supposed_is_said_to_be():
    assert household_category(household(adult_ages=(27, 26)), ON).words == "jeune couple présumé, 53 ans à deux"
    assert household_category(household(adult_ages=(27, 26), young_couple=True), ON).words == "jeune couple"


def test_intermediate_housing_is_an_unknown_situation():
    with pytest.raises(UnknownSituation, match="PLI"):
        income_ceiling(Funding.PLI, IncomeZone.OTHER, 1, 0, ON)


def test_a_zone_without_values_is_missing_not_guessed():
    with pytest.raises(ParameterMissing, match="Île-de-France"):
        income_ceiling(Funding.PLAI, IncomeZone.ILE_DE_FRANCE, 1, 0, ON)


@settings(deadline=None)
@given(households.filter(lambda one: one.adult_ages), st.sampled_from([(2026, 3, 1), (2024, 6, 1)]))
def test_one_more_child_never_lowers_the_ceiling(one, day):
    on = date(*day)
    if one.disabled_persons > persons(one) or (one.young_couple and len(one.adult_ages) < 2):
        return
    larger = household(
        adult_ages=one.adult_ages,
        child_ages=(*one.child_ages, 3),
        expected_births=one.expected_births,
        young_couple=one.young_couple,
        disabled_persons=one.disabled_persons,
    )

    before, after = (household_category(each, on) for each in (one, larger))

    limits = [
        income_ceiling(Funding.PLUS, IncomeZone.OTHER, each.number, each.extra_persons, on).eur_year
        for each in (before, after)
    ]
    assert limits[0] <= limits[1]
