"""One meeting moved, locked, cancelled, added by hand: the four levels, the household, and who comes second."""

from threading import Barrier, Thread

import pytest
from django.db import connections
from django.http import Http404
from tests.factories.events import a_meeting, a_registration, a_room, a_stand, a_wish, published
from tests.factories.timetable_days import BEFORE, a_day, opened, paris

from untoit.core.errors import Conflict, Refused
from untoit.records.events import moves, timetable
from untoit.records.events.models import Meeting, Notice, Place
from untoit.records.partners.models import AuditEntry

pytestmark = pytest.mark.django_db


def move(day, meeting, slot, *, table=1, **changes):
    values = {"revision": meeting.revision, "by": day.lead, "at": BEFORE, **changes}
    return moves.move_meeting(meeting_id=meeting.pk, table=table, slot=slot, **values)


def test_a_move_takes_the_places_along_and_counts_one_version():
    day = a_day(people=1)
    meeting = a_meeting(day.people[0], day.employers[0], 2)

    done = move(day, meeting, 5)

    assert (done.done, done.broken) == (True, ())
    assert list(Place.objects.values_list("slot", flat=True)) == [5]
    meeting.refresh_from_db()
    day.event.refresh_from_db()
    assert (meeting.slot, meeting.revision, day.event.planned_version) == (5, 2, 1)
    assert AuditEntry.objects.get(action="meeting.moved").detail["was"] == [1, 2]


def test_impossible_is_refused_with_its_sentence():
    day = a_day(people=2)
    meeting = a_meeting(day.people[0], day.employers[0], 2)
    a_meeting(day.people[1], day.employers[0], 5)

    with pytest.raises(Refused, match=r"reçoit déjà quelqu’un à 10.h\b"):
        move(day, meeting, 5)
    assert Meeting.objects.get(pk=meeting.pk).slot == 2


def test_what_must_not_be_waits_for_a_confirmation():
    day = a_day(people=1)
    day.people[0].arrives_slot = 4
    day.people[0].save()
    meeting = a_meeting(day.people[0], day.employers[0], 6)

    asked = move(day, meeting, 1)

    assert not asked.done
    assert "Cette personne arrive à" in asked.sentences[0]
    assert Meeting.objects.get(pk=meeting.pk).slot == 6
    assert move(day, meeting, 1, confirmed=True).done
    assert Meeting.objects.get(pk=meeting.pk).slot == 1


def test_a_warning_is_shown_and_does_not_stop():
    day = a_day(people=1)
    day.people[0].housing_after = True
    day.people[0].save()
    a_meeting(day.people[0], day.employers[0], 8)
    talk = a_meeting(day.people[0], day.tables[0], 10)

    done = move(day, talk, 2)

    assert done.done
    assert "devait venir après les entretiens" in done.sentences[0]


def test_a_level_that_the_event_ignores_says_nothing():
    day = a_day(people=1, settings={"levels": {"order": "ignore"}})
    day.people[0].housing_after = True
    day.people[0].save()
    a_meeting(day.people[0], day.employers[0], 8)
    talk = a_meeting(day.people[0], day.tables[0], 10)

    assert move(day, talk, 2).sentences == []


def test_a_locked_meeting_does_not_move_until_it_is_unlocked():
    day = a_day(people=1)
    meeting = a_meeting(day.people[0], day.employers[0], 2)
    moves.set_lock(meeting_id=meeting.pk, locked=True, by=day.lead, at=BEFORE)
    meeting.refresh_from_db()

    with pytest.raises(Refused, match="déverrouillez-la d'abord"):
        move(day, meeting, 5)
    moves.set_lock(meeting_id=meeting.pk, locked=False, by=day.lead, at=BEFORE)
    meeting.refresh_from_db()
    assert move(day, meeting, 5).done


def test_the_common_talk_of_a_household_moves_as_one():
    day = a_day(people=1)
    couple = _couple(day)
    first = a_meeting(couple[0], day.tables[0], 3)
    a_meeting(couple[1], day.tables[0], 3, takes_table=False)

    move(day, first, 7)

    assert set(Meeting.objects.values_list("slot", flat=True)) == {7}
    assert sorted(Place.objects.values_list("slot", "takes_table")) == [(7, False), (7, True)]


def test_when_the_one_who_held_the_table_leaves_the_other_holds_it():
    day = a_day(people=1)
    couple = _couple(day)
    first = a_meeting(couple[0], day.tables[0], 3)
    a_meeting(couple[1], day.tables[0], 3, takes_table=False)

    moves.cancel_meeting(meeting_id=first.pk, reason="person", revision=1, by=day.lead, at=BEFORE)

    assert list(Place.objects.values_list("registration_id", "takes_table")) == [(couple[1].pk, True)]


def test_a_cancelled_meeting_frees_its_place_and_can_come_back():
    day = a_day(people=2)
    meeting = a_meeting(day.people[0], day.employers[0], 2)

    moves.cancel_meeting(meeting_id=meeting.pk, reason="stand", revision=1, by=day.lead, at=BEFORE)
    assert not Place.objects.exists()

    moves.restore_meeting(meeting_id=meeting.pk, by=day.lead, at=BEFORE)
    meeting.refresh_from_db()
    assert (meeting.state, Place.objects.count()) == ("planned", 1)


