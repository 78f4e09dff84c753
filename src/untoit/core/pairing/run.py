"""From records and a timetable to a choice of tandems: eligibility, fit, commutes, chances, choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.budget import gross_monthly, net_from_gross
from untoit.core.budget.approximate import ApproximateBudgets, approximate_budgets
from untoit.core.matching import MatchingProblem, Plan, Quota, solve
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.commutes import Points, commutes
from untoit.core.mobility.network import Network
from untoit.core.model.place import Position
from untoit.core.model.work import Mode
from untoit.core.pairing import chances
from untoit.core.pairing.options import MODES, Limits, Options, Reach, feasible_options, limits_of
from untoit.core.pairing.records import Records, RunMode, Settings
from untoit.core.rules.housing import is_priority
from untoit.core.rules.housing.vectorised import Eligibility, eligibility
from untoit.core.rules.work.vectorised import Fit, fit

Tell = Callable[[str, float], None]
PRIORITY_QUOTA = "Publics prioritaires (engagement du bailleur)"


def _silent(stage: str, fraction: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    Everything that is known before the choice.

    ``consented``, ``priority`` are ``bool[H]``; ``net_wage_cents`` is ``int64[J]``, a month. For the N options:
    ``probability`` is ``float64[N]``, ``value`` is ``int64[N]`` millionths of a weighted double success, and
    ``budgets`` holds the approximate effort rates and residual incomes.
    """

    records: Records
    settings: Settings
    network: Network
    consented: NDArray[np.bool_]
    priority: NDArray[np.bool_]
    eligibility: Eligibility
    fit: Fit
    modes: tuple[Mode, ...]
    reach: Reach
    limits: Limits
    no_service: NDArray[np.bool_]
    options: Options
    net_wage_cents: NDArray[np.int64]
    budgets: ApproximateBudgets
    probability: NDArray[np.float64]
    value: NDArray[np.int64]

    @property
    def lawful(self) -> NDArray[np.bool_]:
        """``bool[H, D]``: the household consented and no rule stands between it and the dwelling."""
        return self.eligibility.allowed & self.consented[:, None]


def prepare(
    records: Records, network: Network, settings: Settings, tell: Tell = _silent, *, known: Prepared | None = None
) -> Prepared:
    """
    Compute every feasible option and what it is worth, before the choice.

    ``known`` is another run of the same day: what depends only on records that are the same in both is taken from it,
    so that trying one change costs what this change touches.
    """
    on = settings.on
    tell("Éligibilité", 0.0)
    if known and (known.records.households, known.records.dwellings) == (records.households, records.dwellings):
        lawful = known.eligibility
    else:
        lawful = eligibility(records.households, records.dwellings, on)
    consented = np.array(
        [household.consented_on is not None and household.consented_on <= on for household in records.households],
        np.bool_,
    )
    priority = np.array([is_priority(household) for household in records.households], np.bool_)
    tell("Emplois", 0.0)
    if known and (known.records.persons, known.records.offers) == (records.persons, records.offers):
        fits = known.fit
    else:
        fits = fit([person.seeker for person in records.persons], records.offers, on)
    modes, reach, no_service = _reach(records, network, settings, tell, known)
    tell("Possibilités", 0.0)
    limits = limits_of([person.seeker for person in records.persons], modes)
    options = feasible_options(
        lawful.allowed & consented[:, None], records.person_household, fits.allowed, reach, limits,
        workers=settings.workers,
    )
    tell("Budgets approchés", 0.0)
    gross = np.array([float(gross_monthly(offer, on)[0]) for offer in records.offers])
    wages = np.rint(100 * net_from_gross(gross, on)).astype(np.int64)
    budgets = approximate_budgets(
        records.households, records.dwellings, options.pair_household[options.pair],
        options.pair_dwelling[options.pair], wages[options.offer], on,
    )
    tell("Chances de réussite", 0.0)
    probability = _probability(records, fits, limits, options, budgets, settings)
    value = _value(records, options, probability, priority, settings)
    return Prepared(
        records, settings, network, consented, priority, lawful, fits, modes, reach, limits, no_service, options,
        wages, budgets, probability, value,
    )


def problem_of(
    prepared: Prepared, pinned: NDArray[np.int64] | None = None, forbidden: NDArray[np.int64] | None = None
) -> MatchingProblem:
    """
    Return the matching problem of a run: values and capacities only, nobody's attributes.

    ``pinned`` and ``forbidden`` are numbers of options that a caseworker imposed or struck out.
    """
    records, settings, options = prepared.records, prepared.settings, prepared.options
    selection = settings.mode is RunMode.SELECTION
    short_list = parameters.at("policy/matching", settings.on)["selection"]
    openings = np.array([offer.openings for offer in records.offers], np.int32)
    nothing = np.zeros(0, np.int64)
    return MatchingProblem(
        households=len(records.households),
        seekers=len(records.persons),
        dwellings=len(records.dwellings),
        offers=len(records.offers),
        seeker_household=records.person_household,
        dwelling_capacity=np.array(
            [dwelling.max_candidates if selection else 1 for dwelling in records.dwellings], np.int32
        ),
        offer_capacity=openings * int(short_list["interviews_per_opening"]) if selection else openings,
        pair_household=options.pair_household,
        pair_dwelling=options.pair_dwelling,
        option_pair=options.pair,
        option_seeker=options.seeker,
        option_offer=options.offer,
        option_value=prepared.value,
        jobs_min=int(short_list["jobs_min"]) if selection else 1,
        jobs_max=int(short_list["jobs_max"]) if selection else 1,
        quotas=(
            Quota(
                name=PRIORITY_QUOTA,
                numerator=prepared.priority[options.pair_household],
                denominator=np.ones(len(options.pair_household), np.bool_),
                per_mille=settings.priority_per_mille,
            ),
        ),
        pinned=nothing if pinned is None else pinned,
        forbidden=nothing if forbidden is None else forbidden,
    )


