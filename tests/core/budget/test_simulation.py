"""What the months say, case by case: who keeps what, when benefits are looked at again."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.people import dwelling, household

from untoit.core.budget import BudgetCase, JobStart
from untoit.core.model.household import Resources

NOVEMBER = date(2026, 11, 1)


def job(gross="1867.02", starts_on=NOVEMBER, adult=0, **changes):
    return JobStart(Decimal(gross), starts_on, Decimal(35), adult, **changes)


def case(resources, *jobs, home=None, **changes):
    return BudgetCase(household(resources=resources, **changes), home or dwelling(), jobs, NOVEMBER)


def budget(worker, *arguments, **changes):
    return worker.simulate([case(*arguments, **changes)])[0]


def test_months_are_those_after_the_hire(worker):
    months = budget(worker, Resources(rsa_eur=Decimal("573.49")), job())

    shown = [(month.label, month.month) for month in (months.before, *months.after)]
    assert shown == [
        ("avant", date(2026, 11, 1)),
        ("mois_1", date(2026, 12, 1)),
        ("mois_4", date(2027, 3, 1)),
        ("mois_15", date(2028, 2, 1)),
    ]


def test_without_a_job_there_is_only_today(worker):
    answer = budget(worker, Resources(rsa_eur=Decimal("573.49")))

    assert answer.after == ()
    assert answer.before.rsa == Decimal("573.49")
    assert answer.before.housing_benefit == Decimal("277.62")


def test_what_is_declared_is_shown_as_declared_before_the_hire(worker):
    declared = Resources(
        wages_eur=Decimal(300), rsa_eur=Decimal("210.10"), activity_bonus_eur=Decimal("95.20"),
        unemployment_benefit_eur=Decimal(50), disability_allowance_eur=Decimal(120), pensions_eur=Decimal(80),
        family_benefits_eur=Decimal("151.05"), other_eur=Decimal(20),
    )

    before = budget(worker, declared, job(), child_ages=(4, 8)).before

    assert (
        before.wages_net, before.rsa, before.activity_bonus, before.unemployment, before.disability_allowance,
        before.pensions, before.family_benefits, before.other,
    ) == (
        Decimal(300), Decimal("210.10"), Decimal("95.20"), Decimal(50), Decimal(120), Decimal(80), Decimal("151.05"),
        Decimal(20),
    )
    assert before.resources == declared.total_eur


def test_rsa_stays_until_the_first_review_then_leaves_place_to_the_bonus(worker):
    first, fourth, last = budget(worker, Resources(rsa_eur=Decimal("573.49")), job()).after

    # Month 1 looks at months M-4 to M-2, in which there was no wage: RSA and full housing benefit are still paid.
    assert (first.rsa, first.activity_bonus, first.housing_benefit) == (Decimal("573.49"), 0, Decimal("277.62"))
    # 638.28 + 186.05 of individual bonus + 59.85 % of 1,477.93 - 1,477.93 - 76.59 of forfait logement, less CRDS.
    assert (fourth.rsa, fourth.activity_bonus, fourth.housing_benefit) == (0, Decimal("153.51"), Decimal("277.62"))
    # A full year of wages ends housing benefit and rent reduction.
    assert (last.rsa, last.housing_benefit, last.rent_reduction) == (0, 0, 0)
    assert last.net_housing_cost == Decimal(380)


def test_net_wage_is_that_of_the_payslip(worker):
    months = budget(worker, Resources(rsa_eur=Decimal("573.49")), job("1867.02")).after

    assert {month.wages_net for month in months} == {Decimal("1477.93")}


def test_declared_wages_are_replaced_when_everybody_is_hired(worker):
    after = budget(worker, Resources(wages_eur=Decimal(600)), job()).after

    assert after[0].wages_net == Decimal("1477.93")


def test_declared_wages_go_on_when_another_adult_is_hired(worker):
    after = budget(worker, Resources(wages_eur=Decimal(600)), job(), adult_ages=(34, 33)).after

    assert after[0].wages_net == Decimal("2077.93")


def test_two_hires_add_their_wages(worker):
    after = budget(worker, Resources(), job(), job("1500", adult=1), adult_ages=(34, 33)).after

    assert after[0].wages_net == Decimal("2665.32")


def test_unemployment_benefit_stops_with_the_hire(worker):
    answer = budget(worker, Resources(unemployment_benefit_eur=Decimal(900)), job())

    assert answer.before.unemployment == 900
    assert [month.unemployment for month in answer.after] == [0, 0, 0]


def test_a_second_hire_counts_from_its_own_month(worker):
    later = job("1500", starts_on=date(2027, 2, 1), adult=1)

    after = budget(worker, Resources(), job(), later, adult_ages=(34, 33)).after

    assert [month.wages_net for month in after] == [Decimal("1477.93"), Decimal("2665.32"), Decimal("2665.32")]


def test_a_part_time_lone_parent_keeps_some_rsa_and_gets_the_bonus(worker):
    resources = Resources(rsa_eur=Decimal(700), family_benefits_eur=Decimal("200.77"))

    last = budget(worker, resources, job("600"), child_ages=(8,)).after[-1]

    # 977.54 for two, less 474.96 of wages, 200.77 of family benefits, 156.41 of forfait logement; full housing benefit.
    assert last.rsa == Decimal("145.40")
    assert last.activity_bonus > 200
    assert last.housing_benefit == Decimal("304.45")


@pytest.mark.parametrize(
    ("adults", "children", "least"),
    [((34,), (8,), 200), ((34, 33), (4, 8), 150), ((34, 33), (), 0)],
)
def test_family_benefits_not_declared_follow_the_composition(worker, adults, children, least):
    answer = budget(worker, Resources(rsa_eur=Decimal(500)), job(), adult_ages=adults, child_ages=children)

    assert least <= answer.before.family_benefits <= least + 5
    assert answer.after[-1].family_benefits == answer.before.family_benefits


def test_housing_benefit_rests_on_the_known_income_of_the_last_year_without_rsa(worker):
    cases = [
        case(Resources(other_eur=Decimal(0)), income_12_months_eur_year=Decimal(income))
        for income in (0, 9_000, 13_500, 30_000)
    ]

    benefits = [answer.before.housing_benefit for answer in worker.simulate(cases)]

    assert benefits == sorted(benefits, reverse=True)
    assert benefits[0] == Decimal("277.62")
    # 354.97 of rent and charges, less 40.01 and 3.135 % of 13,500 - 5,235, less 5, less CRDS.
    assert benefits[2] == Decimal("50.60")
    assert benefits[3] == 0


def test_transport_is_shown_apart_and_from_the_hire_on(worker):
    plain, costly = worker.simulate([
        case(Resources(rsa_eur=Decimal(500)), job()),
        case(Resources(rsa_eur=Decimal(500)), job(commute_eur_month=Decimal("31.00"))),
    ])

    assert (costly.before.transport, costly.after[0].transport) == (0, Decimal("31.00"))
    assert costly.after[0].residual_income_day_uc == plain.after[0].residual_income_day_uc


def test_a_hire_in_the_middle_of_the_month_counts_its_days(worker):
    full, half = worker.simulate([
        case(Resources(rsa_eur=Decimal("573.49")), job("600")),
        case(Resources(rsa_eur=Decimal("573.49")), job("600", starts_on=date(2026, 11, 16))),
    ])

    # The first review averages months 0 to 2: half a month less of wages, 237.48 euros, is a third of it more RSA.
    assert half.after[1].rsa - full.after[1].rsa == Decimal("79.16")
    assert half.after[2] == full.after[2]
