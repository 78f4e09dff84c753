"""
The success assumptions, re-estimated from recorded outcomes and laid beside the current ones for a person to adopt.

An outcome is typed by what the documented model uses and nothing else: it has no field for a name, a sex, an age, a
nationality, an address, an income, a family, a benefit or a health fact (loi 2008-496 art. 1), and none can be added
by a caller. Nothing is proposed under a minimum number of outcomes, and nothing is adopted by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import NormalDist

import numpy as np

from untoit.core import parameters
from untoit.core.learning.calibration import Calibration, calibration
from untoit.core.learning.regression import Bools, Floats, chances, fit
from untoit.core.parameters import Overrides
from untoit.core.wording import counted, number, typography

_LEAST_DEVIATION = 0.02
_ROUNDED = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class HomeOutcome:
    """
    A dwelling that was proposed, and whether the lease was signed.

    ``wish_rank`` is the rank of its commune in the wishes, 0 first, ``None`` when it was not wished;
    ``effort_above_policy`` compares dwellings for one household, it is no measure of income.
    """

    wish_rank: int | None
    effort_above_policy: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """An interview, and whether it ended in a hire; ``distance`` is 0 for a wished occupation, else the ROME rank."""

    distance: int
    wish_rank: int
    years: float
    employer_struggles: bool
    hired: bool


@dataclass(frozen=True, slots=True)
class HoldOutcome:
    """A job that began, and whether it held; ``share_of_limit`` is the commute over the limit that the person set."""

    share_of_limit: float
    held: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of the assumptions: the current value, the proposed one, its interval, and how often it was seen."""

    path: str
    label: str
    current: Decimal
    proposed: Decimal
    low: Decimal
    high: Decimal
    seen: int

    @property
    def differs(self) -> bool:
        """Whether the current value is outside the interval."""
        return not self.low <= self.current <= self.high


@dataclass(frozen=True, slots=True)
class Learnt:
    """
    One half of the assumptions after learning; ``enough`` is false under the minimum counts, and nothing is proposed
    then.

    ``before`` and ``after`` are calibrations on outcomes that the fit did not see (deterministic folds).
    """

    outcomes: int
    successes: int
    enough: bool
    effects: tuple[Effect, ...]
    before: Calibration | None
    after: Calibration | None
    sentence: str

    @property
    def better(self) -> bool:
        """Whether the proposed values announce unseen outcomes better than the current ones."""
        return self.before is not None and self.after is not None and self.after.brier < self.before.brier


@dataclass(frozen=True, slots=True)
class _Model:
    """Which lines of the file are fitted, with their words; the floor and the ceiling of the chance."""

    paths: tuple[str, ...]
    labels: tuple[str, ...]
    current: Floats
    signs: Floats
    least: float
    most: float


_HOME = (("base", "Chance de départ"), ("commune_not_wished", "Commune non demandée"),
         ("per_wish_rank", "Par rang de commune demandée"),
         ("effort_above_policy", "Taux d'effort au-dessus de l'alerte"))
_JOB = (("base", "Chance de départ"), ("per_wish_rank", "Par rang de métier souhaité"),
        ("close_occupation", "Métier proche, non demandé"), ("per_distance", "Par rang de métier proche"),
        ("per_year_of_experience", "Par année d'expérience"), ("employer_struggles", "Employeur qui peine à recruter"))


def learn_home(outcomes: Iterable[HomeOutcome], on: date) -> Learnt:
    """Return the assumptions on homes after the outcomes recorded up to a day."""
    seen = tuple(outcomes)
    features = np.array([
        (1.0, each.wish_rank is None, each.wish_rank or 0, each.effort_above_policy) for each in seen
    ], np.float64).reshape(len(seen), len(_HOME))
    return _learn(_model("home", _HOME, on), features, np.array([each.signed for each in seen], np.bool_), on)


def learn_job(outcomes: Iterable[JobOutcome], on: date) -> Learnt:
    """Return the assumptions on interviews after the outcomes recorded up to a day."""
    seen = tuple(outcomes)
    most_years = float(parameters.at("policy/success", on)["job"]["most_years_counted"])
    features = np.array([
        (1.0, each.wish_rank, each.distance > 0, each.distance, min(each.years, most_years), each.employer_struggles)
        for each in seen
    ], np.float64).reshape(len(seen), len(_JOB))
    return _learn(_model("job", _JOB, on), features, np.array([each.hired for each in seen], np.bool_), on)


