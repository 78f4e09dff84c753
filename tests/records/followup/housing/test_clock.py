"""Silence is a refusal at midnight in Paris: once, whoever runs the clock and however it stops."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from tests.factories.database import _url
from tests.factories.followup import a_proposal
from tests.factories.records import scheme, vacancy

from untoit.core.lifecycles.housing_track import PARIS
from untoit.records.desk.models import Task
from untoit.records.followup.housing.clock import lapse_offers
from untoit.records.followup.models import Letter, Proposal, TrackAct

DUE = {"notified_on": date(2026, 11, 2), "answer_due_on": date(2026, 11, 12), "decided_on": date(2026, 11, 1)}
MIDNIGHT = datetime(2026, 11, 13, 0, 0, tzinfo=PARIS)


@pytest.mark.django_db
def test_an_offer_lapses_at_midnight_in_paris_and_not_a_second_before():
    row = a_proposal(state="notified", **DUE)

    assert lapse_offers(at=MIDNIGHT - timedelta(seconds=1)) == 0
    assert lapse_offers(at=MIDNIGHT) == 1

    row.refresh_from_db()
    act = TrackAct.objects.get(subject_id=row.pk)
    assert (row.state, row.since, row.reasons) == ("refused_silence", date(2026, 11, 13), [])
    assert (act.action, act.how, act.user, act.role) == ("lapse", "clock", None, "")


@pytest.mark.django_db
def test_the_clock_run_again_does_nothing():
    a_proposal(state="notified", **DUE)
    lapse_offers(at=MIDNIGHT)

    assert lapse_offers(at=MIDNIGHT + timedelta(days=3)) == 0
    assert TrackAct.objects.filter(action="lapse").count() == 1
    assert Letter.objects.filter(kind="silence").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["accepted", "refused", "withdrawn", "allocated", "lease_signed"])
def test_only_an_offer_without_an_answer_lapses(state):
    row = a_proposal(state=state, **DUE)

    assert lapse_offers(at=MIDNIGHT) == 0
    assert Proposal.objects.get(pk=row.pk).state == state


@pytest.mark.django_db
def test_a_longer_delay_is_kept():
    a_proposal(state="notified", **{**DUE, "answer_due_on": date(2026, 11, 20)})

    assert lapse_offers(at=MIDNIGHT) == 0


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_refuse_each_offer_once():
    of = scheme()
    for _ in range(6):
        a_proposal(of, state="notified", **DUE)
    ready, counts = threading.Barrier(2), []

    def run():
        ready.wait()
        try:
            counts.append(lapse_offers(at=MIDNIGHT))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)

    assert sum(counts) == 6
    assert TrackAct.objects.filter(action="lapse").count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_is_killed_leaves_nothing_by_half_and_the_next_one_ends_its_work():
    of = scheme()
    for _ in range(25):
        a_proposal(of, state="notified", home=vacancy(of.organisations["landlord"]), **DUE)
    program = (
        "import django; django.setup(); from datetime import datetime;"
        "from untoit.records.followup.housing.clock import lapse_offers;"
        f"lapse_offers(at=datetime.fromisoformat('{MIDNIGHT.isoformat()}'))"
    )
    clock = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "DATABASE_URL": _url(connection.settings_dict["NAME"])}
    )
    while clock.poll() is None and not TrackAct.objects.filter(action="lapse").exists():
        time.sleep(0.005)
    clock.send_signal(signal.SIGKILL)
    clock.wait()

    done = set(Proposal.objects.filter(state="refused_silence").values_list("pk", flat=True))
    assert done and done == set(TrackAct.objects.filter(action="lapse").values_list("subject_id", flat=True))
    assert lapse_offers(at=MIDNIGHT) == 25 - len(done)
    assert TrackAct.objects.filter(action="lapse").count() == Letter.objects.filter(kind="silence").count() == 25
    assert not Task.objects.open().filter(kind="answer_awaited").exists()
