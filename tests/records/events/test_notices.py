"""What leaves, by which channel, when; what is held, and why."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection
from tests.factories.events import a_registration, an_event
from tests.factories.records import NOW, scheme

from untoit.records.applicants.models import Link
from untoit.records.desk.models import Task, TaskKind
from untoit.records.events import links, notices
from untoit.records.events.models import Notice, NoticeKind, Stop
from untoit.records.partners.sms import MemoryBackend

pytestmark = pytest.mark.django_db
CHANGE = NoticeKind.CHANGE


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.SMS_BACKEND = "untoit.records.partners.sms.MemoryBackend"
    settings.SMS_LINK_URL = "https://rdv.essai.invalid"
    MemoryBackend.sent.clear()
    return MemoryBackend.sent


@pytest.fixture
def event():
    return an_event(scheme(), state="inviting")


def someone(event, phone="06 12 34 56 78", email="camille@essai.invalid", **changes):
    from tests.factories.records import Scheme

    made = Scheme(organisations={"landlord": event.organisation})
    registration = a_registration(event, household=_linked(made), **changes)
    person = registration.person
    person.phone, person.email = phone, email
    person.save()
    return registration


def _linked(made):
    from tests.factories.records import household, link, person

    one = household()
    person(one)
    link(one, made.organisations["landlord"], "housing")
    return one


def queued(registration, kind=NoticeKind.REMINDER_7, key="k", at=NOW, **changes):
    return notices.queue(registration=registration, kind=kind, key=key, at=at, **changes)


def send(notice, at=NOW):
    left = notices.send(notice_id=notice.pk, at=at)
    notice.refresh_from_db()
    return left


def test_an_sms_leaves_once_with_the_personal_address(event, outbox):
    registration = someone(event)
    notice = queued(registration)

    assert (send(notice), send(notice)) == (True, False)
    number, text = outbox[0]
    assert (len(outbox), number) == (1, "+33612345678")
    assert links.link_of(registration) in text
    assert links.token_of(registration) not in str(notice.text)


@pytest.mark.parametrize(("phone", "email", "channel"), [
    ("06 12 34 56 78", "a@b.invalid", "sms"), ("03 20 00 00 00", "a@b.invalid", "email"), ("", "", "letter"),
    ("+33 (0)7 12 34 56 78", "", "sms"), ("+32 470 12 34 56", "", "sms"),
])
def test_the_channel_is_what_the_person_can_receive(event, phone, email, channel):
    assert queued(someone(event, phone, email)).channel == channel


def test_a_letter_waits_for_the_referent_with_a_task(event):
    registration = someone(event, "", "")

    notice = queued(registration)

    task = Task.objects.get(kind=TaskKind.EVENT_PAPER)
    assert (task.subject_id, notice.sent_at) == (registration.pk, None)
    assert "Camille" not in task.why


def test_the_same_key_is_queued_once(event):
    registration = someone(event)

    assert queued(registration) is not None
    assert queued(registration) is None


def test_stop_sends_by_another_channel_then_by_none(event, outbox):
    registration = someone(event)
    for channel, expected in (("sms", "email"), ("email", "letter"), ("letter", "none")):
        Stop.objects.create(person=registration.person, channel=channel, at=NOW)
        assert queued(registration, key=channel).channel == expected
    assert Notice.objects.get(channel="none").held_because == "stop"


def test_a_stop_that_comes_while_a_message_waits_is_honoured(event, outbox):
    notice = queued(someone(event))
    Stop.objects.create(person=notice.registration.person, channel="sms", at=NOW)

    assert (send(notice), notice.held_because, outbox) == (False, "stop", [])


def test_without_an_open_link_nothing_leaves(event, outbox):
    notice = queued(someone(event))
    Link.objects.update(closed_at=NOW)

    assert (send(notice), notice.held_because, outbox) == (False, "no_link", [])


def test_who_does_not_come_is_not_reminded(event, outbox):
    notice = queued(someone(event))
    notice.registration.state = "declined"
    notice.registration.save()

    assert (send(notice), notice.held_because) == (False, "no_longer")


@pytest.mark.parametrize(("asked", "leaves"), [
    (datetime(2026, 11, 23, 18, 59, tzinfo=UTC), datetime(2026, 11, 23, 18, 59, tzinfo=UTC)),   # 19 h 59
    (datetime(2026, 11, 23, 19, 0, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),      # 20 h
    (datetime(2026, 11, 24, 6, 59, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),      # 7 h 59
    (datetime(2026, 11, 28, 20, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),      # Saturday evening
    (datetime(2026, 11, 29, 10, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),      # Sunday
])
def test_evenings_and_sundays_are_quiet(event, asked, leaves):
    assert queued(someone(event), at=asked).send_after == leaves


def test_on_the_day_a_change_does_not_wait_for_eight(event):
    early = datetime(2026, 12, 8, 6, 15, tzinfo=UTC)

    assert queued(someone(event), CHANGE, at=early).send_after == early


def test_the_fourth_message_of_a_day_leaves_the_next_morning(event, outbox):
    registration = someone(event)
    made = [queued(registration, key=str(number)) for number in range(4)]

    assert [send(one) for one in made] == [True, True, True, False]
    assert made[3].send_after == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert send(made[3], at=made[3].send_after)


def test_the_cap_counts_every_event_of_the_person(event, outbox):
    registration = someone(event)
    other = a_registration(an_event(event.organisation, state="inviting"), person=registration.person)
    made = [queued(registration, key=str(number)) for number in range(3)]

    assert [send(one) for one in (*made, queued(other))] == [True, True, True, False]


def test_changes_within_twenty_minutes_become_one(event, outbox):
    registration = someone(event)
    first, second, third = (
        queued(registration, CHANGE, str(number), at=NOW + timedelta(minutes=number), text=f"Stand {number} à 10h20.")
        for number in (1, 2, 3)
    )

    assert send(first, NOW + timedelta(minutes=4)) is False
    assert send(second, NOW + timedelta(minutes=4)) is False
    assert send(third, NOW + timedelta(minutes=4)) is True
    fourth = queued(registration, CHANGE, "4", at=NOW + timedelta(minutes=5), text="Stand 4 à 11h.")
    assert send(fourth, NOW + timedelta(minutes=5)) is False

    assert (first.held_because, second.held_because) == ("merged", "merged")
    assert fourth.send_after == NOW + timedelta(minutes=24)
    assert len(outbox) == 1
    assert "Stand 1" not in outbox[0][1]


def test_an_operator_that_is_down_is_asked_again_later_and_the_failure_is_told(event, settings, outbox):
    settings.SMS_BACKEND = f"{__name__}.Broken"
    notice = queued(someone(event))

    assert (send(notice), notice.attempts, bool(notice.failure)) == (False, 1, True)
    assert list(notices.due(NOW)) == []
    settings.SMS_BACKEND = "untoit.records.partners.sms.MemoryBackend"
    assert send(notice, at=notice.send_after) is True
    assert (notice.failure, len(outbox)) == ("", 1)


def test_after_seven_attempts_it_stays_failed(event, settings):
    settings.SMS_BACKEND = f"{__name__}.Broken"
    notice = queued(someone(event))
    at = NOW
    for _ in range(9):
        send(notice, at)
        at = max(at, notice.send_after)

    assert notice.attempts == notices.MOST_ATTEMPTS
    assert list(notices.due(at + timedelta(days=1))) == []


class Broken:
    """An operator that is down."""

    def send(self, number, text, reference=""):
        raise OSError("down")


def test_the_token_opens_the_registration_until_two_days_after(event):
    registration = someone(event)
    token = links.token_of(registration)
    end = links.ends_at(event)

    assert links.of_token(token, at=end + timedelta(hours=47)) == registration
    assert links.of_token(token, at=end + timedelta(hours=48)) is None
    assert links.of_token(token[:-1] + "0", at=NOW) is None
    assert links.token_of(registration) == token


def test_a_renewed_link_shuts_the_old_one(event):
    registration = someone(event)
    old = links.token_of(registration)

    links.renew(registration)

    assert links.of_token(old, at=NOW) is None
    assert links.of_token(links.token_of(registration), at=NOW) == registration


def test_an_email_leaves_with_the_address_and_a_reference_that_stays(event, mailoutbox):
    registration = someone(event, phone="")
    notice = queued(registration, NoticeKind.INVITATION)

    assert send(notice) is True
    mail = mailoutbox[0]
    assert (mail.to, mail.subject) == (["camille@essai.invalid"], "Rencontres emploi de décembre : invitation")
    assert links.link_of(registration) in mail.body
    assert mail.extra_headers["Message-ID"] == f"<{notice.pk}@messages.invalid>"


class Slow:
    """An operator that takes its time, and counts."""

    sent: ClassVar[list[str]] = []

    def send(self, number, text, reference=""):
        time.sleep(0.3)
        self.sent.append(reference)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_message_once(event, settings):
    settings.SMS_BACKEND = f"{__name__}.Slow"
    notice = queued(someone(event))
    start, left = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            left.append(notices.send(notice_id=notice.pk, at=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert (sorted(left), Slow.sent) == ([False, True], [str(notice.pk)])
