"""Scenario 14: under the PLS ceiling the application stays alive; above every ceiling the rejection is only offered."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.people import dwelling, household

from untoit.core.errors import Refused
from untoit.core.lifecycles.case import HousingProposal
from untoit.core.lifecycles.committee import Decision, Ruling, check_ruling, decisions_offered
from untoit.core.lifecycles.effects import EffectKind, Event, Track, effects
from untoit.core.rules.housing.income import income_under_ceiling

ON = date(2026, 11, 23)
FUNDINGS = ("PLAI", "PLUS", "PLS")


def decisions(income):
    """Return the decisions offered for a single adult, by the ceilings of every funding."""
    single = household(tax_income_n2_eur_year=Decimal(income))
    above = [not income_under_ceiling(single, dwelling(funding=each), ON).passed for each in FUNDINGS]
    return above, decisions_offered(missing=(), above_every_ceiling=all(above))


def test_scenario_14_above_plus_but_under_pls_stays_alive():
    above, offered = decisions(23_900)

    assert above == [True, True, False]
    assert Decision.REJECTED_INADMISSIBLE not in offered


def test_scenario_14_above_every_ceiling_a_person_may_reject_with_a_reason_and_a_month():
    above, offered = decisions(31_000)
    rejection = Ruling(Decision.REJECTED_INADMISSIBLE, ON, "Mme L.", reasons=("ABOVE_EVERY_CEILING",))

    assert above == [True, True, True]
    assert Decision.REJECTED_INADMISSIBLE in offered
    with pytest.raises(Refused, match="raison écrite par une personne"):
        check_ruling(rejection, missing=())
    rejected = HousingProposal("P1", "LOG-7", "rejected_inadmissible", ON, "reject")
    follows = effects(Event(Track.HOUSING, "reject", "P1", ON, (rejected,)))
    assert [each.code for each in follows if each.kind == EffectKind.LETTER] == ["warning"]
    assert [(each.code, each.due_on) for each in follows if each.kind == EffectKind.TASK] == [
        ("striking_off", date(2026, 12, 23))
    ]
