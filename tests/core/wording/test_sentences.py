"""French sentences."""

from datetime import date
from decimal import Decimal

import pytest

from untoit.core.wording import counted, euros, listed, number, percentage, say, typography


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12900, "12\u202f900"), (Decimal("7.50"), "7,5"), (Decimal("1E+4"), "10\u202f000"), (0, "0"),
        (Decimal("-1234.5"), "-1\u202f234,5"), (Decimal("100"), "100"),
    ],
)
def test_number_is_grouped_with_a_decimal_comma(value, text):
    assert number(value) == text


def test_euros_have_two_decimals_or_none():
    assert euros(Decimal("12900")) == "12\u202f900"
    assert euros(Decimal("7.5")) == "7,50"


def test_percentage_has_one_decimal_rounded_half_up():
    assert percentage(Decimal("0.12969")) == "13,0\u202f%"
    assert percentage(Decimal("0.2255")) == "22,6\u202f%"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0\u00a0an"), (1, "1\u00a0an"), (Decimal("1.5"), "1,5\u00a0an"), (2, "2\u00a0ans")]
)
def test_the_plural_starts_at_two(count, text):
    assert counted(count, "an", "ans") == text


def test_a_list_ends_with_its_conjunction():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b et c"
    assert listed(["a", "b"], "ou") == "a ou b"
    assert listed([]) == ""


def test_typography_puts_no_break_spaces_where_french_wants_them():
    assert typography("Seuil : « 33 % » ; 10 € ?") == (
        "Seuil\u00a0: «\u00a033\u202f%\u00a0»\u202f; 10\u00a0€\u202f?"
    )


def test_say_writes_every_kind_of_fact():
    facts = {"n": 3, "rent": Decimal("380.4"), "rate": Decimal("0.5"), "on": date(2026, 3, 1), "yes": True, "who": "T2"}

    sentence = say("{who}, {n:pièce|pièces}, {rent:€}, {rate:%}, {on}, {yes}, {n}", facts)

    assert sentence == "T2, 3\u00a0pièces, 380,40\u00a0€, 50,0\u202f%, 01/03/2026, oui, 3"


def test_say_fails_on_a_fact_that_is_not_there():
    with pytest.raises(KeyError):
        say("{missing}", {})
