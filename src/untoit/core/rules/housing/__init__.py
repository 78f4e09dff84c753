"""Housing law and policy: what a household may be proposed (this side may read a household)."""

from __future__ import annotations

from datetime import date

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.finding import Finding
from untoit.core.model.household import Household
from untoit.core.rules.housing.access import access_is_known, floor_within_reach, step_free_access
from untoit.core.rules.housing.budget import judge_budget
from untoit.core.rules.housing.income import income_under_ceiling
from untoit.core.rules.housing.priority import (
    counts_as_priority,
    income_quartile,
    is_priority,
    missing_ground,
    valid_grounds,
)
from untoit.core.rules.housing.proposal import energy_label_is_allowed, household_consented, reservation_flow_is_open
from untoit.core.rules.housing.size import (
    decent_surface,
    enough_rooms,
    enough_surface,
    not_far_too_large,
    not_under_occupied,
)
from untoit.core.rules.housing.wishes import commune_is_wished, outlay_is_accepted, typology_is_wished
from untoit.core.rules.rule import Rule, answers

__all__ = [
    "HOUSING_RULES",
    "counts_as_priority",
    "income_quartile",
    "is_priority",
    "judge",
    "judge_budget",
    "missing_ground",
    "valid_grounds",
]

# The order is that of the reasons: a household that is left out reads the first one that stops it.
HOUSING_RULES: tuple[Rule[Household, Dwelling, date], ...] = (
    household_consented,
    reservation_flow_is_open,
    income_under_ceiling,
    enough_rooms,
    not_far_too_large,
    decent_surface,
    energy_label_is_allowed,
    step_free_access,
    floor_within_reach,
    commune_is_wished,
    typology_is_wished,
    outlay_is_accepted,
    enough_surface,
    not_under_occupied,
    access_is_known,
)


def judge(household: Household, dwelling: Dwelling, on: date) -> tuple[Finding, ...]:
    """Return what every housing rule answers for one pair, in the order of ``HOUSING_RULES``."""
    return answers(HOUSING_RULES, household, dwelling, on)
