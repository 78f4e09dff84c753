"""
What an SMS to a candidate says: one segment of GSM 03.38, and nothing that a telephone left on a table would betray.

The only personal thing is the first name. The event bears its neutral name; where even that name or the place speaks of
housing or benefits, it is left out. ``{link}`` stands for the personal address: it is put in when the message leaves,
so that nobody else reads it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from untoit.core.wording.moments import DAYS
from untoit.records.events.neutral import TELLING
from untoit.records.partners.search import folded

SEGMENT, PART = 160, 153
LINK = "{link}"
# What a token adds to the base address: "/i/", seventeen characters and "/".
TOKEN_LENGTH = 17
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("\f^{}\\[~]|€")
_NEAR = {
    "ç": "c", "œ": "oe", "Œ": "OE", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "`": "'",
    "–": "-", "—": "-", "−": "-", "…": "...", "·": ".", "•": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    "\t": " ", "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "°": "o",
}
# What must not be read over a shoulder: the words that an employer must not read either.
_TELLS = re.compile("|".join(rf"\b({pattern})\b" for pattern, _says in TELLING))
_NAME = re.compile(r"[^\w' -]|[\d_]")
# Words after which a shortened name would hang.
_HANGING = re.compile(r"[ ](de|du|des|d|la|le|les|l|et|en|à|a|au|aux|de l|sur|pour)$")
_PLACE_AT_LEAST = 12
NEUTRAL = "Rendez-vous emploi"


def gsm(text: str) -> str:
    """Return the text in the GSM alphabet: what it lacks becomes the nearest letter, or nothing."""
    found = []
    for one in text:
        if one in _BASIC or one in _DOUBLE:
            found.append(one)
        elif one in _NEAR:
            found.append(_NEAR[one])
        else:
            plain = unicodedata.normalize("NFKD", one)
            found.append("".join(part for part in plain if part in _BASIC))
    return re.sub(r" {2,}", " ", "".join(found)).strip()


def septets(text: str, link: str = "") -> int:
    """Return the length in septets, the personal address counted; €, ^ or [ count twice."""
    filled = text.replace(LINK, link or link_shape())
    return sum(2 if one in _DOUBLE else 1 for one in filled)


def segments(text: str, link: str = "") -> int:
    """Return how many SMS the operator will charge."""
    length = septets(text, link)
    return 1 if length <= SEGMENT else -(-length // PART)


def link_base() -> str:
    """Return what a personal address starts with."""
    return f"{settings.SMS_LINK_URL}/i/"


def link_shape() -> str:
    """Return an address as long as the real ones, which opens nothing."""
    return f"{link_base()}{'x' * TOKEN_LENGTH}/"


def tells(text: str) -> bool:
    """Whether a text says something of housing or benefits."""
    return _TELLS.search(folded(text)) is not None


def first_name_of(text: str) -> str:
    """Return a first name as an SMS may greet: letters only, twenty at most; nothing when none is left."""
    return _cut(gsm(_NAME.sub("", text)).strip(" '-"), 20)


def event_name(neutral_name: str) -> str:
    """Return the name of the event for an SMS."""
    name = gsm(neutral_name)
    return NEUTRAL if not name or tells(name) else name


def place_of(place_name: str) -> str:
    """Return the place for an SMS; nothing when its very name speaks (« Maison du logement »)."""
    return "" if tells(place_name) else gsm(place_name)


def day_of(on: date) -> str:
    """Return ``mardi 12/01``."""
    return f"{DAYS[on.weekday()]} {on:%d/%m}"


def hour_of(minute: int) -> str:
    """Return ``9h`` or ``9h30`` for minutes after midnight."""
    return f"{minute // 60}h{minute % 60:02d}" if minute % 60 else f"{minute // 60}h"


def instant_of(at: datetime) -> str:
    """Return ``mardi 12/01 10h30`` in Paris."""
    local = timezone.localtime(at)
    return f"{day_of(local.date())} {hour_of(local.hour * 60 + local.minute)}"


def _cut(text: str, size: int) -> str:
    """Return at most so many characters, at the end of a word where that keeps half of it, and of one that says."""
    if len(text) <= size:
        return text
    short = text[: max(size, 0)]
    at = max(short.rfind(" "), short.rfind("-"))
    short = short[:at] if at >= size / 2 else short
    while (bare := _HANGING.sub("", short.rstrip(" ,;:-'(."))) != short:
        short = bare
    return short


def _stop() -> str:
    return gsm(settings.SMS_STOP)


def _fit(say: Callable[[str, str, str], str], first_name: str, event: str, place: str, *, stop: bool = True) -> str:
    """Return what ``say`` makes of the three, shortening the place, then the event, then the name, to fit."""
    name, event, place = first_name_of(first_name), event_name(event), place_of(place)
    end = f" {_stop()}" if stop and _stop() else ""

    def whole() -> str:
        return _sentence(gsm(say(f"{name}, " if name else "", event, f", {place}" if place else ""))) + end

    over = septets(whole()) - SEGMENT
    if over > 0 and place:
        # Half a name of a place leads nowhere: the page says it whole.
        short = _cut(place, len(place) - over)
        place = short if len(short) >= _PLACE_AT_LEAST else ""
        over = septets(whole()) - SEGMENT
    if over > 0:
        event = _cut(event, max(len(event) - over, 12))
        over = septets(whole()) - SEGMENT
    if over > 0 and name:
        name = _cut(name, len(name) - over) if len(name) - over >= 3 else ""
    return whole()


def _sentence(text: str) -> str:
    return gsm(text[:1].upper()) + text[1:]


def one_segment(text: str) -> str:
    """Return any text cut to one segment, its address and the way to refuse kept: for what others compose."""
    body = gsm(text.replace(LINK, "").strip())
    end = f" {LINK} {_stop()}" if LINK in text else f" {_stop()}"
    room = SEGMENT - septets(end)
    while septets(body) > room:
        body = _cut(body, len(body) - 1)
    return body + end


def invitation(first_name: str, event: str, place: str, on: date) -> str:
    """Say that one is invited, and where to choose."""
    return _fit(lambda name, what, where: (
        f"{name}{what}, {day_of(on)}{where}. Choisissez votre horaire: {LINK}"
    ), first_name, event, place)


def reminder(first_name: str, event: str, place: str, on: date, minute: int) -> str:
    """Remind somebody who comes, a week or two days before."""
    return _fit(lambda name, what, where: (
        f"{name}rappel: {what}, {day_of(on)} à {hour_of(minute)}{where}. Changer ou annuler: {LINK}"
    ), first_name, event, place)


def unanswered(first_name: str, event: str, place: str, on: date) -> str:
    """Remind somebody who has not answered."""
    return _fit(lambda name, what, where: (
        f"{name}venez-vous {day_of(on)}? {what}{where}. Répondez ici: {LINK}"
    ), first_name, event, place)


def today(first_name: str, event: str, place: str, minute: int) -> str:
    """Remind on the morning itself."""
    return _fit(lambda name, what, where: (
        f"{name}c'est aujourd'hui à {hour_of(minute)}: {what}{where}. Votre planning: {LINK}"
    ), first_name, event, place)


def convocation(first_name: str, event: str, place: str, on: date, minute: int) -> str:
    """Say that the personal timetable is ready."""
    return _fit(lambda name, what, where: (
        f"{name}votre planning est disponible: {day_of(on)} à {hour_of(minute)}{where}. Détail: {LINK}"
    ), first_name, event, place)


def change(first_name: str, event: str, on: date, what: str = "") -> str:
    """Say what changes (« Stand 4 à 10h20 au lieu de 10h »), or only that something does."""
    said = "" if tells(what) else gsm(what).rstrip(" .")
    full = _fit(lambda name, _event, _where: (
        f"{name}votre planning du {on:%d/%m} change. {said}. Détail: {LINK}" if said
        else f"{name}votre planning du {on:%d/%m} change. Voir: {LINK}"
    ), first_name, event, "")
    return full if segments(full) == 1 or not said else change(first_name, event, on)


def waiting(first_name: str, event: str, on: date) -> str:
    """Say that one is on the waiting list."""
    return _fit(lambda name, what, _where: (
        f"{name}vous attendez une place: {what}, {day_of(on)}. Nous vous écrirons. Voir: {LINK}"
    ), first_name, event, "")


def freed(first_name: str, event: str, on: date, until: datetime) -> str:
    """Offer a place that became free, until an instant."""
    return _fit(lambda name, what, _where: (
        f"{name}une place se libère: {what}, {day_of(on)}. Répondez avant {instant_of(until)}: {LINK}"
    ), first_name, event, "")


def cancelled(first_name: str, event: str, on: date, phone: str = "") -> str:
    """Say that the event does not take place."""
    call = f" Questions: {phone}." if phone else ""
    return _fit(lambda name, what, _where: (
        f"{name}annulé: {what}, {day_of(on)}. Nous vous recontactons.{call}"
    ), first_name, event, "")


def thanks(first_name: str, event: str) -> str:
    """Thank those who came and ask for a word."""
    return _fit(lambda name, what, _where: (
        f"{name}merci d'avoir participé. {what}: votre avis et la suite ici: {LINK}"
    ), first_name, event, "")
