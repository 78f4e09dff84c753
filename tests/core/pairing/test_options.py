"""Feasible triples equal a plain triple loop."""

import numpy as np
import pytest

from untoit.core.model.work import Mode, Seeker
from untoit.core.pairing.options import NO_WAY, Limits, Reach, feasible_options, limits_of


def random_case(seed):
    rng = np.random.default_rng(seed)
    h, d, j, m = (int(n) for n in rng.integers(1, 6, 4))
    seeker_household = np.sort(rng.integers(0, h, int(rng.integers(1, 8)))).astype(np.int32)
    s = len(seeker_household)
    minutes = rng.integers(10, 90, (2, m, d, j)).astype(np.uint8)
    minutes[rng.random(minutes.shape) < 0.2] = NO_WAY
    times = rng.integers(300, 1300, (2, m, d, j)).astype(np.int16)
    reach = Reach(minutes[0], minutes[1], times[0], times[1])
    limits = Limits(
        rng.random((s, m)) < 0.6,
        rng.integers(20, 90, s).astype(np.int32),
        rng.integers(-500, 700, s).astype(np.int32),
        rng.integers(900, 2000, s).astype(np.int32),
    )
    return rng.random((h, d)) < 0.6, seeker_household, rng.random((s, j)) < 0.6, reach, limits


def loops(eligible, seeker_household, fits, reach, limits):
    found = []
    for h, d in np.argwhere(eligible):
        for s in np.flatnonzero(seeker_household == h):
            for j in np.flatnonzero(fits[s]):
                ways = [
                    (int(reach.outward[m, d, j]) + int(reach.back[m, d, j]), m)
                    for m in range(reach.outward.shape[0])
                    if limits.has_mode[s, m]
                    and max(reach.outward[m, d, j], reach.back[m, d, j]) <= limits.commute[s]
                    and reach.leaves[m, d, j] >= limits.leaves_no_earlier[s]
                    and reach.back_at[m, d, j] <= limits.back_no_later[s]
                ]
                if ways:
                    found.append((h, d, s, j, min(ways)[1]))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_feasible_options_equal_the_plain_loops(seed):
    case = random_case(seed)

    options = feasible_options(*case, workers=1 + seed % 2)

    rows = zip(
        options.pair_household[options.pair], options.pair_dwelling[options.pair],
        options.seeker, options.offer, options.mode, strict=True,
    )
    assert [tuple(int(x) for x in row) for row in rows] == [tuple(int(x) for x in row) for row in loops(*case)]


def test_limits_unknown_hours_never_stop_anybody():
    seeker = Seeker(("N1103",), frozenset({Mode.TRANSIT}))

    limits = limits_of([seeker], (Mode.WALK, Mode.TRANSIT))

    assert limits.has_mode.tolist() == [[False, True]]
    assert limits.leaves_no_earlier[0] < -2000
    assert limits.back_no_later[0] > 4000
