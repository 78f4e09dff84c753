"""Scenario 13 in the records: a missing tax notice allows a conditional allocation at most, and no bank statement."""

from datetime import date

import pytest
from tests.factories.committee import a_committee

from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import Decision
from untoit.records.desk.models import Task, TaskKind
from untoit.records.followup.committee import decisions
from untoit.records.followup.models import Letter, Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    found = a_committee()
    found.candidate(
        state="file_incomplete", needed_documents=["IDENTITY", "TAX_NOTICE"], documents=["IDENTITY"]
    )
    return found.held()


def test_scenario_13_only_a_conditional_allocation_with_a_document_of_the_list(committee):
    offered = [each for each, why in decisions.refusals(committee.proposals[3], committee.session).items() if not why]
    assert offered == [Decision.ALLOCATED_CONDITIONAL, Decision.NOT_ALLOCATED]

    for decision in (Decision.ALLOCATED, Decision.ALLOCATED_RANKED):
        with pytest.raises(Refused, match="condition suspensive"):
            committee.rule(3, decision, rank=1)
    committee.rule(3, Decision.ALLOCATED_CONDITIONAL, document="TAX_NOTICE")

    found = Proposal.objects.get(pk=committee.proposals[3].pk)
    assert (found.state, found.document, found.document_due_on) == (
        "allocated_conditional", "TAX_NOTICE", date(2026, 12, 16),
    )
    assert Letter.objects.get().kind == "condition"
    assert Task.objects.open().get(kind=TaskKind.DOCUMENT_AWAITED).due_on == date(2026, 12, 16)


def test_scenario_13_asking_for_a_bank_statement_is_refused(committee):
    with pytest.raises(Refused, match="illégal"):
        committee.rule(3, Decision.ALLOCATED_CONDITIONAL, document="BANK_STATEMENT")

    assert committee.state(3) == "on_agenda"
