"""Occupations and how close they are."""

import csv

from untoit.core.territory.occupations import distance, occupation, occupations


def test_every_close_occupation_exists():
    known = {each.code for each in occupations()}

    assert len(known) == 1584
    assert {code for each in occupations() for code in each.close} <= known


def test_distance_is_the_rank_of_the_mobility_table(shared):
    with (shared / "data/rome/unix_rubrique_mobilite_v460_utf8.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 14912
    assert all(distance(row["code_rome"], row["code_rome_cible"]) == int(row["numero_ordre"]) for row in rows)


def test_distance_to_itself_is_zero_even_for_an_unknown_code():
    assert distance("K2204", "K2204") == 0
    assert distance("Z9999", "Z9999") == 0


def test_distance_is_none_when_not_close_and_is_not_symmetric():
    assert distance("K2204", "M1805") is None
    assert distance("K2204", "H2705") == 8
    assert distance("H2705", "K2204") is None


def test_occupation_has_its_label():
    assert occupation("N1103").label.startswith("Préparateur")
    assert occupation("Z9999") is None
