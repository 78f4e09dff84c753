"""
Who is on the list of an event: added, moved along :data:`REGISTRATION`, given what she or he needs.

Everybody who changes the state of a registration comes through :func:`move`, which checks the table and writes the act.
Nothing here writes to anybody: invitations and answers do.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.event import (
    HOLDING_A_PLACE,
    PERSON,
    REGISTRATION,
    EventState,
    RegistrationState,
)
from untoit.core.lifecycles.lifecycle import CLOCK
from untoit.core.wording import typography
from untoit.records.applicants.models import Person
from untoit.records.events.models import Event, Registration, Wave
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require

# No vowel, nothing that reads like another sign: a badge is spelt aloud over the noise of the hall.
_LETTERS, _DIGITS = "BCDFGHJKLMNPQRSTVWXZ", "23456789"
# Once the day is over, the list is what it was; a walk-in comes in while it lasts.
_LISTED_UNTIL = frozenset({EventState.DRAFT, EventState.INVITING, EventState.READY, EventState.OPEN})


def new_badge(event: Event) -> str:
    """Return a badge code that nobody has at this event: letter, digit, letter, digit (``K7F2``)."""
    taken = set(Registration.objects.filter(event=event).values_list("badge", flat=True))
    return new_badges(taken, 1)[0]


def new_badges(taken: Iterable[str], count: int) -> list[str]:
    """Return so many badge codes that differ from each other and from those already given."""
    used = set(taken)
    made: list[str] = []
    while len(made) < count:
        code = "".join(secrets.choice(signs) for signs in (_LETTERS, _DIGITS, _LETTERS, _DIGITS))
        if code not in used:
            used.add(code)
            made.append(code)
    return made


def writable(by: Actor) -> Any:
    """Return the registrations that the actor may change; raise 404 for a role that changes none."""
    require(by, "registration", WRITE)
    return Registration.objects.visible_to(by)


@transaction.atomic
def add_person(
    *, event_id: UUID, person_id: UUID, wave_id: UUID | None = None, by: Actor, at: datetime, source: str = "person",
) -> Registration:
    """
    Put somebody on the list, proposed, in the wave that has most room unless one is given; once and for all.

    Somebody already there is given back as is; somebody removed is put back. A walk-in (``source="walk_in"``) may be
    added by those who run the day without being followed by them: the caller has checked that.

    Raises
    ------
    Refused
        When the event is over or cancelled.
    """
    event = get_object_or_404(Event.objects.visible_to(by).select_for_update(of=("self",)), pk=event_id)
    if event.state not in _LISTED_UNTIL:
        raise Refused("Cet événement est terminé ou annulé : sa liste ne change plus.")
    people = Person.objects.all()
    if source != "walk_in":
        require(by, "registration", WRITE)
        people = people.visible_to(by)
    person = get_object_or_404(people, pk=person_id)
    known = Registration.objects.select_for_update(of=("self",)).filter(event=event, person=person).first()
    if known is not None:
        if known.state == RegistrationState.REMOVED:
            return move(known, "restore", by=by, at=at)
        return known
    wave = _wave(event, wave_id)
    made = Registration(
        event=event, person=person, wave=wave, source=source, badge=new_badge(event), channel=usual_channel(person),
        rank=Registration.objects.filter(event=event).count() + 1, created_by_id=by.user_id,
    )
    try:
        with recorded(by), transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as twice:
        raise Conflict("Cette personne vient d'être ajoutée à la liste par quelqu'un d'autre.") from twice
    note_act(by, "registration.added", "registration", made.pk, at=at, source=source)
    return made


def usual_channel(person: Person) -> str:
    """Return by what somebody is usually written to: a text message, an e-mail, a letter, or the hand of a referent."""
    if person.phone:
        return "sms"
    if person.email:
        return "email"
    return "letter" if person.address else "none"


def roomiest(event: Event) -> Wave | None:
    """Return the wave with most places left, the earliest of several; nothing when there is no wave."""
    held = list(
        Registration.objects.filter(event=event).exclude(state__in=_OUT).values_list("wave_id", flat=True)
    )
    waves = sorted(event.waves.all(), key=lambda wave: (held.count(wave.pk) - wave.capacity, wave.number))
    return waves[0] if waves else None


_OUT = frozenset({RegistrationState.REMOVED, RegistrationState.DECLINED, RegistrationState.CANCELLED})


def _wave(event: Event, wave_id: UUID | None) -> Wave | None:
    if wave_id is None:
        return roomiest(event)
    return get_object_or_404(event.waves.all(), pk=wave_id)


@transaction.atomic
def move(
    registration: Registration, action: str, *, by: Actor | None, at: datetime, reason: str = "",
    revision: int | None = None,
) -> Registration:
    """
    Move a registration along its table and write the act; the caller has checked that the actor may see the row.

    ``by`` is ``None`` for the clock. A visitor who holds the personal link (role PUB) acts as the person.

    Raises
    ------
    Refused
        When the state, the role or a missing reason does not allow it.
    Conflict
        When somebody changed it since ``revision``.
    """
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if revision is not None and by is not None:
        require_revision(row, revision, by=by)
    before = row.state
    row.state = REGISTRATION.move(action, row.state, _role(by), {"reason": reason.strip()})
    row.reason = reason.strip()[:200] if reason.strip() else ("" if action == "restore" else row.reason)
    row.revision += 1
    fields = ["state", "reason", "revision"]
    if action == "invite":
        row.invited_at = row.invited_at or at
        fields.append("invited_at")
    if action in _ANSWERS:
        row.answered_at, row.answered_by = at, _answered_by(by)
        fields += ["answered_at", "answered_by"]
    if by is None:
        row.save(update_fields=fields)
    else:
        with recorded(by):
            row.save(update_fields=fields)
    note_act(
        None if by is None else by, f"registration.{action}", "registration", row.pk, at=at, before=before,
    )
    for name in fields:
        setattr(registration, name, getattr(row, name))
    return registration


_ANSWERS = frozenset({"confirm", "decline", "cancel", "wait"})


def _role(by: Actor | None) -> str:
    if by is None:
        return CLOCK
    return PERSON if by.role is Role.PUB else str(by.role)


def _answered_by(by: Actor | None) -> str:
    if by is None:
        return CLOCK
    return "person" if by.role in (Role.PUB, Role.CAND) else str(by.role).lower()


def holding(event: Event, wave: Wave | None = None) -> int:
    """Return how many places are held by people invited or confirmed, of a wave or of the whole event."""
    held = Registration.objects.filter(event=event, state__in=HOLDING_A_PLACE, is_standby=False)
    return held.filter(wave=wave).count() if wave is not None else held.count()


@transaction.atomic
def change_needs(
    *, registration_id: UUID, values: dict[str, Any], revision: int, by: Actor, at: datetime
) -> Registration:
    """
    Write what somebody needs on the day: wave, reserve, hours, plain access, interpreter, housing talk after or before.

    Raises
    ------
    Conflict
        When somebody changed the registration since ``revision``.
    Refused
        When the hours leave no slot, or the wave is not one of this event.
    """
    unknown = set(values) - NEEDS
    if unknown:
        raise ValueError(f"not a need: {sorted(unknown)}")
    row = get_object_or_404(
        writable(by).select_for_update(of=("self",)).select_related("event"), pk=registration_id
    )
    require_revision(row, revision, by=by)
    wave = values.get("wave", row.wave)
    if wave is not None and wave.event_id != row.event_id:
        raise Http404
    arrives, leaves = values.get("arrives_slot", row.arrives_slot), values.get("leaves_slot", row.leaves_slot)
    if arrives >= row.event.slots or (leaves is not None and leaves <= arrives):
        raise Refused(typography("Ces heures ne laissent aucun créneau : vérifiez l'arrivée et le départ."))
    changed = write(row, values, by=by)
    if not changed:
        return row
    note_act(by, "registration.changed", "registration", row.pk, at=at, fields=changed)
    return row


def write(row: Registration, values: Mapping[str, Any], *, by: Actor) -> list[str]:
    """Write what differs on a row that the caller has locked, one revision further, and return its names."""
    changed = sorted(name for name, wanted in values.items() if getattr(row, name) != wanted)
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.revision += 1
        with recorded(by):
            row.save(update_fields=[*changed, "revision"])
    return changed


NEEDS = frozenset({
    "wave", "is_standby", "arrives_slot", "leaves_slot", "housing_after", "needs_accessible", "needs_language",
})
