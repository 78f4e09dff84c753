"""
What lies on the tables, hangs on the walls and is worn in the hall: stand sheets, badges, signs, lists.

Everybody may read these over a shoulder: the event has its neutral name, a person a first name and an initial, and a
table of homes is a desk that gives advice. Only the sheet of such a table says which home is talked of there. Whoever
may not be named yet is a badge code, with room to write on: the slot is taken, and never hidden.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import segno

from untoit.core.wording import languages, typography
from untoit.core.wording.moments import clock
from untoit.records.events.boards import Name
from untoit.records.events.cards import EmployerCard
from untoit.records.events.models import Event, Meeting, Registration, Stand, StandKind
from untoit.records.partners.search import folded
from untoit.reporting.event_papers import home_title
from untoit.reporting.event_rows import Rows, neutral_stand, span

Names = Mapping[str, Name]


@dataclass(frozen=True, slots=True)
class StandLine:
    """One appointment on the sheet of a stand."""

    begins: str
    ends: str
    table: int
    name: str
    badge: str
    about: str


@dataclass(frozen=True, slots=True)
class StandSheet:
    """The sheet of one stand; ``boxes`` are what is ticked at the end of each talk."""

    number: int
    name: str
    room: str
    interviewers: str
    kind: str
    lines: tuple[StandLine, ...]
    boxes: tuple[str, ...]
    legend: str


_EMPLOYER_BOXES = ("A", "2e", "B", "C")
_EMPLOYER_LEGEND = typography(
    "A : embauche · 2e : deuxième entretien · B : vivier, à recontacter · C : pas de suite, avec la raison en un mot."
)
_HOUSING_BOXES = ("Oui", "Visite", "Revoir", "Non")
_HOUSING_LEGEND = typography(
    "Oui : intéressé·e · Visite : notez la date · Revoir : pièces manquantes, à noter · Non : notez la raison."
)
_DESK_BOXES = ("Vu·e",)


def stand_sheet(stand: Stand, rows: Rows, names: Names) -> StandSheet:
    """Return the sheet of one stand, from its meetings."""
    badge = {one.pk: one.badge for one in rows.people}
    lines = tuple(_line(one, badge[one.registration_id], names) for one in rows.of_stand(stand))
    return _sheet(stand, lines, rows.tables.get(stand.pk, []))


def sheet_of_cards(stand: Stand, cards: Sequence[EmployerCard]) -> StandSheet:
    """Return the sheet of an employer's stand from the cards that it may read, which hold nothing else."""
    lines = tuple(StandLine(clock(one.minute), "", one.table, one.name, "", one.job) for one in cards)
    return _sheet(stand, lines, list(stand.tables.all()))


def _line(meeting: Meeting, badge: str, names: Names) -> StandLine:
    begins, ends = span(meeting.event, meeting.slot, meeting.length)
    about = meeting.offer.title if meeting.offer else ""
    if meeting.stand.kind == StandKind.HOUSING and meeting.vacancy is not None:
        about = home_title(meeting.vacancy)
    return StandLine(begins, ends, meeting.table, written(names, meeting.registration_id), badge, about)


def _sheet(stand: Stand, lines: tuple[StandLine, ...], tables: Sequence[Any]) -> StandSheet:
    boxes, legend = {
        StandKind.EMPLOYER: (_EMPLOYER_BOXES, _EMPLOYER_LEGEND), StandKind.HOUSING: (_HOUSING_BOXES, _HOUSING_LEGEND),
        StandKind.DESK: (_DESK_BOXES, ""),
    }[StandKind(stand.kind)]
    interviewers = ", ".join(one.interviewer for one in tables if one.interviewer)
    return StandSheet(
        stand.number, neutral_stand(stand), stand.room.name, interviewers, stand.kind, lines, boxes, legend
    )


def written(names: Names, registration_id: UUID) -> str:
    """Return a first name and an initial, nothing for somebody who may not be named yet: one writes it by hand."""
    name = names[str(registration_id)]
    return name.short if name.is_known else ""


def stand_sheets(rows: Rows, names: Names) -> list[dict[str, Any]]:
    """Return the sheets of every stand that somebody goes to."""
    return [asdict(sheet) for stand in rows.stands if (sheet := stand_sheet(stand, rows, names)).lines]


def badges(rows: Rows, names: Names) -> list[dict[str, str]]:
    """Return the badges: first name and initial, code, wave; the QR holds the code and nothing else."""
    return [
        {
            "name": written(names, one.pk), "code": one.badge, "wave": f"Vague {one.wave.number}" if one.wave else "",
            "qr": qr(one.badge),
        }
        for one in rows.people
    ]


def qr(text: str) -> str:
    """Return a QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(text, error="q", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=2, scale=4, dark="#000", light="#fff"
    )
    return drawn.getvalue().decode()


def attendance(rows: Rows, names: Names) -> list[dict[str, str]]:
    """Return the list of the reception desk: in full those whom the actor may name, a badge for the others."""
    found = [
        {
            "badge": one.badge, "name": names[str(one.pk)].full, "wave": str(one.wave.number) if one.wave else "–",
            "first": _first(rows, one), "needs": _needs(one),
        }
        for one in rows.people
    ]
    return sorted(found, key=lambda row: (row["wave"], folded(row["name"])))


def _first(rows: Rows, registration: Registration) -> str:
    meetings = rows.meetings.get(registration.pk, [])
    return f"{clock(rows.event.minute_of(meetings[0].slot))}, stand {meetings[0].stand.number}" if meetings else "–"


def _needs(registration: Registration) -> str:
    parts = []
    if registration.needs_accessible:
        parts.append("plain-pied")
    if registration.needs_language:
        parts.append(f"interprète ({languages.name(registration.needs_language)})")
    return ", ".join(parts)


def signs(event: Event, stands: Sequence[Stand]) -> dict[str, Any]:
    """Return one sign for each stand, and for each room the arrow that leads there."""
    rooms: dict[str, list[int]] = {}
    for stand in stands:
        rooms.setdefault(stand.room.name, []).append(stand.number)
    return {
        "signs": [
            {"number": str(one.number), "name": neutral_stand(one), "room": one.room.name} for one in stands
        ],
        "rooms": [{"name": name, "stands": _numbers(numbers)} for name, numbers in sorted(rooms.items())],
        "place": event.place_name,
    }


def _numbers(numbers: Sequence[int]) -> str:
    """Return « Stands 1 à 8, 12 »."""
    runs: list[list[int]] = []
    ordered = sorted(numbers)
    for number in ordered:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = [str(first) if first == last else f"{first} à {last}" for first, last in runs]
    return f"{'Stand' if len(ordered) == 1 else 'Stands'} {', '.join(parts)}"


def fallback(rows: Rows, names: Names) -> dict[str, Any]:
    """Return the whole timetable on paper, by stand and by person, for the day on which nothing else works."""
    people = []
    for one in sorted(rows.people, key=lambda person: folded(written(names, person.pk)) or "~"):
        people.append({
            "badge": one.badge, "name": written(names, one.pk), "wave": str(one.wave.number) if one.wave else "–",
            "lines": [
                f"{clock(rows.event.minute_of(meeting.slot))} stand {meeting.stand.number}"
                for meeting in rows.meetings.get(one.pk, [])
            ],
        })
    return {"stands": stand_sheets(rows, names), "people": people}
