"""
The timetable told to people: whom the next publication writes to, and what has changed for each of them.

``Meeting.told_slot`` is the hour that a person knows. Whoever knows what stands hears nothing more: publishing again
writes only to those whose timetable changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.event import COMING, EVENT, EventState
from untoit.core.wording import listed, typography
from untoit.records.events import letters, notices, timetable
from untoit.records.events.models import Event, Meeting, NoticeKind, Registration
from untoit.records.events.sms_text import hour_of
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

# What a person is told for each code; the stand by its number alone, which says nothing over a shoulder.
_MOST_SAID = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What one person has to be told: the first timetable (``is_first``), or what changes in the one they know."""

    registration: Registration
    is_first: bool
    added: tuple[Meeting, ...]
    moved: tuple[Meeting, ...]
    cancelled: tuple[Meeting, ...]

    @property
    def what(self) -> str:
        """Return the changes in a few words for an SMS, or nothing when there are too many to say."""
        event = self.registration.event
        said = [
            f"Stand {one.stand.number} à {hour_of(event.minute_of(one.slot))}"
            f" au lieu de {hour_of(event.minute_of(one.told_slot or 0))}"
            for one in self.moved
        ]
        said += [f"Stand {one.stand.number} à {hour_of(event.minute_of(one.slot))} en plus" for one in self.added]
        said += [f"Stand {one.stand.number} annulé" for one in self.cancelled]
        return listed(said) if len(said) <= _MOST_SAID else ""


def waiting_for_words(event: Event) -> list[Told]:
    """Return who does not know their timetable as it stands, in the order of the list; absent people are left alone."""
    changed: dict[UUID, dict[str, list[Meeting]]] = defaultdict(lambda: defaultdict(list))
    rows = (
        Meeting.objects.filter(event=event)
        .filter(
            Q(state="planned") & (Q(informed_at__isnull=True) | Q(told_slot__isnull=True) | ~Q(told_slot=F("slot")))
            | Q(state="cancelled", told_slot__isnull=False)
        )
        .select_related("stand").order_by("slot", "pk")
    )
    for row in rows:
        kind = "cancelled" if row.state == "cancelled" else "added" if row.told_slot is None else "moved"
        changed[row.registration_id][kind].append(row)
    people = (
        Registration.objects.filter(pk__in=changed, state__in=COMING, absent_at__isnull=True, left_at__isnull=True)
        .select_related("person", "wave").order_by("rank", "pk")
    )
    known = set(
        Meeting.objects.filter(event=event, told_slot__isnull=False).values_list("registration_id", flat=True)
    )
    found = []
    for person in people:
        person.event = event
        lists = changed[person.pk]
        found.append(Told(
            person, person.pk not in known, tuple(lists["added"]), tuple(lists["moved"]), tuple(lists["cancelled"])
        ))
    return found


@dataclass(frozen=True, slots=True)
class Published:
    """How many people were written to: a first timetable, a change."""

    first: int
    changed: int


@transaction.atomic
def publish(*, event_id: UUID, version: int, by: Actor, at: datetime) -> Published:
    """
    Tell everybody the timetable as it stands, and remember what each was told.

    Raises
    ------
    Conflict
        When the timetable is no longer the version that the person read.
    Refused
        When there is no meeting, or nobody has anything new to hear.
    """
    event = timetable.locked_event(event_id, by)
    timetable.require_preparing(event)
    if event.planned_version != version:
        raise Conflict(typography(
            "Le planning a changé depuis que vous l'avez relu : relisez qui sera prévenu, puis diffusez."
        ))
    if not event.meetings.active().exists():
        raise Refused("Il n'y a encore aucune rencontre à diffuser : calculez le planning, ou ajoutez-en une.")
    people = waiting_for_words(event)
    if not people and event.published_version == event.planned_version:
        raise Refused("Chacun connaît déjà ce planning : il n'y a personne à prévenir.")
    if event.state != EventState.OPEN:
        event.state = EVENT.move("publish", event.state, by.role)
    event.published_version, event.published_at = event.planned_version, at
    event.revision += 1
    event.save(update_fields=["state", "published_version", "published_at", "revision"])
    _write_to(event, people, at)
    told = Published(sum(one.is_first for one in people), sum(not one.is_first for one in people))
    note_act(
        by, "timetable.published", "event", event.pk, at=at, version=event.published_version, first=told.first,
        changed=told.changed,
    )
    return told


@transaction.atomic
def tell(event: Event, *, by: Actor | None, at: datetime) -> int:
    """Tell the changes of the day to those whom they concern, and return how many; the caller holds the event."""
    people = waiting_for_words(event)
    _write_to(event, people, at)
    event.published_version, event.published_at = event.planned_version, at
    event.save(update_fields=["published_version", "published_at"])
    if people:
        note_act(by, "timetable.told", "event", event.pk, at=at, version=event.planned_version, people=len(people))
    return len(people)


def _write_to(event: Event, people: Iterable[Told], at: datetime) -> None:
    known: list[UUID] = []
    gone: list[UUID] = []
    for one in people:
        kind = NoticeKind.CONVOCATION if one.is_first else NoticeKind.CHANGE
        text: letters.Words | str = "" if one.is_first else letters.compose(kind, one.registration, what=one.what)
        notices.queue(
            registration=one.registration, kind=kind, key=f"{kind}:{event.planned_version}", text=text, at=at
        )
        known += [row.pk for row in (*one.added, *one.moved)]
        gone += [row.pk for row in one.cancelled]
    Meeting.objects.filter(pk__in=known).update(informed_at=at, told_slot=F("slot"))
    Meeting.objects.filter(pk__in=gone).update(told_slot=None)
    # Who no longer comes, or is not there, is not written to: nothing is left to tell them later either.
    Meeting.objects.filter(event=event, state="cancelled", told_slot__isnull=False).exclude(
        registration__state__in=COMING, registration__absent_at__isnull=True, registration__left_at__isnull=True
    ).update(told_slot=None)
