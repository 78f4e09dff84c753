"""What a person answers: a wave, its last place, not coming, the waiting list, a call; and what comes by SMS."""

import contextlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import NOW, scheme

from untoit.core.errors import Refused
from untoit.records.desk.models import Task, TaskKind
from untoit.records.events import answers, notices, reminders, replies, waiting
from untoit.records.events.models import Notice, NoticeKind, Place, Registration, Reply, Stop
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.partners.sms import MemoryBackend

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.SMS_BACKEND = "untoit.records.partners.sms.MemoryBackend"
    MemoryBackend.sent.clear()
    return MemoryBackend.sent


@pytest.fixture
def world():
    return scheme()


def invited(event, world, state="invited", phone="06 12 34 56 78", **changes):
    made = a_registration(event, scheme=world, state=state, **changes)
    made.person.phone = phone
    made.person.save()
    return made


def person(registration, at=NOW):
    return Actor(role=Role.PUB, at=at, household_id=registration.person.household_id)


def choose(registration, wave, at=NOW):
    return answers.choose_wave(
        registration=registration, wave_id=registration.event.waves.get(number=wave).pk, by=person(registration, at),
        at=at,
    )


def told(registration, at=NOW):
    """Send a message, so that an answer finds its registration."""
    notice = notices.queue(registration=registration, kind=NoticeKind.INVITATION, key=f"i{at}", at=at)
    notices.send(notice_id=notice.pk, at=at)


def answered(text, number="1", at=NOW, sender="+33612345678"):
    return replies.receive(provider_id=number, sender=sender, text=text, at=at)


def test_choosing_a_wave_confirms_and_choosing_another_moves(world):
    registration = invited(an_event(world, state="inviting"), world)

    choose(registration, 2)
    choose(registration, 2)
    choose(registration, 1)

    registration.refresh_from_db()
    assert (registration.state, registration.wave.number, registration.answered_by) == ("confirmed", 1, "person")


def test_a_full_wave_names_the_others_and_an_invited_person_keeps_hers(world):
    event = an_event(world, state="inviting", places=1)
    first, second = invited(event, world, wave=1), invited(event, world, wave=None)

    with pytest.raises(answers.WaveFull) as refusal:
        choose(second, 1)
    choose(first, 1)

    assert [one.number for one in refusal.value.waves] == [2]
    assert "10 h 24" in refusal.value.sentence.replace("\u00a0", " ")


def test_when_all_is_full_the_waiting_list_is_offered(world):
    event = an_event(world, state="inviting", places=1)
    invited(event, world, "confirmed", wave=1)
    invited(event, world, "confirmed", wave=2)
    late = invited(event, world, wave=None)

    with pytest.raises(answers.WaveFull, match="liste d'attente"):
        choose(late, 1)
    answers.wait(registration=late, by=person(late), at=NOW)
    answers.wait(registration=late, by=person(late), at=NOW)

    assert (late.state, Notice.objects.filter(kind="waiting").count()) == ("waiting", 1)


def test_not_coming_frees_the_meetings_and_can_be_taken_back(world):
    event = an_event(world, stands=1)
    registration = invited(event, world, "confirmed")
    a_meeting(registration, event.stands.get(), 0)
    published(event)
    registration = Registration.objects.select_related("event", "person").get(pk=registration.pk)

    answers.not_coming(registration=registration, by=person(registration), at=NOW)
    answers.not_coming(registration=registration, by=person(registration), at=NOW)
    assert (registration.state, Place.objects.count()) == ("cancelled", 0)
    choose(registration, 1)

    registration.refresh_from_db()
    assert registration.state == "confirmed"


def test_after_publication_the_wave_of_somebody_with_meetings_is_not_changed_here(world):
    event = an_event(world)
    registration = invited(event, world, "confirmed")
    a_meeting(registration, a_stand(event), 0)
    published(event)
    registration = Registration.objects.select_related("event", "person").get(pk=registration.pk)

    with pytest.raises(Refused, match="appelez-nous"):
        choose(registration, 2)


