"""Assumptions re-estimated from outcomes: shrunk, with an interval, and blind to what must not weigh."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from untoit.core import parameters
from untoit.core.learning.assumptions import (
    HoldOutcome,
    HomeOutcome,
    JobOutcome,
    adopted,
    learn_hold,
    learn_home,
    learn_job,
)
from untoit.core.learning.calibration import calibration
from untoit.core.learning.levers import ProposalOutcome, lever_weights
from untoit.core.learning.regression import _objective, chances, fit
from untoit.core.pairing.policy import knob

ON = date(2026, 11, 23)
FORBIDDEN = {
    "name", "first_name", "surname", "sex", "gender", "age", "birth", "nationality", "origin", "address", "commune",
    "district", "qpv", "income", "resources", "rsa", "household", "family", "children", "pregnant", "health",
    "disability", "language", "religion", "union", "status", "application_number", "structure", "photo",
}


def homes(count, base, not_wished=-0.15, seed=1):
    """Outcomes drawn from the documented model with another base."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        wished, rank, effort = rng.random() < 0.7, int(rng.integers(0, 4)), bool(rng.random() < 0.3)
        p = base + (rank * -0.02 if wished else not_wished) + (-0.10 if effort else 0)
        found.append(HomeOutcome(rank if wished else None, effort, bool(rng.random() < p)))
    return found


def by_path(learnt):
    """Return the last part of each path -> its line."""
    return {each.path.rpartition(".")[2]: each for each in learnt.effects}


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        (HomeOutcome, {"wish_rank", "effort_above_policy", "signed"}),
        (JobOutcome, {"distance", "wish_rank", "years", "employer_struggles", "hired"}),
        (HoldOutcome, {"share_of_limit", "held"}),
    ],
)
def test_an_outcome_cannot_carry_a_protected_attribute(kind, allowed):
    assert {each.name for each in fields(kind)} == allowed
    assert not allowed & FORBIDDEN
    assert kind.__slots__
    with pytest.raises(TypeError):
        kind(**dict.fromkeys(allowed, 0), sex="F")


def test_under_the_minimum_nothing_is_proposed():
    learnt = learn_home(homes(199, 0.4), ON)

    assert (learnt.enough, learnt.after, learnt.better) == (False, None, False)
    assert all(each.proposed == each.current for each in learnt.effects)
    assert "il en faut 200" in learnt.sentence
    assert learn_home([HomeOutcome(0, False, True)] * 400, ON).enough is False
    assert learn_home([], ON).before is None


def test_outcomes_far_from_the_assumptions_move_them():
    learnt = learn_home(homes(1500, 0.55), ON)

    base = by_path(learnt)["base"]
    assert learnt.enough
    assert float(base.low) < 0.55 < float(base.high)
    assert base.differs
    assert base.current == Decimal("0.85")
    assert learnt.better
    assert learnt.after.brier < learnt.before.brier
    assert "Une personne décide" in learnt.sentence


def test_outcomes_that_follow_the_assumptions_leave_them():
    learnt = learn_home(homes(1500, 0.85, seed=3), ON)

    for each in learnt.effects:
        assert abs(each.proposed - each.current) < Decimal("0.05")


def test_what_was_never_observed_stays_where_it_is():
    wished = [each for each in homes(900, 0.6) if each.wish_rank is not None]

    line = by_path(learn_home(wished, ON))["commune_not_wished"]

    assert (line.seen, line.proposed, line.differs) == (0, line.current, False)


def test_an_effect_never_changes_its_sign():
    line = by_path(learn_home(homes(3000, 0.5, not_wished=0.3), ON))["commune_not_wished"]

    assert line.proposed == 0
    assert line.differs


