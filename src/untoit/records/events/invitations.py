"""Asking people to come: whom, by which channel, and how many places there are for how many people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import EVENT, HOLDING_A_PLACE, ORGANISERS, EventState, RegistrationState
from untoit.core.wording import counted, typography
from untoit.records.events import contacts, links, notices, registrations
from untoit.records.events.links import link_of, of_token, renew
from untoit.records.events.models import Event, Notice, NoticeKind, Registration, Stop
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require

__all__ = [
    "Invited", "Room", "Way", "event_for", "invitable", "invite", "link_of", "of_token", "renew", "room_of", "ways",
]

# Those who write to people; the landlord's manager reads, the platform sees nobody.
_ASKERS = frozenset({Role.LA, Role.EMPP, Role.DEP})
_MAY_BE_ASKED = frozenset({EventState.DRAFT, EventState.INVITING, EventState.READY})
CHANNEL_NAMES = {"sms": "SMS", "email": "e-mail", "letter": "courrier", "none": "aucun canal"}


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation did: how many were asked, by which channel, and whom nothing reaches."""

    asked: int
    by_channel: dict[str, int]
    unreachable: int


@dataclass(frozen=True, slots=True)
class Way:
    """By which channel one person would be written to."""

    registration: Registration
    channel: str

    @property
    def channel_name(self) -> str:
        """Return the channel in words."""
        return CHANNEL_NAMES[self.channel]


@dataclass(frozen=True, slots=True)
class Room:
    """Places and people of an event before inviting: ``held`` are asked or confirmed, ``more`` would be added."""

    places: int
    held: int
    more: int

    @property
    def enough(self) -> bool:
        """Whether everybody asked could come."""
        return not self.places or self.held + self.more <= self.places

    @property
    def sentence(self) -> str:
        """Return what the page says before one confirms."""
        if not self.places:
            return "Aucune vague n'a de places : les personnes confirment sans choisir d'horaire."
        people = counted(self.held + self.more, "personne invitée ou confirmée", "personnes invitées ou confirmées")
        room = counted(self.places, "place", "places")
        if self.enough:
            return typography(f"{people} pour {room} dans les vagues : tout le monde pourra venir.")
        over = self.held + self.more - self.places
        return typography(
            f"{people} pour {room} dans les vagues : {counted(over, 'personne', 'personnes')} de trop. Les premières "
            "réponses prendront les places, les autres se verront proposer la liste d'attente."
        )


def event_for(actor: Actor, event_id: UUID) -> Event:
    """Return the event for somebody who writes to its people; 404 for everybody else."""
    require(actor, "messages", WRITE)
    if actor.role not in _ASKERS:
        raise Http404
    found: Event = get_object_or_404(Event.objects.visible_to(actor).select_related("organisation"), pk=event_id)
    return found


def invitable(actor: Actor, event: Event) -> QuerySet[Registration]:
    """Return those that this actor may ask: proposed, and seen by name."""
    return (
        Registration.objects.visible_to(actor)
        .filter(event=event, state=RegistrationState.PROPOSED, is_standby=False)
        .select_related("person", "wave", "event").order_by("rank", "created_at")
    )


def ways(people: Iterable[Registration]) -> list[Way]:
    """Return by which channel each would be written to, in two queries."""
    several = list(people)
    refused: dict[UUID, set[str]] = {}
    for person_id, channel in Stop.objects.filter(
        person__in=[one.person_id for one in several], lifted_at__isnull=True
    ).values_list("person_id", "channel"):
        refused.setdefault(person_id, set()).add(channel)
    return [
        Way(one, contacts.channel_of(one.person, frozenset(refused.get(one.person_id, ())))) for one in several
    ]


def room_of(event: Event, more: int) -> Room:
    """Return the places of the waves, who holds one, and how many would be added."""
    places = sum(event.waves.values_list("capacity", flat=True))
    held = Registration.objects.filter(event=event, state__in=HOLDING_A_PLACE, is_standby=False).count()
    return Room(places, held, more)


@transaction.atomic
def invite(*, event_id: UUID, registration_ids: Iterable[UUID], by: Actor, at: datetime) -> Invited:
    """
    Ask these people to come: the invitation leaves by the channel of each, once, however often the button is pressed.

    The first invitation opens the invitations of the event. Those already asked are left as they are.

    Raises
    ------
    Refused
        When the event is over or cancelled, or when nobody was chosen.
    """
    event = event_for(by, event_id)
    wanted = set(registration_ids)
    if not wanted:
        raise Refused("Choisissez au moins une personne à inviter.")
    if event.state not in _MAY_BE_ASKED or at >= links.starts_at(event):
        raise Refused("Cet événement a commencé, est terminé ou annulé : on n'y invite plus personne.")
    _open(event, by, at)
    # Only those seen by name: whoever does not follow a person does not write to her or him.
    rows = list(
        invitable(by, event).filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",))
    )
    by_channel: Counter[str] = Counter()
    for registration in rows:
        registrations.move(registration, "invite", by=by, at=at)
        send_invitation(registration, at=at)
        by_channel[registration.channel] += 1
    note_act(by, "event.invited", "event", event.pk, at=at, count=len(rows), **{
        f"by_{channel}": count for channel, count in by_channel.items()
    })
    return Invited(len(rows), dict(by_channel), by_channel["none"])


def _open(event: Event, by: Actor, at: datetime) -> None:
    """Open the invitations with the first of them."""
    if event.state != EventState.DRAFT:
        return
    if by.role not in ORGANISERS:
        raise Refused("L'organisateur n'a pas encore ouvert les invitations de cet événement.")
    locked = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event.pk)
    if locked.state == EventState.DRAFT:
        locked.state = EVENT.move("invite", locked.state, str(by.role))
        locked.revision += 1
        locked.save(update_fields=["state", "revision"])
        note_act(by, "event.invite", "event", event.pk, at=at)
    event.state = locked.state


def send_invitation(registration: Registration, *, at: datetime) -> Notice | None:
    """Queue the invitation of somebody who was just asked."""
    return notices.queue(
        registration=registration, kind=NoticeKind.INVITATION, key=f"invitation:{registration.event.on}", at=at
    )
