"""
The choice at the size of a year, a region or a country: prices shard by shard, then the choice, then the proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from untoit.core.scale.executor import Executor, Local
from untoit.core.scale.market import Int64Array, Territory
from untoit.core.scale.plan import Draft, Effort, Outcome, ShareResult
from untoit.core.scale.settle import Settled
from untoit.core.scale.shards import Shard, cut, look_up
from untoit.core.scale.tasks import Choices, Priced, Prices, Refined, abroad

Progress = Callable[[str, float, int | None, int | None], None]
"""Called with the stage (in French), the part of it that is done, the value and the bound known so far, or ``None``."""


OUT_OF_REACH = 1 << 40


@dataclass(slots=True)
class _Run:
    """The state of one run: everything that Ctrl-C must find again."""

    territory: Territory
    shards: list[Shard]
    executor: Executor
    effort: Effort
    seed: int
    threads: int
    progress: Progress
    prices: Prices
    draft: Draft
    warm: Outcome | None
    seconds: dict[str, float] = field(default_factory=dict)
    bound: int | None = None
    value: int | None = None
    proven: Prices | None = None
    refined: list[Refined] = field(default_factory=list)

    def timed(self, step: str, since: float) -> float:
        """Add the seconds since then to a step, and return the present instant."""
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - since
        return now


def solve(
    territory: Territory, *, seed: int = 0, workers: int = 1, executor: Executor | None = None,
    effort: Effort | None = None, progress: Progress | None = None, warm: Outcome | None = None,
) -> Outcome:
    """
    Return the best plan found, with its proof: the same one whatever the executor and the number of workers.

    ``warm`` is an earlier outcome for the same numbering of households, dwellings and offers: its prices are where the
    search starts, and its plan is kept wherever it still holds. Ctrl-C (``KeyboardInterrupt``, also when ``progress``
    raises it) ends the work: what is known then is completed, proven and returned.
    """
    clock = time.perf_counter()
    shards = cut(territory)
    chosen = executor or Local(workers)
    work = effort or (Effort().again() if warm else Effort())
    if warm:
        _require_same_size(territory, warm)
    run = _Run(
        territory, shards, chosen, work, seed, workers if len(shards) == 1 else 1,
        progress or (lambda stage, part, value, bound: None), _first_prices(territory, warm), Draft(territory), warm,
    )
    interrupted = False
    try:
        try:
            chosen.start(shards)
            clock = run.timed("mise en place", clock)
            _find_prices(run)
            clock = run.timed("prix", clock)
            _settle(run)
            clock = run.timed("choix", clock)
        except KeyboardInterrupt:
            interrupted = True
            clock = run.timed("interruption", clock)
        return _finish(run, interrupted)
    finally:
        chosen.stop()


def _require_same_size(territory: Territory, warm: Outcome) -> None:
    if (warm.dwelling.size, warm.dwelling_price.size, warm.offer_price.size, warm.share_price.size) != (
        territory.households, territory.dwellings, territory.offers, len(territory.shares)
    ):
        raise ValueError("a warm start has the numbering of the territory: households, dwellings, offers, shares")


def _first_prices(territory: Territory, warm: Outcome | None) -> Prices:
    if warm:
        return Prices(warm.dwelling_price, warm.offer_price, warm.share_price)
    return Prices(
        np.zeros(territory.dwellings, np.int64), np.zeros(territory.offers, np.int64),
        np.zeros(len(territory.shares), np.int64),
    )


def _local(shard: Shard, prices: Prices) -> Prices:
    return Prices(prices.dwelling[shard.dwelling], prices.offer[shard.offer], prices.share)


def _alone(shard: Shard, prices: Prices) -> Prices:
    """Return the prices at which the first sweep starts: what belongs to others has none yet, and is out of reach."""
    return Prices(
        np.where(shard.own_dwelling, prices.dwelling[shard.dwelling], OUT_OF_REACH),
        np.where(shard.own_offer, prices.offer[shard.offer], OUT_OF_REACH), prices.share,
    )


def _constants(territory: Territory) -> Int64Array:
    return np.array([share.constant for share in territory.shares], dtype=np.int64)


def _find_prices(run: _Run) -> None:
    """Sweep the shards: each finds the best prices of what it owns, those of the others being what they were."""
    territory, effort = run.territory, run.effort
    constants = _constants(territory)
    spare = np.ones(territory.dwellings)
    given = np.zeros((len(run.shards), len(territory.shares)))
    known: list[Choices | None] = [None] * len(run.shards)
    sweeps = 1 if len(run.shards) == 1 else effort.sweeps
    shared = np.ones(len(territory.shares), dtype=bool)
    for shard in run.shards:
        shared[shard.local_shares] = False
    for sweep in range(sweeps):
        calls = [
            (shard.number, (
                _alone(shard, run.prices) if sweep == 0 and sweeps > 1 and not run.warm else _local(shard, run.prices),
                spare[shard.dwelling], constants, given[shard.number], effort.steps if sweep == 0 else 0,
                effort.rounds if sweep == 0 else effort.later_rounds, effort.iterations, effort.close,
                known[shard.number], run.threads,
            ))
            for shard in run.shards
        ]
        new = Prices(run.prices.dwelling.copy(), run.prices.offer.copy(), run.prices.share.copy())
        run.prices = new  # written shard by shard: Ctrl-C keeps what has arrived
        used = np.zeros(territory.dwellings)
        activity = constants.astype(float)
        refined: list[Refined] = []
        for shard, found in zip(run.shards, run.executor.run("refine", calls), strict=True):
            refined.append(found)
            new.dwelling[shard.dwelling[shard.own_dwelling]] = found.prices.dwelling[shard.own_dwelling]
            new.offer[shard.offer[shard.own_offer]] = found.prices.offer[shard.own_offer]
            new.share[shard.local_shares] = found.prices.share[shard.local_shares]
            away, amount = abroad(shard, found.choices)
            used[shard.dwelling[away]] += amount
            activity += found.activity
            run.progress("prix", (sweep + (shard.number + 1) / len(run.shards)) / sweeps, run.value, run.bound)
        short = shared & (activity < 0)
        placed = max(sum(float(found.choices.x.sum()) for found in refined), 1.0)
        new.share[short] += np.rint(-activity[short] / 1000 / placed * 2_000_000).astype(np.int64)
        run.refined = refined
        spare = np.clip(1.0 - used, 0.0, 1.0)
        given = activity - constants - np.array([found.activity for found in refined])
        known = [found.choices for found in refined]
        _prove(run)
    if run.proven is not None:
        run.prices = run.proven


def _prove(run: _Run) -> None:
    """Compute the bound that the present prices prove over every triple of the territory, and keep it when lower."""
    total = int(run.prices.dwelling.sum()) + int(run.territory.offer_capacity.astype(np.int64) @ run.prices.offer)
    for each, constant in zip(run.prices.share.tolist(), _constants(run.territory).tolist(), strict=True):
        total -= (-each * constant) // 1000
    calls = [(shard.number, (_local(shard, run.prices), None, run.threads)) for shard in run.shards]
    priced: Priced
    for priced in run.executor.run("price", calls):
        total += priced.surplus
    if run.bound is None or total < run.bound:
        run.bound, run.proven = total, run.prices
        run.progress("preuve", 1.0, run.value, run.bound)


def _settle(run: _Run) -> None:
    """Choose shard by shard; what a household takes across a border is reserved first, largest part first."""
    territory = run.territory
    reserved = _reserve(run)
    needs = _needs(run, reserved)
    calls = []
    for shard in run.shards:
        homes = (shard.own_dwelling & ~reserved.taken[shard.dwelling]).astype(np.int64)
        calls.append((shard.number, (
            _local(shard, run.prices), run.refined[shard.number].choices, homes, needs[shard.number],
            reserved.leaving[shard.first:shard.last], run.effort.search, run.seed, run.threads,
            started(shard, run.warm) if run.warm else None,
        )))
    value = 0
    found: Settled
    for shard, found in zip(run.shards, run.executor.run("settle", calls), strict=True):
        chosen = np.flatnonzero(found.pair >= 0)
        run.draft.pair[shard.first + chosen] = found.pair[chosen] + int(territory.pair_start[shard.first])
        run.draft.offers[shard.first + chosen] = look_up(shard.offer, found.offers[chosen], -1)
        value += found.value
        run.value = value
        run.progress("choix", (shard.number + 1) / len(run.shards), value, run.bound)


def started(shard: Shard, warm: Outcome) -> Settled:
    """Return, in the numbers of the shard, what an earlier plan gives its households, where that is still a choice."""
    home = warm.dwelling[shard.first:shard.last]
    household = np.repeat(np.arange(shard.households), np.diff(shard.pair_start))
    same = np.flatnonzero(shard.dwelling[shard.pair_dwelling] == home[household])
    pair = np.full(shard.households, -1, dtype=np.int32)
    pair[household[same]] = same
    wished = warm.offers[shard.first:shard.last]
    place = np.minimum(np.searchsorted(shard.offer, wished), max(shard.offer.size - 1, 0))
    there = (wished >= 0) & (shard.offer[place] == wished) if shard.offer.size else np.zeros(wished.shape, dtype=bool)
    return Settled(pair, np.where(there, place, -1).astype(np.int32), 0)


@dataclass(frozen=True, slots=True)
class _Reserved:
    """The dwellings taken across a border, and the households that leave their shard for them."""

    taken: np.ndarray[tuple[int], np.dtype[np.bool_]]
    leaving: np.ndarray[tuple[int], np.dtype[np.bool_]]
    cover: Int64Array


def _reserve(run: _Run) -> _Reserved:
    """Write, in the draft, the homes that the relaxation gives across a border, and return what they take."""
    territory = run.territory
    taken = np.zeros(territory.dwellings, dtype=bool)
    leaving = np.zeros(territory.households, dtype=bool)
    wishes: list[tuple[float, int, int, int, list[int]]] = []
    for shard, found in zip(run.shards, run.refined, strict=True):
        choices = found.choices
        dwelling = shard.pair_dwelling[choices.pair]
        for k in np.flatnonzero(~shard.own_dwelling[dwelling] & (choices.x > 0.5)).tolist():
            offers = [int(shard.offer[j]) if j >= 0 else -1 for j in choices.offers[k].tolist()]
            wishes.append((
                -float(choices.x[k]), shard.first + int(choices.household[k]), int(shard.dwelling[dwelling[k]]),
                int(choices.pair[k]) + int(territory.pair_start[shard.first]), offers,
            ))
    for _, household, home, pair, offers in sorted(wishes):
        # A job across the border as well is rare enough to be left to the households of that side.
        if taken[home] or leaving[household] or any(offer >= 0 for offer in offers):
            continue
        taken[home] = leaving[household] = True
        run.draft.pair[household] = pair
    return _Reserved(taken, leaving, run.draft.cover())


def _needs(run: _Run, reserved: _Reserved) -> list[Int64Array]:
    """
    Return, by shard, the least that it must bring to each share: all of it for its own shares; for those that several
    hold, what its relaxation brings, less its part of what the territory has to spare.
    """
    shares = len(run.territory.shares)
    needs = [np.full(shares, -(1 << 60), dtype=np.int64) for _ in run.shards]
    activity = np.array([found.activity for found in run.refined]).reshape(len(run.shards), shares)
    spare = activity.sum(axis=0) + _constants(run.territory)
    owned = np.zeros(shares, dtype=bool)
    for shard, need in zip(run.shards, needs, strict=True):
        own = shard.local_shares
        need[own] = -_constants(run.territory)[own] - reserved.cover[own]
        owned[own] = True
    people = max(run.territory.households, 1)
    for shard, need, own_activity in zip(run.shards, needs, activity, strict=True):
        part = shard.households / people
        need[~owned] = np.floor(own_activity - part * np.maximum(spare, 0))[~owned].astype(np.int64)
    return needs


def _finish(run: _Run, interrupted: bool) -> Outcome:
    """Complete the plan over every triple, count everything again, and return it with its proof."""
    clock = time.perf_counter()
    run.draft.complete()
    cover = run.draft.cover() - run.draft.need
    proven = run.proven or run.prices
    if run.bound is None or (cover < 0).any():
        share = np.where(cover < 0, 0, proven.share)
        run.prices, run.bound = Prices(proven.dwelling, proven.offer, share), None
        _prove_here(run)
        proven = run.proven or run.prices
    values = run.draft.values()
    assert values.min(initial=0) >= 0, "a choice that is not feasible"
    value, bound = int(values.sum()), int(run.bound or 0)
    run.timed("fin", clock)
    run.progress("fin", 1.0, value, bound)
    return Outcome(
        dwelling=run.draft.dwelling(), offers=run.draft.offers, value=value, bound=bound,
        dwelling_price=proven.dwelling, offer_price=proven.offer, share_price=proven.share,
        shares=tuple(
            ShareResult(each.name, int(over), int(amount), bool(over >= 0))
            for each, over, amount in zip(run.territory.shares, cover, proven.share, strict=True)
        ),
        fingerprint=run.territory.fingerprint(), seconds=run.seconds, sent=run.executor.sent,
        received=run.executor.received, interrupted=interrupted,
    )


def _prove_here(run: _Run) -> None:
    """Prove with this process alone: the executor may have been interrupted."""
    kept, run.executor = run.executor, Local()
    run.executor.start(run.shards)
    _prove(run)
    run.executor = kept

