"""Solidity of the demonstration plan: lists without anybody twice, closed forms, runs that a seed makes again."""

from datetime import date

import pytest
from tests.factories.runs import KINDS, demo_files

from untoit.core.mobility.network import open_network
from untoit.core.pairing.conduct import read_files
from untoit.core.pairing.records import Settings
from untoit.core.pairing.run import prepare
from untoit.core.sandbox.appraisal import Base
from untoit.core.sandbox.solidity import kept_rows, other_chances, sign_chances, solidity, with_runs

ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    data = demo_files(tmp_path_factory.mktemp("demo") / "donnees")
    records, _, _ = read_files({kind: data / f"{kind}.csv" for kind in KINDS})
    return Base.of(prepare(records, open_network([data / "reseau_demo.zip"]), Settings(ON)))


def test_nobody_is_on_two_lists_and_no_list_is_longer_than_the_landlord_allows(base):
    found = solidity(base)
    listed = [one.household for lists in found.lists.values() for one in lists]

    assert len(set(listed)) == len(listed)
    for d, lists in found.lists.items():
        assert 1 <= len(lists) <= min(3, base.prepared.records.dwellings[d].max_candidates)
    offers = [base.prepared.options.offer[o] for lists in found.lists.values() for one in lists for o in one.options]
    openings = {j: offer.openings for j, offer in enumerate(base.prepared.records.offers)}
    assert all(offers.count(j) <= openings[j] for j in set(offers))


def test_one_candidate_a_home_is_what_the_plan_expects_and_more_candidates_add_to_it(base):
    found = solidity(base)

    assert found.alone.expected == pytest.approx(base.doubles)
    assert found.listed.expected == pytest.approx(sum(found.ranks))
    assert found.listed.expected >= found.alone.expected == pytest.approx(found.ranks[0])
    assert found.dice.expected == pytest.approx(found.listed.expected, abs=0.25)


def test_the_chance_to_sign_is_above_the_chance_of_a_double_success(base):
    signs = sign_chances(base.prepared)

    assert (signs >= base.prepared.probability).all() and (signs <= 1).all()


def test_runs_with_other_chances_count_up_to_their_number_and_are_made_again_by_the_seed(base):
    one, other = list(other_chances(base, 3)), list(other_chances(base, 3))

    assert one == other
    assert [kept[0].runs for kept in one] == [1, 2, 3]
    for kept in one[-1]:
        assert 0 <= kept.tandem <= kept.home <= 3
        assert kept.robust(0.8) == (kept.home == 3)


def test_the_file_has_one_row_a_home_of_the_plan(base):
    found = with_runs(solidity(base), list(other_chances(base, 2))[-1])

    rows = list(kept_rows(base, found))

    assert len(rows) == len(base.plan.pairs)
    assert {row[2] for row in rows} == {2}
