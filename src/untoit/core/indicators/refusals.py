"""
Why homes are refused, and where: by fine code, by family and by place, small cells masked.

A refusal may have several codes; it counts once in each of its families, so shares are of refusals and may add up to
more than one. Place means the dwelling's, never where the household lives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from untoit.core import parameters
from untoit.core.indicators.masking import Figure, masked
from untoit.core.indicators.shares import MASKED, Share

K = 5


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: its codes, the commune and the building of the dwelling, its day."""

    reference: str
    codes: tuple[str, ...]
    commune: str
    refused_on: date
    building: str = ""

    def families(self, on: date) -> frozenset[str]:
        """Return the families of its codes; a code that the list does not know is left out."""
        known = parameters.at("followup/refusal_reasons", on)["reasons"]
        return frozenset(known[code]["family"] for code in self.codes if code in known)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure among the refusals of its row; masked when it, or what it is counted among, is small."""

    label: str
    figure: Figure
    of: Figure

    @property
    def share(self) -> Share | None:
        """The share, ``None`` when it is masked."""
        if self.figure.value is None or self.of.value is None:
            return None
        return Share(self.figure.value, self.of.value)

    @property
    def text(self) -> str:
        """``6 sur 10, soit 60,0 %``, or that it is masked."""
        return MASKED if self.share is None else self.share.text


def by_reason(refusals: Iterable[Refusal], on: date, k: int = K) -> dict[str, Cell]:
    """Return each fine code that was given, the most frequent first, among all the refusals."""
    labels = parameters.at("followup/refusal_reasons", on)["reasons"]
    listed = tuple(refusals)
    counts = Counter(code for each in listed for code in set(each.codes) if code in labels)
    return _cells(counts, {code: str(entry["label"]) for code, entry in labels.items()}, len(listed), k)


def by_family(refusals: Iterable[Refusal], on: date, k: int = K) -> dict[str, Cell]:
    """Return each family that was given, the most frequent first, among all the refusals."""
    listed = tuple(refusals)
    counts = Counter(family for each in listed for family in each.families(on))
    names = parameters.at("followup/refusal_reasons", on)["families"]
    return _cells(counts, {code: str(name) for code, name in names.items()}, len(listed), k)


def _cells(counts: Mapping[str, int], labels: Mapping[str, str], total: int, k: int) -> dict[str, Cell]:
    # Codes overlap: one is not the total less the others, so each is judged by its own size.
    of = Figure(None if 0 < total < k else total)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return {code: Cell(labels[code], Figure(None if 0 < count < k else count), of) for code, count in ordered}


def by_place(
    refusals: Iterable[Refusal], family: str, on: date, k: int = K, *, names: Mapping[str, str] | None = None
) -> dict[str, Cell]:
    """
    Return, commune by commune, the refusals of one family among the refusals there, the highest share first.

    Both columns are masked, also against subtraction from their totals. What is left of a cell is no figure of its own
    here: it only says « another reason », and codes overlap.
    """
    listed = tuple(refusals)
    there = Counter(each.commune for each in listed)
    found = Counter(each.commune for each in listed if family in each.families(on))
    of = masked(dict(there), k)
    figures = masked({commune: found[commune] for commune in there}, k,
                     secret=frozenset(commune for commune, figure in of.items() if figure.value is None))
    cells = {
        commune: Cell((names or {}).get(commune, commune), figures[commune], of[commune]) for commune in there
    }
    return dict(sorted(cells.items(), key=lambda one: (-_percent(one[1]), one[0])))


def _percent(cell: Cell) -> float:
    # A masked row goes last: its place in the list must not tell its share.
    return -1.0 if cell.share is None else cell.share.percent or 0.0
