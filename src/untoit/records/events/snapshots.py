"""
What a device of the day keeps: the least that its table needs, built column by column so that nothing else can follow.

A desk knows first names and initials, badges, waves, who is there, the practical needs stated by the person, the first
meeting. A stand knows its own meetings, the job of each, and what may be answered. No device reads a surname, a
telephone, a home, an income, a household, nor the sheets that others wrote.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording import typography
from untoit.records.events import devices, outcomes
from untoit.records.events.models import Device, Event, Meeting, Registration, StandKind
from untoit.records.events.sms_text import tells
from untoit.records.partners.rights import Actor

# Who may be at the door: those who are expected, and those who were asked and may come after all.
EXPECTED = (RegistrationState.CONFIRMED, RegistrationState.INVITED, RegistrationState.WAITING)
VERSION = 1


def snapshot(actor: Actor, device: Device, *, at: datetime) -> dict[str, Any]:
    """Return what a device keeps, as JSON values; the caller has checked that it is open."""
    event: Event = Event.objects.visible_to(actor).get(pk=device.event_id)
    found: dict[str, Any] = {
        "v": VERSION, "kind": device.kind, "device": device.name, "event": event.neutral_name,
        "at": _iso(at), "opens_at": _iso(device.opens_at), "wipe_at": _iso(device.closes_at),
        "on": event.on.isoformat(), "hours": [event.minute_of(slot) for slot in range(event.slots)],
    }
    if device.kind == "desk":
        return found | {"people": _people(actor, event), "stands": _stands(event)}
    if device.kind == "stand" and device.stand is not None:
        return found | _stand(actor, event, device)
    return found


def _people(actor: Actor, event: Event) -> list[dict[str, Any]]:
    first: dict[Any, tuple[int, int]] = {}
    planned = Meeting.objects.visible_to(actor).filter(event=event, state="planned").order_by("slot")
    if event.published_version:
        for key, slot, number in planned.values_list("registration_id", "slot", "stand__number"):
            first.setdefault(key, (slot, number))
    rows = (
        Registration.objects.visible_to(actor).filter(event=event, state__in=EXPECTED)
        .values_list(
            "pk", "person__first_name", "person__last_name", "badge", "wave__number", "state", "is_standby",
            "present_at", "absent_at", "left_at", "arrives_slot", "needs_accessible", "needs_language",
            "presence_conflict", "source",
        ).order_by("person__first_name", "badge")
    )
    people = []
    for (key, given, name, badge, wave, state, standby, present, absent, left, arrives, accessible, language, conflict,
         source) in rows:
        meeting = first.get(key)
        people.append({
            "id": str(key), "first": given, "initial": name[:1].upper(), "badge": badge, "wave": wave,
            "confirmed": state == RegistrationState.CONFIRMED, "standby": standby, "walk_in": source == "walk_in",
            "presence": "left" if left else "present" if present else "absent" if absent else "",
            "since": _iso(left or present or absent), "arrives": arrives, "accessible": accessible,
            "interpreter": language, "conflict": conflict,
            "meeting": None if meeting is None else {"slot": meeting[0], "stand": meeting[1]},
        })
    return people


def _stands(event: Event) -> list[dict[str, Any]]:
    """Return what a walk-in may ask for; a table where homes are spoken of is a table like another."""
    rows = event.stands.order_by("number").values_list("pk", "number", "kind", "name")
    return [
        {"id": str(pk), "number": number, "name": sign(kind, number, name)} for pk, number, kind, name in rows
    ]


def sign(kind: str, number: int, name: str) -> str:
    """Return how a stand is named on a device."""
    if kind == StandKind.EMPLOYER and not tells(name):
        return f"{number}. {name}"
    return f"Table {number}"


def _stand(actor: Actor, event: Event, device: Device) -> dict[str, Any]:
    stand = device.stand
    assert stand is not None  # the database refuses a stand's device without one
    rows = (
        Meeting.objects.visible_to(actor).active().filter(stand=stand, event=event)
        .values_list(
            "pk", "slot", "length", "table", "state", "registration__badge", "registration__person__first_name",
            "registration__person__last_name", "registration__present_at", "registration__absent_at", "offer__title",
        ).order_by("slot", "table")
    )
    meetings = [
        {
            "id": str(pk), "slot": slot, "length": length, "table": table, "state": state, "badge": badge,
            "first": given, "initial": name[:1].upper(),
            "presence": "present" if present else "absent" if absent else "", "job": job or "",
        }
        for pk, slot, length, table, state, badge, given, name, present, absent, job in rows
    ] if event.published_version else []
    found: dict[str, Any] = {"stand": sign(stand.kind, stand.number, stand.name), "meetings": meetings}
    if stand.kind == StandKind.EMPLOYER:
        return found | {"sheet": "employer", "reasons": outcomes.employer_reasons(event.on)}
    if stand.kind == StandKind.HOUSING:
        return found | {
            "sheet": "housing", "documents": outcomes.missing_documents(event.on),
            "families": [
                {"code": one.code, "label": typography(one.label), "reasons": dict(one.reasons)}
                for one in outcomes.refusal_reasons(event.on)
            ],
        }
    return found | {"sheet": ""}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def pin_words(event: Event) -> str:
    """Return the PIN of the devices of an event, written to be read aloud."""
    pin = devices.pin_of(event)
    return f"{pin[:3]} {pin[3:]}"
