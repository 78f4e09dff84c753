"""Scenario 13: with a tax notice missing, only a conditional allocation; asking for a bank statement is refused."""

from datetime import date

import pytest

from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import (
    Decision,
    Ruling,
    check_documents,
    check_ruling,
    decisions_offered,
    missing_documents,
)

ON = date(2026, 11, 23)


def test_scenario_13_only_a_conditional_allocation_with_a_document_of_the_list():
    missing = missing_documents(["IDENTITY", "TAX_NOTICE"], ["IDENTITY"], ON)

    offered = decisions_offered(missing=missing, above_every_ceiling=False)

    assert missing == ("TAX_NOTICE",)
    assert [each for each in offered if each.startswith("ALLOCATED")] == [Decision.ALLOCATED_CONDITIONAL]
    check_ruling(Ruling(Decision.ALLOCATED_CONDITIONAL, ON, "Mme L.", document="TAX_NOTICE"), missing=missing)
    for decision in (Decision.ALLOCATED, Decision.ALLOCATED_RANKED):
        with pytest.raises(Refused, match="condition suspensive"):
            check_ruling(Ruling(decision, ON, "Mme L.", rank=1), missing=missing)


def test_scenario_13_asking_for_a_bank_statement_is_refused():
    with pytest.raises(Refused, match="illégal"):
        check_documents(["BANK_STATEMENT"], ON)
    with pytest.raises(Refused, match="illégal"):
        check_ruling(Ruling(Decision.ALLOCATED_CONDITIONAL, ON, "Mme L.", document="BANK_STATEMENT"),
                     missing=("TAX_NOTICE",))
