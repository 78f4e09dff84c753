"""Scenario 11: with two candidates the agenda is not closed, unless an exception is recorded with its author."""

from datetime import date

import pytest

from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import AgendaItem, check_agenda

ON = date(2026, 11, 23)


def test_scenario_11_two_candidates_are_not_enough():
    with pytest.raises(Refused) as refused:
        check_agenda([AgendaItem("LOG-7", ("A", "B"))], ON)

    assert "3 candidats par logement" in refused.value.sentence
    assert "LOG-7\u00a0: 2\u00a0candidats" in refused.value.sentence


@pytest.mark.parametrize("exception", ["INSUFFICIENT_CANDIDATES", "DALO"])
def test_scenario_11_an_exception_needs_its_author(exception):
    check_agenda([AgendaItem("LOG-7", ("A", "B"), exception, "Mme L.")], ON)
    with pytest.raises(Refused, match="sans auteur"):
        check_agenda([AgendaItem("LOG-7", ("A", "B"), exception)], ON)
