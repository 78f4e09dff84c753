"""
Our search against ``cafein`` (test-only), an independent engine, on the whole Grenoble feed.

Both are given the same changes of vehicle. cafein answers from stop to stop: it boards at the origin itself (and never
just walks from it), changes at one stop for nothing, adds one walk between vehicles and one at the end, and asks that
walks be transitively closed. Our own changes are not closed (500 m at most, 120 s each), so the comparison installs in
both engines a closed set: stops chained by walks of 150 m, the shortest chain plus 120 s. With the settings equal one
difference is left, of scope: cafein knows the service day asked for and the one before, we also know the next one; so
answers are compared within two hours.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path

from untoit.core.mobility.network import Network, open_network
from untoit.core.mobility.reference import NO_LABEL, NO_LABEL_FORWARD, arrive_by, depart_after
from untoit.core.mobility.street import within_walk
from untoit.core.model.timetable import DayTimetable

cafein = pytest.importorskip("cafein", reason="cafein is an oracle of the tests only")

FEED = Path("data/gtfs/grenoble_tag_2023.zip")
TUESDAY, WEDNESDAY = date(2023, 5, 9), date(2023, 5, 10)
TWO_HOURS = 7200
ANY_NUMBER_OF_RIDES = 30
CHAINED_WALK_M = 150


@dataclass(frozen=True)
class Walks:
    """Closed changes between stops: from, to, seconds, sorted by ``from``."""

    origin: np.ndarray
    target: np.ndarray
    seconds: np.ndarray


@pytest.fixture(scope="module")
def network(shared):
    return open_network([shared / FEED])


@pytest.fixture(scope="module")
def walks(network):
    stops = network.stops
    places = (network.stop_latitude, network.stop_longitude)
    start, stop, walk = within_walk(*places, *places, CHAINED_WALK_M, network.assumptions)
    # 1e-7: a walk of 0 s is still a link for a sparse matrix.
    chains = shortest_path(csr_matrix((walk + 1e-7, stop, start), (stops, stops)))
    origin, target = np.nonzero(np.isfinite(chains))
    seconds = np.where(origin == target, 0, np.rint(chains[origin, target]) + network.assumptions.change_s)
    return Walks(origin.astype(np.int32), target.astype(np.int32), seconds.astype(np.int32))


@pytest.fixture(scope="module")
def oracle(shared, network, walks):
    engine = cafein.TransportNetwork.from_gtfs(str(shared / FEED), trip_distances=False)
    names = network.stop_id
    engine.set_transfers(
        [
            (names[origin], names[target], int(seconds), 1.0)
            for origin, target, seconds in zip(walks.origin, walks.target, walks.seconds, strict=True)
            if origin != target
        ]
    )
    return engine


def with_walks(network: Network, walks: Walks, on: date) -> DayTimetable:
    return replace(
        network.day(on),
        transfer_start=np.searchsorted(walks.origin, np.arange(network.stops + 1)).astype(np.int32),
        transfer_stop=walks.target,
        transfer_seconds=walks.seconds,
    )


def our_seconds(day: DayTimetable, walks: Walks, origin: int, start_s: int) -> np.ndarray:
    """Return the seconds from one stop to every stop, the last walk included; -1 beyond two hours."""
    labels = depart_after(day, {origin: 0}, start_s, TWO_HOURS).astype(np.int64)
    best = labels.copy()
    ridden = labels[walks.origin] != NO_LABEL_FORWARD
    np.minimum.at(best, walks.target[ridden], labels[walks.origin[ridden]] + walks.seconds[ridden])
    best[origin] = start_s
    return np.where(best - start_s <= TWO_HOURS, best - start_s, -1)


def their_seconds(oracle, network: Network, origin: int, departure: str) -> np.ndarray:
    """Return the same from cafein."""
    reached = oracle.travel_times_from_stop(network.stop_id[origin], departure, ANY_NUMBER_OF_RIDES)
    seconds = np.array([reached.get(stop, TWO_HOURS + 1) for stop in network.stop_id])
    return np.where(seconds <= TWO_HOURS, seconds, -1)


@pytest.mark.parametrize(
    ("on", "clock", "start_s", "reached_at_least"),
    [
        (TUESDAY, "2023-05-09 05:00:00", 5 * 3600, 1_000),
        (TUESDAY, "2023-05-09 06:00:00", 6 * 3600, 5_000),
        (TUESDAY, "2023-05-09 08:30:00", 8 * 3600 + 1800, 10_000),
        (TUESDAY, "2023-05-09 21:00:00", 21 * 3600, 2_000),
        (WEDNESDAY, "2023-05-10 00:10:00", 600, 600),  # trips of the day before, at 24:10
    ],
)
def test_departures_agree_on_tens_of_thousands_of_stop_pairs(
    network, walks, oracle, on, clock, start_s, reached_at_least
):
    day = with_walks(network, walks, on)

    verdicts: Counter[str] = Counter()
    for origin in range(7, network.stops, 100):
        ours, theirs = our_seconds(day, walks, origin, start_s), their_seconds(oracle, network, origin, clock)
        verdicts["equal"] += int(((ours == theirs) & (ours >= 0)).sum())
        verdicts["neither"] += int(((ours == theirs) & (ours < 0)).sum())
        verdicts["sooner with us"] += int(((ours >= 0) & (theirs >= 0) & (ours < theirs)).sum())
        verdicts["sooner with cafein"] += int(((ours >= 0) & (theirs >= 0) & (ours > theirs)).sum())
        verdicts["only with us"] += int(((ours >= 0) & (theirs < 0)).sum())
        verdicts["only with cafein"] += int(((ours < 0) & (theirs >= 0)).sum())

    assert +verdicts == +Counter(equal=verdicts["equal"], neither=verdicts["neither"])
    assert verdicts["equal"] >= reached_at_least
    assert verdicts.total() >= 10_000


@pytest.mark.parametrize(("deadline_s", "one_in"), [(6 * 3600, 5), (8 * 3600 + 1800, 20)])
def test_the_latest_departures_of_our_backward_search_are_the_latest_for_cafein(
    network, walks, oracle, deadline_s, one_in
):
    """Leaving at the label cafein is in time, a second later it is not."""
    day = with_walks(network, walks, TUESDAY)

    checked = 0
    for target in range(50, network.stops, 340):
        last_walks = walks.target == target
        egress = dict(zip(walks.origin[last_walks].tolist(), walks.seconds[last_walks].tolist(), strict=True))
        labels = arrive_by(day, egress, deadline_s, TWO_HOURS)
        for stop in np.flatnonzero(labels > NO_LABEL)[::one_in]:
            if stop not in egress:  # from there one may simply walk, which is no label
                for leaves, in_time in ((labels[stop], True), (labels[stop] + 1, False)):
                    clock = f"2023-05-09 {leaves // 3600:02d}:{leaves // 60 % 60:02d}:{leaves % 60:02d}"
                    takes = oracle.travel_times_from_stop(network.stop_id[stop], clock, ANY_NUMBER_OF_RIDES)
                    late = takes.get(network.stop_id[target], TWO_HOURS * 12) + leaves > deadline_s
                    assert late is not in_time, (network.stop_id[stop], network.stop_id[target], int(leaves))
                checked += 1
    assert checked >= 80
