"""
Who is still there at 1, 3 and 6 months, in the job and in the home: always with the denominator, and the unknown apart.

A stay whose day has not come is not in the denominator; one that nobody has news of is in it, and is never counted as
held: both shares are shown, of those known and of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from untoit.core.indicators.shares import Share
from untoit.core.model.months import months_after
from untoit.core.wording import counted, typography

MONTHS = (1, 3, 6)


@dataclass(frozen=True, slots=True)
class Stay:
    """A job from its first day, or a tenancy from its lease; ``checks`` says, by month, whether it was seen to hold."""

    started_on: date
    ended_on: date | None = None
    checks: Mapping[int, bool] = field(default_factory=dict)

    def held_at(self, months: int) -> bool | None:
        """Return whether it held so many months after its start, ``None`` when nobody knows."""
        due = months_after(self.started_on, months)
        if self.ended_on is not None:
            return self.ended_on >= due
        # Seen later, it held before; seen gone, it may have been there earlier, which nobody wrote.
        if any(held for month, held in self.checks.items() if month >= months):
            return True
        if any(not held for month, held in self.checks.items() if month <= months):
            return False
        return None


@dataclass(frozen=True, slots=True)
class Retention:
    """Stays whose check at so many months is due: held, lost, and without news."""

    months: int
    held: int
    lost: int
    unknown: int

    @property
    def of_known(self) -> Share:
        """Held among those of whom there is news."""
        return Share(self.held, self.held + self.lost)

    @property
    def of_due(self) -> Share:
        """Held among all whose day has come."""
        return Share(self.held, self.held + self.lost + self.unknown)

    @property
    def sentence(self) -> str:
        """Both shares, and how many are without news."""
        if not self.of_due.of:
            return typography(f"À {self.months} mois : aucune échéance passée.")
        silent = f" ; {counted(self.unknown, 'sans nouvelle', 'sans nouvelles')}" if self.unknown else ""
        return typography(f"À {self.months} mois : {self.of_known.text} (de tous : {self.of_due.text}){silent}.")


def retention(stays: Iterable[Stay], months: int, on: date) -> Retention:
    """Return who held at so many months among the stays whose day has come."""
    known = [each.held_at(months) for each in stays if months_after(each.started_on, months) <= on]
    return Retention(months, known.count(True), known.count(False), known.count(None))


def retention_table(stays: Iterable[Stay], on: date) -> tuple[Retention, ...]:
    """Return the three checks, in order."""
    all_stays = tuple(stays)
    return tuple(retention(all_stays, months, on) for months in MONTHS)
