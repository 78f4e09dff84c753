"""
A grid of policies on the same files, each solved with its certificate: what every commitment costs and gives.

Four things vary: the share of the allocations that goes to priority households, how long a commute may be, whether the
flows of reservation stay apart, and the share of first-quartile households outside priority districts (CCH art.
L441-1). Everything else is the same, so that two points of a curve differ by what is said and by nothing else.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import product
from multiprocessing import get_context
from typing import Any

import numpy as np

from untoit.core.errors import ParameterMissing
from untoit.core.exchange import Value
from untoit.core.matching import POINT, MatchingProblem, Plan, Quota, solve
from untoit.core.pairing import results
from untoit.core.pairing.records import Records
from untoit.core.pairing.run import Prepared, Tell, prepare, problem_of
from untoit.core.rules.housing import income_quartile
from untoit.core.sandbox.appraisal import silent
from untoit.core.territory.communes import commune

FIRST_QUARTILE = "Premier quartile hors QPV (CCH art. L441-1)"
_SHORTEST_LIMIT_MIN = 10
COLUMNS = (
    "numero", "quota_prioritaire", "trajet_en_plus_min", "flux", "quota_premier_quartile", "reference",
    "menages_places", "doubles_reussites_attendues", "part_prioritaire", "quota_prioritaire_atteint",
    "part_premier_quartile_hors_qpv", "attributions_hors_qpv", "quartile_inconnu_hors_qpv",
    "quota_premier_quartile_atteint", "logements_sans_tandem", "points", "borne", "ecart_relatif", "optimum_prouve",
    "points_perdus", "doubles_perdues", "prix_d_une_attribution_prioritaire", "prix_d_une_attribution_premier_quartile",
    "certificat", "chances",
)


@dataclass(frozen=True, slots=True, order=True)
class Policy:
    """
    One point of the grid.

    ``longer_min`` is added to the limit of every person (below zero, taken off); with ``flows_apart`` each reserving
    party keeps its own vacancies; ``mix_per_mille`` is imposed outside QPV, 0 imposes nothing.
    """

    longer_min: int = 0
    flows_apart: bool = True
    mix_per_mille: int = 0
    priority_per_mille: int = 300

    @property
    def files(self) -> tuple[int, bool]:
        """What changes the possibilities themselves: policies that share it share one preparation."""
        return self.longer_min, self.flows_apart


def grid(
    priorities: Sequence[int], longer: Sequence[int] = (0,), flows_apart: Sequence[bool] = (True,),
    mixes: Sequence[int] = (0,),
) -> tuple[Policy, ...]:
    """Return every policy of the grid, in the order in which they are numbered; values given twice count once."""
    return tuple(
        Policy(minutes, apart, mix, priority)
        for minutes, apart, mix, priority in product(*map(_once, (longer, flows_apart, mixes, priorities)))
    )


def _once(values: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What a policy gives; shares are ``None`` when nothing is counted, prices are points for one allocation more.

    ``document`` is the certificate. ``unknown_quartile`` are allocations outside QPV of households whose resources are
    not known: they count in the share as not of the first quartile, and are said.
    """

    policy: Policy
    placed: int
    doubles: float
    priority_share: float | None
    priority_met: bool
    quartile_share: float | None
    outside_qpv: int
    unknown_quartile: int
    quartile_met: bool
    empty_homes: int
    points: float
    bound: float
    gap: float
    exact: bool
    priority_price: float
    quartile_price: float
    document: dict[str, object]


def under(records: Records, policy: Policy) -> Records:
    """Return the records as this policy has them: limits of travel, flows of reservation."""
    persons, dwellings = records.persons, records.dwellings
    if policy.longer_min:
        persons = tuple(
            replace(person, seeker=replace(
                person.seeker,
                max_commute_min=max(_SHORTEST_LIMIT_MIN, person.seeker.max_commute_min + policy.longer_min),
            ))
            for person in persons
        )
    if not policy.flows_apart:
        dwellings = tuple(replace(dwelling, reserving_party=None) for dwelling in dwellings)
    return replace(records, persons=persons, dwellings=dwellings)


def explore(known: Prepared, policies: Sequence[Policy], workers: int = 1, tell: Tell = silent) -> Iterator[Outcome]:
    """
    Yield the outcome of each policy, in whatever order they end; who stops early keeps what came.

    Preparations use every core in turn; the choices, which use one, are shared between ``workers`` processes. Each is
    solved alone from the same seed: the outcomes do not depend on the workers.
    """
    done = 0
    prepared: dict[tuple[int, bool], Prepared] = {}
    with _Team(min(workers, len(policies))) as team:
        waiting: dict[Future[Plan], tuple[Policy, Prepared, MatchingProblem]] = {}
        for policy in policies:
            if policy.files not in prepared:
                ready = prepare(under(known.records, policy), known.network, known.settings, known=known)
                prepared = {policy.files: ready}  # one at a time: a preparation of a year is a gigabyte
            ready = prepared[policy.files]
            problem = problem_under(ready, policy)
            waiting[team.solve(problem, known.settings.seed)] = policy, ready, problem
            while waiting and (len(waiting) > 2 * workers or policy is policies[-1]):
                ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ended:
                    done += 1
                    tell("Politiques", done / len(policies))
                    yield outcome(*waiting.pop(future), future.result())


