"""One cell at a time: the traps of numbers, dates, codes and lists, whatever container they come from."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from untoit.core.exchange import cells, readers
from untoit.core.exchange.cells import Unreadable


def reason(reader, cell):
    with pytest.raises(Unreadable) as refusal:
        reader.parse(cell)
    return str(refusal.value)


@pytest.mark.parametrize(("cell", "euros"), [
    ("423.50", "423.5"), ("423,50", "423.5"), ("1 234,50", "1234.5"), ("1\u202f234,50\u00a0€", "1234.5"),
    ("1\u2009234.50 euros", "1234.5"), ("1.234,50", "1234.5"), ("1,234.50", "1234.5"), ("+12", "12"), (423.5, "423.5"),
    (0.1 + 0.2, "0.3"), (1867, "1867"), ("0", "0"), ("0,125", "0.125"),
])
def test_amount_reads_french_and_plain_numbers(cell, euros):
    assert readers.EUROS_MONTH.parse(cell) == Decimal(euros)


@pytest.mark.parametrize(("cell", "why"), [
    ("1.234", "est ambigu, milliers ou décimales"), ("1,234", "est ambigu, milliers ou décimales"),
    ("-3", "est négatif"), (-0.01, "est négatif"), ("12 34", "n'est pas un nombre"), ("1e3", "n'est pas un nombre"),
    ("NaN", "n'est pas un nombre"), ("inf", "n'est pas un nombre"), (float("nan"), "n'est pas un nombre"),
    (float("inf"), "n'est pas un nombre"), (True, "n'est pas un nombre"), ("٣", "n'est pas un nombre"),
    ("#N/A", "n'est pas un nombre"), ("n.c.", "n'est pas un nombre"), ("9" * 39, "n'est pas plausible"),
    ("9" * 400, "n'est pas un nombre plausible"), (date(2026, 1, 1), "n'est pas un nombre"),
    ("12 $", "n'est pas un nombre"),
])
def test_amount_refuses_what_nobody_can_be_sure_of(cell, why):
    assert reason(readers.EUROS_MONTH, cell) == why


@pytest.mark.parametrize(("cell", "code"), [
    ("59350", "59350"), (59350, "59350"), (59350.0, "59350"), (1004.0, "01004"), ("1004", "01004"), ("2A004", "2A004"),
    ("2a004", "2A004"), (" 59 350 ", "59350"), ("97411", "97411"),
])
def test_insee_keeps_zeros_and_corsica(cell, code):
    assert cells.INSEE.parse(cell) == code


@pytest.mark.parametrize(("cell", "why"), [
    ("59000", "est un code postal, pas un code INSEE"), ("Lille", "n'est pas un code INSEE de commune"),
    ("2C004", "n'est pas un code INSEE de commune"), (593500, "n'est pas un code INSEE de commune"),
    (59350.5, "n'est pas un code INSEE de commune"), ("104", "n'est pas un code INSEE de commune"),
])
def test_insee_refuses_other_codes(cell, why):
    assert reason(cells.INSEE, cell) == why


@pytest.mark.parametrize(("cell", "siret"), [
    (53500000000012.0, "53500000000012"), ("535 000 000 00012", "53500000000012"), (5350000000012, "05350000000012"),
])
def test_siret_survives_a_spreadsheet(cell, siret):
    assert cells.SIRET.parse(cell) == siret


@pytest.mark.parametrize(("cell", "why"), [
    (5.9012699900001e16, "a été arrondi par le tableur, qui ne garde que 15 chiffres"),
    ("5,90127E+16", "a été abrégé par le tableur, des chiffres sont perdus"),
    (date(2026, 3, 12), "a été changé en date ou en heure par le tableur"),
    (time(5, 30), "a été changé en date ou en heure par le tableur"),
    ("x" * 101, "dépasse 100 caractères"),
])
def test_identifier_that_a_spreadsheet_spoilt_is_refused(cell, why):
    assert reason(cells.IDENTIFIER, cell) == why


@pytest.mark.parametrize(("cell", "identifier"), [
    (" L-014 ", "L-014"), (591234.0, "591234"), ("0591234", "0591234"), ("L\u200b1", "L1"),
    ("'-12", "-12"), ("A\tB", "A B"), ("'quoted", "'quoted"), ('="0590"', "0590"),
])
def test_identifier_is_what_a_person_reads(cell, identifier):
    assert cells.IDENTIFIER.parse(cell) == identifier


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u200b\ufeff", "\x07"])
def test_a_cell_with_nothing_to_see_is_blank(cell):
    assert cells.is_blank(cell)


@pytest.mark.parametrize("cell", ["0", 0, False, "-", "NC"])
def test_zero_and_words_are_not_blank(cell):
    assert not cells.is_blank(cell)


@pytest.mark.parametrize("cell", [
    "2026-11-23", "23/11/2026", "2026-11-23 00:00:00", "2026-11-23T08:30", "23/11/2026 00:00", date(2026, 11, 23),
    datetime(2026, 11, 23, 12, 0), 46349.0, 46349, "46349",
])
def test_day_reads_text_dates_and_spreadsheet_numbers(cell):
    assert cells.DAY.parse(cell) == date(2026, 11, 23)


@pytest.mark.parametrize(("cell", "why"), [
    ("31/02/2026", "n'existe pas dans le calendrier"), ("2026-13-01", "n'existe pas dans le calendrier"),
    ("01/01/1899", "n'est pas une date plausible"), (date(1899, 12, 31), "n'est pas une date plausible"),
    ("23/11/26", "n'est pas une date"), ("0", "n'est pas une date"), (2026.0, "n'est pas une date"),
    (True, "n'est pas une date"), ("demain", "n'est pas une date"), ("01/01/9999", "n'est pas une date plausible"),
])
def test_day_refuses_impossible_dates(cell, why):
    assert reason(cells.DAY, cell) == why


@pytest.mark.parametrize(("cell", "minutes"), [
    ("05:30", 330), (time(5, 30), 330), (time(5, 29, 59, 999_000), 330), (0.22916666, 330),
    (timedelta(hours=25.5), 1530), (datetime(1900, 1, 1, 1, 30), 1530), ("25:30", 1530), ("5h30", 330),
])
def test_clock_reads_text_and_spreadsheet_times(cell, minutes):
    assert cells.CLOCK.parse(cell) == minutes


@pytest.mark.parametrize("cell", ["midi", "5", 530.0, timedelta(days=3), True, date(2026, 1, 1), "48:00"])
def test_clock_refuses_what_is_no_hour(cell):
    assert reason(cells.CLOCK, cell) == "n'est pas une heure"


@pytest.mark.parametrize(("cell", "value"), [
    ("oui", True), ("Non", False), ("1", True), (0.0, False), ("TRUE", True), (True, True),
    ("vrai", True), ("FAUX", False),
])
def test_flag_reads_french_english_and_numbers(cell, value):
    assert cells.FLAG.parse(cell) is value


@pytest.mark.parametrize("cell", ["peut-être", "2", "x", 0.5])
def test_flag_refuses_the_rest(cell):
    assert reason(cells.FLAG, cell) == "n'est ni oui ni non"


def test_list_keeps_order_and_refuses_a_hole():
    assert readers.ADULT_AGES.parse("34|36") == (34, 36)
    assert readers.ADULT_AGES.parse(34.0) == (34,)
    assert readers.ADULT_AGES.parse("34|36|") == (34, 36)
    assert reason(readers.ADULT_AGES, "34||36") == "contient une valeur vide entre deux « | »"
    assert reason(readers.ADULT_AGES, "34|x") == "contient « x », qui n'est pas un nombre"
    assert reason(readers.ADULT_AGES, "34|121") == "contient « 121 », qui n'est pas plausible"
    assert reason(readers.ADULT_AGES, "|".join(["34"] * 201)) == "compte plus de 200 valeurs"
    assert reason(readers.ADULT_AGES, "34,36") == "n'est pas un nombre entier"


def test_code_ignores_case_and_accents_only():
    assert readers.MODE.parse("Vélo") == "velo"
    assert readers.FUNDING.parse(" plai ") == "PLAI"
    assert reason(readers.FUNDING, "PLUS+") == "n'est pas un financement connu"
    assert readers.FUNDING.expected == "PLAI, PLUS, PLS ou PLI"


def test_licences_of_offers_and_people_are_spelt_alike():
    assert {cells.LICENCE.parse(text) for text in ("CACES 3", "caces3", "CACES-3", "Caces® 3")} == {"CACES3"}


any_cell = st.one_of(
    st.text(max_size=50), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(),
)
READERS = [value for module in (cells, readers) for value in vars(module).values() if isinstance(value, cells.Reader)]


@settings(deadline=None)
@given(any_cell)
def test_every_reader_reads_or_refuses_any_cell(cell):
    for reader in READERS:
        try:
            reader.parse(cell)
        except Unreadable as unreadable:
            assert str(unreadable)


@settings(deadline=None)
@given(any_cell)
def test_shown_is_one_short_printable_line(cell):
    seen = cells.shown(cell)

    assert len(seen) <= 61
    assert seen.isprintable()
