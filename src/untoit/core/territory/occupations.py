"""Occupations (ROME) and how close they are to each other."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation of the ROME; ``close`` are the codes to which one moves, the nearest first."""

    code: str
    label: str
    close: tuple[str, ...]


def occupation(code: str) -> Occupation | None:
    """Return the occupation of a ROME code; ``None`` when ROME 4.60 does not have it."""
    return _table().get(code)


def occupations() -> tuple[Occupation, ...]:
    """Return every occupation, by code."""
    return tuple(_table().values())


def distance(wished: str, code: str) -> int | None:
    """
    Return how far an occupation is from a wished one: 0 the same, 1 the closest, ``None`` not close.

    The distance is the rank (``numero_ordre``) of ``code`` in the mobility table of ``wished``; it is not symmetric.
    """
    if wished == code:
        return 0
    known = _table().get(wished)
    if known is None or code not in known.close:
        return None
    return known.close.index(code) + 1


@cache
def _table() -> dict[str, Occupation]:
    lines = (resources.files(__package__) / "occupations.csv").read_text("utf-8").splitlines()
    return {
        row["code"]: Occupation(row["code"], row["label"], tuple(row["close"].split()))
        for row in csv.DictReader(lines, delimiter=";")
    }