def choose(problem: MatchingProblem, settings: Settings, tell: Tell = _silent) -> Plan:
    """Return the best set of tandems with its proven bound."""
    tell("Choix", 0.0)
    return solve(
        problem, seed=settings.seed, workers=settings.workers, progress=lambda stage, done: tell("Choix", done)
    )


def _reach(
    records: Records, network: Network, settings: Settings, tell: Tell, known: Prepared | None = None
) -> tuple[tuple[Mode, ...], Reach, NDArray[np.bool_]]:
    """Return the commutes of dwellings and offers by each mode somebody has, and the offers without any service."""
    used = {mode for person in records.persons for mode in person.seeker.modes}
    modes = tuple(mode for mode in MODES if mode in used) or (Mode.WALK,)
    homes = _points([dwelling.position for dwelling in records.dwellings])
    works = _points([offer.position for offer in records.offers])
    schedules = [offer.schedule for offer in records.offers]
    assumptions = Assumptions.default(settings.on)
    same_places = known is not None and _places(known.records) == _places(records)
    found: list[tuple[NDArray[Any], ...]] = []
    no_service = np.zeros(len(records.offers), np.bool_)
    for number, mode in enumerate(modes):

        def part(_: str, done: float, number: int = number) -> None:
            tell("Trajets", (number + done) / len(modes))

        part("", 0.0)
        if known is not None and same_places and mode in known.modes and (
            mode is not Mode.TRANSIT or known.network is network
        ):
            found.append(tuple(table[known.modes.index(mode)] for table in known.reach))
            no_service = known.no_service if mode is Mode.TRANSIT else no_service
            continue
        ways = commutes(
            network, homes, works, schedules, settings.on, mode,
            assumptions=assumptions, workers=settings.workers, progress=part,
        )
        assert ways.leaves is not None and ways.back_at is not None, "the hours are asked for"
        found.append((ways.outward, ways.back, ways.leaves, ways.back_at))
        no_service = ways.no_service if mode is Mode.TRANSIT else no_service
    return modes, Reach(*(np.stack(tables) for tables in zip(*found, strict=True))), no_service


def _places(records: Records) -> tuple[object, ...]:
    """Return all that a commute depends on: where the homes and the jobs are, and the hours of the jobs."""
    return (
        [dwelling.position for dwelling in records.dwellings],
        [(offer.position, offer.schedule) for offer in records.offers],
    )


def _points(positions: Sequence[Position]) -> Points:
    degrees = np.array([(position.latitude, position.longitude) for position in positions]).reshape(-1, 2)
    return Points(degrees[:, 0], degrees[:, 1])


def _probability(
    records: Records, fits: Fit, limits: Limits, options: Options, budgets: ApproximateBudgets, settings: Settings
) -> NDArray[np.float64]:
    on = settings.on
    threshold = int(1000 * parameters.at("policy/affordability", on)["effort_rate"])
    home = chances.home_chances(
        records.households, records.dwellings, options.pair_household, options.pair_dwelling, on
    )[options.pair] + chances.effort_effect(budgets.effort_after, threshold, on)
    struggles = np.array([bool(offer.in_shortage) for offer in records.offers], np.bool_)
    seeker, offer = options.seeker, options.offer
    job = chances.job_chances(
        fits.distance[seeker, offer], fits.wish_rank[seeker, offer], fits.experience[seeker, offer],
        struggles[offer], on,
    )
    hold = chances.hold_chances(np.maximum(options.outward, options.back), limits.commute[seeker], on)
    probability: NDArray[np.float64] = home * job * hold
    return probability


def _value(
    records: Records,
    options: Options,
    probability: NDArray[np.float64],
    priority: NDArray[np.bool_],
    settings: Settings,
) -> NDArray[np.int64]:
    """Return the chance of a double success, weighted for fairness and shared between the seekers of a household."""
    weight = chances.weights(records.households, priority, settings.on)[options.pair_household[options.pair]]
    policy = parameters.at("policy/matching", settings.on)["share_per_seeker"]
    # How many seekers could work from each dwelling: a second job adds less than the first one brings.
    first = np.ones(len(options.pair), np.bool_)
    first[1:] = (options.pair[1:] != options.pair[:-1]) | (options.seeker[1:] != options.seeker[:-1])
    seekers = np.bincount(options.pair[first], minlength=len(options.pair_household))
    most = int(seekers.max(initial=1))
    share = np.array([0.0, *(float(policy[min(count, max(policy))]) for count in range(1, most + 1))])
    points = np.rint(chances.MICRO * weight * share[seekers[options.pair]] * probability).astype(np.int64)
    value: NDArray[np.int64] = np.maximum(points, 1)
    return value