def test_a_cancellation_cannot_be_taken_back_once_somebody_sits_there():
    day = a_day(people=2)
    meeting = a_meeting(day.people[0], day.employers[0], 2)
    moves.cancel_meeting(meeting_id=meeting.pk, reason="other", revision=1, by=day.lead, at=BEFORE)
    a_meeting(day.people[1], day.employers[0], 2)

    with pytest.raises(Refused, match="reçoit déjà quelqu’un"):
        moves.restore_meeting(meeting_id=meeting.pk, by=day.lead, at=BEFORE)


def test_a_meeting_added_by_hand_becomes_a_wish():
    day = a_day(people=1, wishes=1)
    person, stand = day.people[0], day.employers[3]

    done = moves.add_meeting(
        event_id=day.event.pk, registration_id=person.pk, stand_id=stand.pk, table=1, slot=4, by=day.lead, at=BEFORE
    )

    assert done.done
    assert person.wishes.get(stand=stand).source == "adviser"
    with pytest.raises(Conflict, match="déjà au planning"):
        moves.add_meeting(
            event_id=day.event.pk, registration_id=person.pk, stand_id=stand.pk, table=1, slot=6, by=day.lead, at=BEFORE
        )


def test_walking_between_rooms_takes_its_slots():
    day = a_day(people=1)
    far = a_stand(day.event, room=a_room(day.event, "Étage"))
    a_wish(day.people[0], far)
    a_meeting(day.people[0], day.employers[0], 2)
    meeting = a_meeting(day.people[0], far, 8)

    asked = move(day, meeting, 3)

    assert not asked.done
    assert "il faut 1 créneau libre" in asked.sentences[0].replace("\u00a0", " ")


def test_a_meeting_read_before_somebody_else_changed_it_is_not_moved():
    day = a_day(people=1)
    meeting = a_meeting(day.people[0], day.employers[0], 2)
    move(day, meeting, 5)

    with pytest.raises(Conflict, match="vient d'être changée par Membre LM"):
        move(day, meeting, 7)
    assert Meeting.objects.get(pk=meeting.pk).slot == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_want_the_same_place_at_once_one_is_told():
    day = a_day(people=2)
    rows = [a_meeting(person, day.employers[0], 2 + 2 * number) for number, person in enumerate(day.people)]
    start, told = Barrier(2), []

    def act(row):
        start.wait()
        try:
            told.append(move(day, row, 9).done)
        except Refused as refusal:
            told.append(refusal.sentence)
        finally:
            connections.close_all()

    threads = [Thread(target=act, args=[row]) for row in rows]
    [one.start() for one in threads]
    [one.join() for one in threads]

    assert told.count(True) == 1
    assert next(one for one in told if one is not True).startswith("La table 1 de")
    assert list(Meeting.objects.filter(slot=9).values_list("stand_id", flat=True)) == [day.employers[0].pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_move_the_same_meeting_at_once_one_is_told():
    day = a_day(people=1)
    row = a_meeting(day.people[0], day.employers[0], 2)
    start, told = Barrier(2), []

    def act(slot):
        start.wait()
        try:
            told.append(move(day, row, slot).done)
        except Conflict as refusal:
            told.append(refusal.sentence)
        finally:
            connections.close_all()

    threads = [Thread(target=act, args=[slot]) for slot in (6, 7)]
    [one.start() for one in threads]
    [one.join() for one in threads]

    assert told.count(True) == 1
    assert Place.objects.count() == 1


def test_after_the_hour_a_meeting_no_longer_moves_and_nothing_goes_into_the_past():
    day = a_day(people=1)
    gone, next_one = a_meeting(day.people[0], day.employers[0], 0), a_meeting(day.people[0], day.employers[1], 8)
    published(day.event)
    opened(day)

    with pytest.raises(Refused, match="L'heure de cette rencontre est passée"):
        move(day, gone, 9, at=paris(9, 30))
    with pytest.raises(Refused, match="déjà passé"):
        move(day, next_one, 1, at=paris(9, 30))


def test_on_the_day_who_had_been_told_is_told_at_once():
    day = a_day(people=2)
    meeting = a_meeting(day.people[0], day.employers[0], 8)
    a_meeting(day.people[1], day.employers[0], 9)
    published(day.event)
    opened(day)

    move(day, meeting, 10, at=paris(9, 30))

    told = Notice.objects.get()
    assert (told.registration, told.kind) == (day.people[0], "change")
    meeting.refresh_from_db()
    assert (meeting.told_slot, meeting.informed_at) == (10, paris(9, 30))


@pytest.mark.parametrize("name", ["LM_other", "DEP", "EMPL", "PART", "DPO", "FUND"])
def test_who_does_not_run_the_event_changes_nothing(name):
    day = a_day(people=1)
    meeting = a_meeting(day.people[0], day.employers[0], 2)

    with pytest.raises(Http404):
        move(day, meeting, 5, by=day.scheme.actor(name))
    with pytest.raises(Http404):
        timetable.ask(event_id=day.event.pk, seconds=1, by=day.scheme.actor(name), at=BEFORE)


@pytest.mark.parametrize("name", ["LM", "LA", "EMPP", "ADM"])
def test_who_runs_the_event_may(name):
    day = a_day(people=1)
    meeting = a_meeting(day.people[0], day.employers[0], 2)

    assert move(day, meeting, 5, by=day.scheme.actor(name)).done


def _couple(day):
    from tests.factories.records import linked_household, person

    home = linked_household(day.scheme)
    person(home, number=2, first_name="Sacha")
    made = [a_registration(day.event, person=one, wave=1) for one in home.persons.order_by("number")]
    for one in made:
        for table in day.tables:
            a_wish(one, table)
    return made
