"""
Housing rules on every pair of household and dwelling: the array twin of ``judge``.

Rules of few distinct cases are asked once a pair of cases, by the readable function itself; the three that compare
amounts or lists of communes have a form of their own here, equal by test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import ParameterMissing, UnknownSituation
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.rules.grouping import NONE, Booleans, Verdicts, cases, ranks, spread
from untoit.core.rules.housing import HOUSING_RULES
from untoit.core.rules.housing.income import income_ceiling
from untoit.core.rules.housing.situation import Category, household_category, persons, reference_income
from untoit.core.territory.communes import income_zone, same_place

Masks = tuple[Booleans, Booleans | None]
"""Where a rule fails, and where it could not answer."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """
    What the housing rules answer for H households and D dwellings.

    Attributes
    ----------
    allowed
        ``bool[H, D]``: no rule blocks, so the pair may be proposed.
    first_excluding
        ``uint8[H, D]``: number in ``HOUSING_RULES`` of the first rule that blocks, 255 for none.
    to_person
        ``bool[H, D]``: that rule could not answer, a person has to look.
    blocking
        ``uint16[H, D]``: bit ``i`` where rule ``i`` blocks, alone or not.
    warnings
        ``uint16[H, D]``: bit ``i`` where rule ``i`` warns.
    """

    allowed: Booleans
    first_excluding: NDArray[np.uint8]
    to_person: Booleans
    blocking: NDArray[np.uint16]
    warnings: NDArray[np.uint16]


def eligibility(households: Sequence[Household], dwellings: Sequence[Dwelling], on: date) -> Eligibility:
    """Return what ``judge`` answers for every pair."""
    verdicts = Verdicts.empty(len(households), len(dwellings))
    if households and dwellings:
        for number, rule in reversed(list(enumerate(HOUSING_RULES))):
            if rule.code in _WHOLE_TABLES:
                verdicts.add(number, rule.effect, *_WHOLE_TABLES[rule.code](households, dwellings, on))
            else:
                reads_household, reads_dwelling = _READS[rule.code]
                verdicts.add_by_cases(number, rule, households, reads_household, dwellings, reads_dwelling, on)
    return Eligibility(
        verdicts.first_blocking == NONE,
        verdicts.first_blocking,
        verdicts.to_person,
        verdicts.blocking,
        verdicts.warnings,
    )


def _persons(household: Household) -> int:
    # Any household without an adult is one case: it goes to a person.
    return persons(household) if household.adult_ages else -1


def _nothing(_: object) -> None:
    return None


# What each rule reads on either side. A rule that reads more would answer for the wrong pair: the test of the twin on
# generated households and dwellings guards this table.
_READS: dict[str, tuple[Callable[[Household], object], Callable[[Dwelling], object]]] = {
    "consentement": (lambda h: h.consented_on, _nothing),
    "flux_de_reservation": (lambda h: h.reserving_parties, lambda d: d.reserving_party),
    "assez_de_pieces": (_persons, lambda d: d.rooms),
    "taille_toleree": (_persons, lambda d: d.rooms),
    "surface_decente": (_nothing, lambda d: d.surface_m2),
    "etiquette_energie": (_nothing, lambda d: (d.energy_label, d.available_on)),
    "acces_sans_marche": (lambda h: h.needs_step_free_access, lambda d: d.is_step_free),
    "etage_accessible": (lambda h: h.max_floor_without_lift, lambda d: (d.floor, d.has_lift)),
    "typologie_souhaitee": (lambda h: h.wished_rooms, lambda d: d.rooms),
    "surface_suffisante": (_persons, lambda d: d.surface_m2),
    "pas_sous_occupe": (_persons, lambda d: d.rooms),
    "acces_connu": (
        lambda h: (h.needs_step_free_access, h.max_floor_without_lift),
        lambda d: (d.is_step_free, d.floor, d.has_lift),
    ),
}


def _income_masks(households: Sequence[Household], dwellings: Sequence[Dwelling], on: date) -> Masks:
    categories = [_category(household, on) for household in households]
    kinds, kind_of = cases(categories, lambda category: category and (category.number, category.extra_persons))
    places, place_of = cases(dwellings, lambda dwelling: (dwelling.funding, dwelling.commune))
    ceilings = {
        (k, p): limit
        for (k, kind), (p, place) in product(enumerate(kinds), enumerate(places))
        if kind is not None and (limit := _ceiling(kind, place, on)) is not None
    }
    incomes = [reference_income(household, on).eur_year for household in households]
    income_rank, ceiling_rank = ranks(incomes, list(ceilings.values()))
    # No ceiling is below every income, so that a pair without one neither fails nor passes by chance: it is unanswered.
    limit_rank = np.full((len(kinds), len(places)), np.iinfo(np.int32).max, np.int32)
    for (k, p), rank in zip(ceilings, ceiling_rank, strict=True):
        limit_rank[k, p] = rank
    unanswered = limit_rank == np.iinfo(np.int32).max
    every_place = np.arange(len(places))
    failed = income_rank[:, None] > spread(limit_rank, kind_of, every_place)
    every_household = np.arange(len(households))
    return spread(failed, every_household, place_of), spread(unanswered, kind_of, place_of)


def _category(household: Household, on: date) -> Category | None:
    try:
        return household_category(household, on)
    except UnknownSituation:
        return None


def _ceiling(category: Category, dwelling: Dwelling, on: date) -> Decimal | None:
    try:
        zone = income_zone(dwelling.commune)
        return income_ceiling(dwelling.funding, zone, category.number, category.extra_persons, on).eur_year
    except (UnknownSituation, ParameterMissing):
        return None


def _commune_masks(households: Sequence[Household], dwellings: Sequence[Dwelling], on: date) -> Masks:
    places, place_of = cases(dwellings, lambda dwelling: dwelling.commune)
    codes = [place.commune for place in places]
    wished_codes = {wished for household in households for wished in household.wished_communes}
    wanted_by_code = {
        wished: [column for column, code in enumerate(codes) if same_place(wished, code)] for wished in wished_codes
    }
    wanted = np.zeros((len(households), len(codes)), np.bool_)
    for row, household in enumerate(households):
        if household.accepts_other_communes or not household.wished_communes:
            wanted[row] = True
        for wished in household.wished_communes:
            wanted[row, wanted_by_code[wished]] = True
    return spread(~wanted, np.arange(len(households)), place_of), None


def _outlay_masks(households: Sequence[Household], dwellings: Sequence[Dwelling], on: date) -> Masks:
    limited = [row for row, household in enumerate(households) if household.max_outlay_eur is not None]
    most, outlay = ranks(
        [households[row].max_outlay_eur for row in limited], [dwelling.outlay_eur for dwelling in dwellings]
    )
    limits = np.full(len(households), np.iinfo(np.int32).max, np.int32)
    limits[limited] = most
    return outlay[None, :] > limits[:, None], None


_WHOLE_TABLES: dict[str, Callable[[Sequence[Household], Sequence[Dwelling], date], Masks]] = {
    "revenus_sous_plafond": _income_masks,
    "commune_souhaitee": _commune_masks,
    "depense_acceptee": _outlay_masks,
}
