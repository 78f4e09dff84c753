"""Two people who rule on the same candidate at the same instant: one decision, and one sentence."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import Decision
from untoit.records.followup.models import TrackAct

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_people_rule_on_the_same_candidate_and_one_reads_a_sentence(committee):
    committee.held()
    ready, answers = Barrier(2), []

    def work(name, decision, given):
        ready.wait()
        try:
            answers.append(committee.rule(0, decision, by=committee.actor(name), **given))
        except Refused as refused:
            answers.append(refused.sentence)
        finally:
            connection.close()

    threads = [
        Thread(target=work, args=("LM", Decision.ALLOCATED, {})),
        Thread(target=work, args=("LM2", Decision.NOT_ALLOCATED, {"reasons": ["TOO_SMALL"]})),
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)

    assert [isinstance(one, str) for one in answers].count(True) == 1
    sentence = next(one for one in answers if isinstance(one, str))
    assert "n'est plus possible" in sentence
    assert TrackAct.objects.filter(
        subject_id=committee.proposals[0].pk, action__in=["allocate", "not_allocate"]
    ).count() == 1
