"""Sixteen people at the same instant: exactly one wins, the others read why, nothing is doubled."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests.factories.imports import clock, file_of, received
from tests.factories.records import NOW, scheme

from untoit.core.errors import Refused
from untoit.records.applicants.models import Household, Link
from untoit.records.intake import processing, services, undoing
from untoit.records.intake.models import Batch, BatchState
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 16


def all_at_once(work):
    """Do the work sixteen times at the same instant; return what each gave, a sentence where it was refused."""
    gate = Barrier(MANY)

    def one(number):
        try:
            gate.wait()
            return work(number)
        except Refused as refusal:
            return refusal.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_sixteen_confirmations_record_once():
    made = scheme()
    actor, other = made.actor("LM"), made.actor("LM2")
    batch = received(actor, file_of("logements", {"reference": "A"}, {"reference": "B", "adresse": ""}))

    answers = all_at_once(lambda n: services.confirm(
        batch_id=batch.pk, revision=batch.revision, by=(actor, other)[n % 2], at=NOW
    ))

    told = [answer for answer in answers if isinstance(answer, str)]
    assert len(told) == MANY - 1 and all("déjà été confirmé" in sentence for sentence in told)
    all_at_once(lambda _: processing.apply_batch(batch.pk, clock=clock))
    batch.refresh_from_db()
    assert (batch.state, Vacancy.objects.count(), batch.rows_done) == (BatchState.APPLIED, 2, 2)
    assert set(Vacancy.objects.values_list("revision", flat=True)) == {1}


def test_sixteen_imports_of_one_file_make_no_double():
    made = scheme()
    content = file_of("menages", *[{"numero_unique": f"{n}"} for n in range(8)])
    actors = [made.actor(name) for name in ("LM", "LM2", "LA")]

    def whole(number):
        actor = actors[number % 3]
        batch = services.receive(file_name=f"{number}.csv", content=content, by=actor, at=NOW)
        processing.read_batch(batch.pk, clock=clock)
        batch.refresh_from_db()
        services.confirm(batch_id=batch.pk, revision=batch.revision, by=actor, at=NOW)
        processing.apply_batch(batch.pk, clock=clock)
        return Batch.objects.get(pk=batch.pk).counts.get("created", 0)

    created = all_at_once(whole)

    assert sum(created) == Household.objects.count() == Link.objects.count() == 8
    assert Batch.objects.filter(state=BatchState.APPLIED).count() == MANY


def test_sixteen_readings_of_one_import_keep_each_row_once():
    made = scheme()
    content = file_of("logements", *[{"reference": str(n), "adresse": ""} for n in range(30)])
    batch = services.receive(file_name="l.csv", content=content, by=made.actor("LM"), at=NOW)

    all_at_once(lambda _: processing.read_batch(batch.pk, clock=clock))
    processing.read_batch(batch.pk, clock=clock)

    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), batch.counts) == (BatchState.READY, 30, {"new": 30})


def test_undo_and_edit_at_once_leave_one_story():
    made = scheme()
    actor = made.actor("LM")
    batch = received(actor, file_of("logements", {}))

    def act(number):
        if number % 2:
            return services.confirm(batch_id=batch.pk, revision=batch.revision, by=actor, at=NOW)
        return services.edit_row(batch_id=batch.pk, line=2, cells={"loyer": "500"}, revision=1, by=actor, at=NOW)

    answers = all_at_once(act)

    assert sum(not isinstance(answer, str) for answer in answers) == 1
    processing.apply_batch(batch.pk, clock=clock)
    all_at_once(lambda _: services.undo(batch_id=batch.pk, by=actor, at=NOW)
                if Batch.objects.get(pk=batch.pk).state != BatchState.READY else "pas confirmé")
    all_at_once(lambda _: undoing.undo_batch(batch.pk, clock=clock))
    assert Vacancy.objects.count() == 0
