"""
Where the year is heading: leases still to come, the share at the end, its interval, and what would reach the target.

The pace is a Poisson process on the seasonal profile of past years with a Gamma posterior on its yearly level, the
share a Beta posterior; the end of the year is drawn from their posterior predictive with a seed, so that the same
inputs give the same figures. The pace and the share are supposed not to change during the rest of the year: the
interval says what chance alone would do, not what a decision would change.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.indicators.shares import Share
from untoit.core.wording import counted, number, percentage, typography

_MONTHS = 12
_JEFFREYS = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MonthCount:
    """The leases of one month, and those that count as priority among them."""

    year: int
    month: int
    leases: int
    priority: int

    def __post_init__(self) -> None:
        """Refuse what cannot be a count."""
        if not 0 <= self.priority <= self.leases or not 1 <= self.month <= _MONTHS:
            raise ValueError(f"{self.priority} of {self.leases} in month {self.month} is no count")


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    The end of the year as the past months let it be foreseen.

    ``remaining`` is the median number of leases to come and ``remaining_low/high`` its interval; ``share``, ``low`` and
    ``high`` are those of the final share; ``chance`` the probability that the target is reached; ``needed`` how many of
    the ``remaining`` leases must be priority, ``None`` when all of them would not be enough.
    """

    so_far: Share
    target: Fraction
    interval: Decimal
    remaining: int
    remaining_low: int
    remaining_high: int
    share: float
    low: float
    high: float
    chance: float
    needed: int | None
    sentence: str
    method: str


def needed_among(n: int, total: int, coming: int, target: Fraction) -> int | None:
    """Return how many of the next ``coming`` leases must be priority; ``None`` when all would not be enough."""
    missing = target * (total + coming) - n
    k = max(0, -((-missing.numerator) // missing.denominator))
    return k if k <= coming else None


def proposals_needed(leases_needed: int, signature_rate: Fraction) -> int:
    """
    Return how many proposals to priority households so many leases ask for, at the rate at which proposals are signed.

    Raises
    ------
    ValueError
        When the rate is not above 0 and at most 1: nothing would ever be signed.
    """
    if not 0 < signature_rate <= 1:
        raise ValueError(f"a signature rate of {signature_rate} leads nowhere")
    return -(-leases_needed // signature_rate)


def seasonal_profile(history: Sequence[MonthCount], year: int, strength: int) -> Floats:
    """
    Return ``float64[12]``: the part of a year that each month makes, from the full years before ``year``.

    ``strength`` leases are lent to an even profile, so that one odd month of a small landlord does not weigh.
    """
    counts = np.full(_MONTHS, strength / _MONTHS)
    for past in {each.year for each in history if each.year < year}:
        months = {each.month: each.leases for each in history if each.year == past}
        if len(months) == _MONTHS:
            counts += np.array([months[month] for month in range(1, _MONTHS + 1)], np.float64)
    profile: Floats = counts / counts.sum()
    return profile


def elapsed(profile: Floats, on: date) -> float:
    """Return the part of the year that is over at the end of that day, by the seasonal profile."""
    days = monthrange(on.year, on.month)[1]
    return float(profile[: on.month - 1].sum() + profile[on.month - 1] * on.day / days)


def forecast(history: Sequence[MonthCount], on: date, target: Fraction, *, seed: int = 0) -> Forecast | None:
    """
    Return the forecast to the end of the year; ``None`` when nothing was ever signed, so that nothing can be foreseen.

    ``history`` holds the months of this year, the current one up to ``on`` included, and whole months of past years.
    """
    policy = parameters.at("followup/forecast", on)
    now = [each for each in history if each.year == on.year and each.month <= on.month]
    before = [each for each in history if each.year == on.year - 1]
    n, total = sum(each.priority for each in now), sum(each.leases for each in now)
    if not total and not sum(each.leases for each in before):
        return None
    profile = seasonal_profile(history, on.year, int(policy["seasonal_strength"]))
    past = min(1.0, elapsed(profile, on))
    rng = np.random.default_rng(seed)
    draws = int(policy["draws"])
    coming = rng.poisson(_levels(before, total, past, profile, int(policy["pace_months"]), rng, draws) * (1.0 - past))
    signed = rng.binomial(coming, _shares(before, n, total, policy, rng, draws))
    return _summary(n, total, target, Decimal(policy["interval"]), coming, signed, policy)


def _levels(
    before: Sequence[MonthCount], total: int, past: float, profile: Floats, pace_months: int,
    rng: np.random.Generator, draws: int,
) -> Floats:
    """Draw the yearly level: what was signed, and what last year lends, over the part of a year that each makes."""
    lent = 0.0 if not before else pace_months / _MONTHS
    part = float(sum(profile[each.month - 1] for each in before))  # a year that is not whole says less, at its own pace
    yearly = sum(each.leases for each in before) / part if part else 0.0
    return rng.gamma(_JEFFREYS + total + lent * yearly, 1.0 / max(past + lent, 1e-9), draws)


def _shares(
    before: Sequence[MonthCount], n: int, total: int, policy: parameters.Parameter, rng: np.random.Generator, draws: int
) -> Floats:
    """Draw the share of the priority leases among those to come."""
    leases = sum(each.leases for each in before)
    strength = float(policy["share_strength"])
    if leases:
        mean = (sum(each.priority for each in before) + _JEFFREYS) / (leases + 2 * _JEFFREYS)
        strength = min(strength, float(leases))
    else:
        mean, strength = float(policy["share_unknown"]), strength / 4
    return rng.beta(strength * mean + n, strength * (1.0 - mean) + total - n, draws)


def _summary(
    n: int, total: int, target: Fraction, interval: Decimal, coming: NDArray[np.int64], signed: NDArray[np.int64],
    policy: parameters.Parameter,
) -> Forecast:
    finals = (n + signed) / np.maximum(total + coming, 1)
    tails = [float((1 - interval) / 2), 0.5, float((1 + interval) / 2)]
    low, middle, high = (float(value) for value in np.quantile(finals, tails))
    fewest, remaining, most = (round(float(value)) for value in np.quantile(coming, tails))
    # Exact: a share of 30 % is reached at 3 of 10, whatever floats say.
    enough = (n + signed) * target.denominator >= target.numerator * (total + coming)
    needed = needed_among(n, total, remaining, target)
    so_far = Share(n, total)
    if needed is None:
        word = "même si toutes les prochaines étaient prioritaires, l'objectif ne serait pas atteint"
    elif needed == 0:
        word = "l'objectif tient même sans autre attribution prioritaire"
    else:
        word = f"{number(needed)} des {number(remaining)} prochaines doivent être prioritaires"
    sentence = typography(
        f"À ce jour {so_far.text}. Fin d'année prévue : {percentage(round(middle, 4))} (entre "
        f"{percentage(round(low, 4))} et {percentage(round(high, 4))}, intervalle à {number(interval * 100)} %), avec "
        f"{counted(remaining, 'attribution', 'attributions')} encore à venir ; objectif {percentage(float(target))} : "
        f"{word}."
    )
    method = typography(
        "Rythme des mois passés et de l'an dernier (Poisson-Gamma), part prioritaire (Bêta-binomiale), tirages avec "
        f"graine ; ne prévoit aucun changement de pratique. Source : {policy.source}."
    )
    return Forecast(so_far, target, interval, remaining, fewest, most, middle, low, high, float(enough.mean()), needed,
                    sentence, method)
