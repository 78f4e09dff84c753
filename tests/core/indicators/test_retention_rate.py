"""Who is still there at 1, 3 and 6 months: with the denominator, and the unknown apart."""

from datetime import date

import pytest

from untoit.core.indicators.retention_rate import Stay, retention, retention_table

START = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("stay", "months", "held"),
    [
        (Stay(START), 6, None), (Stay(START, checks={6: True}), 6, True), (Stay(START, checks={6: True}), 3, True),
        (Stay(START, checks={3: True}), 6, None), (Stay(START, checks={3: False}), 6, False),
        (Stay(START, checks={6: False}), 3, None), (Stay(START, checks={3: True, 6: False}), 3, True),
        (Stay(START, ended_on=date(2026, 9, 14)), 6, False), (Stay(START, ended_on=date(2026, 9, 15)), 6, True),
        (Stay(START, ended_on=date(2026, 9, 14)), 3, True),
    ],
)
def test_held_at(stay, months, held):
    assert stay.held_at(months) is held


def test_a_stay_whose_day_has_not_come_is_in_no_denominator():
    gone = Stay(START, ended_on=date(2026, 3, 20))
    stays = [Stay(START, checks={1: True}), Stay(date(2026, 4, 1)), gone, Stay(START)]

    found = retention(stays, 1, date(2026, 4, 15))

    assert (found.held, found.lost, found.unknown) == (1, 1, 1)
    assert (found.of_known.of, found.of_due.of) == (2, 3)
    assert found.sentence == ("À 1 mois\u00a0: 1 sur 2, soit 50,0\u202f% (de tous\u00a0: 1 sur 3, soit 33,3\u202f%)"
                              "\u202f; 1\u00a0sans nouvelle.")


def test_the_table_has_the_three_checks():
    assert [each.months for each in retention_table([Stay(START)], date(2026, 12, 1))] == [1, 3, 6]
    assert "aucune échéance" in retention_table([Stay(START)], START)[0].sentence
