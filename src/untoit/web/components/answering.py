"""
The answers of a person to an invitation, for the page without an account and for her own space: what is shown, done.

The words are those of :mod:`answering_words`, in the language of the reader; what refuses in French says so in French.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils import translation
from django.utils.formats import date_format

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import EventState, RegistrationState
from untoit.core.wording.moments import clock
from untoit.records.events import answers, contacts, feedback, links, sms_text
from untoit.records.events.answers import WavePlaces
from untoit.records.events.boards import Appointment, personal_timetable
from untoit.records.events.models import Registration
from untoit.records.partners.rights import Actor
from untoit.web.components.answering_words import LANGUAGES, WORDS, Language

_OUT = frozenset({RegistrationState.DECLINED, RegistrationState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Choice:
    """One wave, as a button says it."""

    wave: WavePlaces
    hours: str
    places: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of the timetable, as the person reads it."""

    hours: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A way of being written to, and the button that stops it or takes that back."""

    code: str
    stopped: bool
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows. ``state``: asked, coming, waiting, out, cancelled or over."""

    registration: Registration
    say: dict[str, str]
    language: Language
    languages: tuple[Language, ...]
    state: str
    first_name: str
    name: str
    day: str
    hour: str
    travel: str
    choices: tuple[Choice, ...]
    any_left: bool
    may_choose: bool
    may_renounce: bool
    meetings: tuple[Meeting, ...]
    channels: tuple[Channel, ...]
    face: int | None
    may_say: bool


def language_of(asked: str, registration: Registration) -> str:
    """Return the language to write in: the one asked for, else that of the person, else French."""
    for code in (asked, registration.needs_language):
        if code in WORDS:
            return code
    return "fr"


def page_of(registration: Registration, *, language: str, at: datetime) -> Page:
    """Return what the page of one registration shows, in a language."""
    say, event = WORDS[language], registration.event
    state = _state(registration, at)
    may_choose = answers.may_choose(registration, at)
    choices = tuple(
        Choice(one, _span(one.starts_min, one.ends_min, language), _places(one.left, say))
        for one in (answers.waves_of(registration) if may_choose else ())
    )
    meetings = personal_timetable(registration) if state == "coming" else []
    with translation.override(language):
        day = date_format(event.on, "l j F Y")
    return Page(
        registration=registration, say=say, language=next(one for one in LANGUAGES if one.code == language),
        languages=LANGUAGES, state=state, first_name=registration.person.first_name, name=event.neutral_name,
        day=day, hour=_hour(_starts(registration, meetings), language),
        travel=say["travel"].format(minutes=registration.travel_min) if registration.travel_min else "",
        choices=choices, any_left=any(one.wave.left for one in choices), may_choose=may_choose,
        may_renounce=state in ("asked", "coming", "waiting") and answers.may_renounce(registration, at),
        meetings=tuple(
            Meeting(_span(one.minute, one.ends_minute, language), f"{say['stand']} {one.stand_number}", _what(one, say))
            for one in meetings
        ),
        channels=_channels(registration, say),
        face=getattr(getattr(registration, "feedback", None), "face", None), may_say=_may_say(registration),
    )


def _channels(registration: Registration, say: dict[str, str]) -> tuple[Channel, ...]:
    stops = contacts.stopped(registration.person_id)
    return tuple(
        Channel(code, code in stops, say[f"{'resume' if code in stops else 'stop'}_{code}"])
        for code in contacts.reached_by(registration.person)
    )


def _may_say(registration: Registration) -> bool:
    """Whether the person was there: three faces ask what she or he thinks."""
    return registration.present_at is not None and registration.event.state != EventState.REVIEWED


def _what(one: Appointment, say: dict[str, str]) -> str:
    """Return who is met there; a telephone is read over a shoulder: where homes are spoken of, one is advised."""
    if one.kind == "housing" or sms_text.tells(one.stand_name):
        return f"{say['advice']} ({one.room})"
    return ", ".join(filter(None, (f"{one.stand_name} ({one.room})", "" if sms_text.tells(one.what) else one.what)))


def _state(registration: Registration, at: datetime) -> str:
    event = registration.event
    if event.state == EventState.CANCELLED:
        return "cancelled"
    if at >= links.ends_at(event) or event.state in (EventState.ENDED, EventState.REVIEWED):
        return "over"
    if registration.state in _OUT:
        return "out"
    return {RegistrationState.CONFIRMED: "coming", RegistrationState.WAITING: "waiting"}.get(
        RegistrationState(registration.state), "asked"
    )


def _starts(registration: Registration, meetings: list[Appointment]) -> int:
    if meetings:
        return meetings[0].minute
    event = registration.event
    return event.minute_of(registration.wave.first_slot) if registration.wave else event.starts_min


def _hour(minute: int, language: str) -> str:
    return clock(minute) if language == "fr" else f"{minute // 60 % 24}:{minute % 60:02d}"


def _span(first: int, last: int, language: str) -> str:
    return f"{_hour(first, language)} – {_hour(last, language)}"


def _places(left: int, say: dict[str, str]) -> str:
    if not left:
        return say["full"]
    return say["one_place"] if left == 1 else say["places"].format(count=left)


def answer(registration: Registration, data: QueryDict, *, by: Actor, at: datetime, language: str) -> tuple[str, bool]:
    """
    Do what the person asks and return the sentence that says so, and whether it was done.

    Asked twice, an answer changes nothing more. An unknown one is a page that does not exist.
    """
    say, what = WORDS[language], data.get("answer", "")
    given: dict[str, Any] = {"registration": registration, "by": by, "at": at}
    try:
        if what == "wave":
            answers.choose_wave(**given, wave_id=_uuid(data.get("wave", "")))
            return say["done_wave"], True
        if what == "feedback" and _may_say(registration):
            feedback.record(**given, face=_face(data.get("face", "")), language=language)
            return say["done_feedback"], True
        if what in _PLAIN:
            _PLAIN[what](**given)
            return say[f"done_{what}"], True
        channel = data.get("channel", "")
        if what in _SILENCE and channel in contacts.reached_by(registration.person):
            _SILENCE[what](**given, channel=channel)
            return say[f"done_{what}"], True
    except answers.WaveFull as full:
        return (full.sentence if language == "fr" else say["taken" if full.waves else "all_full"]), False
    except Refused as refusal:
        return (refusal.sentence if language == "fr" else say["too_late"]), False
    raise Http404


_PLAIN: dict[str, Any] = {"out": answers.not_coming, "wait": answers.wait, "call": answers.ask_for_a_call}
_SILENCE: dict[str, Any] = {"stop": answers.stop, "resume": answers.lift_stop}


def _face(text: str) -> int:
    if text not in {str(one) for one in feedback.FACES}:
        raise Http404
    return int(text)


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as unknown:
        raise Http404 from unknown