def test_asking_for_a_call_opens_one_task_for_the_referent(world):
    registration = invited(an_event(world, state="inviting"), world)

    for _ in range(2):
        answers.ask_for_a_call(registration=registration, by=person(registration), at=NOW)

    task = Task.objects.get(kind=TaskKind.EVENT_REPLY)
    assert (task.owner, task.organisation) == (world.members["DEP"], world.organisations["department"])
    assert Reply.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_after_the_last_place_one_is_told_in_french(world):
    event = an_event(world, state="inviting", places=1)
    both = [invited(event, world, wave=None) for _ in range(2)]
    start, results = threading.Barrier(2), []

    def run(registration):
        try:
            start.wait()
            choose(registration, 1)
            results.append("in")
        except answers.WaveFull as full:
            results.append(full.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in both]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(one == "in" for one in results) == [False, True]
    assert any("vient d'être prise" in one for one in results)
    assert Registration.objects.filter(wave__number=1, state="confirmed").count() == 1


# Answers by SMS

@pytest.mark.parametrize(("text", "meaning"), [
    ("STOP", "stop"), (" Stop. ", "stop"), ("Oui !", "yes"), ("OK", "yes"), ("non merci", "no"), ("2", "wave"),
    ("vague 2", "wave"), ("je viens mais en retard", ""), ("stop moi là", ""), ("12", ""), ("", ""), ("👍", ""),
])
def test_only_what_is_plain_is_understood(text, meaning):
    assert replies.understand(text)[0] == meaning


def test_oui_confirms_non_declines_and_a_number_chooses(world):
    event = an_event(world, state="inviting")
    registration = invited(event, world)
    told(registration)

    seen = []
    for number, text in enumerate(("oui", "2", "non")):
        answered(text, str(number))
        registration.refresh_from_db()
        seen.append((registration.state, registration.wave.number))

    assert seen == [("confirmed", 1), ("confirmed", 2), ("cancelled", 2)]
    assert Task.objects.filter(kind=TaskKind.EVENT_REPLY).count() == 0


def test_stop_by_sms_silences_the_channel_and_reprise_lifts_it(world, outbox):
    registration = invited(an_event(world, state="inviting"), world)
    told(registration)

    answered("STOP", "1")
    assert Stop.objects.get().lifted_at is None
    answered("Reprise", "2")

    assert Stop.objects.get().lifted_at == NOW


def test_anything_else_is_read_by_the_referent_and_kept_sealed(world):
    registration = invited(an_event(world, state="inviting"), world)
    told(registration)

    reply = answered("Je peux venir avec mon fils ?")
    again = answered("Je peux venir avec mon fils ?")

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM events_reply")
        assert b"fils" not in bytes(cursor.fetchone()[0])
    assert (reply.pk, reply.read_at) == (again.pk, None)
    task = Task.objects.get(kind=TaskKind.EVENT_REPLY)
    assert task.subject_id == registration.pk
    assert "fils" not in task.why
    assert replies.mark_read(registration_id=registration.pk, by=world.actor("DEP"), at=NOW) == 1
    assert Task.objects.get().done_at == NOW


def test_oui_to_a_full_event_is_told_to_somebody(world):
    event = an_event(world, state="inviting", places=1, waves=1)
    registration = invited(event, world, wave=None)
    invited(event, world, "confirmed", wave=1)
    told(registration)

    assert answered("oui").understood == "full"
    assert Task.objects.filter(kind=TaskKind.EVENT_REPLY).exists()


def test_an_unknown_number_leaves_no_trace(world):
    assert answered("bonjour", sender="+33699999999") is None
    assert Reply.objects.count() == 0


# Reminders

def test_reminders_are_queued_once_and_those_who_came_or_declined_are_left_alone(world):
    event = an_event(world, state="ready")
    for state in ("confirmed", "invited", "declined", "waiting", "proposed"):
        invited(event, world, state)
    week, eve, day = (datetime(2026, 12, on, 8, tzinfo=UTC) for on in (1, 6, 8))

    counts = [reminders.queue_due(at=at) for at in (NOW, week, week, eve, eve, day - timedelta(hours=1))]

    assert counts == [0, 2, 0, 2, 0, 1]


