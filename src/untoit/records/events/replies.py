"""
What people write back by SMS: STOP, OUI, NON or a number are understood and done; anything else is read by somebody.

An answer belongs to the last message sent to that number. Brought twice by the operator, it counts once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, Value
from django.shortcuts import get_object_or_404

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import RegistrationState
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.events import answers
from untoit.records.events.contacts import mobile
from untoit.records.events.models import Notice, Registration, Reply, Wave
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require
from untoit.records.partners.search import folded

# An answer to a message older than this concerns nothing that is known.
ANSWERS_WITHIN = timedelta(days=90)
UNREAD, FULL, STOP, RESUME, YES, NO, WAVE, CALL = "", "full", "stop", "resume", "yes", "no", "wave", "call"
UNDERSTOOD_NAMES = {
    UNREAD: "à lire", FULL: "d'accord, mais plus de place : à rappeler", STOP: "ne plus recevoir de SMS",
    RESUME: "recevoir de nouveau", YES: "vient", NO: "ne vient pas", WAVE: "a choisi un horaire",
    CALL: "préfère être appelé·e",
}
_WORDS = {
    STOP: {"stop", "arret", "arreter", "stop sms", "unsubscribe"},
    RESUME: {"reprise", "reprendre", "start"},
    YES: {"oui", "ok", "yes", "o", "d accord", "je viens", "oui je viens", "je confirme", "oui merci"},
    NO: {"non", "no", "n", "je ne viens pas", "je ne peux pas", "non merci", "annuler"},
}


def understand(text: str) -> tuple[str, int]:
    """Return what a text means, and the number of the wave when it is one; nothing when somebody has to read it."""
    said = re.sub(r"[^a-z0-9]+", " ", folded(text)).strip()
    for meaning, words in _WORDS.items():
        if said in words:
            return meaning, 0
    number = re.fullmatch(r"(?:oui |choix |vague |le |la )?([1-9])", said)
    return (WAVE, int(number[1])) if number else (UNREAD, 0)


def registration_of(sender: str, at: datetime) -> Registration | None:
    """Return the registration of the last SMS that left for this number."""
    number = mobile(sender)
    if not number:
        return None
    digits = Func(
        F("registration__person__phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"
    )
    notice = (
        Notice.objects.filter(channel="sms", sent_at__isnull=False, sent_at__gt=at - ANSWERS_WITHIN)
        .annotate(digits=digits).filter(digits__endswith=number[-9:])
        .select_related("registration__event", "registration__person", "registration__wave")
        .order_by("-sent_at").first()
    )
    return notice.registration if notice is not None else None


@transaction.atomic
def receive(*, provider_id: str, sender: str, text: str, at: datetime) -> Reply | None:
    """
    Note an answer, do what it asks, and return it; ``None`` from a number that nobody wrote to: nothing is kept.

    What is not understood, or cannot be done, opens a task for whoever follows the person.
    """
    known = Reply.objects.filter(provider_id=provider_id).first()
    if known is not None:
        return known
    registration = registration_of(sender, at)
    if registration is None:
        return None
    meaning, number = understand(text)
    reply = Reply(
        registration=registration, provider_id=provider_id, text={"text": text[:1000]}, understood=meaning,
        received_at=at, read_at=at if meaning else None,
    )
    Reply.objects.bulk_create([reply], ignore_conflicts=True)
    if not Reply.objects.filter(pk=reply.pk).exists():
        return Reply.objects.get(provider_id=provider_id)
    by = Actor(role=Role.CAND, at=at, household_id=registration.person.household_id)
    if meaning:
        try:
            with transaction.atomic():
                _ACTS[meaning](registration, number, by, at)
            return reply
        except Refused:
            reply.understood = FULL if meaning in (YES, WAVE) else UNREAD
    reply.read_at = None
    reply.save(update_fields=["understood", "read_at"])
    answers.tell_referent(registration, why="Une personne invitée à une rencontre a répondu : à lire.", at=at)
    return reply


def _yes(registration: Registration, _number: int, by: Actor, at: datetime) -> None:
    if registration.state == RegistrationState.CONFIRMED:
        return
    answers.choose_wave(registration=registration, wave_id=_only_wave(registration), by=by, at=at)


def _only_wave(registration: Registration) -> UUID | None:
    """Return the wave kept for the person, or the only one of the event."""
    if registration.wave_id is not None:
        return registration.wave_id
    waves = list(Wave.objects.filter(event=registration.event_id).values_list("pk", flat=True)[:2])
    return waves[0] if len(waves) == 1 else None


def _wave(registration: Registration, number: int, by: Actor, at: datetime) -> None:
    wave = Wave.objects.filter(event=registration.event_id, number=number).first()
    if wave is None:
        raise Refused("Cet horaire n'existe pas.")
    answers.choose_wave(registration=registration, wave_id=wave.pk, by=by, at=at)


def _no(registration: Registration, _number: int, by: Actor, at: datetime) -> None:
    answers.not_coming(registration=registration, by=by, at=at)


def _stop(registration: Registration, _number: int, by: Actor, at: datetime) -> None:
    answers.stop(registration=registration, channel="sms", by=by, at=at)


def _resume(registration: Registration, _number: int, by: Actor, at: datetime) -> None:
    answers.lift_stop(registration=registration, channel="sms", by=by, at=at)


_ACTS: dict[str, Callable[[Registration, int, Actor, datetime], None]] = {
    STOP: _stop, RESUME: _resume, YES: _yes, NO: _no, WAVE: _wave,
}


@transaction.atomic
def mark_read(*, registration_id: UUID, by: Actor, at: datetime) -> int:
    """Say that the answers of a registration were read, and close the tasks; return how many there were."""
    require(by, "messages", WRITE)
    registration = get_object_or_404(Registration.objects.visible_to(by), pk=registration_id)
    read = Reply.objects.filter(registration=registration, read_at__isnull=True).update(read_at=at)
    close_task(kind=TaskKind.EVENT_REPLY, subject_id=registration.pk, at=at, by=by, outcome="read")
    return read
