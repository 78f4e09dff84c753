"""
Additive chances with a prior: the model of ``parameters/policy/success.yaml`` itself, fitted on outcomes.

The chances of the project are sums of documented effects, clipped to a floor and a ceiling. They are re-estimated in
that very form (Bernoulli with an identity link), so that each estimate is one line of the file and a caseworker can
compare them. A Gaussian prior centred on the current value keeps an effect that was seldom observed where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_EDGE = 1e-3   # a chance of exactly 0 or 1 would make one contrary outcome impossible
_STEPS = 60
_HALVINGS = 30
_CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class Fit:
    """The estimate of each effect and their covariance under the prior."""

    effects: Floats
    covariance: Floats


def chances(features: Floats, effects: Floats, least: float, most: float) -> Floats:
    """Return the clipped sums, element by element."""
    clipped: Floats = np.clip(features @ effects, max(least, _EDGE), min(most, 1.0 - _EDGE))
    return clipped


def fit(
    features: Floats, outcomes: Bools, current: Floats, deviations: Floats, least: float, most: float
) -> Fit:
    """
    Return the effects that maximise likelihood times prior, by reweighted least squares with halved steps.

    Parameters
    ----------
    features
        ``float64[N, K]``; the effect k adds ``features[:, k] * effects[k]`` to the chance.
    deviations
        ``float64[K]``: the standard deviation of the prior around ``current``.

    Notes
    -----
    Where no sum is clipped the objective is concave; a clipped outcome has no slope, as in the model. Every step goes
    up, or the search stops: the value never gets worse than at the current assumptions.
    """
    precision = np.diag(1.0 / deviations**2)
    effects = current.astype(np.float64)
    best = _objective(features, outcomes, effects, current, precision, least, most)
    for _ in range(_STEPS):
        slope, information = _local(features, outcomes, effects, least, most)
        move = np.linalg.solve(information + precision, slope - precision @ (effects - current))
        if float(np.abs(move).max()) < _CLOSE:
            break
        for _ in range(_HALVINGS):
            tried = _objective(features, outcomes, effects + move, current, precision, least, most)
            if tried > best:
                break
            move = move / 2
        else:
            break
        effects, best = effects + move, tried
    _, information = _local(features, outcomes, effects, least, most)
    return Fit(effects, np.linalg.inv(information + precision).astype(np.float64))


def _objective(
    features: Floats, outcomes: Bools, effects: Floats, current: Floats, precision: Floats, least: float, most: float
) -> float:
    p = chances(features, effects, least, most)
    away = effects - current
    return float(np.log(np.where(outcomes, p, 1.0 - p)).sum() - 0.5 * away @ precision @ away)


def _local(features: Floats, outcomes: Bools, effects: Floats, least: float, most: float) -> tuple[Floats, Floats]:
    p = chances(features, effects, least, most)
    free = (features @ effects == p)[:, None]  # what is clipped does not move with the effects
    weight = 1.0 / (p * (1.0 - p))
    slope: Floats = (features * free).T @ ((outcomes - p) * weight)
    information: Floats = (features * free).T @ (features * weight[:, None])
    return slope, information
