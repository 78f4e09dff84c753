"""The papers of an event as accessible PDF: typeset by Typst, one compilation for all the booklets as for one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib import resources
from typing import Any

import typst

from untoit.core.wording import typography
from untoit.core.wording.moments import clock_at
from untoit.records.events.boards import Name
from untoit.records.events.cards import EmployerCard
from untoit.records.events.models import Event, Registration, Stand
from untoit.reporting import event_hall, event_papers
from untoit.reporting.event_rows import Rows, as_told, rows_of

LARGE = 1.4
_TABLES, _PERSONAL, _BADGES, _SIGNS = "event_tables", "event_personal", "event_badges", "event_signs"
Names = event_hall.Names


def convocations(rows: Rows, names: Names, *, large: bool = False) -> bytes:
    """Return the convocations of these people, one after the other."""
    people = [event_papers.convocation(one, rows, name=names[str(one.pk)].full) for one in rows.people]
    return _personal("convocation", "Convocation", rows, people, large)


def booklets(rows: Rows, names: Names, *, large: bool = False) -> bytes:
    """Return the booklets of these people in one file, each with its own page numbers."""
    people = [event_papers.booklet(one, rows, name=names[str(one.pk)].full) for one in rows.people]
    return _personal("booklet", "Livret", rows, people, large)


def booklet_files(rows: Rows, names: Names, *, large: bool = False) -> Iterator[bytes]:
    """
    Yield, booklet after booklet, a ZIP with a PDF for each person, named by the badge: anybody reads a file name.

    The head of the archive leaves before the first booklet is typeset, and a booklet as soon as it is: 150 of them take
    some fifteen seconds, which the browser shows as a download that advances. What goes wrong on the way cuts the
    archive short: it has no directory then, and no program opens it as if it were whole.
    """
    out, compiler = _Outlet(), _compiler()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for one in rows.people:
            alone = [event_papers.booklet(one, rows, name=names[str(one.pk)].full)]
            with archive.open(zipfile.ZipInfo(f"livret-{one.badge}.pdf", _zip_date(rows.event)), "w") as entry:
                yield out.taken()
                entry.write(_personal("booklet", "Livret", rows, alone, large, compiler))
            yield out.taken()
    yield out.taken()


class _Outlet(io.RawIOBase):
    """A file that is only written to: what has come since the last time is taken from it."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        data = bytes(self._held)
        self._held.clear()
        return data


def _zip_date(event: Event) -> tuple[int, int, int, int, int, int]:
    """The day of the event, as in the PDF: the same content gives the same archive."""
    return event.on.year, event.on.month, event.on.day, 12, 0, 0


def convocation(registration: Registration, *, large: bool = False) -> bytes:
    """Return the convocation that a person takes from her or his own page."""
    return convocations(_own(registration), _own_name(registration), large=large)


def booklet(registration: Registration, *, large: bool = False) -> bytes:
    """Return the booklet that a person takes from her or his own page, before and on the day."""
    return booklets(_own(registration), _own_name(registration), large=large)


def _own(registration: Registration) -> Rows:
    rows = rows_of(registration.event, [registration], with_photos=True)
    rows.meetings[registration.pk] = as_told(registration, rows.meetings.get(registration.pk, []))
    return rows


def _own_name(registration: Registration) -> Names:
    whole = f"{registration.person.first_name} {registration.person.last_name}".strip()
    return {str(registration.pk): Name(whole, whole, True)}


def _personal(
    kind: str, title: str, rows: Rows, people: Sequence[dict[str, Any]], large: bool,
    compiler: typst.Compiler | None = None,
) -> bytes:
    return compiled(_PERSONAL, rows.event, {
        "kind": kind, "title": f"{title}\u00a0: {rows.event.title}", "event": event_papers.event_facts(rows.event),
        "people": people, "photos": _photos(rows, people), "map": event_papers.place_map(rows.event),
        "bring": event_papers.TO_BRING, "not_yet": event_papers.NOT_YET, "scale": LARGE if large else 1.0,
    }, compiler)


def _photos(rows: Rows, people: Sequence[dict[str, Any]]) -> dict[str, str]:
    shown = {home["photo"] for one in people for home in one.get("homes", ()) if home["photo"]}
    return {key: svg for key, svg in event_papers.photos(rows).items() if key in shown}


def stand_sheets(rows: Rows, names: Names, *, at: datetime) -> bytes:
    """Return the sheets of all the stands, one to a page."""
    return _tables("stands", "Fiches des stands", rows.event, at, stands=event_hall.stand_sheets(rows, names))


def stand_sheet(stand: Stand, cards: Sequence[EmployerCard], *, at: datetime) -> bytes:
    """Return the sheet of an employer's stand from the cards that it may read."""
    sheet = asdict(event_hall.sheet_of_cards(stand, cards))
    return _tables("stands", f"Stand {stand.number}", stand.event, at, stands=[sheet])


def attendance(rows: Rows, names: Names, *, at: datetime) -> bytes:
    """Return the list of the reception desk."""
    people = event_hall.attendance(rows, names)
    return _tables("attendance", "Liste d’accueil", rows.event, at, people=people)


def fallback(rows: Rows, names: Names, *, at: datetime) -> bytes:
    """Return the whole timetable on paper: by person, then a page for each stand."""
    return _tables("fallback", "Planning sur papier", rows.event, at, **event_hall.fallback(rows, names))


def _tables(kind: str, title: str, event: Event, at: datetime, **content: Any) -> bytes:
    from django.utils import timezone

    local = timezone.localtime(at)
    return compiled(_TABLES, event, {
        "kind": kind, "title": f"{title}\u00a0: {event.neutral_name}",
        "event": event_papers.event_facts(event, neutral=True),
        "printed": f"{local:%d/%m/%Y} à {clock_at(local.time())}",
        "confidential": "À rendre à l’accueil à la fin de la journée.", **content,
    })


def badges(rows: Rows, names: Names) -> bytes:
    """Return the badges, eight to a page."""
    return compiled(_BADGES, rows.event, {
        "title": typography(f"Badges : {rows.event.neutral_name}"),
        "event": event_papers.event_facts(rows.event, neutral=True),
        "people": event_hall.badges(rows, names),
    })


def signs(event: Event, stands: Sequence[Stand]) -> bytes:
    """Return the signs of the hall."""
    return compiled(_SIGNS, event, {
        "title": typography(f"Signalétique : {event.neutral_name}"),
        "event": event_papers.event_facts(event, neutral=True),
        **event_hall.signs(event, stands),
    })


def compiled(
    template: str, event: Event, document: dict[str, Any], compiler: typst.Compiler | None = None
) -> bytes:
    """Return a document as PDF/UA-1; its date is that of the event, so that the same content gives the same file."""
    made = (compiler or _compiler()).compile(
        _source(template), sys_inputs={"data": json.dumps(document, ensure_ascii=False)}, format="pdf",
        pdf_standards=["ua-1"], timestamp=datetime.combine(event.on, time(12), UTC),
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=8)
def _source(template: str) -> bytes:
    folder = resources.files("untoit.reporting") / "typst"
    return b"\n".join((folder / f"{name}.typ").read_bytes() for name in ("event_common", template))


def _compiler() -> typst.Compiler:
    """Return a typesetter with the fonts that come with it: a page is the same on every machine."""
    return typst.Compiler(ignore_system_fonts=True)

