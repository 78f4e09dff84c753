"""Who is there, who is expected, who is not coming: the reception as the organiser reads it, with its whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording import languages
from untoit.records.events import boards
from untoit.records.events.models import Device, DeviceAct, Event, Registration
from untoit.records.events.snapshots import EXPECTED
from untoit.records.partners.journal import note_read
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.records.partners.search import folded

READERS = frozenset({Role.LA, Role.LM, Role.EMPP, Role.DEP})
STATES = {
    "expected": "Attendu·e", "present": "Présent·e", "absent": "Absent·e", "left": "Parti·e", "late": "En retard",
}


@dataclass(frozen=True, slots=True)
class Attendee:
    """One line of the reception."""

    id: UUID
    name: str
    badge: str
    wave: int | None
    state: str
    since: datetime | None
    minute: int | None
    stand: int | None
    is_walk_in: bool
    has_confirmed: bool
    needs: str
    conflict: str

    @property
    def state_label(self) -> str:
        """Return the state in words."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class Reception:
    """The page: its lines, and the counts of everybody whatever the filters."""

    lines: tuple[Attendee, ...]
    counts: dict[str, int]
    confirmed: int
    total: int
    conflicts: tuple[Attendee, ...]
    refused: int
    waiting: int
    may_write: bool


def reception(
    actor: Actor, event: Event, *, wave: int | None = None, state: str = "", text: str = "", at: datetime
) -> Reception:
    """
    Return who is there; a referent reads the people of her or his caseload, those who run the day everybody.

    Raises ``Http404`` for any other role.
    """
    if actor.role not in READERS:
        raise Http404
    seen = Registration.objects.visible_to(actor)
    if actor.role is not Role.DEP:
        seen |= Registration.objects.at_the_event(actor)
    rows = list(
        seen.filter(event=event, state__in=EXPECTED).select_related("person", "wave")
        .order_by("person__first_name", "badge")
    )
    names = boards.names_of(actor, event, rows)
    first: dict[UUID, tuple[int, int]] = {}
    for key, slot, number in (
        event.meetings.filter(state="planned").order_by("slot").values_list("registration_id", "slot", "stand__number")
    ):
        first.setdefault(key, (slot, number))
    sentences = dict(
        DeviceAct.objects.filter(event=event, registration__in=rows, settled_at__isnull=True).exclude(conflict="")
        .exclude(kind__endswith="_outcome").order_by("at").values_list("registration_id", "conflict")
    )
    lines = [_line(event, row, names[str(row.pk)].full, first.get(row.pk), sentences.get(row.pk, "")) for row in rows]
    lines.sort(key=lambda one: (folded(one.name), one.badge))
    counts = Counter(one.state for one in lines)
    counts["walk_in"] = sum(one.is_walk_in for one in lines)
    counts["there"] = counts["present"] + counts["left"]
    note_read(actor, "attendance", "event", event.pk, count=len(lines))
    return Reception(
        lines=tuple(one for one in lines if _kept(one, wave, state, text)), counts=dict(counts),
        confirmed=sum(one.has_confirmed for one in lines), total=len(lines),
        conflicts=tuple(one for one in lines if one.conflict),
        refused=DeviceAct.objects.visible_to(actor).filter(event=event, settled_at__isnull=True)
        .exclude(refused="").count(),
        waiting=sum(Device.objects.filter(event=event, revoked_at__isnull=True).values_list("waiting", flat=True)),
        may_write=actor.may("attendance", WRITE) and actor.role in (Role.LA, Role.EMPP),
    )


def _line(
    event: Event, row: Registration, name: str, meeting: tuple[int, int] | None, conflict: str
) -> Attendee:
    state, since = "expected", None
    if row.left_at is not None:
        state, since = "left", row.left_at
    elif row.present_at is not None:
        state, since = "present", row.present_at
    elif row.absent_at is not None:
        state, since = "absent", row.absent_at
    elif row.arrives_slot and row.wave is not None and row.arrives_slot > row.wave.first_slot:
        state = "late"
    needs = [
        "plain-pied" if row.needs_accessible else "",
        f"interprète {languages.name(row.needs_language)}" if row.needs_language else "",
        "en réserve" if row.is_standby else "",
    ]
    return Attendee(
        id=row.pk, name=name, badge=row.badge, wave=row.wave.number if row.wave else None, state=state, since=since,
        minute=event.minute_of(meeting[0]) if meeting else None, stand=meeting[1] if meeting else None,
        is_walk_in=row.source == "walk_in", has_confirmed=row.state == RegistrationState.CONFIRMED,
        needs=", ".join(filter(None, needs)), conflict=conflict if row.presence_conflict else "",
    )


def _kept(one: Attendee, wave: int | None, state: str, text: str) -> bool:
    wanted = folded(text.strip())
    return (
        (wave is None or one.wave == wave)
        and (not state or one.state == state or (state == "walk_in" and one.is_walk_in))
        and (not wanted or folded(one.name).startswith(wanted) or one.badge.lower().startswith(wanted))
    )


def refused_acts(actor: Actor, event: Event) -> list[DeviceAct]:
    """Return the acts that could not be applied and that nobody has read yet."""
    return list(
        DeviceAct.objects.visible_to(actor).filter(event=event, settled_at__isnull=True).exclude(refused="")
        .select_related("device").order_by("at")[:50]
    )
