"""Scenario 11 in the records: an agenda with two candidates is not closed, until somebody writes the exception down."""

import pytest
from tests.factories.committee import a_committee
from tests.factories.records import NOW

from untoit.core.errors import Refused
from untoit.records.followup.committee import sessions
from untoit.records.followup.models import AgendaLine, Session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("exception", ["INSUFFICIENT_CANDIDATES", "DALO"])
def test_scenario_11_two_candidates_need_the_exception_and_its_author(exception):
    committee = a_committee()
    act = {"session_id": committee.session.pk, "by": committee.actor("LA", NOW), "at": NOW}
    sessions.remove_candidate(proposal_id=committee.proposals[0].pk, **act)

    with pytest.raises(Refused) as refused:
        sessions.close_agenda(**act)
    assert "3 candidats par logement" in refused.value.sentence
    assert f"{committee.home.reference}\u00a0: 2\u00a0candidats" in refused.value.sentence

    line = AgendaLine.objects.get()
    sessions.write_exception(line_id=line.pk, exception=exception, **act)
    sessions.close_agenda(**act)

    line.refresh_from_db()
    assert Session.objects.get().state == "closed"
    assert line.exception_by == committee.scheme.user("LA")


def test_scenario_11_three_candidates_close_without_an_exception():
    committee = a_committee()

    sessions.close_agenda(session_id=committee.session.pk, by=committee.actor("LA", NOW), at=NOW)

    assert Session.objects.get().state == "closed"
