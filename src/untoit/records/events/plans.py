"""
Events: made from one form, copied from another, changed, led from preparation to review.

Slots are counted, never typed: a wave of so many minutes holds so many slots of so many minutes and their change-over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

from untoit.core.errors import Refused, UnusableInput
from untoit.core.lifecycles.event import EVENT, HOLDING_A_PLACE, EventState, RegistrationState
from untoit.core.timetabling import grid
from untoit.core.wording import typography
from untoit.records.events import checklist, copies, notices
from untoit.records.events.models import Event, NoticeKind, Registration, Room, Wave
from untoit.records.events.neutral import require_neutral
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Organisation, OrganisationKind, Role
from untoit.records.partners.rights import WRITE, Actor, require

MAIN_ROOM = "Grande salle"
MOST_SLOTS = 60
_HOLDERS = (OrganisationKind.LANDLORD, OrganisationKind.PARTNER_LANDLORD)


@dataclass(frozen=True, slots=True)
class EventPlan:
    """
    What the form says of an event.

    ``waves`` groups come one after the other, ``wave_min`` minutes each, ``between_min`` minutes apart; ``capacity`` is
    the places of each. Times of day are minutes after midnight.
    """

    title: str
    neutral_name: str
    on: date
    place_name: str
    address: str
    commune: str
    starts_min: int = 540
    slot_min: int = 10
    change_min: int = 2
    waves: int = 2
    wave_min: int = 90
    between_min: int = 0
    capacity: int = 16
    housing_slots: int = 1
    employers_min: int = 2
    employers_max: int = 4
    latitude: float | None = None
    longitude: float | None = None
    access_notes: str = ""
    contact_phone: str = ""
    is_public: bool = False

    @property
    def slots_per_wave(self) -> int:
        """How many slots a wave holds: 90 minutes of 10 + 2 give 7 (scenario 17)."""
        return slots_in(self.wave_min, self.slot_min, self.change_min)

    @property
    def slots_between(self) -> int:
        """How many slots are left free between two waves."""
        return -(-self.between_min // (self.slot_min + self.change_min))

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The first slot of each wave and the one at which it ends, excluded."""
        step = self.slots_per_wave + self.slots_between
        return [(number * step, number * step + self.slots_per_wave) for number in range(self.waves)]

    @property
    def slots(self) -> int:
        """How many slots the half-day has."""
        return self.spans[-1][1]


def slots_in(wave_min: int, slot_min: int, change_min: int) -> int:
    """Return how many slots of so many minutes, each with its change-over, a wave holds."""
    return grid(length_min=slot_min, change_min=change_min, wave_min=wave_min)


def writable(by: Actor) -> Any:
    """Return the events that the actor may change; raise 404 for a role that changes none."""
    require(by, "event", WRITE)
    return Event.objects.visible_to(by)


def holders(by: Actor) -> list[Organisation]:
    """Return the organisations for which the actor may prepare an event: its own, or a landlord it works with."""
    if by.role in (Role.LM, Role.LA):
        return list(Organisation.objects.filter(pk=by.organisation_id))
    found = Organisation.objects.filter(kind__in=_HOLDERS, is_active=True).order_by("name")
    own = Organisation.objects.filter(pk=by.organisation_id) if by.role is Role.EMPP else Organisation.objects.none()
    return [*found, *own]


