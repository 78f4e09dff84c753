"""From a job offer to what it pays, and what going to work costs."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from untoit.core import parameters
from untoit.core.model.work import JobOffer, Mode
from untoit.core.parameters.suppositions import weekly_hours

WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12
CENT = Decimal("0.01")


def gross_monthly(offer: JobOffer, on: date) -> tuple[Decimal, bool]:
    """
    Return the gross monthly pay of an offer in euros, and whether it is supposed.

    An employer who does not say pays the legal minimum wage of that day, for the hours of the offer.
    """
    if offer.gross_monthly_eur is not None:
        return offer.gross_monthly_eur, "salaire_brut_mensuel" in offer.supposed
    return minimum_gross(weekly_hours(offer, on), on), True


def minimum_gross(hours_a_week: Decimal, on: date) -> Decimal:
    """Return the legal minimum gross pay of a month for these weekly hours, in euros to the cent."""
    hourly: Decimal = parameters.at("work/minimum_wage", on)["gross_hourly"]
    return (hourly * hours_a_week * WEEKS_A_YEAR / MONTHS_A_YEAR).quantize(CENT, ROUND_HALF_UP)


def net_from_gross(gross_eur: ArrayLike, on: date) -> NDArray[np.float64]:
    """
    Return the net monthly pay before income tax for gross monthly pays, in euros, any shape.

    Two straight bands, below and above the social security ceiling: within 5 euros of the simulated payslip up to
    6,000 euros.
    """
    rates = parameters.at("budget/wages", on)
    gross = np.asarray(gross_eur, dtype=np.float64)
    ceiling = float(rates["social_security_ceiling"])
    below, above = np.minimum(gross, ceiling), np.maximum(gross - ceiling, 0)
    return below * float(rates["net_of_gross"]) + above * float(rates["net_of_gross_above"])


def commute_cost(mode: Mode, km_one_way: float, days_a_week: int, on: date) -> Decimal:
    """
    Return what the way to work costs the person a month, in euros, the employer's share of a season ticket deducted.

    An assumption, dated and labelled as such: a season ticket whatever the distance, a cost a kilometre by car or
    bicycle, nothing on foot.
    """
    costs = parameters.at("budget/work_transport", on)
    if mode is Mode.WALK:
        return Decimal(0)
    if mode is Mode.TRANSIT:
        return Decimal(costs["season_ticket"] * (1 - costs["employer_share"])).quantize(CENT)
    kind = "car_km" if mode is Mode.CAR else "bike_km"
    km_a_month = Decimal(2 * km_one_way * days_a_week) * costs["weeks_a_month"]
    return Decimal(km_a_month * costs[kind]).quantize(CENT)
