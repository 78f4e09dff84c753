"""A figure with its denominator, and the double success with both of its own."""

from __future__ import annotations

from dataclasses import dataclass

from untoit.core.wording import NARROW, number

NOT_FOLLOWED = "non suivi"
MASKED = "masqué"


@dataclass(frozen=True, slots=True)
class Share:
    """So many among so many; ``None`` is a number that nobody follows yet, which is not zero."""

    count: int | None
    of: int | None

    @property
    def percent(self) -> float | None:
        """Return the share in per cent, to one decimal; nothing when it is not known or counted among nobody."""
        if self.count is None or not self.of:
            return None
        return round(100 * self.count / self.of, 1)

    @property
    def text(self) -> str:
        """Return ``10 sur 20, soit 50,0 %``, or that it is not followed."""
        if self.count is None or self.of is None:
            return NOT_FOLLOWED
        told = f"{number(self.count)} sur {number(self.of)}"
        return told if self.percent is None else f"{told}, soit {number(self.percent, 1)}{NARROW}%"


@dataclass(frozen=True, slots=True)
class DoubleSuccess:
    """A job and a lease, among those who were there and among those who were asked: never one without the other."""

    both: int | None
    of_present: Share
    of_invited: Share
    hired: Share
    leases: Share

    @property
    def text(self) -> str:
        """Return both shares in one sentence."""
        if self.both is None:
            return NOT_FOLLOWED
        return f"{self.of_present.text} des présents ; {self.of_invited.text} des invités"


def double_success(
    *, invited: int, present: int, hired: int | None, leases: int | None, both: int | None
) -> DoubleSuccess:
    """
    Return the double success of an event: hired and housed, of the present and of the invited.

    Raises
    ------
    ValueError
        When the numbers cannot belong to one event: more with both than with one, more with one than invited.
    """
    known = [count for count in (hired, leases) if count is not None]
    if both is not None and any(both > count for count in (*known, invited)):
        raise ValueError("more double successes than hires, leases or people")
    if any(count > max(invited, present) for count in known):
        raise ValueError("more hires or leases than people")
    return DoubleSuccess(
        both=both, of_present=Share(both, present), of_invited=Share(both, invited),
        hired=Share(hired, present), leases=Share(leases, present),
    )
