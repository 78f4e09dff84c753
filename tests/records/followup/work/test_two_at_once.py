"""Several at the same instant: the last opening is taken once, a sheet is followed once, nobody waits for ever."""

import threading

import pytest
from django.db import connections
from tests.factories.events import a_meeting, a_registration, a_stand, an_event
from tests.factories.followup import an_application
from tests.factories.records import NOW, offer, scheme

from untoit.core.errors import Refused
from untoit.records.events.models import EmployerOutcome
from untoit.records.followup import from_events
from untoit.records.followup.models import Application, TrackAct
from untoit.records.followup.work import applications

WORKERS = 6


@pytest.mark.django_db(transaction=True)
def test_the_last_opening_is_taken_once():
    made = scheme()
    job = offer(made.organisations["employer"], openings=2)
    rows = [an_application(made, state="offered", job=job) for _ in range(WORKERS)]
    by, start, told, hired = made.actor("EMPL"), threading.Barrier(WORKERS), [], []

    def hire(pk):
        try:
            start.wait(timeout=30)
            applications.act(
                application_id=pk, action="hire", given={"contract": "CDI", "start_on": NOW.date()}, by=by, at=NOW
            )
            hired.append(pk)
        except Refused as refusal:
            told.append(refusal.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hire, args=(row.pk,)) for row in rows]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)

    job.refresh_from_db()
    assert (len(hired), len(told), job.state) == (2, WORKERS - 2, "filled")
    assert Application.objects.filter(offer=job, state="hired").count() == 2
    assert all("sont pourvus" in sentence for sentence in told)


@pytest.mark.django_db(transaction=True)
def test_several_rounds_at_once_follow_a_sheet_once():
    made = scheme()
    event = an_event(made)
    job = offer(made.organisations["employer"])
    stand = a_stand(event, organisation=made.organisations["employer"], offers=(job,))
    for slot in range(4):
        meeting = a_meeting(a_registration(event, scheme=made), stand, slot, offer=job)
        EmployerOutcome.objects.create(meeting=meeting, decision="pool", at=NOW)
    start, failed = threading.Barrier(WORKERS), []

    def take_up():
        try:
            start.wait(timeout=30)
            from_events.take_up(at=NOW)
        except Exception as failure:
            failed.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_up) for _ in range(WORKERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)

    assert failed == []
    assert Application.objects.filter(state="in_pool").count() == Application.objects.count() == 4
    assert TrackAct.objects.filter(action="keep_in_pool").count() == 4
