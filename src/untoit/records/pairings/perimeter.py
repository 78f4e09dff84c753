"""On whom and on what a run is computed, as the form chose it and as the run keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

ALL, IN_SCHEME = "all", "scheme"


@dataclass(frozen=True, slots=True)
class Perimeter:
    """
    What a run takes in; an empty tuple takes everything.

    ``communes`` and ``rooms`` are those of the dwellings, ``employers`` the organisations that hand offers over,
    ``candidates`` is ``all`` or ``scheme``, and ``applied_until`` keeps the households that applied on that day or
    before. ``offers`` and ``vacancies`` are identifiers: those shown at an event.
    """

    communes: tuple[str, ...] = ()
    rooms: tuple[int, ...] = ()
    employers: tuple[str, ...] = ()
    candidates: str = ALL
    applied_until: date | None = None
    offers: tuple[str, ...] = ()
    vacancies: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the perimeter as JSON."""
        return {
            "communes": sorted(self.communes), "rooms": sorted(self.rooms), "employers": sorted(self.employers),
            "candidates": self.candidates,
            "applied_until": self.applied_until.isoformat() if self.applied_until else None,
            **({"offers": sorted(self.offers)} if self.offers else {}),
            **({"vacancies": sorted(self.vacancies)} if self.vacancies else {}),
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Perimeter:
        """Return the perimeter of a JSON document; what is absent takes everything."""
        until = document.get("applied_until")
        return cls(
            tuple(document.get("communes", ())), tuple(document.get("rooms", ())), tuple(document.get("employers", ())),
            document.get("candidates", ALL), date.fromisoformat(until) if until else None,
            tuple(document.get("offers", ())), tuple(document.get("vacancies", ())),
        )
