"""Scenario 12 through the records: notified on 2 November 2026, silent on the 12th, rank 2 confirmed by a person."""

from datetime import date, datetime

import pytest
from tests.factories.followup import a_proposal
from tests.factories.records import scheme, vacancy

from untoit.core.lifecycles.housing_track import PARIS
from untoit.records.desk.models import Task
from untoit.records.followup.housing import clock, proposals
from untoit.records.followup.models import Letter, TrackAct

pytestmark = pytest.mark.django_db


def test_scenario_12_silence_is_a_refusal_and_a_person_calls_the_next_rank():
    of = scheme()
    home = vacancy(of.organisations["landlord"])
    first = a_proposal(of, state="allocated", home=home, rank=1, decided_on=date(2026, 11, 1))
    second = a_proposal(of, state="allocated_ranked", home=home, rank=2)
    notified = datetime(2026, 11, 2, 10, 0, tzinfo=PARIS)
    adviser = of.actor("LA", notified)

    proposals.act(proposal_id=first.pk, action="notify", by=adviser, at=notified, given={
        "notified_on": date(2026, 11, 2), "answer_due_on": date(2026, 11, 12),
    })
    assert clock.lapse_offers(at=datetime(2026, 11, 12, 23, 59, 59, tzinfo=PARIS)) == 0
    assert clock.lapse_offers(at=datetime(2026, 11, 13, 0, 0, tzinfo=PARIS)) == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("refused_silence", "allocated_ranked")
    task = Task.objects.open().get(kind="next_rank")
    assert (task.subject_id, task.role, task.due_on) == (second.pk, "LA", date(2026, 11, 15))
    assert Letter.objects.filter(proposal=first, kind="silence").count() == 1

    called = datetime(2026, 11, 13, 9, 0, tzinfo=PARIS)
    proposals.act(proposal_id=second.pk, action="call_rank", given={"called_on": date(2026, 11, 13)},
                  by=of.actor("LA", called), at=called)

    second.refresh_from_db()
    assert second.state == "allocated" and TrackAct.objects.get(action="call_rank").user == of.user("LA")
    assert not Task.objects.open().filter(kind="next_rank").exists()
