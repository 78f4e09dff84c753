"""Scenario 14 through the records: under the PLS ceiling it lives; above every ceiling a rejection is only offered."""

from datetime import timedelta

import pytest
from tests.factories.followup import TODAY, a_proposal
from tests.factories.records import NOW, linked_household, scheme, vacancy

from untoit.core.errors import Refused
from untoit.records.desk.models import Task
from untoit.records.followup.housing import proposals
from untoit.records.followup.housing.ceilings import above_every_ceiling, admitted_fundings
from untoit.records.followup.models import Letter

pytestmark = pytest.mark.django_db
REJECTION = {
    "decided_on": TODAY, "reason": "ABOVE_EVERY_CEILING", "stated": "Revenus au-dessus de tous les plafonds",
}


def test_scenario_14_above_plus_but_under_pls_stays_alive():
    of = scheme()
    who = linked_household(of, finances={"tax_income_n2_eur_year": "23900"})
    plus, pls = (vacancy(of.organisations["landlord"], funding=each) for each in ("PLUS", "PLS"))

    with pytest.raises(Refused, match="au-dessus du plafond PLUS"):
        proposals.propose(household_id=who.pk, vacancy_id=plus.pk, by=of.actor("LA"), at=NOW)
    row = proposals.propose(household_id=who.pk, vacancy_id=pls.pk, by=of.actor("LA"), at=NOW)

    assert row.state == "proposed" and admitted_fundings(who, plus, TODAY) == ("PLS",)
    heard = a_proposal(of, state="on_agenda", household=who, home=vacancy(of.organisations["landlord"], funding="PLS"))
    with pytest.raises(Refused, match="la demande reste active"):
        proposals.act(proposal_id=heard.pk, action="reject", given=REJECTION, by=of.actor("LM"), at=NOW)


def test_scenario_14_above_every_ceiling_a_person_may_reject_with_a_reason_and_a_month():
    of = scheme()
    who = linked_household(of, finances={"tax_income_n2_eur_year": "31000"})
    row = a_proposal(of, state="on_agenda", household=who)
    lead = of.actor("LM")

    assert above_every_ceiling(who, row.vacancy, TODAY) is True
    with pytest.raises(Refused, match="raison écrite par une personne"):
        proposals.act(proposal_id=row.pk, action="reject", given={**REJECTION, "stated": "Trop"}, by=lead, at=NOW)
    proposals.act(proposal_id=row.pk, action="reject", given=REJECTION, by=lead, at=NOW)

    letter, task = Letter.objects.get(proposal=row), Task.objects.open().get(kind="striking_off")
    assert (letter.kind, letter.facts["striking_off_on"]) == ("warning", "2026-12-23")
    assert (task.role, task.due_on) == ("LM", TODAY + timedelta(days=30))