def learn_hold(outcomes: Iterable[HoldOutcome], on: date) -> Learnt:
    """Return the weight of the commute after the jobs that held and those that did not."""
    seen = tuple(outcomes)
    weight = float(parameters.at("policy/success", on)["commute_weight"])
    # The chance is 1 - weight x share: the first feature is a constant whose effect is not estimated.
    model = _Model(("", "policy/success.commute_weight"), ("", "Poids du trajet"), np.array([1.0, weight]),
                   np.array([1.0, 1.0]), 0.0, 1.0)
    features = np.array([(1.0, -each.share_of_limit) for each in seen], np.float64).reshape(len(seen), 2)
    return _learn(model, features, np.array([each.held for each in seen], np.bool_), on)


def _model(half: str, lines: Sequence[tuple[str, str]], on: date) -> _Model:
    assumed = parameters.at("policy/success", on)[half]
    current = np.array([float(assumed[name]) for name, _ in lines])
    return _Model(
        tuple(f"policy/success.{half}.{name}" for name, _ in lines), tuple(label for _, label in lines), current,
        np.sign(current), float(assumed["least"]), float(assumed.get("most", 1)),
    )


def _learn(model: _Model, features: Floats, outcomes: Bools, on: date) -> Learnt:
    policy = parameters.at("followup/learning", on)
    total, successes = len(outcomes), int(outcomes.sum())
    least, each_least = int(policy["outcomes_min"]), int(policy["of_each_min"])
    enough = total >= least and min(successes, total - successes) >= each_least
    deviations = _deviations(model, float(policy["prior_deviation"]))
    before = calibration(chances(features, model.current, model.least, model.most), outcomes)
    if not enough:
        sentence = (
            f"{counted(total, 'issue', 'issues')} ({counted(successes, 'favorable', 'favorables')}) : il en faut "
            f"{number(least)}, dont {number(each_least)} de chaque sorte. Les hypothèses actuelles restent."
        )
        rows = _rows(model, features, model.current, deviations, Decimal(0))
        return Learnt(total, successes, False, rows, before, None, typography(sentence))
    found = fit(features, outcomes, model.current, deviations, model.least, model.most)
    z = Decimal(str(NormalDist().inv_cdf(0.5 + float(policy["interval"]) / 2)))
    rows = _rows(model, features, found.effects, np.sqrt(np.diag(found.covariance)), z)
    after = calibration(_unseen(model, features, outcomes, deviations, int(policy["folds"])), outcomes)
    assert before is not None and after is not None
    verdict = "mieux" if after.brier < before.brier else "pas mieux"
    sentence = (
        f"{counted(total, 'issue', 'issues')} ({counted(successes, 'favorable', 'favorables')}). Sur des issues non "
        f"vues, les valeurs proposées annoncent {verdict} que les actuelles (score de Brier {number(after.brier, 3)} "
        f"contre {number(before.brier, 3)}). Une personne décide de les adopter."
    )
    return Learnt(total, successes, True, rows, before, after, typography(sentence))


def _deviations(model: _Model, relative: float) -> Floats:
    deviations: Floats = np.maximum(relative * np.abs(model.current), _LEAST_DEVIATION)
    # A constant that is not a line of the file stays where it is.
    return np.where([path == "" for path in model.paths], 1e-6, deviations)


def _unseen(model: _Model, features: Floats, outcomes: Bools, deviations: Floats, folds: int) -> Floats:
    """Return for each outcome the chance that a fit without its fold announces."""
    announced = np.empty(len(outcomes))
    fold = np.arange(len(outcomes)) % folds
    for each in range(folds):
        kept = fold != each
        found = fit(features[kept], outcomes[kept], model.current, deviations, model.least, model.most)
        announced[~kept] = chances(features[~kept], found.effects, model.least, model.most)
    return announced


def _rows(model: _Model, features: Floats, effects: Floats, errors: Floats, z: Decimal) -> tuple[Effect, ...]:
    rows = []
    for k, path in enumerate(model.paths):
        if not path:
            continue
        current, error = parameters.default_of(path), Decimal(str(float(errors[k])))
        centre = Decimal(str(float(effects[k]))) if z else current
        # A second wish never counts more than the first: an effect does not change its sign, it stops at zero.
        if float(centre) * model.signs[k] < 0:
            centre = Decimal(0)
        rows.append(Effect(
            path, model.labels[k], current, centre.quantize(_ROUNDED) if z else current,
            (centre - z * error).quantize(_ROUNDED), (centre + z * error).quantize(_ROUNDED),
            int(np.count_nonzero(features[:, k])),
        ))
    return tuple(rows)


def adopted(effects: Iterable[Effect]) -> Overrides:
    """Return the lines that a person adopts, as the policy of a run takes them."""
    return tuple(sorted((each.path, each.proposed) for each in effects if each.proposed != each.current))
