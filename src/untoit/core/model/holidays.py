"""
The public holidays of France, by year.

Code du travail, art. L3133-1: eleven days, three of which follow Easter. The two of Alsace-Moselle (Good Friday and 26
December) and those of overseas territories are not among them.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY = 1, 39, 50


def easter(year: int) -> date:
    """
    Return Easter Sunday of a year of the Gregorian calendar.

    Notes
    -----
    The anonymous Gregorian method [1]_: the first Sunday after the full moon of the Church that falls on or after 21
    March. ``golden`` is the rank of the year in the cycle of 19 years of the moon, ``epact`` leads to that full moon,
    and ``to_sunday`` to the Sunday after it; ``late`` corrects the two cases where the full moon would fall too late.

    .. [1] Meeus, "Astronomical Algorithms", 1991, chapter 8; after an anonymous letter in Nature, 20 April 1876.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon_shift + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the eleven public holidays of a year; two of them may fall on the same day (1 May 2008)."""
    sunday = easter(year)
    moving = (_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY)
    return frozenset(date(year, *one) for one in _FIXED) | {sunday + timedelta(days=days) for days in moving}


def is_public_holiday(day: date) -> bool:
    """Whether a day is a public holiday."""
    return day in public_holidays(day.year)
