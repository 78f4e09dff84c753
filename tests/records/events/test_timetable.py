"""The timetable from the records to the engine and back: what is locked, told or gone, and who comes second."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tests.factories.events import a_meeting, a_registration, a_stand, a_wish, an_event
from tests.factories.timetable_days import BEFORE, a_day, planned, published

from untoit.core import timetabling as core
from untoit.core.errors import Conflict, Refused
from untoit.records.events import planning, timetable
from untoit.records.events.models import Meeting, Place, PlanJob

pytestmark = pytest.mark.django_db


def test_a_plan_gives_everybody_their_meetings_and_their_places():
    day = a_day()

    job = planned(day)

    assert job.failure == ""
    assert job.result["missing"] == []
    assert job.result["statistics"]["without_talk"] == 0
    assert Meeting.objects.filter(event=day.event, stand__kind="housing").count() == 8
    problem = timetable.problem_of(day.event, at=BEFORE)
    assert [one for one in core.check(problem.event, problem.given) if one.level.hard] == []
    assert Place.objects.filter(meeting__event=day.event).count() == Meeting.objects.filter(event=day.event).count()
    assert day.event.planned_version == 1


def test_the_same_plan_again_changes_nothing():
    day = a_day()
    planned(day)
    before = set(Meeting.objects.values_list("pk", "slot", "table"))

    job = planned(day)

    assert (job.result["added"], job.result["moved"], job.result["cancelled"]) == (0, 0, 0)
    assert set(Meeting.objects.values_list("pk", "slot", "table")) == before


def test_a_lock_is_kept_by_a_new_plan():
    day = a_day()
    person = day.people[0]
    a_meeting(person, day.employers[0], 9, is_locked=True)

    planned(day)

    locked = Meeting.objects.get(registration=person, stand=day.employers[0])
    assert (locked.slot, locked.state) == (9, "planned")


def test_what_people_were_told_does_not_move_when_planned_again():
    day = a_day()
    planned(day)
    published(day)
    before = dict(Meeting.objects.active().values_list("pk", "slot"))
    late = a_registration(day.event, scheme=day.scheme, wave=1)
    a_wish(late, day.employers[0], score=100, is_wanted=True)
    a_wish(late, day.tables[0])

    planned(day)

    after = dict(Meeting.objects.active().values_list("pk", "slot"))
    assert {pk: slot for pk, slot in after.items() if pk in before} == before
    assert Meeting.objects.filter(registration=late).count() == 2


def test_a_household_of_two_seekers_has_one_common_talk_that_holds_one_table():
    from tests.factories.records import linked_household, person

    day = a_day(people=2)
    home = linked_household(day.scheme)
    other = person(home, number=2, first_name="Sacha")
    couple = [
        a_registration(day.event, person=one, wave=1) for one in (home.persons.get(number=1), other)
    ]
    for one in couple:
        for stand in (*day.employers[:3], *day.tables):
            a_wish(one, stand)

    planned(day)

    talks = Meeting.objects.filter(registration__in=couple, stand__kind="housing")
    assert talks.count() == 2
    assert len({(one.stand_id, one.table, one.slot) for one in talks}) == 1
    assert sorted(Place.objects.filter(meeting__in=talks).values_list("takes_table", flat=True)) == [False, True]


def test_pauses_late_stands_and_general_breaks_are_closed_slots():
    event = an_event(_scheme(), slots=10, settings={"breaks": [5]})
    stand = a_stand(event, pauses=(3,), arrives_slot=2, left_slot=8)

    found = timetable.problem_of(event, at=BEFORE).event.stand_of[str(stand.pk)]

    assert [slot for slot in range(10) if found.shut(0, slot)] == [0, 1, 3, 5, 8, 9]


def test_a_table_taken_away_is_said_and_not_lost():
    day = a_day(people=1)
    meeting = a_meeting(day.people[0], day.employers[0], 2, table=7)

    problem = timetable.problem_of(day.event, at=BEFORE)

    assert [one.rule for one in core.check(problem.event, problem.given)] == ["unknown"]
    assert problem.rows[str(meeting.registration_id), str(meeting.stand_id)] == meeting


def test_nobody_confirmed_means_no_plan():
    day = a_day(people=0)

    with pytest.raises(Refused, match="Personne n'a encore confirmé"):
        timetable.ask(event_id=day.event.pk, seconds=1, by=day.lead, at=BEFORE)


def test_one_computation_at_once():
    day = a_day()
    timetable.ask(event_id=day.event.pk, seconds=1, by=day.lead, at=BEFORE)

    with pytest.raises(Conflict, match="déjà en cours"):
        timetable.ask(event_id=day.event.pk, seconds=1, by=day.lead, at=BEFORE)


def test_what_changed_during_the_computation_is_not_overwritten(monkeypatch):
    day = a_day()
    job = timetable.ask(event_id=day.event.pk, seconds=1, by=day.lead, at=BEFORE)
    search = planning._search

    def meanwhile(*given):
        found = search(*given)
        a_meeting(day.people[0], day.employers[0], 0)
        return found

    monkeypatch.setattr(planning, "_search", meanwhile)

    planning.compute(job.pk, lambda: BEFORE)

    job.refresh_from_db()
    assert "ont changé pendant le calcul" in job.failure
    assert Meeting.objects.count() == 1


def test_a_job_stopped_on_demand_keeps_the_first_timetable():
    day = a_day()
    job = timetable.ask(event_id=day.event.pk, seconds=120, by=day.lead, at=BEFORE)
    assert timetable.stop(event_id=day.event.pk, by=day.lead, at=BEFORE) == 1

    planning.compute(job.pk, lambda: BEFORE)

    job.refresh_from_db()
    assert (job.failure, job.result["stopped"]) == ("", True)
    assert Meeting.objects.filter(stand__kind="housing").count() == 8


def test_a_job_is_computed_once_and_one_left_by_a_dead_process_again():
    day = a_day()
    timetable.ask(event_id=day.event.pk, seconds=1, by=day.lead, at=BEFORE)

    assert planning.work_through(lambda: BEFORE) == 1
    assert planning.work_through(lambda: BEFORE) == 0
    assert PlanJob.objects.get().done_at == BEFORE


def test_reading_an_event_takes_as_many_queries_for_three_people_as_for_nine():
    made = _scheme()
    few, many = a_day(people=3, made=made), a_day(people=9, made=made)

    counts = []
    for day in (few, many):
        with CaptureQueriesContext(connection) as seen:
            timetable.problem_of(day.event, at=BEFORE)
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 6


def test_the_slot_of_an_instant_is_the_next_to_start():
    event = an_event(_scheme(), slots=10)

    assert timetable.slot_at(event, BEFORE) == 0
    # Nine o'clock in Paris, then 09:20: the slot of 09:12 has begun.
    nine = BEFORE.replace(day=8, hour=8)
    assert timetable.slot_at(event, nine) == 0
    assert timetable.slot_at(event, nine + timedelta(minutes=20)) == 2
    assert timetable.slot_at(event, nine + timedelta(hours=9)) == 10


def _scheme():
    from tests.factories.records import scheme

    return scheme()


def teardown_module():
    connections.close_all()
