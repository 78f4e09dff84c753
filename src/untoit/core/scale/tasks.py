"""
What a worker does for one shard: price it, bring its prices to the best, choose among what is left.

Each function reads its arguments and changes none of them: it may be called twice, here or elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from untoit.core.scale import kernels
from untoit.core.scale.market import POINT, Int32Array, Int64Array
from untoit.core.scale.relax import Float64Array, iterate
from untoit.core.scale.settle import settle
from untoit.core.scale.shards import Shard, look_up

__all__ = ["Choices", "Priced", "Prices", "Refined", "credit_of", "price", "refine", "settle"]

WIDTHS = ((0.003, 0.05), (0.0005, 0.03), (-1.0, 0.015))
"""Regret, in points, up to which choices are kept while the relative distance to the bound exceeds the first number."""

MISSED = 1_000
"""Regret up to which the choices at the prices just proposed are added, so that the next relaxation sees them."""

BLENDS = (1.0, 0.5, 0.25, 0.1)
"""How far to go from the best prices known towards new ones, when these prove less."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Millionths of a point: of a dwelling, of an opening, of one allocation missing to each share."""

    dwelling: Int64Array
    offer: Int64Array
    share: Int64Array


@dataclass(frozen=True, slots=True)
class Priced:
    """
    What the households of a shard choose at given prices: the sum of their surpluses, their pairs (a guess for the next
    time), and how many take each dwelling, each offer (local numbers), each couple of classes.
    """

    surplus: int
    pair: Int32Array
    homes: Int64Array
    jobs: Int64Array
    classes: Int64Array


@dataclass(frozen=True, slots=True)
class Choices:
    """
    Choices that are worth keeping, in local numbers, sorted by household: pair, two offers (-1 for none), value in
    millionths, what the household would regret at the prices of the day, and the part ``x`` that the relaxation takes.
    """

    household: Int32Array
    pair: Int32Array
    offers: Int32Array
    value: Int64Array
    regret: Int64Array
    x: Float64Array


@dataclass(frozen=True, slots=True)
class Refined:
    """
    Better prices of a shard (local numbers), what they prove of it, the choices that matter, and what the relaxation
    does of the shares (``activity``, allocations in thousandths) and of the dwellings of others (``abroad``).
    """

    prices: Prices
    bound: int
    choices: Choices
    activity: Float64Array
    relaxed: float


def credit_of(weights: Int64Array, share_price: Int64Array) -> Int64Array:
    """Return ``int64[C, K]``: what the shares pay for each couple of classes, rounded up to keep the bound one."""
    credit = np.zeros(weights.shape[1:], dtype=np.int64)
    for weight, each in zip(weights, share_price.tolist(), strict=True):
        credit -= (-each * weight) // 1000
    return credit


