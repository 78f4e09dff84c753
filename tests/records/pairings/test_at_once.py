"""Sixteen people at the same second: one wins, the others are told; nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tests.factories.records import NOW

from untoit.core.errors import Conflict, Refused

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, act):
    """Do the same thing in several threads at the same instant; return what each got, an exception included."""
    from django.db import connection

    together = Barrier(count)

    def one(number):
        try:
            together.wait()
            return act(number)
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def place(transactional_db, demo_folder, data_dir, settings):
    from tests.factories.pairings import town

    settings.DATA_DIR = data_dir
    return town(demo_folder)


def test_sixteen_opinions_on_one_tandem(place):
    from tests.factories.pairings import computed

    from untoit.records.pairings import reviews

    tandem = computed(place).tandems.first()
    actors = [place.scheme.actor(name) for name in ("LM", "LA", "DEP", "EMPP")]

    answers = at_once(16, lambda number: reviews.review_tandem(
        tandem_id=tandem.pk, action="accept", revision=1, by=actors[number % 4], at=NOW
    ))

    lost = [one for one in answers if isinstance(one, Exception)]
    assert len(lost) == 15
    assert all(isinstance(one, Conflict) and "le vôtre n'a pas été enregistré" in one.sentence for one in lost)
    tandem.refresh_from_db()
    assert tandem.revision == 2


def test_sixteen_releases_of_one_run(place):
    from tests.factories.pairings import computed

    from untoit.records.desk.models import Task
    from untoit.records.pairings import releases, reviews
    from untoit.records.partners.models import AuditEntry

    made = computed(place)
    for tandem in made.tandems.all():
        reviews.review_tandem(tandem_id=tandem.pk, action="accept", revision=1, by=place.lead, at=NOW)
    made.refresh_from_db()
    made = releases.finish_review(run_id=made.pk, revision=made.revision, by=place.lead, at=NOW)

    answers = at_once(16, lambda number: releases.release_run(
        run_id=made.pk, revision=made.revision, by=place.lead, at=NOW
    ))

    lost = [one for one in answers if isinstance(one, Exception)]
    assert len(lost) == 15
    assert all(isinstance(one, Refused) for one in lost)
    assert AuditEntry.objects.filter(action="run.released").count() == 1
    assert Task.objects.filter(kind="tandem_to_present").count() == made.tandems.count()


def test_the_same_form_sent_sixteen_times_launches_one_run(place):
    from uuid import uuid4

    from tests.factories.pairings import run

    from untoit.records.pairings.models import Run

    key = uuid4()

    answers = at_once(16, lambda number: run(place, run_id=key).pk)

    assert Run.objects.count() == 1
    assert {one for one in answers if not isinstance(one, Exception)} == {key}
    assert all(isinstance(one, Conflict) for one in answers if isinstance(one, Exception))


def test_two_workers_never_compute_the_same_run_twice(place):
    from tests.factories.pairings import run

    from untoit.records.pairings import computing

    made = [run(place), run(place)]

    done = at_once(4, lambda number: computing.work_through(None, lambda: NOW))

    assert sum(done) == 2
    for one in made:
        one.refresh_from_db()
        assert (one.state, one.attempts) == ("computed", 1)


def test_sixteen_versions_of_one_policy(place):
    from untoit.records.pairings.models import Policy
    from untoit.records.pairings.policies import USUAL, save_policy

    answers = at_once(16, lambda number: save_policy(
        name=USUAL, priority_per_mille=310 + number, values={}, note="", after_version=1, by=place.lead, at=NOW
    ))

    assert sum(isinstance(one, Conflict) for one in answers) == 15
    assert list(Policy.objects.values_list("version", flat=True)) == [2, 1]
