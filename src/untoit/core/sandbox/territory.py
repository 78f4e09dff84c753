"""What the territory could change: more homes of a kind in a commune, more openings of an occupation in a commune."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from untoit.core.pairing.run import Prepared
from untoit.core.sandbox.appraisal import Base, Lever
from untoit.core.sandbox.changes import Change, Edit, another
from untoit.core.territory.communes import commune
from untoit.core.territory.occupations import occupation
from untoit.core.wording import counted, euros


def home_levers(base: Base, more: int = 1) -> list[Lever]:
    """Return one lever a typology and commune: ``more`` dwellings like the one there whose price is highest."""
    prepared = base.prepared
    dwellings = prepared.records.dwellings
    per_home = np.bincount(
        prepared.options.pair_dwelling[prepared.options.pair], minlength=len(dwellings)
    )
    found = []
    kinds = [(one.commune, one.typology) for one in dwellings]
    for d in _dearest(kinds, base.plan.dwelling_prices):
        home, price = dwellings[d], int(base.plan.dwelling_prices[d])
        if not price:
            continue
        words = (
            f"{counted(more, 'logement de plus', 'logements de plus')} comme {home.reference} ({home.typology} à "
            f"{place_name(home.commune)}, {euros(home.outlay_eur)} € charges comprises)"
        )
        change = Change(
            "territoire", "logement", words, tuple(another(home, number) for number in range(1, more + 1)),
            places=(home.position,),
        )
        found.append(Lever(change, more * int(per_home[d]), more * price))
    return sorted(found, key=lambda lever: lever.order)


def opening_levers(base: Base, more: int = 1) -> list[Lever]:
    """Return one lever an occupation and commune: ``more`` openings of the offer there whose price is highest."""
    prepared = base.prepared
    offers = prepared.records.offers
    per_offer = np.bincount(prepared.options.offer, minlength=len(offers))
    found = []
    kinds = [(one.commune, one.occupation) for one in offers]
    for j in _dearest(kinds, base.plan.offer_prices):
        offer, price = offers[j], int(base.plan.offer_prices[j])
        if not price:
            continue
        known = occupation(offer.occupation)
        words = (
            f"{counted(more, 'poste de plus', 'postes de plus')} comme {offer.reference} "
            f"({known.label if known else offer.title}, à {place_name(offer.commune)})"
        )
        change = Change(
            "territoire", "poste", words,
            (Edit("offres", (offer.reference,), "postes", str(offer.openings + more)),), places=(offer.position,),
        )
        # An opening repeats possibilities that the offer already gives: as many people could take it.
        found.append(Lever(change, more * int(per_offer[j]), more * price))
    return sorted(found, key=lambda lever: lever.order)


def place_name(code: str) -> str:
    """Return the name of a commune, or its code when the table does not have it."""
    known = commune(code)
    return known.name if known else code


def without_service(prepared: Prepared) -> bool:
    """Whether the timetable has nothing on the day of the run: no trip can then be judged."""
    return not prepared.network.has_service(prepared.settings.on)


def _dearest(kinds: Sequence[tuple[str, str]], price: NDArray[np.int64]) -> list[int]:
    """Return the number of the highest price of each kind, the first in order when several are."""
    best: dict[tuple[str, str], int] = {}
    for n, key in enumerate(kinds):
        if key not in best or price[n] > price[best[key]]:
            best[key] = n
    return sorted(best.values())
