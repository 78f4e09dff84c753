"""
The appointment of one person as an iCalendar file (RFC 5545), for the calendar of a telephone.

A calendar is read over a shoulder and shared with a family: it bears the neutral name, numbers of stands and hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from untoit.core.wording.moments import clock
from untoit.records.events.models import Event, Meeting, Registration
from untoit.reporting.event_rows import as_told, neutral_stand

CONTENT_TYPE = "text/calendar; charset=utf-8"
_PARIS = ZoneInfo("Europe/Paris")
_LINE = 75


def calendar(registration: Registration, *, at: datetime) -> bytes:
    """
    Return the file: one event from the first meeting to the last, the others in its description.

    Before the timetable is told, it spans the wave. The same registration keeps its ``UID``: a newer file replaces the
    older one in the calendar that holds it.
    """
    event = registration.event
    meetings = as_told(registration, list(registration.meetings.active().select_related("stand")))
    first, last = _span(registration, meetings)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//rencontres//calendrier//FR", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT", f"UID:{registration.pk}@rencontres.invalid", f"DTSTAMP:{instant(at)}",
        f"SEQUENCE:{event.published_version}", f"DTSTART:{instant(_on(event, first))}",
        f"DTEND:{instant(_on(event, last))}", f"SUMMARY:{escaped(event.neutral_name)}",
        f"LOCATION:{escaped(', '.join(filter(None, (event.place_name, event.address))))}",
        f"DESCRIPTION:{escaped(_description(event, meetings))}",
    ]
    if event.latitude is not None and event.longitude is not None:
        lines.append(f"GEO:{event.latitude:.5f};{event.longitude:.5f}")
    if event.state == "cancelled":
        lines.append("STATUS:CANCELLED")
    lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(event.neutral_name)}", "TRIGGER:-PT2H",
              "END:VALARM", "END:VEVENT", "END:VCALENDAR"]
    return "".join(folded(line) + "\r\n" for line in lines).encode()


def _span(registration: Registration, meetings: list[Meeting]) -> tuple[int, int]:
    event = registration.event
    if meetings:
        last = max(one.slot + one.length for one in meetings)
        return event.minute_of(meetings[0].slot), event.minute_of(last) - event.change_min
    if registration.wave:
        return event.minute_of(registration.wave.first_slot), event.minute_of(registration.wave.last_slot)
    return event.starts_min, event.ends_min


def _description(event: Event, meetings: list[Meeting]) -> str:
    lines = [
        f"{clock(event.minute_of(one.slot))} : stand {one.stand.number}, {neutral_stand(one.stand)}" for one in meetings
    ]
    if event.contact_phone:
        lines.append(f"Renseignements : {event.contact_phone}")
    return "\n".join(lines)


def _on(event: Event, minute: int) -> datetime:
    return datetime.combine(event.on, time(0), _PARIS) + timedelta(minutes=minute)


def instant(when: datetime) -> str:
    """Return an instant as RFC 5545 writes it."""
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Return a text as RFC 5545 writes it (3.3.11)."""
    plain = text.replace("\u202f", " ").replace("\u00a0", " ")
    escaped = plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> str:
    """Return a content line cut so that none is longer than 75 octets, nor a character cut in two (RFC 5545, 3.1)."""
    parts, current, room = [], "", _LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            parts.append(current)
            # The space that opens a continuation counts.
            current, room = "", _LINE - 1
        current += character
        room -= size
    return "\r\n ".join([*parts, current])
