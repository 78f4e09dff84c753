"""Sixteen colleagues on the same dwelling at the same second: one household holds it, and the database sees to it."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection
from tests.factories.followup import TODAY, a_proposal
from tests.factories.records import NOW, scheme, vacancy

from untoit.core.errors import Refused
from untoit.records.followup.housing import proposals
from untoit.records.followup.models import Proposal

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 16
NOTIFIED = {"notified_on": TODAY, "answer_due_on": date(2026, 12, 3)}


def at_once(acts):
    """Do these at the same instant, each in its own connection; return how many were done."""
    ready, done = Barrier(len(acts)), []

    def work(act):
        ready.wait()
        try:
            act()
            done.append(act)
        except (Refused, IntegrityError):
            return
        finally:
            connection.close()

    threads = [Thread(target=work, args=[one]) for one in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return len(done)


def rows_for_one_home(state="allocated"):
    of = scheme()
    home = vacancy(of.organisations["landlord"])
    return of, [a_proposal(of, state=state, home=home) for _ in range(WORKERS)]


def unguarded(rows):
    """Write as a program would that asks nobody: no lock, no check, only what the database refuses."""
    return at_once([
        lambda pk=row.pk: Proposal.objects.filter(pk=pk).update(state="notified", **NOTIFIED) for row in rows
    ])


def holders():
    return Proposal.objects.filter(state="notified").count()


def test_sixteen_colleagues_notify_and_one_household_holds_the_dwelling():
    of, rows = rows_for_one_home()

    done = at_once([
        lambda row=row: proposals.act(
            proposal_id=row.pk, action="notify", given=NOTIFIED, by=of.actor("LA"), at=NOW
        ) for row in rows
    ])

    assert (done, holders()) == (1, 1)


def test_sixteen_leases_of_one_household_at_once_leave_one():
    of = scheme()
    first = a_proposal(of, state="accepted")
    rows = [first, *(a_proposal(of, state="accepted", household=first.household) for _ in range(5))]

    done = at_once([
        lambda row=row: proposals.act(
            proposal_id=row.pk, action="sign_lease", given={"signed_on": TODAY}, by=of.actor("LA"), at=NOW
        ) for row in rows
    ])

    assert done == 1
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["lease_signed", *["withdrawn"] * 5]


def test_the_database_refuses_the_double_whoever_writes():
    _, rows = rows_for_one_home()

    assert (unguarded(rows), holders()) == (1, 1)


def test_without_its_constraint_the_double_happens():
    _, rows = rows_for_one_home()
    constraint = next(one for one in Proposal._meta.constraints if one.name == "one_holder_per_dwelling")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Proposal, constraint)
    try:
        assert unguarded(rows) == WORKERS and holders() == WORKERS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE followup_proposal CASCADE")
        with connection.schema_editor() as editor:
            editor.add_constraint(Proposal, constraint)
