"""
Messages to candidates: queued once a key, held when they must not leave, sent in the background, each once.

Queuing chooses the words and the channel. Whether a message may leave is asked again when it leaves: a STOP, a closed
link or a wrong number may have come in between. What could not leave stays with its reason, for people to see.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from untoit.core.lifecycles.event import EventState, RegistrationState
from untoit.records.applicants.models import Person
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.events import contacts, hours, letters, links
from untoit.records.events.letters import Words
from untoit.records.events.models import Event, Notice, NoticeKind, Registration
from untoit.records.events.sms_text import LINK
from untoit.records.partners import sms

log = logging.getLogger(__name__)

STOP, NO_LINK, TOO_LATE, NO_LONGER, MERGED, NO_CHANNEL = "stop", "no_link", "too_late", "no_longer", "merged", "channel"
HELD_NAMES = {
    STOP: "la personne ne veut plus de messages", NO_LINK: "aucun partage ouvert ne permet de lui écrire",
    TOO_LATE: "il serait arrivé trop tard", NO_LONGER: "la personne ne vient plus",
    MERGED: "réuni avec un message suivant", NO_CHANNEL: "ni mobile ni adresse e-mail",
}
LEFT_BY_ITSELF = ("sms", "email")
# 1, 2, 4… minutes, for about two hours: an operator that is down comes back.
MOST_ATTEMPTS = 7
# A plan that is repaired again and again is told once in a while, with the last state of things.
BETWEEN_CHANGES = timedelta(minutes=20)
_OUT = frozenset({RegistrationState.DECLINED, RegistrationState.CANCELLED, RegistrationState.REMOVED})
# What still has a sense for somebody who does not come, and after the day.
_ANYWAY = frozenset({NoticeKind.CANCELLED})
_AFTERWARDS = frozenset({NoticeKind.THANKS, NoticeKind.CANCELLED})


@transaction.atomic
def queue(
    *, registration: Registration, kind: NoticeKind | str, key: str, text: str | Words = "", at: datetime,
    send_after: datetime | None = None,
) -> Notice | None:
    """
    Put a message in the out-tray; ``None`` when one of this key is there already for this registration.

    ``text`` is a sentence (the greeting, the address and the way to refuse are added), whole :class:`Words`, or
    nothing for the usual words of the kind. It leaves by SMS where there is a mobile, else by e-mail, else as a letter
    that the referent hands over or posts; never by a channel that the person refused.
    """
    event, person = registration.event, registration.person
    words = (
        text if isinstance(text, Words)
        else letters.free(event, kind, person.first_name, text) if text
        else letters.compose(kind, registration)
    )
    channel = contacts.channel_of(person, contacts.stopped(person.pk))
    leaves = hours.leaves_at(kind, event, max(send_after or at, at))
    notice = Notice(
        registration=registration, kind=kind, channel=channel, key=key[:80], text=words.as_json(), created_at=at,
        send_after=leaves, held_because=STOP if channel == "none" else "",
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    if not Notice.objects.filter(pk=notice.pk).exists():
        return None
    if registration.channel != channel:
        registration.channel = channel
        Registration.objects.filter(pk=registration.pk).update(channel=channel)
    start(notice, at)
    return notice


def start(notice: Notice, at: datetime) -> None:
    """Hand a letter to the referent; ask for the rest to leave at once when its hour has come."""
    from untoit.records.events import tasks_notices

    if notice.channel == "letter":
        registration = notice.registration
        whose = contacts.referent_of(registration, at)
        open_task(
            kind=TaskKind.EVENT_PAPER, organisation=whose.organisation_id, role=whose.role, owner=whose.owner,
            subject_kind="registration", subject_id=registration.pk, at=at,
            due_on=timezone.localdate(notice.send_after),
            why="Ni mobile ni adresse e-mail : un courrier est prêt, à remettre ou à poster.",
        )
    elif notice.channel in LEFT_BY_ITSELF and notice.send_after <= at:
        tasks_notices.send_notice.defer(notice_id=str(notice.pk))


def due(at: datetime) -> QuerySet[Notice]:
    """Return what waits to leave by itself, the oldest first."""
    return Notice.objects.filter(
        sent_at__isnull=True, held_because="", channel__in=LEFT_BY_ITSELF, send_after__lte=at,
        attempts__lt=MOST_ATTEMPTS,
    ).order_by("send_after", "created_at")


def send(*, notice_id: UUID | str, at: datetime) -> bool:
    """
    Send one message if nothing holds it, and return whether it left now.

    The row is locked while it leaves, so that two workers do not send it twice; killed between the hand-over and the
    commit, it leaves again with the same reference, which operators and mail software recognise.
    """
    due(at).filter(pk=notice_id).order_by().update(attempts=F("attempts") + 1)
    with transaction.atomic():
        notice = (
            due_or_last(at).select_for_update(skip_locked=True, of=("self",))
            .select_related("registration__event", "registration__person", "registration__wave")
            .filter(pk=notice_id).first()
        )
        if notice is None:
            return False
        # One person's messages leave one after the other: the daily cap is counted without a race.
        Person.objects.select_for_update(of=("self",), no_key=True).get(pk=notice.registration.person_id)
        if _held(notice, at) or _postponed(notice, at):
            return False
        return _leave(notice, at)


def due_or_last(at: datetime) -> QuerySet[Notice]:
    """Return what may be tried now, the attempt that was just counted included."""
    return Notice.objects.filter(
        sent_at__isnull=True, held_because="", channel__in=LEFT_BY_ITSELF, send_after__lte=at,
        attempts__lte=MOST_ATTEMPTS,
    )


def _held(notice: Notice, at: datetime) -> bool:
    """Hold the message for good when it must not leave; it says why."""
    why = _why_held(notice, at)
    if why:
        notice.held_because = why
        notice.attempts = max(notice.attempts - 1, 0)
        notice.save(update_fields=["held_because", "attempts"])
    return bool(why)


def _why_held(notice: Notice, at: datetime) -> str:
    registration, kind = notice.registration, notice.kind
    if notice.channel in contacts.stopped(registration.person_id):
        return STOP
    if registration.state in _OUT and kind not in _ANYWAY:
        return NO_LONGER
    if registration.event.state == EventState.CANCELLED and kind not in _ANYWAY:
        return NO_LONGER
    if not contacts.may_write(registration, at):
        return NO_LINK
    if not _address(notice):
        return NO_CHANNEL
    if kind not in _AFTERWARDS and at >= links.ends_at(registration.event):
        return TOO_LATE
    later = Notice.objects.filter(
        registration=registration, kind=NoticeKind.CHANGE, sent_at__isnull=True, held_because="",
        created_at__gt=notice.created_at,
    )
    if kind == NoticeKind.CHANGE and later.exists():
        _tell_all_at_once(later.order_by("-created_at")[0], registration)
        return MERGED
    return ""


def _tell_all_at_once(last: Notice, registration: Registration) -> None:
    """Let the last of several changes say that the timetable changes, without saying one of them only."""
    last.text = letters.compose(NoticeKind.CHANGE, registration).as_json()
    last.save(update_fields=["text"])


def _postponed(notice: Notice, at: datetime) -> bool:
    """Put the message off when it is too early, too soon after another change, or one too many for the day."""
    event, kind = notice.registration.event, notice.kind
    when = hours.leaves_at(kind, event, at)
    if kind == NoticeKind.CHANGE:
        last = Notice.objects.filter(
            registration=notice.registration, kind=kind, sent_at__gt=at - BETWEEN_CHANGES
        ).order_by("-sent_at").first()
        if last is not None and last.sent_at is not None:
            when = max(when, last.sent_at + BETWEEN_CHANGES)
    if when <= at and sent_today(notice.registration.person_id, at) >= _cap(notice, at):
        when = hours.next_morning(kind, event, at)
    if when <= at:
        return False
    notice.send_after = when
    notice.attempts = max(notice.attempts - 1, 0)
    notice.save(update_fields=["send_after", "attempts"])
    return True


def _cap(notice: Notice, at: datetime) -> int:
    """Return how many messages the person may get today: twice as many on the day, for what cannot wait."""
    many: int = settings.SMS_DAILY_CAP
    return many * 2 if hours.is_urgent(notice.kind, notice.registration.event, at) else many


def sent_today(person_id: UUID, at: datetime) -> int:
    """Return how many messages left for this person since midnight in Paris, whatever the event."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return Notice.objects.filter(
        registration__person_id=person_id, channel__in=LEFT_BY_ITSELF, sent_at__gte=midnight
    ).count()