def test_a_reminder_is_not_sent_to_who_was_invited_yesterday(world):
    event = an_event(world, state="inviting")
    week = datetime(2026, 12, 1, 8, tzinfo=UTC)
    invited(event, world, invited_at=week - timedelta(days=1))

    assert reminders.queue_due(at=week) == 0


def test_an_early_event_is_recalled_on_the_eve(world):
    event = an_event(world, state="ready", starts_min=8 * 60)
    invited(event, world, "confirmed")
    eve = datetime(2026, 12, 7, 8, tzinfo=UTC)

    reminders.queue_due(at=eve)

    texts = {one.kind: one.text["sms"] for one in Notice.objects.all()}
    assert "aujourd'hui" not in texts["reminder_0"]


# Waiting list

def test_a_freed_place_goes_to_the_first_who_waits_then_to_the_next(world):
    event = an_event(world, state="inviting", places=1, waves=1)
    leaving = invited(event, world, "confirmed", wave=1)
    first = invited(event, world, "waiting", wave=None, rank=1)
    second = invited(event, world, "waiting", wave=None, rank=2)
    assert waiting.fill(event_id=event.pk, at=NOW).offered == 0

    answers.not_coming(registration=leaving, by=person(leaving), at=NOW)
    offered = [waiting.fill(event_id=event.pk, at=at) for at in (NOW, NOW, NOW + timedelta(hours=23))]
    first.refresh_from_db()
    assert ([one.offered for one in offered], first.state) == ([1, 0, 0], "invited")

    after = waiting.fill(event_id=event.pk, at=NOW + timedelta(hours=24))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (after.lapsed, after.offered, first.state, second.state) == (1, 1, "waiting", "invited")
    assert first.rank > second.rank
    assert "10h" in Notice.objects.get(registration=second, kind="freed").text["sms"]


def test_in_the_last_three_days_half_a_day_is_given_and_on_the_eve_people_are_called(world):
    event = an_event(world, state="inviting", places=1, waves=1)
    waits = invited(event, world, "waiting", wave=None)
    late, eve = datetime(2026, 12, 5, 9, tzinfo=UTC), datetime(2026, 12, 7, 9, tzinfo=UTC)

    assert waiting.answer_until(event, late) == late + timedelta(hours=12)
    assert waiting.fill(event_id=event.pk, at=eve).offered == 0
    assert list(waiting.to_call(world.actor("EMPP"), event)) == [waits]


@pytest.mark.django_db(transaction=True)
def test_two_workers_offer_a_place_once(world):
    event = an_event(world, state="inviting", places=1, waves=1)
    for rank in (1, 2):
        invited(event, world, "waiting", wave=None, rank=rank)
    start, offered = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            offered.append(waiting.fill(event_id=event.pk, at=NOW).offered)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(offered) == [0, 1]


def test_those_who_came_are_thanked_the_day_after_once(world):
    event = an_event(world, state="ended")
    invited(event, world, "confirmed", present_at=datetime(2026, 12, 8, 9, tzinfo=UTC))
    invited(event, world, "confirmed")
    after = datetime(2026, 12, 9, 9, tzinfo=UTC)

    assert [reminders.queue_due(at=at) for at in (after, after)] == [1, 0]
    notice = Notice.objects.get(kind="thanks")
    assert notices.send(notice_id=notice.pk, at=after)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_offered_or_taken_never_both(world):
    event = an_event(world, state="inviting", places=1, waves=1)
    invited(event, world, "waiting", wave=None)
    asked = invited(event, world, wave=None)
    start = threading.Barrier(2)

    def offer():
        start.wait()
        waiting.fill(event_id=event.pk, at=NOW)

    def take():
        start.wait()
        with contextlib.suppress(answers.WaveFull):
            choose(asked, 1)

    def run(act):
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in (offer, take)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert Registration.objects.filter(wave__number=1, state__in=("invited", "confirmed")).count() == 1
