"""
What a person answers by herself, from the link of a message or from her own space: which wave, not coming, call me.

The caller has found the registration, by its token or by ``visible_to``. Two people after the last place of a wave wait
for each other on the row of the wave: the second reads that it is full, and which ones are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import HOLDING_A_PLACE, EventState, RegistrationState
from untoit.core.wording import listed, typography
from untoit.core.wording.moments import clock
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import open_task
from untoit.records.events import contacts, links, notices, registrations
from untoit.records.events.models import Event, Meeting, NoticeKind, Place, Registration, Reply, Stop, Wave
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

_ANSWERABLE = frozenset({EventState.INVITING, EventState.READY})
_STILL_ON = _ANSWERABLE | {EventState.OPEN}
_NOT_COMING = frozenset({RegistrationState.DECLINED, RegistrationState.CANCELLED})


class WaveFull(Refused):
    """The last place went to somebody else; ``waves`` are those with places left."""

    def __init__(self, sentence: str, waves: list[WavePlaces]) -> None:
        super().__init__(sentence)
        self.waves = waves


@dataclass(frozen=True, slots=True)
class WavePlaces:
    """One wave as somebody chooses it; ``left`` does not count the place that is kept for this very person."""

    id: UUID
    number: int
    starts_min: int
    ends_min: int
    left: int
    is_mine: bool

    @property
    def hours(self) -> str:
        """Return « 9 h – 10 h 30 »."""
        return f"{clock(self.starts_min)} – {clock(self.ends_min)}"


def waves_of(registration: Registration) -> list[WavePlaces]:
    """Return the waves with the places left: capacity, less those confirmed or kept for somebody invited there."""
    event = registration.event
    taken = Count("registrations", filter=_holds(registration))
    return [
        WavePlaces(
            wave.pk, wave.number, event.minute_of(wave.first_slot), event.minute_of(wave.last_slot),
            max(wave.capacity - wave.taken, 0), wave.pk == registration.wave_id,
        )
        for wave in Wave.objects.filter(event=event).annotate(taken=taken).order_by("number")
    ]


def _holds(registration: Registration) -> Q:
    """Return the condition on the other registrations that take a place of a wave."""
    return Q(registrations__state__in=HOLDING_A_PLACE, registrations__is_standby=False) & ~Q(
        registrations__pk=registration.pk
    )


def may_choose(registration: Registration, at: datetime) -> bool:
    """Whether a wave may still be chosen here; once meetings were announced, moving them takes somebody."""
    event = registration.event
    if event.state not in _ANSWERABLE or at >= links.starts_at(event):
        return False
    return registration.state != RegistrationState.CONFIRMED or not has_meetings(registration)


def may_renounce(registration: Registration, at: datetime) -> bool:
    """Whether one may still say that one does not come."""
    return registration.event.state in _STILL_ON and at < links.ends_at(registration.event)


def has_meetings(registration: Registration) -> bool:
    """Whether a timetable was told to the person."""
    return bool(registration.event.published_version) and registration.meetings.active().exists()


@transaction.atomic
def choose_wave(*, registration: Registration, wave_id: UUID | None, by: Actor, at: datetime) -> Registration:
    """
    Confirm in this wave, or move there; without a wave where the event has none. Asked twice, it changes nothing more.

    Raises
    ------
    WaveFull
        When no place is left there; the sentence names the waves that have some.
    Refused
        When it is too late to choose.
    """
    if not may_choose(registration, at):
        raise Refused("Les horaires ne se changent plus ici : appelez-nous, nous cherchons avec vous.")
    wave = _locked_wave(registration, wave_id)
    if (wave is not None and wave.pk != registration.wave_id) or registration.state not in HOLDING_A_PLACE:
        require_room(registration, wave)
    if registration.state != RegistrationState.CONFIRMED:
        registrations.move(registration, "confirm", by=by, at=at)
    if (wave is not None and registration.wave_id != wave.pk) or registration.is_standby:
        registration.wave, registration.is_standby = wave, False
        Registration.objects.filter(pk=registration.pk).update(
            wave=wave, is_standby=False, revision=F("revision") + 1
        )
        registration.revision += 1
        note_act(by, "registration.wave_chosen", "registration", registration.pk, at=at, wave=wave and wave.number)
    return registration


def _locked_wave(registration: Registration, wave_id: UUID | None) -> Wave | None:
    if wave_id is None and Wave.objects.filter(event=registration.event_id).exists():
        wave_id = registration.wave_id
        if wave_id is None:
            raise Refused("Choisissez un horaire.")
    wave = None
    if wave_id is not None:
        wave = get_object_or_404(
            Wave.objects.select_for_update(of=("self",), no_key=True).filter(event=registration.event_id), pk=wave_id
        )
    # Read again once the wave is ours: another tab may have answered meanwhile.
    registration.refresh_from_db(fields=["state", "wave", "is_standby", "revision"])
    return wave


def require_room(registration: Registration, wave: Wave | None) -> None:
    """Raise :class:`WaveFull` unless the wave, locked by the caller, has a place for this person."""
    if wave is None:
        return
    waves = waves_of(registration)
    asked = next(one for one in waves if one.id == wave.pk)
    if asked.left:
        return
    others = [one for one in waves if one.left]
    if not others:
        raise WaveFull(typography(
            "Il n'y a plus de place dans aucun horaire. Vous pouvez vous mettre sur la liste d'attente."
        ), [])
    raise WaveFull(typography(
        f"La dernière place de {asked.hours} vient d'être prise. Il en reste : "
        f"{listed((one.hours for one in others), 'ou')}."
    ), others)


@transaction.atomic
def not_coming(*, registration: Registration, by: Actor, at: datetime) -> Registration:
    """Decline, or cancel what was confirmed; the meetings that were planned are freed. Asked twice, it is done once."""
    registration.refresh_from_db(fields=["state", "wave", "is_standby", "revision"])
    if registration.state in _NOT_COMING:
        return registration
    if not may_renounce(registration, at):
        raise Refused("La rencontre est terminée.")
    action = "cancel" if registration.state == RegistrationState.CONFIRMED else "decline"
    registrations.move(registration, action, by=by, at=at)
    after_leaving(registration)
    return registration


def after_leaving(registration: Registration) -> int:
    """Free the meetings of somebody who does not come, and let the waiting list know; return how many there were."""
    from untoit.records.events import tasks_notices

    kept = Meeting.objects.active().filter(registration=registration, state="planned")
    Place.objects.filter(meeting__in=kept).delete()
    freed = kept.update(state="cancelled", cancelled_because="not_coming", revision=F("revision") + 1)
    if freed:
        Event.objects.filter(pk=registration.event_id).update(planned_version=F("planned_version") + 1)
    tasks_notices.fill_event.defer(event_id=str(registration.event_id))
    return freed


@transaction.atomic
def wait(*, registration: Registration, by: Actor, at: datetime) -> Registration:
    """Put oneself on the waiting list, at the rank that one had."""
    registration.refresh_from_db(fields=["state", "wave", "is_standby", "revision"])
    if registration.state == RegistrationState.WAITING:
        return registration
    if not may_choose(registration, at):
        raise Refused("Les horaires ne se changent plus ici : appelez-nous, nous cherchons avec vous.")
    registrations.move(registration, "wait", by=by, at=at)
    notices.queue(
        registration=registration, kind=NoticeKind.WAITING, key=f"waiting:{timezone.localdate(at)}", at=at
    )
    return registration


@transaction.atomic
def ask_for_a_call(*, registration: Registration, by: Actor, at: datetime) -> Reply:
    """Ask the referent to call: one request a day lands on the file, with a task."""
    reply, made = Reply.objects.get_or_create(
        provider_id=f"page:{registration.pk}:{timezone.localdate(at)}",
        defaults={
            "registration": registration, "text": {"text": "Préfère être appelé·e."}, "understood": "call",
            "received_at": at,
        },
    )
    if made:
        note_act(by, "registration.call_asked", "registration", registration.pk, at=at)
        tell_referent(registration, why="Une personne invitée à une rencontre préfère être appelée.", at=at)
    return reply


def tell_referent(registration: Registration, *, why: str, at: datetime) -> None:
    """Open the task of whoever follows the person; the name is read on the page, under the rights of the reader."""
    whose = contacts.referent_of(registration, at)
    open_task(
        kind=TaskKind.EVENT_REPLY, organisation=whose.organisation_id, role=whose.role, owner=whose.owner,
        subject_kind="registration", subject_id=registration.pk, why=why, due_on=timezone.localdate(at), at=at,
    )


@transaction.atomic
def stop(*, registration: Registration, channel: str, by: Actor, at: datetime) -> None:
    """Write nothing more by this channel, from now on and for every event."""
    made = Stop.objects.bulk_create(
        [Stop(person_id=registration.person_id, channel=channel, at=at)], ignore_conflicts=True
    )
    if made and Stop.objects.filter(pk=made[0].pk).exists():
        note_act(by, "messages.stopped", "registration", registration.pk, at=at, channel=channel)


@transaction.atomic
def lift_stop(*, registration: Registration, channel: str, by: Actor, at: datetime) -> None:
    """Take a STOP back: the person's own word, here or by answering REPRISE."""
    lifted = Stop.objects.filter(person_id=registration.person_id, channel=channel, lifted_at__isnull=True).update(
        lifted_at=at
    )
    if lifted:
        note_act(by, "messages.resumed", "registration", registration.pk, at=at, channel=channel)
