"""Tiny territories for the tests of the engine, and what an exhaustive search finds on them."""

from functools import cache
from itertools import product

import numpy as np

from untoit.core.scale import Share, Territory, share_of


def tiny(seed, *, households=4, dwellings=3, offers=3, shards=1, quota=None):
    """Return a random territory small enough to be searched exhaustively."""
    rng = np.random.default_rng(seed)
    seekers = rng.integers(0, 3, households)
    pairs = [np.flatnonzero(rng.random(dwellings) < 0.7) for _ in range(households)]
    fits = [np.flatnonzero(rng.random(offers) < 0.8) for _ in range(int(seekers.sum()))]
    chances = [rng.integers(500, 10_001, each.size) for each in fits]
    orders = [np.lexsort((each, -chance)) for each, chance in zip(fits, chances, strict=True)]
    shares: tuple[Share, ...] = ()
    if quota is not None:
        shares = (share_of("prioritaires", [[False], [True]], [[True], [True]], quota),)
    return Territory(
        shard=np.sort(rng.integers(0, shards, households)).astype(np.int32),
        alone_worth=rng.integers(50_000, 400_000, households),
        job_worth=rng.integers(500_000, 1_900_000, households),
        reach_m=rng.integers(4_000, 12_000, households).astype(np.int32),
        household_class=rng.integers(0, 2, households).astype(np.int32),
        seeker_start=np.concatenate([[0], np.cumsum(seekers)]).astype(np.int64),
        pair_start=np.concatenate([[0], np.cumsum([each.size for each in pairs])]).astype(np.int64),
        pair_dwelling=np.concatenate([*pairs, np.zeros(0, int)]).astype(np.int32),
        pair_chance=rng.integers(3_000, 9_500, sum(each.size for each in pairs)).astype(np.uint16),
        fit_start=np.concatenate([[0], np.cumsum([each.size for each in fits])]).astype(np.int64),
        fit_offer=np.concatenate([*(each[o] for each, o in zip(fits, orders, strict=True)), []]).astype(np.int32),
        fit_chance=np.concatenate([*(each[o] for each, o in zip(chances, orders, strict=True)), []]).astype(np.uint16),
        dwelling_m=rng.integers(0, 9_000, (dwellings, 2)).astype(np.int32),
        dwelling_class=np.zeros(dwellings, dtype=np.int32),
        offer_m=rng.integers(0, 9_000, (offers, 2)).astype(np.int32),
        offer_capacity=rng.integers(1, 3, offers).astype(np.int32),
        shares=shares,
    )


def choices_of(territory, household):
    """Return every ``(dwelling, offers, value)`` of a household, written out in plain Python."""
    found = []
    low, high = territory.seeker_start[household], territory.seeker_start[household + 1]
    for p in range(territory.pair_start[household], territory.pair_start[household + 1]):
        d, lease = int(territory.pair_dwelling[p]), int(territory.pair_chance[p])
        home = int(np.floor(int(territory.alone_worth[household]) * lease * 1e-4 + 0.5))
        jobs = []
        for s in range(low, high):
            options = [(-1, 0)]
            for f in range(territory.fit_start[s], territory.fit_start[s + 1]):
                j, reach = int(territory.fit_offer[f]), int(territory.reach_m[household])
                step = territory.offer_m[j].astype(int) - territory.dwelling_m[d].astype(int)
                square = float(step @ step)
                if square <= reach * reach:
                    near = 1.0 - territory.commute_per_mille * square**0.5 / (reach * 1000)
                    worth = float(int(territory.job_worth[household]) * lease * int(territory.fit_chance[f]))
                    options.append((j, int(np.floor(worth * near * 1e-8 + 0.5))))
            jobs.append(options)
        for bundle in product(*jobs):
            offers = [j for j, _ in bundle]
            found.append((d, [*offers, -1, -1][:2], home + sum(value for _, value in bundle)))
    return found


def brute_force(territory):
    """Return the value of the best plan that holds the shares."""
    everyone = [[(-1, [-1, -1], 0), *choices_of(territory, h)] for h in range(territory.households)]
    weights = territory.weights()

    @cache
    def best(h, homes, jobs, cover):
        if h == territory.households:
            held = all(c + s.constant >= 0 for c, s in zip(cover, territory.shares, strict=True))
            return 0 if held else -(1 << 60)
        top = -(1 << 60)
        for d, offers, value in everyone[h]:
            left, after, over = list(homes), list(jobs), cover
            if d >= 0:
                left[d] -= 1
                kind = territory.household_class[h], territory.dwelling_class[d]
                over = tuple(int(c + w[kind]) for c, w in zip(cover, weights, strict=True))
            for j in offers:
                if j >= 0:
                    after[j] -= 1
            if min(left, default=0) >= 0 and min(after, default=0) >= 0:
                top = max(top, value + best(h + 1, tuple(left), tuple(after), over))
        return top

    return best(
        0, (1,) * territory.dwellings, tuple(territory.offer_capacity.tolist()), (0,) * len(territory.shares)
    )