class Desk:
    """The households of a shard, ready to answer to any prices, on one thread or several: the answers are the same."""

    def __init__(self, shard: Shard, threads: int, guess: Int32Array | None) -> None:
        self.shard = shard
        self.surplus = np.zeros(shard.households, dtype=np.int64)
        self.pair = np.full(shard.households, -1, dtype=np.int32) if guess is None else guess.copy()
        self.offers = np.full((shard.households, 2), -1, dtype=np.int32)
        cuts = np.linspace(0, shard.households, 4 * threads + 1 if threads > 1 else 2).astype(int)
        self._blocks = [block for block in pairwise(cuts.tolist()) if block[0] < block[1]]
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def close(self) -> None:
        """Free the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def each_block(self, work: Callable[[int, int], int]) -> list[int]:
        """Call ``work(first, last)`` for every block of households."""
        if self._pool is None:
            return [work(*block) for block in self._blocks]
        return list(self._pool.map(lambda block: work(*block), self._blocks))

    def price(self, prices: Prices) -> int:
        """Return the sum of the surpluses at these prices; the choices behind it stay in the arrays."""
        credit = credit_of(self.shard.weights, prices.share)
        return sum(self.each_block(lambda first, last: kernels.choose(
            first, last, *self.shard.implicit(), credit, prices.dwelling, prices.offer, self.surplus, self.pair,
            self.offers,
        )))

    def demand(self) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Return how many households take each dwelling, each offer, each couple of classes."""
        shard = self.shard
        homes, jobs = np.zeros(shard.dwelling.size, np.int64), np.zeros(shard.offer.size, np.int64)
        classes = np.zeros(shard.weights.shape[1:], np.int64)
        kernels.demand(
            0, shard.households, self.pair, self.offers, shard.pair_dwelling, shard.household_class,
            shard.dwelling_class, homes, jobs, classes,
        )
        return homes, jobs, classes

    def near(self, prices: Prices, regret: int) -> Choices:
        """Return the choices within ``regret`` of the best one of their household, after :meth:`price`."""
        credit = credit_of(self.shard.weights, prices.share)

        def block(first: int, last: int) -> Choices:
            room = 8 * (last - first) + 64
            while True:
                pair, household = np.empty(room, np.int32), np.empty(room, np.int32)
                offers = np.empty((room, 2), np.int32)
                value, regrets = np.empty(room, np.int64), np.empty(room, np.int64)
                count = kernels.near(
                    first, last, *self.shard.implicit(), credit, prices.dwelling, prices.offer, self.surplus, regret,
                    pair, offers, household, value, regrets,
                )
                if count <= room:
                    return Choices(
                        household[:count].copy(), pair[:count].copy(), offers[:count].copy(), value[:count].copy(),
                        regrets[:count].copy(), np.zeros(count),
                    )
                room = count

        if self._pool is None:
            return block(0, self.shard.households)
        parts = list(self._pool.map(lambda span: block(*span), self._blocks))
        return Choices(*(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("household", "pair", "offers", "value", "regret", "x")
        ))


def price(shard: Shard, prices: Prices, guess: Int32Array | None, threads: int) -> Priced:
    """Return what the households of the shard choose at these prices (local numbers)."""
    desk = Desk(shard, threads, guess)
    try:
        total = desk.price(prices)
        return Priced(total, desk.pair, *desk.demand())
    finally:
        desk.close()


def refine(
    shard: Shard, prices: Prices, spare_homes: Float64Array, share_constant: Int64Array,
    share_given: Float64Array, steps: int, rounds: int,
    iterations: int, close: float, known: Choices | None, threads: int,
) -> Refined:
    """
    Return better prices of what the shard owns, the prices of the others being given.

    First ``steps`` of subgradient over every triple, when the prices are far; then ``rounds`` of: keep the choices that
    are near the best ones, solve their relaxation (``iterations``), see what its prices prove over every triple; until
    both are within ``close`` of each other.
    ``spare_homes`` is what the neighbours leave of each dwelling, ``share_given`` what they bring to each share, whose
    constant is ``share_constant``.
    """
    desk = Desk(shard, threads, None)
    try:
        ledger = _Ledger(shard, desk, prices, share_constant)
        best, bound = prices, ledger.bound(prices)
        if steps:
            best, bound = _descend(ledger, prices, steps)
        wide, choices, relaxed = WIDTHS[0][1] * POINT, known, 0.0
        missed: Choices | None = None
        lent = np.where(shard.own_dwelling, 1.0 - spare_homes, 0.0)
        activity = np.zeros(shard.weights.shape[0])

        def apart(prices: Prices, bound: int) -> float:
            """Return the distance of the bound to the relaxation, which has no claim on what the neighbours use."""
            return (bound - float(prices.dwelling @ lent)) / POINT - relaxed

        for turn in range(rounds):
            if turn:
                distance = apart(best, bound) / max(relaxed, 1e-9)
                wide = next(width for limit, width in WIDTHS if distance > limit) * POINT
            ledger.bound(best)
            choices = merged(shard, desk.near(best, int(wide)), choices)
            if missed is not None:
                choices = merged(shard, choices, missed, every=True)
            proposed, choices, relaxed, activity = _relaxed(
                ledger, best, choices, spare_homes, share_given, iterations, _surplus(desk), int(wide)
            )
            for blend in BLENDS:
                tried = _between(best, proposed, blend)
                proven = ledger.bound(tried)
                if blend == 1.0:  # what the relaxation did not see, wherever it went
                    missed = desk.near(tried, MISSED)
                if proven < bound:
                    best, bound = tried, proven
                    break
            else:
                iterations *= 2
            if apart(best, bound) <= close * bound / POINT:
                break
        ledger.bound(best)
        choices = merged(shard, desk.near(best, int(wide)), choices)
        return Refined(best, bound, choices, activity, relaxed)
    finally:
        desk.close()


