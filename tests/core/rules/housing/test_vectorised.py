"""The array twin answers what the readable rules answer, on every pair."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.people import dwelling, household
from tests.factories.strategies import DAYS, dwellings, households

from untoit.core.model.finding import Effect
from untoit.core.rules.housing import HOUSING_RULES, judge
from untoit.core.rules.housing.vectorised import _READS, _WHOLE_TABLES, eligibility
from untoit.core.rules.rule import blocks, goes_to_a_person


def reference(people, homes, on):
    """Return first blocking rule, to-person flag, every blocking rule and warnings of each pair, rule by rule."""
    shape = len(people), len(homes)
    first, to_person = np.full(shape, 255, np.uint8), np.zeros(shape, bool)
    blocking, warnings = np.zeros(shape, np.uint16), np.zeros(shape, np.uint16)
    for h, person in enumerate(people):
        for d, home in enumerate(homes):
            for number, finding in reversed(list(enumerate(judge(person, home, on)))):
                if blocks(finding):
                    first[h, d], to_person[h, d] = number, goes_to_a_person(finding)
                    blocking[h, d] |= 1 << number
                elif not finding.passed:
                    warnings[h, d] |= 1 << number
    return first, to_person, blocking, warnings


@settings(deadline=None, max_examples=150)
@given(
    st.lists(households, min_size=1, max_size=8),
    st.lists(dwellings, min_size=1, max_size=8),
    st.sampled_from(DAYS),
)
def test_the_twin_equals_the_readable_rules(people, homes, on):
    first, to_person, blocking, warnings = reference(people, homes, on)

    answer = eligibility(people, homes, on)

    np.testing.assert_array_equal(answer.first_excluding, first)
    np.testing.assert_array_equal(answer.to_person, to_person)
    np.testing.assert_array_equal(answer.blocking, blocking)
    np.testing.assert_array_equal(answer.warnings, warnings)
    np.testing.assert_array_equal(answer.allowed, first == 255)


def test_every_rule_has_one_array_form():
    codes = [rule.code for rule in HOUSING_RULES]

    assert len(set(codes)) == len(codes)
    assert sorted([*_READS, *_WHOLE_TABLES]) == sorted(codes)
    assert len(codes) <= 16, "warnings are the bits of a uint16"


def test_no_household_or_no_dwelling_gives_an_empty_answer():
    on = date(2026, 11, 23)

    assert eligibility([], [dwelling()], on).allowed.shape == (0, 1)
    assert eligibility([household()], [], on).allowed.shape == (1, 0)


def test_a_number_leads_back_to_its_rule():
    answer = eligibility([household(consented_on=None)], [dwelling()], date(2026, 11, 23))

    assert HOUSING_RULES[int(answer.first_excluding[0, 0])].code == "consentement"


def test_rules_that_exclude_come_before_those_that_warn():
    effects = [rule.effect for rule in HOUSING_RULES]

    assert effects == sorted(effects, key=lambda effect: effect is Effect.WARNS)
