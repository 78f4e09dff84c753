"""
What a professional does with one registration: answers given by telephone, another wave, messages sent again.

The state goes through :func:`registrations.move`; this does what follows: room in the wave, freed meetings, messages.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.records.events import answers, contacts, hours, invitations, letters, links, notices, registrations
from untoit.records.events.models import Notice, NoticeKind, Registration, Wave
from untoit.records.events.sms_text import LINK
from untoit.records.partners.editing import require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import WRITE, Actor, require

_LEAVING = frozenset({"decline", "cancel", "remove"})


def _mine(registration_id: UUID, by: Actor) -> Registration:
    found: Registration = get_object_or_404(
        registrations.writable(by).select_related("event", "person", "wave"), pk=registration_id
    )
    return found


@transaction.atomic
def act(
    *, registration_id: UUID, action: str, by: Actor, at: datetime, revision: int | None = None, reason: str = "",
    wave_id: UUID | None = None,
) -> Registration:
    """
    Do one act of the table for the person: confirm by telephone (in a wave), decline, cancel, wait, remove, restore.

    Raises
    ------
    Refused
        When the table does not allow it, or the wave is full.
    Conflict
        When somebody changed the registration since ``revision``.
    """
    registration = _mine(registration_id, by)
    if action == "confirm":
        _room(registration, wave_id or registration.wave_id)
    registrations.move(registration, action, by=by, at=at, reason=reason, revision=revision)
    if action == "confirm" and wave_id is not None and wave_id != registration.wave_id:
        _to_wave(registration, wave_id)
    if action in _LEAVING:
        answers.after_leaving(registration)
    if action == "wait":
        notices.queue(
            registration=registration, kind=NoticeKind.WAITING, key=f"waiting:{timezone.localdate(at)}", at=at
        )
    if action == "invite":
        invitations.send_invitation(registration, at=at)
    return registration


def _room(registration: Registration, wave_id: UUID | None) -> None:
    """Refuse one person too many, waiting for whoever is taking the last place at this instant."""
    if wave_id is None:
        return
    waves = Wave.objects.select_for_update(no_key=True).filter(event=registration.event_id)
    wave = get_object_or_404(waves, pk=wave_id)
    if wave.pk != registration.wave_id or registration.state not in ("invited", "confirmed"):
        answers.require_room(registration, wave)


def _to_wave(registration: Registration, wave_id: UUID) -> None:
    registration.wave = Wave.objects.get(pk=wave_id, event=registration.event_id)
    registration.revision += 1
    Registration.objects.filter(pk=registration.pk).update(wave=registration.wave, revision=F("revision") + 1)


@transaction.atomic
def change_wave(*, registration_id: UUID, wave_id: UUID, revision: int, by: Actor, at: datetime) -> Registration:
    """Put somebody in another wave; once meetings were planned, the timetable says what it breaks."""
    registration = _mine(registration_id, by)
    _room(registration, wave_id)
    locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    require_revision(locked, revision, by=by)
    if locked.wave_id != wave_id:
        _to_wave(registration, wave_id)
        note_act(by, "registration.wave_chosen", "registration", registration.pk, at=at)
    return registration


@transaction.atomic
def send_again(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """
    Send a message again: one that was held or failed takes the channel of today, one that left leaves once more.

    Raises
    ------
    Refused
        When the person refused every channel: only she or he may take that back.
    """
    notice = _notice(notice_id, by)
    registration = notice.registration
    channel = contacts.channel_of(registration.person, contacts.stopped(registration.person_id))
    if channel == "none":
        raise Refused("La personne ne veut plus recevoir de messages : appelez-la, ou voyez-la.")
    if notice.sent_at is not None:
        number = Notice.objects.filter(registration=registration, key__startswith=f"{notice.key[:60]}+").count() + 1
        again = notices.queue(
            registration=registration, kind=notice.kind, key=f"{notice.key[:60]}+{number}", at=at,
            text=letters.Words(**notice.text),
        )
        note_act(by, "messages.sent_again", "registration", registration.pk, at=at, kind=notice.kind)
        return again or notice
    notice.channel, notice.held_because, notice.failure, notice.attempts = channel, "", "", 0
    notice.send_after = hours.leaves_at(notice.kind, registration.event, at)
    notice.save(update_fields=["channel", "held_because", "failure", "attempts", "send_after"])
    note_act(by, "messages.sent_again", "registration", registration.pk, at=at, kind=notice.kind)
    notices.start(notice, at)
    return notice


@transaction.atomic
def mark_given(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """Say that a letter was handed over or posted."""
    notice = _notice(notice_id, by)
    if notice.channel != "letter":
        raise Refused("Ce message n'est pas un courrier.")
    if notice.sent_at is None:
        notice.sent_at = at
        notice.save(update_fields=["sent_at"])
        note_act(by, "messages.given", "registration", notice.registration_id, at=at, kind=notice.kind)
        notices.close_paper(notice.registration, at=at)
    return notice


@transaction.atomic
def renew_link(*, registration_id: UUID, by: Actor, at: datetime) -> Registration:
    """Shut the personal address that went to a wrong number; the next message bears another."""
    registration = _mine(registration_id, by)
    links.renew(registration)
    note_act(by, "registration.link_renewed", "registration", registration.pk, at=at)
    return registration


def _notice(notice_id: UUID, by: Actor) -> Notice:
    require(by, "messages", WRITE)
    found: Notice = get_object_or_404(
        Notice.objects.visible_to(by).select_for_update(of=("self",))
        .select_related("registration__event", "registration__person"), pk=notice_id
    )
    return found


def letter_text(notice: Notice) -> str:
    """Return the words of a letter with the personal address, for whoever hands it over."""
    text: str = notice.text["body"]
    return text.replace(LINK, links.link_of(notice.registration))