def _surplus(desk: Desk) -> Int64Array:
    return desk.surplus.copy()


class _Ledger:
    """What the shard counts of the bound: its households, and the price of what it owns."""

    def __init__(self, shard: Shard, desk: Desk, prices: Prices, share_constant: Int64Array) -> None:
        self.shard, self.desk = shard, desk
        self.capacity = shard.offer_capacity.astype(np.int64)
        self.constant = np.zeros_like(share_constant)
        self.constant[shard.local_shares] = share_constant[shard.local_shares]

    def bound(self, prices: Prices) -> int:
        """Return the part of the bound that these prices give to the shard."""
        shard = self.shard
        total = self.desk.price(prices)
        total += int(prices.dwelling[shard.own_dwelling].sum())
        total += int(self.capacity[shard.own_offer] @ prices.offer[shard.own_offer])
        for each, constant in zip(prices.share.tolist(), self.constant.tolist(), strict=True):
            total -= (-each * constant) // 1000
        return total


def _descend(ledger: _Ledger, prices: Prices, steps: int) -> tuple[Prices, int]:
    """Return better prices by subgradient, and what they prove (Held, Wolfe, Crowder, Math. Programming 6, 1974)."""
    shard, desk = ledger.shard, ledger.desk
    homes, jobs, local = shard.dwelling.size, shard.offer.size, shard.local_shares
    moves = np.concatenate([shard.own_dwelling, shard.own_offer, np.ones(local.size, dtype=bool)])
    point = np.concatenate([prices.dwelling, prices.offer, prices.share[local]]).astype(float)
    before = np.zeros_like(point)

    def rounded(point: Float64Array) -> Prices:
        whole = np.rint(point).astype(np.int64)
        share = prices.share.copy()
        share[local] = whole[homes + jobs:]
        return Prices(whole[:homes], whole[homes:homes + jobs], share)

    best_point, best, factor, stalled = point.copy(), 1 << 62, 1.0, 0
    for _ in range(steps):
        bound = ledger.bound(rounded(point))
        if bound < best:
            best, best_point, stalled = bound, point.copy(), 0
        else:
            stalled += 1
        if stalled >= 6:
            factor, stalled, point = factor * 0.6, 0, best_point.copy()
            before[:] = 0
            bound = ledger.bound(rounded(point))
        home, job, classes = desk.demand()
        spare = (shard.weights[local] * classes).sum(axis=(1, 2)) + ledger.constant[local]
        slope = np.concatenate([1.0 - home, ledger.capacity - job, spare / 1000])
        slope[(point <= 0) & (slope > 0) | ~moves] = 0
        direction = 0.6 * slope + 0.4 * before
        length = float(direction @ direction)
        if length == 0:
            break
        point = np.maximum(point - factor * max(bound - 0.95 * best, 0.0005 * best) / length * direction, 0)
        before = direction
    return rounded(best_point), int(best)


def _between(old: Prices, new: Prices, part: float) -> Prices:
    def mix(a: Int64Array, b: Int64Array) -> Int64Array:
        return np.rint(a + part * (b - a)).astype(np.int64)

    if part == 1.0:
        return new
    return Prices(mix(old.dwelling, new.dwelling), mix(old.offer, new.offer), mix(old.share, new.share))


def _key(shard: Shard, choices: Choices) -> Int64Array:
    offers = np.int64(shard.offer.size + 1)
    first, second = choices.offers[:, 0].astype(np.int64) + 1, choices.offers[:, 1].astype(np.int64) + 1
    key: Int64Array = (choices.pair.astype(np.int64) * offers + first) * offers + second
    return key


