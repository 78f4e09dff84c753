"""What people imposed or struck out after reading the tandems, as options of the next choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import UnusableInput
from untoit.core.pairing.run import Prepared

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """A household in a dwelling, with a job for one of its seekers, by their references."""

    application_number: str
    dwelling: str
    person: int
    offer: str


@dataclass(frozen=True, slots=True)
class Choices:
    """
    ``pinned`` placements are imposed; ``without_dwelling`` are (household, dwelling) never to be proposed together;
    ``without_offer`` are (household, person, offer).
    """

    pinned: tuple[Placement, ...] = ()
    without_dwelling: tuple[tuple[str, str], ...] = ()
    without_offer: tuple[tuple[str, int, str], ...] = field(default=())

    def __bool__(self) -> bool:
        """Whether anything at all was chosen."""
        return bool(self.pinned or self.without_dwelling or self.without_offer)


NO_CHOICES = Choices()


def choices_document(choices: Choices) -> dict[str, Any]:
    """Return the choices as JSON, what ``untoit match --choix`` reads."""
    return {
        "imposes": [[one.application_number, one.dwelling, one.person, one.offer] for one in choices.pinned],
        "sans_logement": [list(one) for one in choices.without_dwelling],
        "sans_offre": [list(one) for one in choices.without_offer],
    }


def choices_of(document: Mapping[str, Any]) -> Choices:
    """
    Return the choices of a JSON document.

    Raises
    ------
    UnusableInput
        When a list of the document has another shape.
    """
    try:
        return Choices(
            tuple(Placement(str(h), str(d), int(s), str(j)) for h, d, s, j in document.get("imposes", ())),
            tuple((str(h), str(d)) for h, d in document.get("sans_logement", ())),
            tuple((str(h), int(s), str(j)) for h, s, j in document.get("sans_offre", ())),
        )
    except (TypeError, ValueError, AttributeError):
        raise UnusableInput(
            "Le fichier des choix n'a pas la forme attendue : trois listes, « imposes », « sans_logement » et "
            "« sans_offre »."
        ) from None


def options_chosen(prepared: Prepared, choices: Choices) -> tuple[Numbers, Numbers]:
    """
    Return the numbers of the options imposed and of those struck out.

    Raises
    ------
    UnusableInput
        When an imposed placement is not possible; the sentence says which one. What is struck out and not possible
        anyway is no trouble.
    """
    records, options = prepared.records, prepared.options
    household = _numbered(one.application_number for one in records.households)
    dwelling = _numbered(one.reference for one in records.dwellings)
    offer = _numbered(one.reference for one in records.offers)
    person = {
        (int(h), one.number): s
        for s, (h, one) in enumerate(zip(records.person_household, records.persons, strict=True))
    }
    h_of, d_of = options.pair_household[options.pair], options.pair_dwelling[options.pair]
    pinned = []
    for one in choices.pinned:
        h, d, j = household.get(one.application_number), dwelling.get(one.dwelling), offer.get(one.offer)
        s = None if h is None else person.get((h, one.person))
        found = np.zeros(0, np.int64)
        if h is not None and d is not None and s is not None and j is not None:
            found = np.flatnonzero((h_of == h) & (d_of == d) & (options.seeker == s) & (options.offer == j))
        if not found.size:
            raise UnusableInput(
                f"Le tandem épinglé du logement {one.dwelling} avec l'offre {one.offer} n'est plus possible avec ces "
                "données et ces réglages : retirez l'épingle."
            )
        pinned.append(found)
    struck = np.zeros(len(options.pair), np.bool_)
    for number, reference in choices.without_dwelling:
        struck |= (h_of == household.get(number, -1)) & (d_of == dwelling.get(reference, -1))
    for number, rank, reference in choices.without_offer:
        seeker = person.get((household.get(number, -1), rank), -1)
        struck |= (options.seeker == seeker) & (options.offer == offer.get(reference, -1))
    imposed = np.unique(np.concatenate(pinned)) if pinned else np.zeros(0, np.int64)
    if struck[imposed].any():
        raise UnusableInput("Un même tandem est à la fois épinglé et interdit : choisissez l'un ou l'autre.")
    return imposed.astype(np.int64), np.flatnonzero(struck).astype(np.int64)


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}
