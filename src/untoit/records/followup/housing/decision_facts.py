"""
What the 30 % and the first quartile are counted by, frozen on the day of the decision: it must not change afterwards.

Sources: CCH art. L441-1 (grounds, with evidence; first quartile outside priority districts).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from untoit.core.errors import ParameterMissing
from untoit.core.model.household import CurrentStatus, PriorityGround
from untoit.core.rules.housing.priority import income_quartile
from untoit.core.territory.communes import commune
from untoit.records.applicants.models import Evidence, Household
from untoit.records.followup.housing.ceilings import core_of
from untoit.records.stock.models import Vacancy


def decision_facts(household: Household, vacancy: Vacancy, on: date) -> dict[str, Any]:
    """
    Return the columns of a proposal that a decision of that day freezes.

    ``grounds`` are the codes evidenced on that day, in the order of the law; ``quartile`` is ``None`` without declared
    resources, or where the thresholds of the territory are not known. ``is_transfer`` is a household that is already a
    tenant of social housing.
    """
    return {
        "grounds": grounds_on(household, on), "in_scheme": household.in_scheme,
        "quartile": quartile_on(household, vacancy, on),
        "is_transfer": household.current_status == CurrentStatus.SOCIAL_TENANT,
    }


def grounds_on(household: Household, on: date) -> list[str]:
    """Return the grounds evidenced that day: by the partner's file, or by a document seen by then and still valid."""
    seen = Evidence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__date__gt=on), household=household, seen_at__date__lte=on,
    ).values_list("ground", flat=True)
    filed = set(household.filed_grounds) | (set(household.evidenced_grounds) - set(household.seen_grounds))
    return [str(ground) for ground in PriorityGround if ground in filed | set(seen)]


def quartile_on(household: Household, vacancy: Vacancy, on: date) -> int | None:
    """Return the quartile of the household's resources among the applicants of the dwelling's territory."""
    core, place = core_of(household), commune(vacancy.commune)
    if core is None or place is None or place.epci is None:
        return None
    try:
        return income_quartile(core, place.epci, on)
    except ParameterMissing:
        return None
