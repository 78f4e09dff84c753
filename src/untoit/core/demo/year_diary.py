"""The diary of a simulated year: who is there, what is planned for which day, and the acts that were told."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Planned = Callable[[date], object]
READY_DAYS = 14


@dataclass(frozen=True, slots=True)
class Act:
    """
    One thing that somebody did: on which track, to which subject, in which role, and what it came with.

    ``subject`` numbers the proposals, the applications and the pathways, each from 0; ``open`` is the act that makes
    one, its ``given`` naming the household, the person, the dwelling or the offer by their place in the files.
    """

    on: date
    track: str
    subject: int
    action: str
    role: str
    given: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One event of the year: the households asked and those who came, by their place in the files."""

    on: date
    invited: tuple[int, ...]
    present: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """One session of the committee: the proposals by dwelling, and the dwellings with too few candidates."""

    on: date
    lines: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Year:
    """The story: acts in the order in which they happened, the events and the sessions."""

    since: date
    until: date
    acts: tuple[Act, ...]
    events: tuple[Meeting, ...]
    sessions: tuple[Session, ...]


@dataclass(slots=True)
class Household:
    arrives: date
    persons: int


class Diary:
    """What is planned stands in a queue, and each day takes its own; nothing is told after the last day."""

    def __init__(self, households: list[Household], until: date, rng: random.Random) -> None:
        self.households, self.until, self.rng = households, until, rng
        self.acts: list[Act] = []
        self._agenda: list[tuple[date, int, Planned]] = []
        self._order = 0

    def go_through(self) -> None:
        """Do what is planned, day after day, until nothing is left."""
        while self._agenda:
            day, _order, what = heapq.heappop(self._agenda)
            what(day)

    def on(self, day: date, what: Planned, *, at_once: bool = False) -> None:
        """Plan something for a day, the Monday after a week-end unless ``at_once``."""
        if day.weekday() >= 5 and not at_once:
            day += timedelta(days=7 - day.weekday())
        if day <= self.until:
            self._order += 1
            heapq.heappush(self._agenda, (day, self._order, what))

    def after(self, day: date, days: int, what: Planned) -> None:
        """Plan something so many days later."""
        self.on(day + timedelta(days=days), what)

    def draw(self, table: tuple[tuple[str, int], ...]) -> str:
        """Return a code of a table of weights."""
        return self.rng.choices([code for code, _ in table], [weight for _, weight in table])[0]

    def ready(self, on: date) -> list[int]:
        """Return the households that are prepared, those who have waited longest first."""
        return [k for k, one in enumerate(self.households) if one.arrives + timedelta(days=READY_DAYS) <= on]
