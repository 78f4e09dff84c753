"""
Scenario 18. Given 32 invited, 6 absent at 09:20; then freed slots are reassigned, absence never goes to RSA control.

How long it takes is measured by ``benchmarks/timetable.py``; here, whatever can be given again is, and every row that
the repair wrote anywhere is looked at.
"""

import pytest
from django.apps import apps
from django.db import connection
from tests.factories.timetable_days import a_day, opened, paris, planned, published

from untoit.core import timetabling as core
from untoit.records.desk.models import Message, Task
from untoit.records.events import repairs, timetable
from untoit.records.events.models import Meeting, Notice, Place
from untoit.records.partners.models import AuditEntry

pytestmark = pytest.mark.django_db
AT = paris(9, 20)
# Where a repair may write, and nowhere else: the timetable, the messages to those who are there, the journal.
WRITES_TO = {
    "events.EventEvent", "events.Meeting", "events.MeetingEvent", "events.Place", "events.Notice",
    "partners.AuditEntry",
    "pghistory.Context", "procrastinate.ProcrastinateJob", "procrastinate.ProcrastinateEvent",
}


@pytest.fixture
def day():
    """32 people, 8 employers and 3 housing tables, all told; at 09:20 six of the first wave are missing."""
    made = a_day(people=32, employers=8, tables=3, waves=((0, 14), (7, 14)), wishes=5)
    planned(made)
    published(made)
    opened(made)
    made.event.registrations.update(present_at=paris(8, 50))
    for one in made.people[:6]:
        one.present_at, one.absent_at = None, AT
        one.save()
    return made


def test_what_six_absent_people_leave_is_given_again(day):
    absent = {str(one.pk) for one in day.people[:6]}
    freed = set(Place.objects.filter(registration__in=absent, slot__gte=2).values_list("stand_id", "table", "slot"))
    kept = dict(Meeting.objects.exclude(registration__in=absent).values_list("pk", "slot"))
    assert freed

    done = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)

    assert done.summary.startswith("6\u00a0absents\u00a0: ")
    assert done.added > 0
    assert done.moved == 0
    assert dict(Meeting.objects.active().filter(pk__in=kept).values_list("pk", "slot")) == kept
    # Whatever is still free cannot be given: nobody who is there could sit there by the rules and still wants it.
    problem = timetable.problem_of(day.event, at=AT)
    taken = set(Place.objects.values_list("stand_id", "table", "slot"))
    still_free = {(str(stand), table, slot) for stand, table, slot in freed - taken}
    assert _could_be_given(problem, absent, still_free) == []


def _could_be_given(problem, absent, free):
    """Return the places that somebody there could still take without breaking a rule."""
    has = {(one.candidate, one.stand) for one in problem.given}
    possible = []
    for who in problem.event.candidates:
        for wish in who.wishes:
            if who.id in absent or (who.id, wish.stand) in has:
                continue
            for table, slot, broken in core.may_move(problem.event, problem.given, who.id, wish.stand):
                place = (wish.stand, problem.number(wish.stand, table), slot)
                if place in free and slot >= problem.now and not any(one.level.hard for one in broken):
                    possible.append((who.id, place))
    return possible


def test_an_absence_is_written_nowhere_else_than_in_the_event(day):
    absent = {one.pk for one in day.people[:6]}
    before = _rows()

    repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)

    after = _rows()
    assert {label for label, rows in after.items() if rows - before[label]} <= WRITES_TO
    assert not Task.objects.exists()
    assert not Message.objects.exists()
    assert not Notice.objects.filter(registration__in=absent, kind="change").exists()
    texts = " ".join(str(one.text) for one in Notice.objects.filter(kind="change")).lower()
    assert texts
    assert "absen" not in texts
    details = [str(one.detail) for one in AuditEntry.objects.filter(at=AT)]
    assert not any("absen" in one or str(who) in one for one in details for who in absent)
    assert not AuditEntry.objects.filter(at=AT, subject_id__in=absent).exists()


def test_somebody_of_the_department_reads_nothing_of_it_on_the_desk(day, client):
    from django.urls import reverse

    repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)
    client.force_login(day.scheme.user("DEP"), backend="django.contrib.auth.backends.ModelBackend")

    for name in ("desk:morning", "desk:changes"):
        assert "absent" not in client.get(reverse(name)).content.decode().lower()


def _rows():
    there = set(connection.introspection.table_names())
    return {
        model._meta.label: set(model._base_manager.values_list("pk", flat=True))
        for model in apps.get_models() if model._meta.db_table in there
    }
