"""Acceptance scenarios of the housing and job rules, with the numbers of the domain reference (section 11)."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from tests.factories.people import dwelling, household, offer, seeker

from untoit.core.model.affordability import effort_rate, net_housing_cost, residual_income_day_uc
from untoit.core.model.household import CurrentStatus, PriorityGround, Resources
from untoit.core.model.person import Person
from untoit.core.rules.housing import (
    counts_as_priority,
    income_quartile,
    is_priority,
    judge,
    judge_budget,
    missing_ground,
)
from untoit.core.rules.housing.income import income_under_ceiling
from untoit.core.rules.housing.priority import resources_per_unit_eur_year
from untoit.core.rules.rule import blocks, goes_to_a_person
from untoit.core.rules.work.vectorised import fit
from untoit.core.territory.communes import MEL

ON = date(2026, 11, 23)


def finding(findings, code):
    """Return the finding of one rule."""
    return next(each for each in findings if each.code == code)


@pytest.mark.parametrize(("funding", "passed", "limit"), [("PLAI", False, 12870), ("PLUS", True, 23403)])
def test_scenario_01_ceilings_plai_and_plus_with_their_sources(funding, passed, limit):
    single = household(tax_income_n2_eur_year=Decimal(12900))

    answer = income_under_ceiling(single, dwelling(funding=funding), ON)

    assert (answer.passed, answer.facts["limit"]) == (passed, limit)
    assert f"{limit:,}".replace(",", "\u202f") in answer.sentence
    assert "arrêté du 19/12/2025" in answer.source
    assert answer.to_check is (funding == "PLAI")


@pytest.mark.parametrize(
    ("ages", "category", "limit", "passed"), [((27, 26), 3, 37584, True), ((30, 26), 2, 31254, False)]
)
def test_scenario_02_young_couple(ages, category, limit, passed):
    couple = household(adult_ages=ages, tax_income_n2_eur_year=Decimal(36000))

    answer = income_under_ceiling(couple, dwelling(funding="PLUS"), ON)

    assert (answer.passed, answer.facts["category"], answer.facts["limit"]) == (passed, category, limit)


@pytest.mark.parametrize(("recent", "used", "passed"), [(20000, 20000, True), (22900, 24800, False)])
def test_scenario_03_income_drop(recent, used, passed):
    single = household(tax_income_n2_eur_year=Decimal(24800), income_12_months_eur_year=Decimal(recent))

    answer = income_under_ceiling(single, dwelling(funding="PLUS"), ON)

    assert (answer.passed, answer.facts["seen"]) == (passed, used)


def test_scenario_04_affordability_ratios():
    resources = Decimal("573.49")

    cost = net_housing_cost(Decimal(318), Decimal(62), Decimal("274.04"), Decimal("31.58"))
    effort = effort_rate(cost, resources)
    residual = residual_income_day_uc(resources, cost, Decimal(1))

    assert cost == Decimal("74.38")
    assert round(100 * effort, 1) == Decimal("13.0")
    assert round(residual, 2) == Decimal("16.64")
    assert all(each.passed for each in judge_budget(effort, residual, ON))


def test_scenario_06_low_income_warns_with_aids_and_never_excludes():
    poor = household(tax_income_n2_eur_year=Decimal(0), resources=Resources(rsa_eur=Decimal(350)))

    effort, residual = judge_budget(Decimal("0.36"), Decimal("7.50"), ON)
    pair = judge(poor, dwelling(funding="PLAI"), ON)

    assert (effort.passed, residual.passed) == (False, False)
    assert residual.facts["limit"] == 10
    assert "FSL" in residual.sentence
    assert "accompagnement" in residual.sentence
    assert not any(blocks(each) for each in (effort, residual, *pair))


def test_scenario_06_no_resource_at_all_warns_and_does_not_exclude():
    findings = judge_budget(None, Decimal("-4"), ON)

    assert [each.passed for each in findings] == [False, False]
    assert not any(blocks(each) for each in findings)


@pytest.mark.parametrize(("monthly", "per_unit", "quartile"), [(1250, 9375, 1), (1300, 9750, 2)])
def test_scenario_07_first_quartile_of_a_lone_parent(monthly, per_unit, quartile):
    lone_parent = household(child_ages=(8, 4), resources=Resources(wages_eur=Decimal(monthly)))

    assert resources_per_unit_eur_year(lone_parent) == per_unit
    assert income_quartile(lone_parent, MEL, ON) == quartile


def test_scenario_10_no_ground_with_evidence_is_not_counted_but_listed():
    in_scheme = household(
        in_scheme=True,
        resources=Resources(rsa_eur=Decimal("573.49")),
        priority_grounds=frozenset({PriorityGround.HOMELESS}),
    )

    answer = counts_as_priority(in_scheme, ON)

    assert not is_priority(in_scheme)
    assert missing_ground(in_scheme)
    assert answer.sentence.startswith("Motif manquant\u00a0: aucun justificatif pour absence de logement")


def test_scenario_10_a_ground_with_evidence_is_counted():
    evidenced = household(
        in_scheme=True,
        priority_grounds=frozenset({PriorityGround.HOMELESS}),
        evidenced_grounds=frozenset({PriorityGround.HOMELESS}),
    )

    assert is_priority(evidenced)
    assert not missing_ground(evidenced)
    assert counts_as_priority(evidenced, ON).passed


@pytest.mark.parametrize(
    ("income", "passed"),
    [(23900, {"PLAI": False, "PLUS": False, "PLS": True}), (31000, {"PLAI": False, "PLUS": False, "PLS": False})],
)
def test_scenario_14_above_one_ceiling_is_not_above_all(income, passed):
    single = household(tax_income_n2_eur_year=Decimal(income))

    answers = {funding: income_under_ceiling(single, dwelling(funding=funding), ON) for funding in passed}

    assert {funding: answer.passed for funding, answer in answers.items()} == passed
    assert answers["PLS"].facts["limit"] == 30424


def test_scenario_15_too_small_a_surface_is_an_alert():
    four = household(adult_ages=(34, 33), child_ages=(6, 3))

    answer = finding(judge(four, dwelling(rooms=3, surface_m2=Decimal(30)), ON), "surface_suffisante")

    assert (answer.passed, answer.excludes, answer.facts["least"]) == (False, False, 34)


def test_scenario_15_too_many_rooms_is_an_alert():
    findings = judge(household(), dwelling(rooms=4), ON)

    answer = finding(findings, "pas_sous_occupe")
    assert (answer.passed, answer.excludes, answer.facts["rooms"], answer.facts["most"]) == (False, False, 4, 2)
    assert not any(blocks(each) for each in findings)


def test_scenario_20_job_rankings_ignore_who_the_household_is():
    chance = random.Random(20)
    codes = ["K2204", "K2205", "N1103", "N1105", "J1301", "K1304", "G1603"]
    profiles = [
        household(
            application_number=f"0590126{number:06d}00001",
            adult_ages=(chance.randint(18, 64),),
            child_ages=tuple(chance.randint(0, 17) for _ in range(chance.randint(0, 4))),
            disabled_persons=chance.randint(0, 1),
            in_scheme=chance.random() < 0.5,
            current_status=chance.choice(list(CurrentStatus)),
            current_commune=chance.choice(["59350", "59512", "59599"]),
            resources=Resources(rsa_eur=Decimal(chance.randint(0, 600))),
        )
        for number in range(200)
    ]
    seekers = [
        seeker(
            occupations=tuple(chance.sample(codes, 2)),
            experience={chance.choice(codes): Decimal(chance.randint(1, 8))},
        )
        for _ in profiles
    ]
    offers = [
        offer(occupation=chance.choice(codes), min_experience_years=chance.choice([None, Decimal(1), Decimal(3)]))
        for _ in range(60)
    ]
    persons = [Person(one.application_number, 1, each) for one, each in zip(profiles, seekers, strict=True)]
    strangers = chance.sample(profiles, len(profiles))
    permuted = [
        replace(person, application_number=other.application_number)
        for person, other in zip(persons, strangers, strict=True)
    ]

    before, after = rankings(persons, offers), rankings(permuted, offers)

    np.testing.assert_array_equal(before, after)
    assert len({tuple(ranking) for ranking in before}) > 20, "profiles that all rank alike would prove nothing"


def rankings(persons, offers):
    """Return, for each person, the offers from the best to the worst fit."""
    answer = fit([person.seeker for person in persons], offers, ON)
    keys = (-answer.experience, answer.wish_rank, answer.distance, ~answer.allowed)
    return np.lexsort(keys, axis=1)


def test_an_unusual_family_goes_to_a_person_and_stops_nobody_else():
    families = [household(), household(adult_ages=()), household(adult_ages=(40, 38))]

    answers = [judge(family, dwelling(), ON) for family in families]

    assert [any(goes_to_a_person(each) for each in findings) for findings in answers] == [False, True, False]
