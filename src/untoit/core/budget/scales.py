"""The scale of housing benefit on a day and its formula, compiled for millions of pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from untoit.core import parameters

Row = Any
"""One record of an array of the types below; numba reads its fields by name."""

# Family classes of housing benefit: alone, couple, then 1 to 10 dependants.
ALONE, COUPLE, ONE_DEPENDANT = 0, 1, 2
MOST_DEPENDANTS = 10
CLASSES = ONE_DEPENDANT + MOST_DEPENDANTS

HOUSING_ROW = np.dtype([
    (name, np.float64)
    for name in (
        "cap", "reference_cap", "charges", "allowance", "family_rate", "reduction_cap", "reduction", "shrinks_from",
        "none_from", "own_minimum", "own_rate", "ratio_from", "steeper_from", "rent_rate", "steeper_rate", "flat_cut",
        "reduction_share", "crds",
    )
])


def family_class(couple: bool, dependants: int) -> int:
    """Return the family class of housing benefit."""
    if dependants == 0:
        return COUPLE if couple else ALONE
    return ONE_DEPENDANT + min(dependants, MOST_DEPENDANTS) - 1


def scale_row(zone: int, number: int) -> int:
    """Return the row of a zone, 1 to 3, and a family class in ``housing_scale``."""
    return (zone - 1) * CLASSES + number


def housing_scale(on: date) -> NDArray[np.void]:
    """Return the scale of housing benefit and rent reduction, one ``HOUSING_ROW`` a zone and family class."""
    scale = np.empty(3 * CLASSES, dtype=HOUSING_ROW)
    benefit, reduction = parameters.at("budget/housing_benefit", on), parameters.at("budget/rent_reduction", on)
    rate, own = benefit["rent_rate"], benefit["own_share"]
    for zone in (1, 2, 3):
        too_high = benefit["rent_too_high"][zone]
        for number in range(CLASSES):
            dependants = max(0, number - ONE_DEPENDANT + 1)
            key = "couple" if number == COUPLE else "alone"
            cap = _with_more(benefit["rent_cap"][zone], key, dependants)
            scale[scale_row(zone, number)] = (
                cap,
                _with_more(benefit["rent_cap"][2], key, dependants),
                benefit["charges"]["base"] + dependants * benefit["charges"]["each_dependant"],
                _listed(benefit["income_allowance"], key, dependants),
                _listed(benefit["family_rate"], key, dependants),
                _listed(reduction["income_cap"][zone], key, dependants),
                _with_more(reduction["amount"][zone], key, dependants),
                round(cap * too_high["shrinks_from"], 2), round(cap * too_high["none_from"], 2),
                own["minimum"], own["rate"],
                rate["from_ratio"], rate["steeper_from_ratio"], rate["rate"], rate["steeper_rate"],
                benefit["flat_cut"], benefit["rent_reduction_share"], benefit["crds"],
            )
    return scale


@njit(cache=True, nogil=True)
def housing_benefit(scale: NDArray[np.void], row: int, income_eur_year: float, rent_eur: float) -> tuple[float, float]:
    """
    Return the housing benefit of a social tenant and the rent reduction, euros a month.

    ``row`` is that of the zone and family class in ``scale``, see ``scale_row``; the income is the yearly base of the
    benefit. Net of CRDS, to the cent; a fund then pays the euro below. CCH art. D823-16, arrêté du 27 septembre 2019.
    """
    paid: tuple[float, float] = benefit_at(scale[row], rent_terms(scale[row], rent_eur), income_eur_year)
    return paid


@njit(cache=True, nogil=True)
def rent_terms(scale: Row, rent_eur: float) -> tuple[float, float, float]:
    """Return what the rent alone decides: the benefit without income, the share of income taken off, the part kept."""
    rent = min(rent_eur, scale.cap)
    outlay = rent + scale.charges
    ratio = _rounded(rent / scale.reference_cap, 1e4)
    if ratio >= scale.steeper_from:
        rent_rate = scale.steeper_rate * (ratio - scale.steeper_from)
        rent_rate += scale.rent_rate * (scale.steeper_from - scale.ratio_from)
    else:
        rent_rate = scale.rent_rate * max(0.0, ratio - scale.ratio_from)
    kept = min(1.0, max(0.0, (scale.none_from - rent_eur) / (scale.none_from - scale.shrinks_from)))
    own = max(scale.own_rate * outlay, scale.own_minimum)
    return outlay - own, scale.family_rate + _rounded(rent_rate, 1e5), kept


@njit(cache=True, nogil=True)
def benefit_at(scale: Row, terms: tuple[float, float, float], income_eur_year: float) -> tuple[float, float]:
    """Return the housing benefit and the rent reduction at an income, from ``rent_terms``."""
    most, rate, kept = terms
    paid = max(0.0, most - rate * max(0.0, income_eur_year - scale.allowance)) * kept
    gross = max(0.0, _rounded(paid, 1e2) - scale.flat_cut)
    reduction = scale.reduction if income_eur_year / 12 < scale.reduction_cap else 0.0
    benefit = float(max(0.0, gross - scale.reduction_share * reduction) * (1 - scale.crds))
    return benefit, reduction


@njit(cache=True, nogil=True)
def _rounded(value: float, factor: float) -> float:
    return math.floor(value * factor + 0.5) / factor


def _with_more(amounts: Mapping[Any, Decimal], key: str, dependants: int) -> Decimal:
    return amounts["one_dependant"] + (dependants - 1) * amounts["each_more"] if dependants else amounts[key]


def _listed(amounts: Mapping[Any, Decimal], key: str, dependants: int) -> Decimal:
    if dependants == 0:
        return amounts[key]
    most = max(number for number in amounts if isinstance(number, int))
    return amounts[min(dependants, most)] + max(0, dependants - most) * amounts["each_more"]