def _address(notice: Notice) -> str:
    person = notice.registration.person
    return contacts.mobile(person.phone) if notice.channel == "sms" else person.email


def _leave(notice: Notice, at: datetime) -> bool:
    """Hand the message over; when that fails, note why and try again later."""
    link = links.link_of(notice.registration)
    try:
        if notice.channel == "sms":
            sms.send(_address(notice), notice.text["sms"].replace(LINK, link), str(notice.pk))
        else:
            EmailMessage(
                notice.text["subject"], notice.text["body"].replace(LINK, link), settings.DEFAULT_FROM_EMAIL,
                [_address(notice)],
                headers={"Message-ID": f"<{notice.pk}@messages.invalid>", "Auto-Submitted": "auto-generated"},
            ).send()
    # Whatever an operator's class raises, the message did not leave: the others must.
    except Exception as problem:
        log.warning("a message to a candidate did not leave: %s", type(problem).__name__)
        notice.failure = FAILED[notice.channel]
        notice.send_after = at + timedelta(minutes=2 ** max(notice.attempts - 1, 0))
        notice.save(update_fields=["failure", "send_after"])
        return False
    notice.sent_at, notice.failure = at, ""
    notice.save(update_fields=["sent_at", "failure"])
    return True


FAILED = {
    "sms": "L'opérateur n'a pas pris le SMS.", "email": "Le serveur de messagerie n'a pas pris l'e-mail.",
}


def cancel_waiting(event: Event, *kinds: NoticeKind) -> int:
    """Hold what has not left yet of these kinds: its reason is gone."""
    return Notice.objects.filter(
        registration__event=event, kind__in=kinds, sent_at__isnull=True, held_because=""
    ).update(held_because=NO_LONGER)


def close_paper(registration: Registration, *, at: datetime) -> None:
    """Close the task of the letters once the last one was handed over."""
    left = Notice.objects.filter(registration=registration, channel="letter", sent_at__isnull=True, held_because="")
    if not left.exists():
        close_task(kind=TaskKind.EVENT_PAPER, subject_id=registration.pk, at=at)
