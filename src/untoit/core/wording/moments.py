"""
Days, months, hours and lengths of time as a French reader expects them.

An hour is given in minutes after midnight of the service day: 1470 is half past midnight, the next morning. SMS have a
form of their own (``9h30``, letters of the GSM alphabet only), in ``records/events/sms_text.py``.
"""

from __future__ import annotations

import math
from datetime import date, time

from untoit.core.wording import NO_BREAK

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)
DAY_MIN = 24 * 60


def clock(minute: int) -> str:
    """Return ``9 h 30``, ``7 h``; the hour that a clock on the wall shows, whatever the day."""
    hours, left = divmod(minute % DAY_MIN, 60)
    return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{left:02d}" if left else "")


def service_clock(minute: int) -> str:
    """Return ``9 h 30``, and that it is another day: 1530 is ``1 h 30 le lendemain``, -20 ``23 h 40 la veille``."""
    days = minute // DAY_MIN
    return clock(minute) + {-1: " la veille", 0: "", 1: " le lendemain"}.get(days, f" ({days:+d}{NO_BREAK}jours)")


def clock_at(at: time) -> str:
    """Return ``10 h 42`` for a time of day; an instant is first taken to Paris by the caller."""
    return clock(at.hour * 60 + at.minute)


def typed(minute: int) -> str:
    """Return ``9 h 05`` with plain spaces and always its minutes, as a person types it in a field."""
    hours, left = divmod(minute % DAY_MIN, 60)
    return f"{hours} h {left:02d}"


def length(minutes: float) -> str:
    """Return ``24 min`` or ``1 h 05``, rounded up to the minute."""
    whole = math.ceil(minutes)
    if whole < 60:
        return f"{whole}{NO_BREAK}min"
    return f"{whole // 60}{NO_BREAK}h" + (f"{NO_BREAK}{whole % 60:02d}" if whole % 60 else "")


def day(on: date) -> str:
    """Return ``1er janvier 2026``."""
    return f"{'1er' if on.day == 1 else on.day}{NO_BREAK}{MONTHS[on.month - 1]} {on.year}"


def long_day(on: date) -> str:
    """Return ``mardi 12 janvier 2027``."""
    return f"{DAYS[on.weekday()]} {day(on)}"
