"""What a run is computed on: the records, frozen, and the settings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.model.person import Person
from untoit.core.model.work import JobOffer
from untoit.core.parameters import Overrides


class RunMode(StrEnum):
    """``plan``: one home and one job a seeker; ``selection``: a short list a household, for an event."""

    PLAN = "plan"
    SELECTION = "selection"


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What the project lead chooses: the date (of the law and of the week of the timetable), the mode, the quota.

    ``overrides`` are the weights and thresholds of the landlord's policy that differ from those of the files
    (:mod:`untoit.core.pairing.policy`).
    """

    on: date
    mode: RunMode = RunMode.PLAN
    priority_per_mille: int = 300
    seed: int = 0
    workers: int = 1
    overrides: Overrides = ()


@dataclass(frozen=True, slots=True)
class Records:
    """
    Households, their job seekers, vacant dwellings and job offers, in a fixed order.

    ``persons`` are sorted by household, then number, and every one belongs to a household of the run;
    ``person_household`` is ``int32[S]``.
    """

    households: tuple[Household, ...]
    persons: tuple[Person, ...]
    person_household: NDArray[np.int32]
    dwellings: tuple[Dwelling, ...]
    offers: tuple[JobOffer, ...]

    @classmethod
    def of(
        cls,
        households: Sequence[Household],
        persons: Sequence[Person],
        dwellings: Sequence[Dwelling],
        offers: Sequence[JobOffer],
    ) -> Records:
        """
        Return the records in an order of their own, so that the order of the files changes nothing.

        Job seekers whose household is not among ``households`` are left out: the check of the files has reported them.
        """
        households = sorted(households, key=lambda household: household.application_number)
        number = {household.application_number: index for index, household in enumerate(households)}
        kept = sorted(
            (person for person in persons if person.application_number in number),
            key=lambda person: (number[person.application_number], person.number),
        )
        return cls(
            tuple(households),
            tuple(kept),
            np.array([number[person.application_number] for person in kept], np.int32),
            tuple(sorted(dwellings, key=lambda dwelling: dwelling.reference)),
            tuple(sorted(offers, key=lambda offer: offer.reference)),
        )

    def fingerprint(self) -> str:
        """Return a short hash of everything that entered the run, whatever the order of the files."""
        digest = hashlib.sha256()
        for rows in (self.households, self.persons, self.dwellings, self.offers):
            for row in rows:
                digest.update(_stable(row).encode())
        return digest.hexdigest()[:16]


def _stable(value: object) -> str:
    """Return a text of a record that does not depend on the order of its sets, which changes between processes."""
    if hasattr(value, "__dataclass_fields__"):
        return "(" + ",".join(_stable(getattr(value, name)) for name in value.__dataclass_fields__) + ")"
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(_stable, value))) + "}"
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{_stable(key)}:{_stable(item)}" for key, item in value.items())) + "}"
    if isinstance(value, tuple):
        return "[" + ",".join(map(_stable, value)) + "]"
    return str(value)
