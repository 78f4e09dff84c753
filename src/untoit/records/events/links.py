"""
The personal address of a registration: short enough for an SMS, and known to nobody but the person.

The token is drawn from the secret of the installation and the registration, so that every message bears the same one
and an old SMS still opens the page on the day; the database keeps its hash only. :func:`renew` shuts the old one, when
it went to a wrong number.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from untoit.core.lifecycles.event import RegistrationState
from untoit.records.events.models import Event, Registration
from untoit.records.events.sms_text import TOKEN_LENGTH, link_base

# No 0, O, l nor I: somebody may copy it from a letter. 17 of these 58 signs are 99 bits.
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
OPEN_AFTER = timedelta(hours=48)
_RENEWALS = 50


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _drawn(registration: Registration, number: int) -> str:
    left = int.from_bytes(
        salted_hmac("untoit.records.events.links", f"{registration.pk}:{number}", algorithm="sha256").digest()
    )
    found = []
    for _ in range(TOKEN_LENGTH):
        left, one = divmod(left, len(ALPHABET))
        found.append(ALPHABET[one])
    return "".join(found)


def _number(registration: Registration) -> int:
    """Return which draw is the open one; the first when none is, or when the secret of the installation changed."""
    for number in range(_RENEWALS):
        if constant_time_compare(digest(_drawn(registration, number)), registration.link_hash):
            return number
    return 0


def token_of(registration: Registration) -> str:
    """Return the token of the personal address, opening it if it is not."""
    token = _drawn(registration, _number(registration))
    if registration.link_hash != digest(token):
        registration.link_hash = digest(token)
        Registration.objects.filter(pk=registration.pk).update(link_hash=registration.link_hash)
    return token


def link_of(registration: Registration) -> str:
    """Return the personal address."""
    return f"{link_base()}{token_of(registration)}/"


def renew(registration: Registration) -> str:
    """Shut the address that was sent, and return a new one."""
    token = _drawn(registration, (_number(registration) + 1 if registration.link_hash else 0) % _RENEWALS)
    registration.link_hash = digest(token)
    Registration.objects.filter(pk=registration.pk).update(link_hash=registration.link_hash)
    return f"{link_base()}{token}/"


def ends_at(event: Event) -> datetime:
    """Return the instant at which the event ends."""
    return _instant(event, event.ends_min)


def starts_at(event: Event) -> datetime:
    """Return the instant at which the event starts."""
    return _instant(event, event.starts_min)


def _instant(event: Event, minute: int) -> datetime:
    # Minutes are added to the wall clock, as a timetable is read: the event does not move when the clocks change.
    wall = datetime.combine(event.on, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=timezone.get_default_timezone())


def of_token(token: str, *, at: datetime) -> Registration | None:
    """Return the registration that a token opens now; nothing once the event has been over for two days."""
    if len(token) != TOKEN_LENGTH or not set(token) <= set(ALPHABET):
        return None
    found: Registration | None = (
        Registration.objects.select_related("event", "event__organisation", "person", "wave")
        .exclude(state=RegistrationState.REMOVED).filter(link_hash=digest(token)).first()
    )
    return found if found is not None and at < ends_at(found.event) + OPEN_AFTER else None
