"""Communes and their three zonings."""

import csv
from collections import Counter
from decimal import Decimal

import pytest
from tests.factories.people import dwelling

from untoit.core.errors import UnknownSituation
from untoit.core.territory.communes import (
    MEL,
    IncomeZone,
    apl_zone,
    apl_zone_of,
    commune,
    communes,
    income_zone,
    same_place,
)


def test_the_metropolis_has_its_95_communes_and_their_published_zones():
    places = communes(MEL)

    assert len(places) == 95
    assert Counter(place.abc_zone for place in places) == {"A": 10, "B1": 63, "B2": 22}
    assert {place.name for place in places if place.apl_zone == 3} == {
        "Allennes-les-Marais", "Annœullin", "Aubers", "Bois-Grenier", "Carnin", "Fromelles", "Le Maisnil",
        "Radinghem-en-Weppes",
    }
    assert {place.income_ceiling_zone for place in places} == {IncomeZone.OTHER}


def test_every_commune_lies_in_the_north():
    for place in communes():
        assert 49.9 < place.position.latitude < 51.1, place
        assert 2.0 < place.position.longitude < 4.3, place
        assert place.code.startswith("59")


def test_the_table_equals_the_official_files(shared):
    with (shared / "data/geo/communes_nord_2026.csv").open(encoding="utf-8-sig") as file:
        names = {row["code_insee"]: (row["nom"], int(row["population"])) for row in csv.DictReader(file)}

    assert {place.code: (place.name, place.population) for place in communes()} == names


@pytest.mark.parametrize("code", ["59298", "59355"])
def test_an_associated_commune_is_lille(code):
    assert commune(code) == commune("59350")


def test_a_commune_outside_the_table_is_none():
    assert commune("38185") is None


@pytest.mark.parametrize(
    ("wished", "code", "same"),
    [
        ("59350", "59350", True), ("59350", "59355", True), ("59355", "59350", True), ("59355", "59298", False),
        ("59350", "59512", False), ("75113", "75119", False), ("75056", "75119", True),
    ],
)
def test_a_whole_and_its_part_are_the_same_place_but_not_two_parts(wished, code, same):
    assert same_place(wished, code) is same


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("75056", IncomeZone.PARIS), ("75113", IncomeZone.PARIS), ("92012", IncomeZone.PARIS),
        ("93001", IncomeZone.PARIS), ("93006", IncomeZone.PARIS), ("94080", IncomeZone.PARIS),
        ("92050", IncomeZone.ILE_DE_FRANCE), ("78646", IncomeZone.ILE_DE_FRANCE), ("77999", IncomeZone.ILE_DE_FRANCE),
        ("59350", IncomeZone.OTHER), ("38185", IncomeZone.OTHER), ("01004", IncomeZone.OTHER),
    ],
)
def test_income_zone_is_known_all_over_the_mainland(code, zone):
    assert income_zone(code) is zone


def test_thirty_communes_are_paris_and_those_that_adjoin_it():
    inner = [f"{department}{number:03d}" for department in (75, 77, 78, 91, 92, 93, 94, 95) for number in range(700)]

    # Paris, its twenty arrondissements are parts of it, and twenty-nine communes.
    assert sum(income_zone(code) is IncomeZone.PARIS for code in inner) == 30 + 20


@pytest.mark.parametrize("code", ["20004", "97411", "98818", "99100", "", "5935"])
def test_income_zone_elsewhere_goes_to_a_person(code):
    with pytest.raises(UnknownSituation):
        income_zone(code)


@pytest.mark.parametrize(
    ("code", "zone"),
    [("59350", 2), ("59355", 2), ("59005", 3), ("38185", 2), ("75113", 1), ("69381", 2), ("59999", None)],
)
def test_apl_zone_comes_from_the_commune_anywhere(code, zone):
    assert apl_zone(code) == zone


def test_apl_zone_of_a_dwelling_prefers_the_column_of_the_landlord():
    assert apl_zone_of(dwelling(commune="59350", apl_zone=3)) == 3
    assert apl_zone_of(dwelling(commune="59350", apl_zone=None)) == 2


def test_unknown_apl_zone_goes_to_a_person():
    with pytest.raises(UnknownSituation, match="zone_apl"):
        apl_zone_of(dwelling(commune="59999", surface_m2=Decimal(30)))
