"""Who is told what: the first time everybody, then only those whose timetable changed; absent people are left alone."""

import pytest
from tests.factories.events import a_meeting
from tests.factories.timetable_days import BEFORE, a_day, published

from untoit.core.errors import Conflict, Refused
from untoit.records.events import boards, moves, publishing
from untoit.records.events.models import Meeting, Notice
from untoit.records.events.sms_text import segments

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    made = a_day(people=3)
    for number, person in enumerate(made.people):
        a_meeting(person, made.employers[number], 2)
        a_meeting(person, made.tables[0], 4 + number)
    made.event.planned_version = 1
    made.event.save()
    return made


def test_the_first_publication_tells_everybody_once(day):
    published(day)

    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["convocation"] * 3
    assert not Meeting.objects.filter(told_slot=None).exists()
    assert (day.event.state, day.event.published_version) == ("ready", 1)


def test_publishing_again_tells_only_those_whose_timetable_changed(day):
    published(day)
    meeting = Meeting.objects.get(registration=day.people[1], stand=day.employers[1])
    moves.move_meeting(meeting_id=meeting.pk, table=1, slot=9, revision=1, by=day.lead, at=BEFORE)
    day.event.refresh_from_db()

    due = publishing.waiting_for_words(day.event)
    done = publishing.publish(event_id=day.event.pk, version=day.event.planned_version, by=day.lead, at=BEFORE)

    assert [one.what for one in due] == ["Stand 2 à 10h48 au lieu de 9h24"]
    assert (done.first, done.changed) == (0, 1)
    told = Notice.objects.get(kind="change")
    assert told.registration == day.people[1]
    assert "Stand 2 à 10h48" in told.text["sms"]
    assert segments(told.text["sms"]) == 1


def test_a_cancelled_meeting_is_told_and_one_moved_back_is_not(day):
    published(day)
    first, second = (Meeting.objects.get(registration=person, stand__kind="employer") for person in day.people[:2])
    moves.cancel_meeting(meeting_id=first.pk, reason="stand", revision=1, by=day.lead, at=BEFORE)
    moves.move_meeting(meeting_id=second.pk, table=1, slot=9, revision=1, by=day.lead, at=BEFORE)
    moves.move_meeting(meeting_id=second.pk, table=1, slot=2, revision=2, by=day.lead, at=BEFORE)

    due = publishing.waiting_for_words(day.event)

    assert [(one.registration, one.what) for one in due] == [(day.people[0], "Stand 1 annulé")]


def test_nothing_new_is_refused_and_an_old_page_too(day):
    published(day)

    with pytest.raises(Refused, match="Chacun connaît déjà"):
        publishing.publish(event_id=day.event.pk, version=1, by=day.lead, at=BEFORE)
    with pytest.raises(Conflict, match="relisez qui sera prévenu"):
        publishing.publish(event_id=day.event.pk, version=0, by=day.lead, at=BEFORE)


def test_an_empty_timetable_is_not_published():
    day = a_day(people=1)

    with pytest.raises(Refused, match="aucune rencontre à diffuser"):
        publishing.publish(event_id=day.event.pk, version=0, by=day.lead, at=BEFORE)


def test_a_person_reads_what_was_told_and_nothing_before(day):
    assert boards.personal_timetable(day.people[0]) == []
    published(day)
    day.people[0].event.refresh_from_db()

    found = boards.personal_timetable(day.people[0])

    assert [(one.slot, one.minute, one.ends_minute, one.stand_number) for one in found] == [
        (2, 564, 574, 1), (4, 588, 598, 7),
    ]
    assert found[0].starts_at.isoformat() == "2026-12-08T09:24:00+01:00"


def test_who_cancelled_is_not_written_to_later(day):
    published(day)
    person = day.people[0]
    person.state = "cancelled"
    person.save()
    Meeting.objects.filter(registration=person).update(state="cancelled")

    assert publishing.waiting_for_words(day.event) == []