class _Team:
    """Processes that solve; with one worker, this process itself. Leaving it before the end stops them at once."""

    def __init__(self, workers: int) -> None:
        # Threads of numba and of HiGHS do not survive a fork: workers start afresh.
        self._pool = ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent
        ) if workers > 1 else None

    def __enter__(self) -> _Team:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def solve(self, problem: MatchingProblem, seed: int) -> Future[Plan]:
        """Return the plan to come."""
        if self._pool is not None:
            return self._pool.submit(solve, problem, seed=seed)
        future: Future[Plan] = Future()
        future.set_result(solve(problem, seed=seed))
        return future


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of the terminal; the parent alone decides what to keep."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def problem_under(prepared: Prepared, policy: Policy) -> MatchingProblem:
    """Return the problem of a policy; the share of the first quartile is a constraint only when one is asked for."""
    problem = problem_of(prepared)
    (priority,) = problem.quotas
    quotas: tuple[Quota, ...] = (replace(priority, per_mille=policy.priority_per_mille),)
    if policy.mix_per_mille:
        first, outside, _ = _quartiles(prepared)
        pair_outside = outside[prepared.options.pair_dwelling]
        quotas += (Quota(
            FIRST_QUARTILE, first[_pairs(prepared)] & pair_outside, pair_outside, policy.mix_per_mille
        ),)
    return replace(problem, quotas=quotas)


def outcome(policy: Policy, prepared: Prepared, problem: MatchingProblem, plan: Plan) -> Outcome:
    """Return what a plan gives, counted the same way whatever the policy imposed."""
    options, pairs = prepared.options, plan.pairs
    first, outside, unknown = _quartiles(prepared)
    there = outside[options.pair_dwelling[pairs]]
    firsts = first[_pairs(prepared)[pairs]] & there
    by_name = {quota.name: quota for quota in plan.quotas}
    priority, mix = plan.quotas[0], by_name.get(FIRST_QUARTILE)
    return Outcome(
        policy, len(pairs), results.expected_double_successes(prepared, plan), priority.share, priority.met,
        float(firsts.sum() / there.sum()) if there.any() else None, int(there.sum()),
        int((unknown[_pairs(prepared)[pairs]] & there).sum()), mix is None or mix.met,
        len(prepared.records.dwellings) - len(np.unique(options.pair_dwelling[pairs])),
        plan.value / POINT, plan.bound / POINT, plan.gap, plan.exact, priority.price / POINT,
        mix.price / POINT if mix else 0.0, results.certificate_document(prepared, problem, plan),
    )


def _pairs(prepared: Prepared) -> np.typing.NDArray[np.int32]:
    return prepared.options.pair_household


Flags = np.typing.NDArray[np.bool_]


def _quartiles(prepared: Prepared) -> tuple[Flags, Flags, Flags]:
    """
    Return the households of the first quartile, the dwellings outside QPV, and the households of unknown quartile.

    The quartile is that of the first intercommunality of the dwellings whose thresholds are known. A dwelling whose
    address was not checked against the official polygons counts neither way.
    """
    records, on = prepared.records, prepared.settings.on
    quartiles: list[int | None] = [None] * len(records.households)
    bodies = sorted({known.epci for one in records.dwellings if (known := commune(one.commune)) and known.epci})
    for epci in bodies:
        try:
            quartiles = [income_quartile(household, epci, on) for household in records.households]
            break
        except ParameterMissing:
            continue
    return (
        np.array([quartile == 1 for quartile in quartiles], np.bool_),
        np.array([one.in_qpv is False for one in records.dwellings], np.bool_),
        np.array([quartile is None for quartile in quartiles], np.bool_),
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """What a policy loses against the least demanding one that shares its files: points, expected double successes."""

    points: float
    doubles: float


def losses(outcomes: Iterable[Outcome]) -> dict[Policy, Loss]:
    """
    Return the price of the commitments of each policy: what is lost against the smallest shares tried beside it.

    Points are what is maximised: a larger commitment never gains any, except for the gap of the certificates.
    """
    found = list(outcomes)
    easiest: dict[tuple[int, bool], Outcome] = {}
    for one in sorted(found, key=lambda each: (each.policy.mix_per_mille, each.policy.priority_per_mille)):
        easiest.setdefault(one.policy.files, one)
    return {
        one.policy: Loss(
            easiest[one.policy.files].points - one.points, easiest[one.policy.files].doubles - one.doubles
        ) for one in found
    }


def policy_rows(
    policies: Sequence[Policy], outcomes: Sequence[Outcome], base: Policy, source: str
) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of ``politiques.csv``, in the order of the grid; a policy that was not solved has no row."""
    by_policy, lost = {one.policy: one for one in outcomes}, losses(outcomes)
    for number, policy in enumerate(policies, 1):
        one = by_policy.get(policy)
        if one is None:
            continue
        yield (
            number, policy.priority_per_mille / 1000, policy.longer_min,
            "separes" if policy.flows_apart else "communs", policy.mix_per_mille / 1000, policy == base,
            one.placed, round(one.doubles, 4), _rounded(one.priority_share), one.priority_met,
            _rounded(one.quartile_share), one.outside_qpv, one.unknown_quartile, one.quartile_met, one.empty_homes,
            one.points, one.bound, round(one.gap, 6), one.exact, round(lost[policy].points, 6),
            round(lost[policy].doubles, 4), one.priority_price, one.quartile_price, certificate_file(number), source,
        )


def certificate_file(number: int) -> str:
    """Return the name of the certificate of a policy, in the folder of the results."""
    return f"certificats/politique_{number:03d}.json"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
