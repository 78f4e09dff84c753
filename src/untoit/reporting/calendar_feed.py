"""Somebody's own dates as an iCalendar file (RFC 5545) that a calendar reads again and again by its secret address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from untoit.records.followup.pathway.agenda import Entry
from untoit.reporting.event_ics import CONTENT_TYPE, escaped, folded, instant

__all__ = ["CONTENT_TYPE", "feed"]

# What the whole calendar is called: it says nothing of a home, nor of a scheme.
_NAME = "Mes rendez-vous"
_REFRESH = "PT4H"


def feed(entries: Iterable[Entry], *, at: datetime, address: Callable[[tuple[str, UUID]], str]) -> bytes:
    """
    Return the calendar; ``address`` gives the absolute address of a page, "" where the reader has none.

    An entry keeps its ``UID`` as long as what it is about, so that a calendar moves it rather than showing it twice.
    Whole days are dates without an hour (RFC 5545, 3.3.4), which a reader in another country does not shift.
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//rencontres//agenda//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(_NAME)}", f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}", f"X-PUBLISHED-TTL:{_REFRESH}",
    ]
    for entry in entries:
        lines += _event(entry, at, address(entry.page))
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines).encode()


def _event(entry: Entry, at: datetime, url: str) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{entry.key}@rencontres.invalid", f"DTSTAMP:{instant(at)}")
    if entry.starts_at is None:
        yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"
        # What is due on a day leaves the day free.
        yield "TRANSP:TRANSPARENT"
    else:
        yield f"DTSTART:{instant(entry.starts_at)}"
        yield f"DTEND:{instant(entry.starts_at + timedelta(minutes=entry.minutes))}"
    yield f"SUMMARY:{escaped(entry.title)}"
    yield "CLASS:PRIVATE"
    if url:
        yield f"URL:{url}"
    yield "END:VEVENT"
