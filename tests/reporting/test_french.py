from datetime import date
from decimal import Decimal

from markupsafe import Markup

from untoit.reporting.french import day, euros, number, percent, plural, typography


def test_numbers_have_thin_spaces_and_a_decimal_comma():
    assert number(1234567) == "1\u202f234\u202f567"
    assert number(Decimal("1234.56"), 1) == "1\u202f234,6"
    assert number(-3) == "\u22123"


def test_what_is_unknown_is_a_dash_never_a_zero():
    assert (number(None), euros(None), percent(None)) == ("–", "–", "–")
    assert euros(0) == "0\u00a0€"


def test_shares_are_percentages():
    assert percent(Decimal("0.125"), 1) == "12,5\u202f%"


def test_the_first_of_the_month_is_an_ordinal():
    assert day(date(2026, 1, 1)) == "1er\u00a0janvier 2026"
    assert day(date(2026, 8, 13)) == "13\u00a0août 2026"


def test_plural_starts_at_two():
    assert plural(0, "ménage") == "0\u00a0ménage"
    assert plural(1, "ménage") == "1\u00a0ménage"
    assert plural(2, "ménage") == "2\u00a0ménages"
    assert plural(3, "offre d’emploi", "offres d’emploi") == "3\u00a0offres d’emploi"


def test_apostrophes_are_typographic_in_texts_and_untouched_in_markup():
    assert typography("l'emploi d'Anne, 'entre guillemets'") == "l’emploi d’Anne, 'entre guillemets'"
    assert typography(Markup("a'b")) == "a'b"
    assert typography(3) == 3