@transaction.atomic
def create_event(
    *, plan: EventPlan, by: Actor, at: datetime, organisation_id: UUID | None = None, copy_of: UUID | None = None,
    event_id: UUID | None = None,
) -> Event:
    """
    Create a whole event: its waves, a room, its check-list; with ``copy_of``, everything of another but its people.

    ``event_id`` comes from the form: sending it twice makes one event.

    Raises
    ------
    UnusableInput
        When the grid holds no slot or the neutral name tells too much.
    """
    require(by, "event", WRITE)
    if event_id is not None and (again := Event.objects.visible_to(by).filter(pk=event_id).first()) is not None:
        return again
    possible = {one.pk for one in holders(by)}
    holder = organisation_id or (by.organisation_id if by.organisation_id in possible else None)
    if holder not in possible:
        raise Http404
    event = Event(
        organisation_id=holder, created_by_id=by.user_id, **({"pk": event_id} if event_id else {}),
        **_columns(plan, {}),
    )
    with recorded(by):
        event.save(force_insert=True)
        Wave.objects.bulk_create(_waves(event, plan))
    source = get_object_or_404(writable(by), pk=copy_of) if copy_of is not None else None
    if source is not None:
        copies.copy_all_but_people(source, event, by=by)
    else:
        Room.objects.create(event=event, name=MAIN_ROOM)
    checklist.fill(event, by=by, at=at, like=source)
    note_act(by, "event.created", "event", event.pk, at=at, copied=source is not None)
    return event


@transaction.atomic
def change_event(*, event_id: UUID, plan: EventPlan, revision: int, by: Actor, at: datetime) -> Event:
    """
    Change an event; when its day moves, the check-list moves with it, except what is done.

    Raises
    ------
    Conflict
        When somebody changed it since ``revision``.
    Refused
        When meetings are placed and the grid would change under them.
    """
    event = _locked(event_id, by)
    require_revision(event, revision, by=by)
    if event.state in (EventState.ENDED, EventState.REVIEWED, EventState.CANCELLED):
        raise Refused("Cet événement est terminé ou annulé : rouvrez-le ou rétablissez-le d'abord.")
    columns = _columns(plan, event.settings)
    waves = {one.number: one for one in event.waves.all()}
    spans = [(one.first_slot, one.last_slot) for _, one in sorted(waves.items())]
    regrid = spans != plan.spans or any(columns[name] != getattr(event, name) for name in _GRID)
    if regrid and event.meetings.exclude(state="cancelled").exists():
        raise Refused(
            "Des rencontres sont déjà placées sur cette grille : annulez-les dans le planning avant de changer les "
            "durées ou les vagues."
        )
    changed = sorted(name for name, wanted in columns.items() if getattr(event, name) != wanted)
    before = event.on
    for name in changed:
        setattr(event, name, columns[name])
    event.revision += 1
    with recorded(by):
        event.save()
        _rewave(event, waves, plan)
    if event.on != before:
        checklist.redate(event, at=at)
    note_act(by, "event.changed", "event", event.pk, at=at, fields=changed)
    return event


def plan_of(event: Event) -> EventPlan:
    """Return the plan that gives an event as it is, for the form that changes it."""
    waves = list(event.waves.all())
    first = waves[0] if waves else None
    per_wave = first.last_slot - first.first_slot if first else event.slots
    between = waves[1].first_slot - waves[0].last_slot if len(waves) > 1 else 0
    kept = {one.name for one in fields(EventPlan)} & {field.name for field in Event._meta.fields}
    return EventPlan(
        **{name: getattr(event, name) for name in kept}, waves=len(waves) or 1, wave_min=per_wave * event.step_min,
        between_min=between * event.step_min, capacity=first.capacity if first else 16,
        employers_min=event.settings.get("employers_min", 2), employers_max=event.settings.get("employers_max", 4),
    )


@transaction.atomic
def move_event(
    *, event_id: UUID, action: str, reason: str = "", by: Actor | None, at: datetime, revision: int | None = None
) -> Event:
    """
    Lead an event along its table (:data:`EVENT`): invite, publish, open, end, review, reopen, cancel, restore.

    ``by`` is ``None`` for the clock. Cancelling tells those who were asked to come, and closes the open tasks.

    Raises
    ------
    Refused
        When the state, the role or a missing reason does not allow it.
    """
    if by is None:
        event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    else:
        event = _locked(event_id, by)
        if revision is not None:
            require_revision(event, revision, by=by)
    before = event.state
    event.state = EVENT.move(action, event.state, "clock" if by is None else str(by.role), {"reason": reason.strip()})
    event.reason = reason.strip()[:300] if action in ("cancel", "restore", "reopen") else event.reason
    if action == "open":
        event.opened_at = event.opened_at or at
    event.ended_at = at if action == "end" else None if action == "reopen" else event.ended_at
    event.revision += 1
    if by is None:
        event.save()
    else:
        with recorded(by):
            event.save()
    note_act(by, f"event.{action}", "event", event.pk, at=at, before=before)
    if action == "cancel":
        checklist.close_tasks(event, at=at, by=by, outcome="cancelled")
        _tell_cancelled(event, at=at)
    return event


