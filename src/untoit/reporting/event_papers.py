"""
What each paper of an event says, as plain values: the convocation and the booklet of one person.

These two are the person's own: they may speak of homes. What lies on tables or hangs on walls is in
:mod:`untoit.reporting.event_hall`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from untoit.core.model.place import Position
from untoit.core.wording import NO_BREAK, counted, euros, typography
from untoit.core.wording.moments import clock, long_day
from untoit.records.events.models import Event, Meeting, Registration, StandKind
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.models import Offer
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.models import Vacancy
from untoit.records.stock.selectors import masked_home
from untoit.reporting import tandem_pictures
from untoit.reporting import tandem_words as words
from untoit.reporting.event_rows import Rows, neutral_stand, span
from untoit.reporting.french import typography as apostrophes

# domain.md, section 7: what a candidate brings; the bank details are asked when a lease is signed, and not before.
TO_BRING = (
    ("Une pièce d’identité ou un titre de séjour", "en cours de validité"),
    ("Votre CV", typography("en plusieurs exemplaires si possible ; on peut en imprimer sur place")),
    ("Vos 3 derniers bulletins de salaire", "ou l’attestation de la Caf si vous n’en avez pas"),
    ("Votre dernier avis d’imposition", "même si vous n’êtes pas imposable"),
    ("L’attestation de votre demande de logement", "celle qui porte le numéro unique"),
    ("Une quittance de loyer", "ou une lettre de la personne qui vous héberge"),
    ("Le contrat ou la promesse d’embauche", "si vous en avez un"),
)
NOT_YET = typography("Le RIB n’est demandé qu’au moment de signer un bail : vous n’avez pas à l’apporter.")


def event_facts(event: Event, *, neutral: bool = False) -> dict[str, Any]:
    """Return the head of every paper: name, day, place; the neutral name where it may lie about."""
    return {
        "title": event.neutral_name if neutral else event.title, "on": words_of_day(event),
        "place": event.place_name, "address": event.address, "access": apostrophes(event.access_notes),
        "phone": event.contact_phone, "fictitious": event.is_fictitious,
        "version": event.planned_version, "hours": f"{clock(event.starts_min)} – {clock(event.ends_min)}",
    }


def words_of_day(event: Event) -> str:
    """Return « mardi 8 décembre 2026 »."""
    return long_day(event.on).replace(f" {event.on.year}", f"{NO_BREAK}{event.on.year}")


def arrival(registration: Registration, meetings: Iterable[Meeting]) -> str:
    """Return when the person is expected: her or his first meeting, else the wave, else the start."""
    event = registration.event
    slots = [one.slot for one in meetings]
    wave = registration.wave.first_slot if registration.wave else 0
    return clock(event.minute_of(min(slots) if slots else wave))


def convocation(registration: Registration, rows: Rows, *, name: str) -> dict[str, Any]:
    """Return the letter that says where and when to come, how, and with what."""
    meetings = rows.meetings.get(registration.pk, [])
    return {
        "name": name, "first_name": registration.person.first_name, "badge": registration.badge,
        "wave": f"vague {registration.wave.number}" if registration.wave else "",
        "arrival": arrival(registration, meetings), "travel": _travel(registration),
        "meetings": _counts(meetings) if rows.event.published_version else "",
        "needs": list(_needs(registration)),
    }


def _counts(meetings: Iterable[Meeting]) -> str:
    kinds = [one.stand.kind for one in meetings]
    talks, others = kinds.count(StandKind.HOUSING), len(kinds) - kinds.count(StandKind.HOUSING)
    parts = []
    if others:
        parts.append(counted(others, "rencontre avec un employeur ou un service", "rencontres"))
    if talks:
        parts.append(counted(talks, "échange sur le logement", "échanges sur le logement"))
    return " et ".join(parts)


def _travel(registration: Registration) -> str:
    told = str(apostrophes(registration.travel_note))
    if registration.travel_min:
        minutes = f"Comptez environ {counted(registration.travel_min, 'minute', 'minutes')} de trajet."
        return typography(f"{minutes} {told}".strip())
    return typography(told)


def _needs(registration: Registration) -> Iterator[str]:
    if registration.needs_accessible:
        yield "Un accès de plain-pied est prévu pour vous."
    if registration.needs_language:
        yield "Un interprète est prévu pour vos rencontres, ou une personne qui parle votre langue."


def booklet(registration: Registration, rows: Rows, *, name: str) -> dict[str, Any]:
    """Return the booklet of one person: the convocation, the timetable, the jobs and the homes shown to that person."""
    meetings = rows.meetings.get(registration.pk, [])
    jobs: dict[Any, Offer] = {}
    homes: dict[Any, Vacancy] = {}
    for meeting in meetings:
        shown = [meeting.offer] if meeting.offer else rows.offers.get(meeting.stand_id, [])
        jobs |= {one.pk: one for one in shown}
        on_show = [meeting.vacancy] if meeting.vacancy else rows.vacancies.get(meeting.stand_id, [])
        homes |= {one.pk: one for one in on_show}
    return {
        **convocation(registration, rows, name=name),
        "appointments": [appointment(one) for one in meetings],
        "jobs": [_job(one) for one in jobs.values()],
        "homes": [home_facts(one, rows) for one in homes.values()],
    }


def appointment(meeting: Meeting) -> dict[str, str]:
    """Return one line of the timetable of a person."""
    begins, ends = span(meeting.event, meeting.slot, meeting.length)
    what = {
        StandKind.EMPLOYER: "Entretien", StandKind.HOUSING: "Échange sur le logement", StandKind.DESK: "Information",
    }[StandKind(meeting.stand.kind)]
    about = meeting.offer.title if meeting.offer else home_title(meeting.vacancy) if meeting.vacancy else ""
    return {
        "begins": begins, "ends": ends, "stand": str(meeting.stand.number), "name": _stand_name(meeting),
        "room": meeting.stand.room.name, "what": what, "about": about, "kind": meeting.stand.kind,
    }


def _stand_name(meeting: Meeting) -> str:
    """Return the name on the sign of the hall, and for a table of homes whose it is: the booklet is the person's."""
    sign = neutral_stand(meeting.stand)
    return sign if sign == meeting.stand.name else f"{sign} ({meeting.stand.name})"


def home_title(vacancy: Vacancy) -> str:
    """Return « T2 de 45 m² à Lesquin »: neither the address nor the building."""
    return masked_home(vacancy).title


def _job(offer: Offer) -> dict[str, Any]:
    known = offer_to_core(offer)
    facts = [
        ("Employeur", offer.employer), ("Lieu", words.place(offer.commune)), ("Contrat", words.contract(known)),
        ("Horaires", words.hours(known.schedule)),
    ]
    if known.gross_monthly_eur is not None:
        facts.append(("Salaire", typography(f"{euros(known.gross_monthly_eur)} € brut par mois")))
    return {"title": offer.title, "facts": facts, "text": _cut(offer.description)}


def home_facts(vacancy: Vacancy, rows: Rows) -> dict[str, Any]:
    """Return the sheet of one home, without what would say at which door it is."""
    dwelling = vacancy_to_core(vacancy)
    rent, charges = Decimal(vacancy.rent_cents) / 100, Decimal(vacancy.charges_cents) / 100
    facts = [
        ("Commune", words.place(vacancy.commune)),
        ("Loyer et charges", typography(
            f"{euros(rent)} € + {euros(charges)} € = {euros(rent + charges)} € par mois, avant l’aide au logement"
        )),
        ("Étage et accès", words.floor(dwelling)), ("Énergie (DPE)", vacancy.energy_label or "non renseigné"),
        ("Disponible", f"à partir du {vacancy.available_on:%d/%m/%Y}"),
    ]
    photo = rows.photos.get(vacancy.pk)
    return {
        "title": home_title(vacancy), "facts": facts, "text": _cut(vacancy.nearby),
        "photo": str(vacancy.pk) if photo else "",
        "caption": photo.caption if photo else "",
    }


def photos(rows: Rows) -> dict[str, str]:
    """Return each photograph once, whatever the number of booklets that show it."""
    return {
        str(home): _picture(bytes(photo.jpeg), photo.width, photo.height) for home, photo in rows.photos.items()
    }


def _picture(jpeg: bytes, width: int, height: int) -> str:
    """Return the photograph inside of an SVG: the one way to hand bytes to the typesetter without a file."""
    data = base64.b64encode(jpeg).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/></svg>'
    )


def _cut(text: str, longest: int = 420) -> str:
    tidy = " ".join(text.split())
    return str(apostrophes(tidy if len(tidy) <= longest else tidy[:longest].rsplit(" ", 1)[0] + "…"))


def place_map(event: Event) -> str:
    """Return the map of the place, nothing when it has no position."""
    if event.latitude is None or event.longitude is None:
        return ""
    return _drawn(round(event.latitude, 5), round(event.longitude, 5))


@lru_cache(maxsize=32)
def _drawn(latitude: float, longitude: float) -> str:
    return str(tandem_pictures.place(Position(latitude, longitude)))
