"""Which column each header is: surest reasons first, no column twice, nothing taken for a rent that is not one."""

import json
from decimal import Decimal

import pytest
from tests.factories.files import DWELLING, OFFER

from untoit.core.exchange import DWELLING_COLUMNS, Kind
from untoit.core.exchange.columns import How, likely_kind, missing_columns, recognise
from untoit.core.exchange.france_travail import read_each_offer
from untoit.core.exchange.single import key_of, read_row
from untoit.core.exchange.writers import csv_text


def columns(kind, headers, remembered=None):
    return [guess.column for guess in recognise(kind, headers, remembered)]


@pytest.mark.parametrize(("kind", "header", "column"), [
    (Kind.HOUSEHOLDS, "N° unique", "numero_unique"), (Kind.HOUSEHOLDS, "NUD", "numero_unique"),
    (Kind.DWELLINGS, "Loyer HC", "loyer"), (Kind.DWELLINGS, "Nb pièces", "typologie"),
    (Kind.PERSONS, "Date de naissance", "naissance"), (Kind.OFFERS, "Raison sociale", "employeur"),
])
def test_synonyms_of_the_trade_are_known(kind, header, column):
    assert columns(kind, [header]) == [column]


@pytest.mark.parametrize("header", ["Loyer CC", "loyer charges comprises", "loyer total", "x", ""])
def test_a_rent_with_charges_is_no_rent(header):
    assert columns(Kind.DWELLINGS, [header]) == [""]


def test_an_exact_name_is_not_taken_away_by_a_synonym():
    assert columns(Kind.DWELLINGS, ["Loyer HC", "loyer"]) == ["", "loyer"]


def test_what_was_chosen_last_time_comes_before_synonyms():
    assert columns(Kind.DWELLINGS, ["Type", "Mon type"], {"mon_type": "typologie", "type": ""}) == ["", "typologie"]


def test_a_close_name_says_that_it_is_to_be_checked():
    (guess,) = recognise(Kind.DWELLINGS, ["disponnible_le"])

    assert (guess.column, guess.how) == ("disponible_le", How.CLOSE)


def test_the_kind_follows_from_the_columns_among_those_allowed():
    assert likely_kind(DWELLING_COLUMNS, (Kind.HOUSEHOLDS, Kind.DWELLINGS, Kind.OFFERS)) is Kind.DWELLINGS
    assert likely_kind(DWELLING_COLUMNS, (Kind.OFFERS,)) is None
    assert missing_columns(Kind.OFFERS, ["reference"])[:2] == ("employeur", "intitule")


@pytest.mark.parametrize("rooms", ["3", "T3", "F3", "3 pièces", 3, 3.0])
def test_a_number_of_rooms_is_a_typology(rooms):
    found = read_row(Kind.DWELLINGS, {**DWELLING, "typologie": rooms}, file="f", line=2)

    assert (found.value.rooms, found.problems) == (3, ())
    assert key_of(Kind.DWELLINGS, found.value) == ("L-014",)


def test_a_row_that_is_refused_has_no_value_and_every_problem():
    found = read_row(Kind.OFFERS, {**OFFER, "rome": "?", "postes": "0"}, file="offres.csv", line=7)

    assert found.value is None
    assert [(one.line, one.column) for one in found.problems] == [(7, "rome"), (7, "postes")]


def test_each_offer_of_a_document_comes_with_its_own_problems(tmp_path):
    good = {"id": "1", "intitule": "Agent", "romeCode": "K2204", "typeContrat": "CDI",
            "lieuTravail": {"commune": "59350", "latitude": 50.63, "longitude": 3.06}}
    path = tmp_path / "offres.json"
    path.write_text(json.dumps({"resultats": [good, {**good, "id": "2", "typeContrat": "?"}, good]}))

    found = list(read_each_offer(path))

    assert [(rank, offer is None) for rank, _, offer, _ in found] == [(1, False), (2, True), (3, True)]
    assert [len([one for one in problems if "refusé" in one.severity]) for *_, problems in found] == [0, 1, 1]
    assert found[1][1]["reference"] == "2"


def test_a_text_of_a_table_runs_no_formula():
    assert csv_text(["=a", "b"], [["@x", Decimal("1.50")]]) == "'=a;b\n'@x;1.50\n"