def test_interviews_and_commutes_are_learnt_alike():
    rng = np.random.default_rng(7)
    interviews, jobs = [], []
    for _ in range(2000):
        distance, rank, years = int(rng.integers(0, 4)), int(rng.integers(0, 3)), float(rng.integers(0, 8))
        p = 0.35 - 0.04 * rank - (0.1 + 0.02 * distance if distance else 0) + 0.05 * min(years, 4)
        interviews.append(JobOutcome(distance, rank, years, False, bool(rng.random() < np.clip(p, 0.05, 0.9))))
        share = float(rng.random())
        jobs.append(HoldOutcome(share, bool(rng.random() < 1 - 0.7 * share)))

    base, weight = by_path(learn_job(interviews, ON))["base"], by_path(learn_hold(jobs, ON))["commute_weight"]

    assert float(base.low) < 0.35 < float(base.high)
    assert float(weight.low) < 0.7 < float(weight.high)
    assert (base.differs, weight.differs, weight.current) == (True, True, Decimal("0.4"))


def test_what_is_adopted_is_a_policy_that_runs_accept():
    learnt = learn_home(homes(1500, 0.55), ON)

    chosen = adopted(each for each in learnt.effects if each.path.endswith("base"))

    (path, value) = chosen[0]
    assert knob(path).least <= value <= knob(path).most
    with parameters.overriding(chosen):
        assert parameters.at("policy/success", ON)["home"]["base"] == value


def test_the_order_of_outcomes_changes_no_estimate():
    drawn = homes(600, 0.6)

    assert learn_home(drawn, ON).effects == learn_home(drawn[::-1], ON).effects


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_fit_is_a_summit(seed):
    rng = np.random.default_rng(seed)
    features = np.column_stack([np.ones(300), rng.integers(0, 4, 300), rng.random(300) < 0.3]).astype(float)
    current, deviations = np.array([0.6, -0.05, -0.1]), np.array([0.3, 0.03, 0.05])
    outcomes = rng.random(300) < chances(features, np.array([0.5, -0.02, -0.15]), 0.05, 0.95)
    found = fit(features, outcomes, current, deviations, 0.05, 0.95)

    def value(effects):
        return _objective(features, outcomes, effects, current, np.diag(1 / deviations**2), 0.05, 0.95)

    assert value(found.effects) >= value(current)
    for k in range(3):
        for step in (-1e-3, 1e-3):
            assert value(found.effects) >= value(found.effects + step * np.eye(3)[k]) - 1e-9
    assert np.all(np.linalg.eigvalsh(found.covariance) > 0)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    held = [
        float(line.low) <= 0.72 <= float(line.high)
        for line in (by_path(learn_home(homes(400, 0.72, seed=seed), ON))["base"] for seed in range(60))
    ]

    assert np.mean(held) >= 0.80


def test_calibration_counts_every_outcome_once():
    announced = np.array([0.1] * 10 + [0.5] * 10 + [0.9] * 10)
    came_true = np.array(([True] + [False] * 9) + [True] * 5 + [False] * 5 + [True] * 9 + [False])

    found = calibration(announced, came_true)

    assert [(each.announced, each.succeeded, each.of) for each in found.bins] == [
        (pytest.approx(0.1), 1, 10), (pytest.approx(0.5), 5, 10), (pytest.approx(0.9), 9, 10)
    ]
    assert found.brier == pytest.approx((0.09 + 0.25 + 0.09) / 3)


def test_a_place_that_is_refused_more_weighs_more_and_a_few_refusals_little():
    outcomes = [
        *[ProposalOutcome("59512", ("NO_TRANSPORT",))] * 40, *[ProposalOutcome("59512")] * 60,
        *[ProposalOutcome("59350", ("LOCATION", "FAR_FROM_WORK"))] * 10, *[ProposalOutcome("59350")] * 90,
        *[ProposalOutcome("59599", ("NO_TRANSPORT",))] * 3, ProposalOutcome("59009", ("LOCATION",)),
        *[ProposalOutcome("59599")] * 3,
    ]

    found = {each.commune: each for each in lever_weights(outcomes, ON) if each.lever == "trajet"}

    assert found["59512"].weight > 1.4
    assert found["59350"].weight < 0.6
    assert 1 < found["59599"].weight < 1.3
    assert (found["59009"].weight, found["59009"].shown) == (1.0, False)
    assert (found["59350"].refusals, found["59350"].proposals) == (10, 100)


def test_no_refusal_gives_no_lever():
    assert lever_weights([ProposalOutcome("59512")] * 9, ON) == ()
    assert lever_weights([ProposalOutcome("59512", ("OTHER", "INVENTED"))] * 9, ON) == ()
