"""What was proposed, as it stood that day: the dwelling, its cost, the way to work, what the chances were made of."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from untoit.core import parameters
from untoit.core.model.run import BudgetLine, TandemRow
from untoit.core.territory.communes import same_place
from untoit.records.applicants.models import Household
from untoit.records.pairings import codec
from untoit.records.pairings.models import Tandem
from untoit.records.stock.models import Vacancy

# The first month with the salary is what the household will live on when it decides.
_MOMENT = "mois_1"
_EFFORT = "policy/affordability.effort_rate"


def snapshot_of(
    household: Household, vacancy: Vacancy, tandem: Tandem | None, warnings: tuple[str, ...], at: datetime
) -> dict[str, Any]:
    """
    Return what is sealed with a proposal; amounts in cents a month, times in minutes.

    ``features`` are those of :class:`untoit.core.learning.assumptions.HomeOutcome`; one that is not known is absent,
    and the outcome then teaches nothing.
    """
    found: dict[str, Any] = {
        "on": timezone.localdate(at).isoformat(), "reference": vacancy.reference, "commune": vacancy.commune,
        "rooms": vacancy.rooms, "surface_m2": str(vacancy.surface_m2), "funding": vacancy.funding,
        "rent_cents": vacancy.rent_cents, "charges_cents": vacancy.charges_cents, "warnings": list(warnings),
        "features": {"wish_rank": wish_rank(household, vacancy)},
    }
    rows = [codec.load_tandem(kept) for kept in tandem.snapshot["rows"]] if tandem is not None else []
    if tandem is not None and rows:
        found |= _of_tandem(tandem, rows)
        above = _above(tandem, rows)
        if above is not None:
            found["features"]["effort_above_policy"] = above
    return found


def wish_rank(household: Household, vacancy: Vacancy) -> int | None:
    """Return the rank of the commune among the wishes, 0 first and for who wishes none; ``None`` when not wished."""
    if not household.wished_communes:
        return 0
    return next((
        rank for rank, wished in enumerate(household.wished_communes) if same_place(wished, vacancy.commune)
    ), None)


def _of_tandem(tandem: Tandem, rows: list[TandemRow]) -> dict[str, Any]:
    first = rows[0]
    found: dict[str, Any] = {
        "run": str(tandem.run_id), "versions": tandem.snapshot.get("versions", {}), "reasons": list(first.reasons),
        "outward_min": max(one.outward_min for one in rows), "back_min": max(one.back_min for one in rows),
        "modes": sorted({one.outward_mode for one in rows}), "probability": str(tandem.probability),
    }
    line = _line(first)
    if line is not None:
        found |= {
            "benefit_cents": _cents(line.housing_benefit_eur), "net_cost_cents": _cents(line.net_housing_cost_eur),
        }
    if first.effort_after is not None:
        found["effort_after"] = str(first.effort_after)
    return found


def _line(row: TandemRow) -> BudgetLine | None:
    return next((one for one in row.budget if one.moment == _MOMENT), None)


def _above(tandem: Tandem, rows: list[TandemRow]) -> bool | None:
    """Whether the effort rate after the hire is above the landlord's alert, as the run judged it."""
    efforts = [one.effort_after for one in rows if one.effort_after is not None]
    if not efforts:
        return None
    kept = tandem.run.policy.settings.get(_EFFORT)
    limit = Decimal(kept) if kept is not None else parameters.default_of(_EFFORT)
    return max(efforts) > limit


def _cents(amount: Decimal) -> int:
    return int((100 * amount).to_integral_value())
