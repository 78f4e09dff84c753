"""Walking, cycling and driving between two points, from the great-circle distance: no street map is needed."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from untoit.core.mobility.assumptions import Assumptions
from untoit.core.model.timetable import Int32Array

FloatArray = NDArray[np.float64]

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the WGS84 ellipsoid (IUGG)
MINUTES_A_DAY = 1440


def great_circle_m(
    latitude: ArrayLike, longitude: ArrayLike, to_latitude: ArrayLike, to_longitude: ArrayLike
) -> FloatArray:
    """Return great-circle distances in metres between points in degrees (haversine); the arguments broadcast."""
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    half_chord = (
        np.sin((to_phi - phi) / 2) ** 2
        + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(np.subtract(to_longitude, longitude)) / 2) ** 2
    )
    metres: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half_chord))
    return metres


def walked_m(great_circle: ArrayLike, assumptions: Assumptions) -> FloatArray:
    """
    Return the distance walked, in metres: the great-circle distance times the detour of its band.

    At the edge of a band the walked distance falls (399 m make 563, 400 m make 540): test the walked distance itself
    against a limit, never a limit turned back into a great-circle distance.
    """
    distance = np.asarray(great_circle, dtype=np.float64)
    near, kilometre, three_kilometres, far = assumptions.detours
    detour = np.where(
        distance < 400, near, np.where(distance <= 1000, kilometre, np.where(distance <= 3000, three_kilometres, far))
    )
    metres: FloatArray = distance * detour
    return metres


def walk_s(great_circle: ArrayLike, assumptions: Assumptions) -> Int32Array:
    """Return walking times in whole seconds, rounded up, for great-circle distances in metres."""
    return _whole_seconds(walked_m(great_circle, assumptions) / assumptions.walk_m_s)


def bike_s(great_circle: ArrayLike, assumptions: Assumptions) -> Int32Array:
    """Return cycling times in whole seconds, rounded up, unlocking and locking included."""
    return _whole_seconds(walked_m(great_circle, assumptions) / assumptions.bicycle_m_s + assumptions.bicycle_ready_s)


def car_s(great_circle: ArrayLike, minute_of_day: ArrayLike, assumptions: Assumptions) -> Int32Array:
    """
    Return driving times in whole seconds, rounded up, parking included; both arguments broadcast.

    ``minute_of_day`` is when one arrives at work or leaves it; minutes of another day count modulo 1440.
    """
    road = np.asarray(great_circle, dtype=np.float64) * assumptions.car_detour
    starts = np.array([start for start, _ in assumptions.car_bands])
    ends = np.append(starts[1:], np.inf)
    speeds = np.array([speed for _, speed in assumptions.car_bands])
    driven = np.clip(road[..., None], starts, ends) - starts
    free_flow = (driven / speeds).sum(axis=-1)
    since = np.array([minute for minute, _ in assumptions.car_slowdowns])
    factors = np.array([factor for _, factor in assumptions.car_slowdowns])
    slowdown = factors[np.searchsorted(since, np.mod(minute_of_day, MINUTES_A_DAY), side="right") - 1]
    return _whole_seconds(free_flow * slowdown + assumptions.car_parking_s)


def within_walk(
    latitude: ArrayLike,
    longitude: ArrayLike,
    to_latitude: ArrayLike,
    to_longitude: ArrayLike,
    longest_m: float,
    assumptions: Assumptions,
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """
    Return, in compressed rows, the targets within a walk of each point.

    Parameters
    ----------
    longest_m
        Longest walked distance, detour included; a target at exactly this distance is within.

    Returns
    -------
    start, target, seconds
        ``int32[P + 1]``, ``int32[N]``, ``int32[N]``: the targets of point ``p`` are ``target[start[p]:start[p + 1]]``,
        in increasing order, and ``seconds`` the walking times.
    """
    here = np.column_stack([np.ravel(latitude), np.ravel(longitude)]).astype(np.float64)
    there = np.column_stack([np.ravel(to_latitude), np.ravel(to_longitude)]).astype(np.float64)
    if not len(here) or not len(there):
        return np.zeros(len(here) + 1, np.int32), np.empty(0, np.int32), np.empty(0, np.int32)
    # No walk is shorter than the great circle times the smallest detour: a sieve on chords first, then exactly.
    farthest = longest_m / min(assumptions.detours) / EARTH_RADIUS_M
    chord = 2 * math.sin(min(farthest / 2, math.pi / 2)) * (1 + 1e-9)
    tree = cKDTree(_on_unit_sphere(there))
    found: NDArray[np.object_] = np.asarray(tree.query_ball_point(_on_unit_sphere(here), chord, return_sorted=True))
    counts = np.fromiter(map(len, found), np.int64, len(here))
    target = np.fromiter(itertools.chain.from_iterable(found), np.int32, int(counts.sum()))
    origin = np.repeat(np.arange(len(here)), counts)
    distance = great_circle_m(here[origin, 0], here[origin, 1], there[target, 0], there[target, 1])
    within = walked_m(distance, assumptions) <= longest_m
    start = np.zeros(len(here) + 1, np.int32)
    np.cumsum(np.bincount(origin[within], minlength=len(here)), out=start[1:])
    return start, target[within], walk_s(distance[within], assumptions)


def stops_within(
    latitude: ArrayLike,
    longitude: ArrayLike,
    stop_latitude: ArrayLike,
    stop_longitude: ArrayLike,
    assumptions: Assumptions,
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Return, in compressed rows, the stops that can be walked to from each point; see :func:`within_walk`."""
    return within_walk(latitude, longitude, stop_latitude, stop_longitude, assumptions.to_stop_max_m, assumptions)


def _whole_seconds(seconds: FloatArray) -> Int32Array:
    # 1e-9: 500 m at 1.25 m/s are 400 s, whatever the last bit of the division says.
    return np.ceil(seconds - 1e-9).astype(np.int32)


def _on_unit_sphere(degrees: FloatArray) -> FloatArray:
    latitude, longitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )
