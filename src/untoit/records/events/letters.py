"""What is written to a candidate, by kind: the words of the SMS, and those of the e-mail and of the letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording import typography
from untoit.core.wording.moments import clock, clock_at, long_day
from untoit.records.events import sms_text
from untoit.records.events.models import Event, NoticeKind, Registration
from untoit.records.events.sms_text import LINK


@dataclass(frozen=True, slots=True)
class Words:
    """One message in the forms that it may take; ``{link}`` stands for the personal address."""

    sms: str
    subject: str
    body: str

    def as_json(self) -> dict[str, str]:
        """Return what is sealed in the row."""
        return {"sms": self.sms, "subject": self.subject, "body": self.body}


@dataclass(frozen=True, slots=True)
class Said:
    """What a message tells of one registration: everything but the kind."""

    first_name: str
    event: str
    place: str
    address: str
    access_notes: str
    phone: str
    on: date
    minute: int
    comes: bool


def expected_minute(registration: Registration) -> int:
    """Return the minute at which the person is expected: the first published meeting, else the wave, else the start."""
    event = registration.event
    if event.published_version:
        first = registration.meetings.active().order_by("slot").values_list("slot", flat=True).first()
        if first is not None:
            return event.minute_of(first)
    return event.minute_of(registration.wave.first_slot) if registration.wave else event.starts_min


def said_of(registration: Registration) -> Said:
    """Return what may be told: the neutral name, and nothing whose very words speak of housing."""
    event = registration.event
    return Said(
        first_name=registration.person.first_name, event=event.neutral_name, place=event.place_name,
        address=event.address, access_notes=event.access_notes, phone=event.contact_phone, on=event.on,
        minute=expected_minute(registration), comes=registration.state == RegistrationState.CONFIRMED,
    )


def compose(kind: NoticeKind | str, registration: Registration, **details: Any) -> Words:
    """Return the words of one kind; ``details`` holds ``until`` (a freed place) or ``what`` (a change)."""
    return words(NoticeKind(kind), said_of(registration), **details)


def words(kind: NoticeKind, said: Said, *, until: datetime | None = None, what: str = "") -> Words:
    """Return the words of one kind from what is told: the preview of a page needs nobody."""
    said = _neutral(said)
    title, sentence, ask = _TOLD[kind](said, until, what)
    return Words(_sms(kind, said, until, what), f"{said.event} : {title}", _body(said, sentence, ask))


def free(event: Event, kind: NoticeKind | str, first_name: str, text: str) -> Words:
    """Return the words around a sentence that somebody else composed; too long for an SMS, it is cut at a word."""
    said = _neutral(Said(
        first_name, event.neutral_name, event.place_name, event.address, "", event.contact_phone, event.on,
        event.starts_min, True,
    ))
    if sms_text.tells(text):
        return words(NoticeKind.CHANGE, said)
    title = NoticeKind(kind).label.lower()
    whole = text if sms_text.LINK in text else f"{text} {LINK}"
    fits = sms_text.gsm(whole) if _asks_silence(text) else whole
    sms = fits if _asks_silence(text) and sms_text.segments(fits) == 1 else sms_text.one_segment(whole)
    ask = "Votre page personnelle, pour voir le détail ou répondre :"
    return Words(sms, f"{said.event} : {title}", _body(said, text.replace(LINK, "").strip(), ask))


def _neutral(said: Said) -> Said:
    """Leave out what speaks of housing or benefits by its very name."""
    return replace(
        said, event=_spoken(said.event) or sms_text.NEUTRAL, place=_spoken(said.place),
        access_notes=_spoken(said.access_notes),
    )


def _asks_silence(text: str) -> bool:
    return "STOP" in text


def _sms(kind: NoticeKind, said: Said, until: datetime | None, what: str) -> str:
    name, event, place = said.first_name, said.event, said.place
    if kind in (NoticeKind.REMINDER_7, NoticeKind.REMINDER_2):
        if not said.comes:
            return sms_text.unanswered(name, event, place, said.on)
        return sms_text.reminder(name, event, place, said.on, said.minute)
    made = {
        NoticeKind.INVITATION: lambda: sms_text.invitation(name, event, place, said.on),
        NoticeKind.REMINDER_0: lambda: sms_text.today(name, event, place, said.minute),
        NoticeKind.CONVOCATION: lambda: sms_text.convocation(name, event, place, said.on, said.minute),
        NoticeKind.WAITING: lambda: sms_text.waiting(name, event, said.on),
        NoticeKind.FREED: lambda: sms_text.freed(name, event, said.on, _known(until)),
        NoticeKind.CHANGE: lambda: sms_text.change(name, event, said.on, what),
        NoticeKind.CANCELLED: lambda: sms_text.cancelled(name, event, said.on, said.phone),
        NoticeKind.THANKS: lambda: sms_text.thanks(name, event),
    }
    return made[kind]()


def _known(until: datetime | None) -> datetime:
    if until is None:
        raise ValueError("a freed place is offered until an instant")
    return until


def _spoken(text: str) -> str:
    return "" if sms_text.tells(text) else text


def _when(said: Said) -> str:
    return f"le {long_day(said.on)} à {clock(said.minute)}"


def _until(until: datetime | None) -> str:
    local = timezone.localtime(_known(until))
    return f"le {long_day(local.date())} à {clock_at(local.time())}"


_CHOOSE = "Choisissez votre horaire, ou dites que vous ne pouvez pas venir :"
_MAY_CHANGE = "Pour changer d'horaire ou annuler :"
# By kind: the end of the subject, the sentence, and what the link is for.
_TOLD: dict[NoticeKind, Any] = {
    NoticeKind.INVITATION: lambda said, _u, _w: (
        "invitation", f"Vous êtes invité·e à « {said.event} », le {long_day(said.on)}.", _CHOOSE),
    NoticeKind.REMINDER_7: lambda said, _u, _w: _reminder(said, "rappel"),
    NoticeKind.REMINDER_2: lambda said, _u, _w: _reminder(said, "c'est bientôt"),
    NoticeKind.REMINDER_0: lambda said, _u, _w: (
        "c'est aujourd'hui", f"Nous vous attendons aujourd'hui à {clock(said.minute)}.", "Votre planning :"),
    NoticeKind.CONVOCATION: lambda said, _u, _w: (
        "votre planning", f"Votre planning est prêt : nous vous attendons {_when(said)}.",
        "Vos rencontres, une à une :"),
    NoticeKind.WAITING: lambda said, _u, _w: (
        "liste d'attente",
        f"Vous êtes sur la liste d'attente de « {said.event} », le {long_day(said.on)}. Nous vous écrivons dès qu'une "
        "place se libère.", "Pour voir où vous en êtes, ou renoncer :"),
    NoticeKind.FREED: lambda said, until, _w: (
        "une place se libère",
        f"Une place se libère pour « {said.event} », le {long_day(said.on)}. Elle est gardée pour vous jusqu'au "
        f"{_until(until).removeprefix('le ')}.", _CHOOSE),
    NoticeKind.CHANGE: lambda said, _u, what: (
        "votre planning change",
        f"Votre planning du {long_day(said.on)} change.{f' {what.rstrip(chr(46))}.' if _spoken(what) else ''}",
        "Votre planning à jour :"),
    NoticeKind.CANCELLED: lambda said, _u, _w: (
        "annulation", f"« {said.event} » n'aura pas lieu le {long_day(said.on)}. Nous vous recontactons bientôt.",
        "Votre page personnelle :"),
    NoticeKind.THANKS: lambda said, _u, _w: (
        "merci", f"Merci d'avoir participé à « {said.event} ».", "Dites-nous ce que vous en pensez :"),
}


def _reminder(said: Said, title: str) -> tuple[str, str, str]:
    if said.comes:
        return title, f"Nous vous attendons {_when(said)}.", _MAY_CHANGE
    return title, f"Nous n'avons pas encore votre réponse pour le {long_day(said.on)}.", _CHOOSE


def _body(said: Said, sentence: str, ask: str) -> str:
    where = ", ".join(filter(None, (said.place, said.address)))
    return typography("\n".join(filter(None, (
        f"Bonjour{f' {said.first_name}' if said.first_name else ''},", "\n" + sentence,
        f"Lieu : {where}." if where else "", f"Pour venir : {said.access_notes}" if said.access_notes else "",
        f"\n{ask}\n{LINK}", f"\nVous préférez parler à quelqu'un ? Appelez le {said.phone}." if said.phone else "",
        f"\nPour ne plus recevoir ces messages, ouvrez la même adresse : {LINK}",
    ))))
