"""
The devices of a day: created by an organiser, paired by a short code, open for that day only, shut by one click.

A device is known by the hash of the token in its cookie. Its PIN is the same for every device of an event: it unlocks
what the tablet keeps (``docs/explanation/offline.md``) and is drawn from the secret of the installation, so that it is
neither stored nor forgotten.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import EventState
from untoit.core.wording import typography
from untoit.records.events import links
from untoit.records.events.models import Device, Event, Stand
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require

# No vowel and nothing that reads like another sign.
CODE_SIGNS, CODE_LENGTH = "BCDFGHJKLMNPQRSTVWXZ23456789", 6
CODE_LASTS = timedelta(minutes=15)
OPEN_AFTER = timedelta(hours=2)
# Acts that found no network on the day are still taken in: they were made while the device was open.
DELIVERS_FOR = timedelta(days=7)
TRIES, TRIES_FOR_S = 10, 600
_RUNNERS = frozenset({Role.LA, Role.EMPP})


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a device needs on the day it is paired: the token of its cookie, and a secret that it keeps aside."""

    device: Device
    token: str
    secret: str


def digest(text: str) -> str:
    """Return what is kept of a token or of a code."""
    return hashlib.sha256(text.encode()).hexdigest()


def pin_of(event: Event) -> str:
    """Return the six digits that unlock the devices of an event."""
    drawn = salted_hmac("untoit.records.events.devices", str(event.pk), algorithm="sha256").digest()
    return f"{int.from_bytes(drawn[:8]) % 1_000_000:06d}"


def hours_of(event: Event) -> tuple[datetime, datetime]:
    """Return from when to when the devices of an event are open: the day itself, or a rehearsal before it."""
    day = links.starts_at(event).astimezone(timezone.get_default_timezone())
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(hours=settings.TABLET_OPENS_BEFORE_H), links.ends_at(event) + OPEN_AFTER


def of_event(actor: Actor, event_id: UUID) -> tuple[Event, list[Device]]:
    """Return an event that the actor runs, and its devices."""
    event = _run_by(actor, event_id)
    return event, list(event.devices.select_related("stand").order_by("revoked_at", "kind", "name"))


@transaction.atomic
def add_device(
    *, event_id: UUID, kind: str, stand_id: UUID | None = None, name: str = "", by: Actor, at: datetime
) -> tuple[Device, str]:
    """Create a device of an event and return it with the code that pairs a tablet in the next fifteen minutes."""
    event = _run_by(by, event_id)
    if event.state in (EventState.CANCELLED, EventState.REVIEWED):
        raise Refused("Cet événement est annulé ou son bilan est fait : aucun appareil ne s'y ouvre plus.")
    stand = _stand(event, kind, stand_id)
    opens, closes = hours_of(event)
    made = Device.objects.create(
        event=event, kind=kind, stand=stand, name=_name(event, kind, stand, name),
        token_hash=digest(secrets.token_urlsafe(32)), created_by_id=by.user_id, created_at=at, opens_at=opens,
        closes_at=closes,
    )
    note_act(by, "device.added", "event", event.pk, at=at, kind=kind)
    return made, _open_pairing(made, at)


@transaction.atomic
def new_code(*, device_id: UUID, by: Actor, at: datetime) -> tuple[Device, str]:
    """Give a new code to a device whose tablet was changed or whose code has expired."""
    device = _locked(device_id, by)
    if device.revoked_at is not None:
        raise Refused(typography("Cet appareil a été retiré : ajoutez-en un autre."))
    # An event that was moved moves its devices along.
    device.opens_at, device.closes_at = hours_of(device.event)
    device.save(update_fields=["opens_at", "closes_at"])
    return device, _open_pairing(device, at)


@transaction.atomic
def revoke(*, device_id: UUID, by: Actor, at: datetime) -> Device:
    """Shut a device at once: at its next contact it forgets what it knew. Doing it twice changes nothing."""
    device = _locked(device_id, by)
    if device.revoked_at is None:
        device.revoked_at, device.pairing_until = at, None
        device.save(update_fields=["revoked_at", "pairing_until"])
        note_act(by, "device.revoked", "event", device.event_id, at=at, kind=device.kind)
    return device


