"""The checker sees every kind of planted mistake."""

from dataclasses import replace

import numpy as np
import pytest
from tests.factories.problems import tiny_problem

from untoit.core.matching import MatchingProblem, Plan, Quota, check, solve


@pytest.fixture
def problem() -> MatchingProblem:
    """Two households (the first has two seekers), two dwellings, two offers with one opening each, all feasible."""
    pairs = [(h, d) for h in range(2) for d in range(2)]
    seekers = np.array([0, 0, 1])
    options = [(p, s, j) for p, (h, _) in enumerate(pairs) for s in np.flatnonzero(seekers == h) for j in range(2)]
    columns = np.array(options, dtype=np.int32).T
    return MatchingProblem(
        households=2, seekers=3, dwellings=2, offers=2, seeker_household=seekers.astype(np.int32),
        dwelling_capacity=np.ones(2, dtype=np.int32), offer_capacity=np.ones(2, dtype=np.int32),
        pair_household=np.array([h for h, _ in pairs], dtype=np.int32),
        pair_dwelling=np.array([d for _, d in pairs], dtype=np.int32),
        option_pair=columns[0], option_seeker=columns[1], option_offer=columns[2],
        option_value=np.arange(1, len(options) + 1) * 100_000,
        quotas=(Quota("second ménage", np.array([h == 1 for h, _ in pairs]), np.ones(4, dtype=bool), 500),),
    )


def with_options(problem: MatchingProblem, plan: Plan, options: list[int], pairs: list[int] | None = None) -> Plan:
    chosen = np.array(options, dtype=np.int64)
    known = np.unique(problem.option_pair[chosen]) if pairs is None else np.array(pairs)
    return replace(
        plan, options=chosen, pairs=known.astype(np.int64), value=int(problem.option_value[chosen].sum()), bound=10**9,
        price_bound=plan.price_bound,
    )


def number(problem: MatchingProblem, household: int, dwelling: int, seeker: int, offer: int) -> int:
    wanted = (household, dwelling, seeker, offer)
    columns = (problem.option_household, problem.option_dwelling, problem.option_seeker, problem.option_offer)
    return list(zip(*(column.tolist() for column in columns), strict=True)).index(wanted)


def test_true_plan_passes(problem):
    assert check(problem, solve(problem)) == []


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ([(0, 0, 0, 0), (0, 1, 1, 1)], "Le ménage 0 reçoit 2 logements"),
        ([(0, 0, 0, 0), (1, 0, 2, 1)], "Le logement 0 est proposé 2 fois"),
        ([(0, 0, 0, 0), (1, 1, 2, 0)], "L'offre 0 est proposée 2 fois"),
        ([(0, 0, 0, 0), (0, 0, 0, 1)], "La personne 0 a 2 offre(s)"),
        ([(0, 0, 0, 0), (0, 0, 0, 0)], "compté deux fois"),
        ([(0, 0, 0, 0)], "« second ménage » : la contrainte n'est pas tenue"),
    ],
)
def test_planted_choice_is_seen(problem, places, sentence):
    plan = with_options(problem, solve(problem), [number(problem, *place) for place in places])

    assert any(sentence in wrong for wrong in check(problem, plan))


def test_home_without_a_job_is_seen(problem):
    plan = with_options(problem, solve(problem), [number(problem, 1, 0, 2, 0)], pairs=[1, 2])

    assert any("un logement va avec un emploi" in wrong for wrong in check(problem, plan))


def test_forbidden_or_missing_option_is_seen(problem):
    plan = solve(problem)
    others = np.setdiff1d(np.arange(problem.option_pair.size), plan.options)

    assert "Une option interdite est retenue." in check(replace(problem, forbidden=plan.options[:1]), plan)
    assert "Une option imposée n'est pas retenue." in check(replace(problem, pinned=others[:1]), plan)


def test_too_few_interviews_are_seen(problem):
    plan = solve(problem)

    wrong = check(replace(problem, jobs_min=2, jobs_max=4), plan)

    assert any("hors de 2 à 4" in sentence for sentence in wrong)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"value": 1}, "La valeur annoncée est 1"),
        ({"price_bound": 1}, "La borne annoncée par les prix est 1"),
        ({"bound": 1}, "La borne 1 n'est pas entre"),
        ({"offer_prices": np.array([-1, 0])}, "les prix prouvent -1"),
    ],
)
def test_planted_figure_is_seen(problem, change, sentence):
    plan = replace(solve(problem), **change)

    assert any(sentence in wrong for wrong in check(problem, plan))


def test_planted_quota_count_is_seen(problem):
    plan = solve(problem)
    lie = replace(plan.quotas[0], numerator=9, met=False, shortfall=7)

    wrong = check(problem, replace(plan, quotas=(lie,)))

    assert any("le compte annoncé n'est pas celui du plan" in sentence for sentence in wrong)
    assert any("le plan annonce 7" in sentence for sentence in wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"option_value": np.array([0])},
        {"pair_dwelling": np.array([9], dtype=np.int32)},
        {"jobs_min": 3},
        {"pinned": np.array([99])},
    ],
)
def test_arrays_that_break_the_contract_are_refused(problem, change):
    broken = {
        key: np.concatenate([value, getattr(problem, key)[1:]]) if key in ("option_value", "pair_dwelling") else value
        for key, value in change.items()
    }

    with pytest.raises(ValueError, match="matching problem"):
        replace(problem, **broken)


def test_unsorted_options_are_refused():
    problem = tiny_problem(8, dense=0.9)

    with pytest.raises(ValueError, match="options sorted and unique"):
        replace(problem, option_offer=problem.option_offer[::-1].copy(), option_pair=problem.option_pair[::-1].copy())
