"""
Figures that could point at somebody are masked, and cannot be found again by subtraction.

Cells under ``k`` are masked. A masked cell cannot be found from the total either: others are masked with it until the
sum of what is masked leaves room for values of ``k`` and more. Zero is shown, since it counts nobody. What is left of
another figure (tandems that were not accepted, people who did not come) is judged as a figure of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from untoit.core.wording import number

MASKED = "masqué"


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: ``value`` is ``None`` when it is masked."""

    value: int | None

    @property
    def text(self) -> str:
        """Return the number, or why there is none."""
        return MASKED if self.value is None else number(self.value)


def masked(
    values: Mapping[str, int], k: int, *, secret: frozenset[str] = frozenset(), among: Mapping[str, int] | None = None
) -> dict[str, Figure]:
    """
    Return the figures of one column whose total is shown, small ones masked and not to be found by subtraction.

    ``secret`` names cells to mask whatever their value. ``among`` is the column that this one is a part of: the rest
    is then a figure too. What is masked is masked alike, so that nobody can tell a small cell from its companion.
    """
    among = among or {}
    hidden = {
        key for key, value in values.items()
        if 0 < value < k or key in secret or (key in among and 0 < among[key] - value < k)
    }
    others = sorted((value, key) for key, value in values.items() if key not in hidden and value > 0)
    # One masked cell is the total less the others; a few whose sum is small are nearly as bare.
    while hidden and others and (len(hidden) < 2 or sum(values[key] for key in hidden) - (len(hidden) - 1) < k):
        hidden.add(others.pop(0)[1])
    return {key: Figure(None if key in hidden else value) for key, value in values.items()}


def masked_total(
    values: Mapping[str, int], shown: Mapping[str, Figure], k: int, *, rest: int | None = None
) -> Figure:
    """Return the total of a column: masked when it is small, or when a masked cell could still be found from it."""
    total = sum(values.values())
    hidden = [values[key] for key, figure in shown.items() if figure.value is None]
    found = bool(hidden) and (len(hidden) == 1 or sum(hidden) == len(hidden))
    return Figure(None if 0 < total < k or found or (rest is not None and 0 < rest < k) else total)


def masked_chain(counts: Sequence[int], k: int, *, known: frozenset[int] = frozenset()) -> list[Figure]:
    """
    Return the figures of steps each of which counts a part of the one before (invited, confirmed, present …).

    A step is masked when it is small, and when the difference with a step that is shown would be: "all but two" says
    as much of two people as "two" does. ``known`` are the places of the steps that the reader knows anyway.
    """
    shown = {place: count for place, count in enumerate(counts) if place in known}
    for place, count in enumerate(counts):
        if place not in shown and not 0 < count < k and not any(0 < abs(other - count) < k for other in shown.values()):
            shown[place] = count
    return [Figure(shown.get(place)) for place in range(len(counts))]
