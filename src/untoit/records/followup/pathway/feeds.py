"""
The secret address that a calendar reads: one a member and organisation, one a candidate; opened, renewed, closed.

The address is shown once: only its hash is kept. It opens what its owner may read at that instant, nothing more: a
membership that ended, an account that was shut, a closed address all give the page that does not exist.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.crypto import get_random_string

from untoit.records.events.links import ALPHABET
from untoit.records.followup.models import CalendarFeed
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role, User
from untoit.records.partners.rights import WRITE, Actor, require
from untoit.records.partners.selectors import actor_of

# 32 of 58 signs are 187 bits: nobody finds an address by trying.
TOKEN_LENGTH = 32
# A calendar reads a few times a day; sooner than this, somebody hammers.
BETWEEN_READS = timedelta(seconds=2)


def digest(token: str) -> str:
    """Return what is kept of an address."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(actor: Actor) -> CalendarFeed | None:
    """Return the open address of the actor for the organisation acted for."""
    found: CalendarFeed | None = CalendarFeed.objects.visible_to(actor).filter(closed_at__isnull=True).first()
    return found


@transaction.atomic
def open_feed(*, by: Actor, at: datetime) -> str:
    """Return a new secret; the one before, if any, opens nothing any more."""
    require(by, "own_account", WRITE)
    if by.user_id is None:
        raise Http404
    # Two clicks wait for each other: one open address each (constraint ``one_open_feed``).
    User.objects.select_for_update().get(pk=by.user_id)
    _close(by, at)
    token = get_random_string(TOKEN_LENGTH, ALPHABET)
    made = CalendarFeed.objects.create(
        user_id=by.user_id, membership_id=by.membership_id, token_hash=digest(token), created_at=at
    )
    note_act(by, "calendar.opened", "calendar", made.pk, at=at)
    return token


@transaction.atomic
def close_feed(*, by: Actor, at: datetime) -> int:
    """Close the address; return how many were open."""
    require(by, "own_account", WRITE)
    closed = _close(by, at)
    if closed:
        note_act(by, "calendar.closed", "calendar", None, at=at)
    return closed


def _close(by: Actor, at: datetime) -> int:
    return CalendarFeed.objects.visible_to(by).filter(closed_at__isnull=True).update(closed_at=at)


def of_token(token: str, *, at: datetime) -> tuple[CalendarFeed, Actor] | None:
    """Return the feed that an address opens now and in whose name it reads, or nothing."""
    if len(token) != TOKEN_LENGTH or not set(token) <= set(ALPHABET):
        return None
    feed = CalendarFeed.objects.filter(token_hash=digest(token), closed_at__isnull=True).select_related("user").first()
    if feed is None:
        return None
    actor = actor_of(feed.user, at=at, membership_id=feed.membership_id)
    # Without the membership that it was opened for, an actor would be that of another organisation, or of nobody.
    if actor.membership_id != feed.membership_id or (feed.membership_id is None and actor.role is not Role.CAND):
        return None
    return feed, actor


def may_read(feed: CalendarFeed, *, at: datetime) -> bool:
    """Note a reading, and return whether the one before was long enough ago."""
    return bool(CalendarFeed.objects.filter(
        Q(last_read_at__isnull=True) | Q(last_read_at__lte=at - BETWEEN_READS), pk=feed.pk
    ).update(last_read_at=at))
