"""
How likely a proposal is to end in a signed lease and a job that holds, and what that is worth to the scheme.

The chances are documented assumptions (``parameters/policy/success.yaml``), or the values that the policy of a landlord
puts in their place, adopted by a person from recorded outcomes; fairness between households is an explicit weight
(``parameters/policy/matching.yaml``). Neither reads a protected attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.parameters import Parameter
from untoit.core.territory.communes import same_place

MICRO = 1_000_000  # values are whole millionths of an expected double success
_NOT_WISHED = 255

Floats = NDArray[np.float64]


def success_assumptions(on: date) -> Parameter:
    """Return the assumptions in force, with their source and status."""
    return parameters.at("policy/success", on)


PROJECT_CHANCES = "hypothèses documentées du projet"
POLICY_CHANCES = "valeurs adoptées par le bailleur dans sa politique"


def chances_come_from(paths: Iterable[str]) -> str:
    """Return which of the two a chance rests on, given the paths that the policy of the run sets."""
    return POLICY_CHANCES if any(path.startswith("policy/success.") for path in paths) else PROJECT_CHANCES


def home_chances(
    households: Sequence[Household],
    dwellings: Sequence[Dwelling],
    pair_household: NDArray[np.int32],
    pair_dwelling: NDArray[np.int32],
    on: date,
) -> Floats:
    """Return, for each pair, the chance that the household signs for the dwelling, before looking at the budget."""
    assumed = _floats(success_assumptions(on)["home"])
    ranks = _wish_ranks(households, dwellings)[pair_household, pair_dwelling]
    chances = np.full(len(pair_household), assumed["base"])
    chances += np.where(ranks == _NOT_WISHED, assumed["commune_not_wished"], ranks * assumed["per_wish_rank"])
    floored: Floats = np.maximum(chances, assumed["least"])
    return floored


def effort_effect(effort_after_per_mille: NDArray[np.int32], threshold_per_mille: int, on: date) -> Floats:
    """Return what to add to the home chance where the effort rate after the hire is above the landlord's threshold."""
    assumed = _floats(success_assumptions(on)["home"])
    return np.where(effort_after_per_mille > threshold_per_mille, assumed["effort_above_policy"], 0.0)


def job_chances(
    distance: NDArray[np.uint8],
    wish_rank: NDArray[np.uint8],
    years: NDArray[np.float32],
    employer_struggles: NDArray[np.bool_],
    on: date,
) -> Floats:
    """
    Return the chance that an interview ends in a hire, element by element.

    ``distance`` is 0 for a wished occupation, then the rank in the ROME mobility table; ``years`` are years of
    experience in the field.
    """
    assumed = _floats(success_assumptions(on)["job"])
    chances = assumed["base"] + wish_rank * assumed["per_wish_rank"]
    chances = chances + np.where(
        distance == 0, 0.0, assumed["close_occupation"] + distance * assumed["per_distance"]
    )
    chances = chances + np.minimum(years, assumed["most_years_counted"]) * assumed["per_year_of_experience"]
    chances = chances + employer_struggles * assumed["employer_struggles"]
    clipped: Floats = np.clip(chances, assumed["least"], assumed["most"])
    return clipped


def hold_chances(longest_way_min: NDArray[np.uint8], limit_min: NDArray[np.int32], on: date) -> Floats:
    """Return the chance that the job holds, which falls with the commute in proportion of the person's own limit."""
    weight = float(success_assumptions(on)["commute_weight"])
    chances: Floats = 1.0 - weight * longest_way_min / np.maximum(limit_min, 1)
    return chances


def weights(households: Sequence[Household], priority: NDArray[np.bool_], on: date) -> Floats:
    """Return the fairness weight of each household: waiting counts, up to a cap, and so does a priority ground."""
    policy = parameters.at("policy/matching", on)
    months = np.array(
        [max(0, (on.year - h.applied_on.year) * 12 + on.month - h.applied_on.month) for h in households], np.float64
    )
    waited = np.minimum(months, float(policy["most_months_counted"])) * float(policy["weight_per_month_waited"])
    total: Floats = 1.0 + waited + priority * float(policy["weight_of_priority"])
    return total


def _floats(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _wish_ranks(households: Sequence[Household], dwellings: Sequence[Dwelling]) -> NDArray[np.uint8]:
    """Return ``uint8[H, D]``: the rank of the dwelling's commune in the wishes; 0 for who wishes none in particular."""
    communes = sorted({dwelling.commune for dwelling in dwellings})

    @cache
    def columns(wished: str) -> list[int]:
        return [number for number, commune in enumerate(communes) if same_place(wished, commune)]

    ranks = np.full((len(households), len(communes)), _NOT_WISHED, np.uint8)
    for number, household in enumerate(households):
        if not household.wished_communes:
            ranks[number] = 0
        for rank, wished in reversed(list(enumerate(household.wished_communes))):
            ranks[number, columns(wished)] = min(rank, _NOT_WISHED - 1)
    return ranks[:, [communes.index(dwelling.commune) for dwelling in dwellings]]

