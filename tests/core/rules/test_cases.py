"""The cases that caseworkers read and sign, and the completeness of what they cover."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories import cases

from untoit.core.rules.housing import HOUSING_RULES, judge
from untoit.core.rules.rule import goes_to_a_person
from untoit.core.rules.work import WORK_RULES, judge_fit

HOUSING = cases.cases("housing.yaml")
WORK = cases.cases("work.yaml")


def assert_answers(finding, expected):
    if expected.pop("goes_to_a_person", False):
        assert goes_to_a_person(finding)
        return
    assert finding.passed is expected.pop("passed")
    assert {name: finding.facts[name] for name in expected} == {
        name: Decimal(str(value)) for name, value in expected.items()
    }


@pytest.mark.parametrize("case", HOUSING, ids=lambda case: f"{case['rule']}: {case['name']}")
def test_housing_case_gets_the_expected_answer(case):
    number = [rule.code for rule in HOUSING_RULES].index(case["rule"])

    findings = judge(cases.household(case.get("household")), cases.dwelling(case.get("dwelling")), case["date"])

    assert_answers(findings[number], dict(case["expect"]))


@pytest.mark.parametrize("case", WORK, ids=lambda case: f"{case['rule']}: {case['name']}")
def test_work_case_gets_the_expected_answer(case):
    number = [rule.code for rule in WORK_RULES].index(case["rule"])

    findings = judge_fit(cases.seeker(case.get("seeker")), cases.offer(case.get("offer")), date(2026, 11, 23))

    assert_answers(findings[number], dict(case["expect"]))


def test_every_rule_has_a_case_that_passes_and_one_that_does_not():
    def answers_of(code):
        return {case["expect"].get("passed", False) for case in HOUSING + WORK if case["rule"] == code}

    covered = {rule.code: answers_of(rule.code) for rule in (*HOUSING_RULES, *WORK_RULES)}

    assert covered == {code: {True, False} for code in covered}