@transaction.atomic
def pair(*, code: str, pin: str, at: datetime, origin: str = "") -> Pairing:
    """
    Give a tablet the token of the device that the code names; the code serves once.

    Raises
    ------
    Refused
        When code or PIN is wrong, when the code is too old, or after ten failures from one ``origin`` in ten minutes.
    """
    tries = f"tablet-pairing:{digest(origin)}"
    if int(cache.get(tries, 0)) >= TRIES:
        raise Refused(typography("Trop d'essais : attendez dix minutes, puis demandez un nouveau code."))
    wanted = "".join(sign for sign in code.upper() if sign.isalnum())
    device = (
        Device.objects.select_for_update(of=("self",)).select_related("event", "stand")
        .filter(pairing_hash=digest(wanted), pairing_until__gt=at, revoked_at__isnull=True).first()
        if len(wanted) == CODE_LENGTH else None
    )
    if device is None or not constant_time_compare(pin.strip(), pin_of(device.event)):
        cache.set(tries, int(cache.get(tries, 0)) + 1, TRIES_FOR_S)
        raise Refused(typography(
            "Ce code ou ces six chiffres ne conviennent pas. Ils sont sur la page « Appareils » de l'événement ; "
            "un code dure quinze minutes."
        ))
    token = secrets.token_urlsafe(32)
    device.token_hash, device.pairing_hash, device.pairing_until = digest(token), "", None
    device.paired_at = device.last_seen_at = at
    device.save(update_fields=["token_hash", "pairing_hash", "pairing_until", "paired_at", "last_seen_at"])
    note_act(None, "device.paired", "event", device.event_id, at=at, kind=device.kind)
    return Pairing(device, token, secrets.token_urlsafe(32))


def device_of(token: str) -> Device | None:
    """Return the device of a token, open or not."""
    if not 20 <= len(token) <= 100:
        return None
    return Device.objects.select_related("event", "stand").filter(token_hash=digest(token)).first()


def is_open(device: Device, at: datetime) -> bool:
    """Whether a device may read now."""
    return (
        device.revoked_at is None and device.opens_at <= at < device.closes_at
        and device.event.state != EventState.CANCELLED
    )


def as_actor(device: Device, at: datetime) -> Actor:
    """Return who acts when this device does."""
    return Actor(
        role=Role.TAB, at=at, event_id=device.event_id, device_id=device.pk, stand_id=device.stand_id,
    )


def actor_of_device(token: str, at: datetime) -> Actor | None:
    """Return the actor of an open device; ``None`` when the token opens nothing now."""
    device = device_of(token)
    return as_actor(device, at) if device is not None and is_open(device, at) else None


def seen(device: Device, *, waiting: int, at: datetime) -> None:
    """Write when the device was last heard of, and how many acts it still keeps."""
    Device.objects.filter(pk=device.pk).update(last_seen_at=at, waiting=max(0, min(waiting, 100_000)))


def forget(*, token: str, by_device_at: datetime) -> None:
    """Give a device back (its own « Terminer »): the token opens nothing more."""
    device = device_of(token)
    if device is not None:
        Device.objects.filter(pk=device.pk).update(token_hash=digest(secrets.token_urlsafe(32)), paired_at=None)
        note_act(None, "device.unpaired", "event", device.event_id, at=by_device_at, kind=device.kind)


def _open_pairing(device: Device, at: datetime) -> str:
    code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    device.pairing_hash, device.pairing_until = digest(code), at + CODE_LASTS
    device.save(update_fields=["pairing_hash", "pairing_until"])
    return code


def _run_by(actor: Actor, event_id: UUID) -> Event:
    require(actor, "attendance", WRITE)
    if actor.role not in _RUNNERS:
        raise Http404
    found: Event | None = Event.objects.visible_to(actor).filter(pk=event_id).first()
    if found is None:
        raise Http404
    return found


def _locked(device_id: UUID, by: Actor) -> Device:
    rows = Device.objects.select_for_update(of=("self",)).select_related("event", "stand")
    device: Device | None = rows.filter(pk=device_id).first()
    if device is None:
        raise Http404
    _run_by(by, device.event_id)
    return device


def _stand(event: Event, kind: str, stand_id: UUID | None) -> Stand | None:
    if kind not in ("desk", "stand", "hall"):
        raise Refused("Choisissez ce que fera cet appareil.")
    if kind != "stand":
        return None
    stand = event.stands.filter(pk=stand_id).first()
    if stand is None:
        raise Refused("Choisissez le stand de cet appareil.")
    return stand


def _name(event: Event, kind: str, stand: Stand | None, name: str) -> str:
    if name.strip():
        return " ".join(name.split())[:60]
    if stand is not None:
        return f"Stand {stand.number}"
    count = event.devices.filter(kind=kind).count() + 1
    return f"Accueil {count}" if kind == "desk" else f"Écran {count}"
