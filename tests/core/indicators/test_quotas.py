"""The 30 % and its neighbours, exactly: who counts, among how many, how many more in a row."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from untoit.core.indicators.quotas import (
    Allocation,
    CountingPolicy,
    Dimension,
    Ground,
    Unit,
    by_reserving_party,
    counting_policy,
    needed_next,
    others_in_qpv,
    priority_by,
    priority_count,
    priority_cuts,
    q1_outside_qpv,
)

ON, SINCE, UNTIL = date(2026, 11, 23), date(2026, 1, 1), date(2026, 12, 31)
GROUND = (Ground("k", date(2026, 1, 1)),)


def lease(number, **changes):
    """A lease signed on 15 March after a decision of 1 March, without any ground."""
    fields = {"decided_on": date(2026, 3, 1), "signed_on": date(2026, 3, 15)} | changes
    return Allocation(f"B{number:03}", fields.pop("household", f"M{number:03}"), **fields)


def count(*allocations, **changes):
    """The priority share of these allocations in 2026."""
    return priority_count(allocations, replace(counting_policy(ON), **changes), SINCE, UNTIL)


def numbers(found):
    """The numerator and the denominator."""
    return found.share.count, found.share.of


@pytest.mark.parametrize(
    ("n", "total", "target", "k"),
    [
        (17, 60, Fraction(3, 10), 2), (9, 40, Fraction(1, 4), 2), (18, 60, Fraction(3, 10), 0),
        (0, 0, Fraction(3, 10), 0), (0, 1, Fraction(3, 10), 1), (3, 10, Fraction(3, 10), 0), (2, 10, Fraction(1), None),
        (10, 10, Fraction(1), 0), (0, 10, Fraction(0), 0),
    ],
)
def test_needed_next(n, total, target, k):
    assert needed_next(n, total, target) == k


@given(st.integers(0, 400), st.integers(0, 400), st.fractions(0, Fraction(99, 100), max_denominator=100))
def test_needed_next_is_the_smallest_that_reaches(n, others, target):
    total = n + others
    k = needed_next(n, total, target)

    assert n + k >= target * (total + k)
    assert k == 0 or n + k - 1 < target * (total + k - 1)


@pytest.mark.parametrize(
    ("n", "total", "target"), [(5, 4, Fraction(1, 4)), (-1, 4, Fraction(1, 4)), (1, 4, Fraction(2))]
)
def test_what_is_no_count_is_a_bug(n, total, target):
    with pytest.raises(ValueError, match="no count"):
        needed_next(n, total, target)


def test_a_ground_counts_when_evidenced_on_the_day_of_the_decision():
    decided = date(2026, 3, 1)
    grounds = {
        "before": Ground("k", date(2026, 2, 28)), "that day": Ground("k", decided),
        "after": Ground("k", date(2026, 3, 2)), "ended before": Ground("k", date(2026, 1, 1), date(2026, 2, 28)),
        "until that day": Ground("k", date(2026, 1, 1), decided),
    }

    found = {name: lease(1, grounds=(ground,)).is_priority for name, ground in grounds.items()}

    assert found == {
        "before": True, "that day": True, "after": False, "ended before": False, "until that day": True
    }


def test_a_household_counts_once_in_the_numerator_and_its_leases_in_the_denominator():
    found = count(lease(1, grounds=GROUND, household="M"), lease(2, grounds=GROUND, household="M"), lease(3))

    assert numbers(found) == (1, 3)
    assert found.repeated == ("B002",)


def test_only_what_was_signed_in_the_period_counts():
    found = count(
        lease(1, grounds=GROUND), lease(2, signed_on=None, grounds=GROUND), lease(3, signed_on=date(2025, 12, 31)),
        lease(4, signed_on=date(2026, 1, 1)), lease(5, signed_on=date(2026, 12, 31)),
        lease(6, signed_on=date(2027, 1, 1)),
    )

    assert numbers(found) == (1, 3)


def test_decisions_are_the_alternative():
    allocations = (lease(1, grounds=GROUND), lease(2, signed_on=None, grounds=GROUND))

    found = priority_count(allocations, counting_policy(ON, unit=Unit.DECISION), SINCE, UNTIL)

    assert numbers(found) == (2, 2)
    assert "décisions d'attribution" in found.policy_text


def test_what_is_left_out_is_counted_and_said():
    allocations = (lease(1, grounds=GROUND), lease(2, is_home=False), lease(3, is_transfer=True),
                   lease(4, is_npnru=True), lease(5, commune="59350"))

    assert numbers(count(*allocations)) == (1, 4)
    found = count(*allocations, without_transfers=True, without_npnru=True, perimeter=frozenset({""}))
    assert numbers(found) == (1, 1)
    assert dict(found.left_out) == {"stationnement ou commerce": 1, "mutation": 1, "relogement NPNRU": 1,
                                    "hors périmètre": 1}
    assert "hors mutations et relogements NPNRU" in found.policy_text
    assert "1\u00a0commune" in found.policy_text


def test_the_sub_line_and_the_missing_grounds_of_the_scheme():
    found = count(
        lease(1, grounds=GROUND, in_scheme=True), lease(2, grounds=GROUND), lease(3, in_scheme=True), lease(4)
    )

    assert numbers(found) == (2, 4)
    assert found.in_scheme == 1
    assert found.ground_missing == ("B003",)


def test_an_empty_period_says_so():
    found = count()

    assert (found.exact, found.reached, found.needed) == (None, False, 0)
    assert "rien à compter" in found.sentence


def test_a_sentence_when_the_target_is_reached_and_when_it_is_out_of_reach():
    assert "objectif atteint" in count(lease(1, grounds=GROUND)).sentence
    assert "hors d'atteinte" in count(lease(1), target=Fraction(1)).sentence


parties = st.sampled_from(["etat", "action_logement", "collectivite", "bailleur"])
allocations = st.lists(st.builds(
    lambda number, household, day, party, commune, ground, scheme: lease(
        number, household=f"M{household}", signed_on=date(2026, 1 + day % 12, 1 + day % 28), reserving_party=party,
        commune=commune, building=f"{commune}-{day % 2}", grounds=GROUND if ground else (), in_scheme=scheme),
    st.integers(0, 999), st.integers(0, 8), st.integers(0, 300), parties, st.sampled_from(["59350", "59512"]),
    st.booleans(), st.booleans(),
), max_size=30, unique_by=lambda each: each.reference)


@given(allocations)
def test_every_cut_adds_up_to_the_whole(drawn):
    policy = counting_policy(ON)
    whole = priority_count(drawn, policy, SINCE, UNTIL)

    for dimension, by_key in priority_cuts(drawn, policy, SINCE, UNTIL).items():
        assert by_key == priority_by(dimension, drawn, policy, SINCE, UNTIL)
        cells = by_key.values()
        assert sum(cell.share.count for cell in cells) == whole.share.count
        assert sum(cell.share.of for cell in cells) == whole.share.of
        assert sum(cell.in_scheme for cell in cells) == whole.in_scheme
    assert priority_count(reversed(drawn), policy, SINCE, UNTIL) == whole


@given(allocations)
def test_the_share_equals_an_independent_count(drawn):
    holders = {each.household for each in drawn if each.grounds}

    assert numbers(count(*drawn)) == (len(holders), len(drawn))


def test_months_are_in_order_and_named_by_the_day_that_counts():
    cells = priority_by(Dimension.MONTH, [lease(1, signed_on=date(2026, 11, 2)), lease(2)], counting_policy(ON),
                        SINCE, UNTIL)

    assert list(cells) == ["2026-03", "2026-11"]


def test_each_other_contingent_has_its_own_quarter():
    drawn = [lease(number, reserving_party=party, grounds=GROUND if ground else ())
             for number, (party, ground) in enumerate([("etat", True), ("bailleur", False), ("bailleur", True)])]

    found = by_reserving_party(drawn, ON, SINCE, UNTIL, {"bailleur": "Bailleur", "collectivite": "Collectivités"})

    assert {name: (numbers(each), each.target) for name, each in found.items()} == {
        "Bailleur": ((1, 2), Fraction(1, 4))
    }


def test_q1_counts_leases_outside_qpv_and_relocations():
    drawn = [
        lease(1, in_qpv=False, quartile=1), lease(2, in_qpv=False, quartile=3),
        lease(3, in_qpv=False, quartile=3, is_npnru=True), lease(4, in_qpv=False), lease(5, in_qpv=True, quartile=1),
        lease(6, quartile=1), lease(7, in_qpv=False, quartile=1, signed_on=None),
    ]

    found = q1_outside_qpv(drawn, ON, SINCE, UNTIL)

    assert numbers(found) == (2, 4)
    assert found.unknown == ("B004", "B006")


def test_quartiles_two_to_four_in_qpv():
    drawn = [lease(number, in_qpv=True, quartile=quartile) for number, quartile in enumerate((1, 2, 3, 4, None))]

    found = others_in_qpv(drawn, ON, SINCE, UNTIL)

    assert numbers(found) == (3, 5)
    assert found.target == Fraction(1, 2)
    assert found.unknown == ("B004",)


def test_the_policy_is_printed_with_its_source_and_its_status():
    policy = counting_policy(ON)

    assert isinstance(policy, CountingPolicy)
    assert (policy.unit, policy.target) == (Unit.LEASE_SIGNED, Fraction(3, 10))
    assert "baux signés" in policy.text
    assert "30,0" in policy.text
    assert "à vérifier" in policy.text