def merged(shard: Shard, new: Choices, known: Choices | None, *, every: bool = False) -> Choices:
    """
    Return the new choices with the parts that the known ones had, and the known ones that the relaxation takes; with
    ``every``, all the known ones, and the parts of the new ones.
    """
    if known is None:
        return new
    new_key, old_key = _key(shard, new), _key(shard, known)
    order = np.argsort(new_key, kind="stable")
    at = np.minimum(np.searchsorted(new_key[order], old_key), max(order.size - 1, 0))
    found = new_key[order][at] == old_key if order.size else np.zeros(old_key.size, dtype=bool)
    part = new.x.copy()
    if not every:
        part[order[at[found]]] = known.x[found]
    lost = ~found & ((known.x > 1e-3) | every)
    household = np.concatenate([new.household, known.household[lost]])
    rank = np.argsort(household, kind="stable")
    return Choices(
        household[rank], np.concatenate([new.pair, known.pair[lost]])[rank],
        np.concatenate([new.offers, known.offers[lost]])[rank], np.concatenate([new.value, known.value[lost]])[rank],
        np.concatenate([new.regret, known.regret[lost]])[rank], np.concatenate([part, known.x[lost]])[rank],
    )


def _relaxed(
    ledger: _Ledger, prices: Prices, choices: Choices, spare_homes: Float64Array, share_given: Float64Array,
    iterations: int, surplus: Int64Array, wide: int,
) -> tuple[Prices, Choices, float, Float64Array]:
    """Return the prices of the relaxation over these choices, its quantities, its value, what it does of the shares."""
    shard = ledger.shard
    dwelling = shard.pair_dwelling[choices.pair]
    homes, jobs, people, local = shard.dwelling.size, shard.offer.size, shard.households, shard.local_shares
    own = shard.own_dwelling[dwelling]
    rows = np.zeros((choices.pair.size, 4), dtype=np.int32)
    rows[:, 0] = 1 + choices.household
    rows[:, 1] = np.where(own, 1 + people + dwelling, 0)
    value = choices.value - np.where(own, 0, prices.dwelling[dwelling])
    for k in (0, 1):
        offer = choices.offers[:, k]
        mine = look_up(shard.own_offer, offer, 0)
        rows[:, 2 + k] = np.where(mine, 1 + people + homes + offer, 0)
        value = value - np.where(mine, 0, look_up(prices.offer, offer, 0))
    classes, kinds = shard.weights.shape[1:]
    kind = shard.household_class[choices.household] * kinds + shard.dwelling_class[dwelling]
    used, kind = np.unique(kind, return_inverse=True)
    weights = shard.weights.reshape(-1, classes * kinds)[:, used]
    elsewhere = prices.share.copy()
    elsewhere[local] = 0
    value = value + (credit_of(weights, elsewhere) if elsewhere.any() else np.zeros(used.size, np.int64))[kind]
    room = np.concatenate([[0.0], np.ones(people), spare_homes, ledger.capacity])
    y = np.concatenate([[0], surplus, prices.dwelling, prices.offer, prices.share[local]]) / POINT
    before, x = y.copy(), choices.x.copy()
    iterate(
        rows, kind.astype(np.int32), value / POINT, weights[local] / 1000, room,
        (ledger.constant[local] + share_given[local]) / 1000, x, y,
        iterations,
    )
    # What no choice uses is too dear by more than their width: a third off each of the things of a choice is safe.
    idle = np.ones(y.size, dtype=bool)
    idle[rows] = False
    idle[room.size:] = False
    y = np.where(idle, np.maximum(before - wide / POINT / 3, 0), y)
    whole = np.rint(y * POINT).astype(np.int64)
    share = prices.share.copy()
    share[local] = whole[room.size:]
    start = 1 + people
    activity = (weights * np.bincount(kind, weights=x, minlength=used.size)).sum(axis=1)
    return (
        Prices(whole[start:start + homes], whole[start + homes:start + homes + jobs], share),
        Choices(choices.household, choices.pair, choices.offers, choices.value, choices.regret, x),
        float(x @ value) / POINT, activity,
    )


def abroad(shard: Shard, choices: Choices) -> tuple[Int64Array, Float64Array]:
    """Return the dwellings of neighbours (local numbers) that the relaxation uses, and how much of each."""
    dwelling = shard.pair_dwelling[choices.pair]
    away = ~shard.own_dwelling[dwelling] & (choices.x > 0)
    amount = np.bincount(dwelling[away], weights=choices.x[away], minlength=shard.dwelling.size).astype(np.float64)
    used = np.flatnonzero(amount).astype(np.int64)
    return used, amount[used]