_GRID = ("slot_min", "change_min", "starts_min", "housing_slots")


def _tell_cancelled(event: Event, *, at: datetime) -> None:
    """Tell everybody who was asked to come; the proposed were told nothing. Cancelled again, it is told again."""
    told = HOLDING_A_PLACE | {RegistrationState.WAITING}
    for one in Registration.objects.filter(event=event, state__in=told).select_related("event", "person", "wave"):
        notices.queue(registration=one, kind=NoticeKind.CANCELLED, key=f"cancelled-{event.revision}", at=at)


def _locked(event_id: UUID, by: Actor) -> Event:
    event: Event = get_object_or_404(writable(by).select_for_update(of=("self",)), pk=event_id)
    return event


def _columns(plan: EventPlan, settings: Mapping[str, Any]) -> dict[str, Any]:
    if not plan.waves or plan.slots_per_wave < 1:
        raise UnusableInput(typography(
            f"Une vague de {plan.wave_min} minutes ne contient aucun entretien de {plan.slot_min} minutes avec "
            f"{plan.change_min} minutes de battement : allongez la vague ou raccourcissez l'entretien."
        ))
    if plan.slots > MOST_SLOTS:
        raise UnusableInput(typography(
            f"Cela ferait {plan.slots} créneaux : {MOST_SLOTS} au plus. Raccourcissez les vagues ou allongez les "
            "entretiens."
        ))
    if plan.starts_min + plan.slots * (plan.slot_min + plan.change_min) > 24 * 60:
        raise UnusableInput("L'événement finirait après minuit : commencez plus tôt ou raccourcissez les vagues.")
    if not 0 <= plan.employers_min <= plan.employers_max:
        raise UnusableInput("Le nombre d'entretiens au moins dépasse le nombre au plus.")
    return {
        "title": typography(" ".join(plan.title.split())), "neutral_name": require_neutral(plan.neutral_name),
        "on": plan.on,
        "starts_min": plan.starts_min, "slot_min": plan.slot_min, "change_min": plan.change_min, "slots": plan.slots,
        "housing_slots": plan.housing_slots, "place_name": plan.place_name, "address": plan.address,
        "commune": plan.commune, "latitude": plan.latitude, "longitude": plan.longitude,
        "access_notes": plan.access_notes, "contact_phone": plan.contact_phone, "is_public": plan.is_public,
        "settings": {
            **settings, "employers_min": plan.employers_min, "employers_max": plan.employers_max, "housing_min": 1,
        },
    }


def _waves(event: Event, plan: EventPlan) -> list[Wave]:
    return [
        Wave(event=event, number=number, first_slot=first, last_slot=last, capacity=plan.capacity)
        for number, (first, last) in enumerate(plan.spans, 1)
    ]


def _rewave(event: Event, waves: Mapping[int, Wave], plan: EventPlan) -> None:
    """Give each wave its slots; people of a wave that is no more are left without one, and told apart on the list."""
    for wanted in _waves(event, plan):
        kept = waves.get(wanted.number)
        if kept is None:
            wanted.save()
            continue
        kept.first_slot, kept.last_slot, kept.capacity = wanted.first_slot, wanted.last_slot, wanted.capacity
        kept.save()
    event.waves.filter(number__gt=plan.waves).delete()


def suggested_day(today: date) -> date:
    """Return the Tuesday in about seven weeks: the check-list starts at J-45."""
    ahead = today + timedelta(days=49)
    return ahead + timedelta(days=(1 - ahead.weekday()) % 7)
