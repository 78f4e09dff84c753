"""
The home side of the many-to-many commutes: near stops of every home, joined with the labels of a tile of searches.

A commute is the least, over the stops near the home, of the label of the stop plus the walk to it. Labels of a tile lie
side by side (``[stop, column]``, 16 bits), so that this minimum is a few vector instructions a stop; homes are visited
in an order that keeps neighbours together, so that the rows they share stay in the processor's cache.
"""

# ruff: noqa: ANN001 - numba infers the types of compiled functions

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from untoit.core.mobility import street
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.kernels import NO_WAY_S, Int16Array
from untoit.core.model.timetable import Int32Array

FloatArray = NDArray[np.float64]
UInt8Array = NDArray[np.uint8]

# Columns of a tile come in whole turns of the compiled loop, four registers of sixteen: a rest would go one by one.
LANES = 64
NO_WAY_MIN = 255
NO_TIME = -32768


@dataclass(frozen=True, slots=True)
class Points:
    """Places, in degrees: ``float64[P]`` each."""

    latitude: FloatArray
    longitude: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is not two columns of finite degrees of the same length."""
        for name in ("latitude", "longitude"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float64))
        if self.latitude.ndim != 1 or self.latitude.shape != self.longitude.shape:
            raise ValueError(f"{self.latitude.shape} latitudes do not match {self.longitude.shape} longitudes")
        if not (np.isfinite(self.latitude).all() and np.isfinite(self.longitude).all()):
            raise ValueError("a coordinate is not a finite number")

    def __len__(self) -> int:
        return len(self.latitude)


@dataclass(frozen=True, slots=True)
class Homes:
    """Homes ready to be joined: their near stops in compressed rows, and an order that keeps neighbours together."""

    points: Points
    start: Int32Array
    stop: Int32Array
    walk_s: Int16Array
    order: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.points)


def prepare_homes(
    points: Points, stop_latitude: FloatArray, stop_longitude: FloatArray, assumptions: Assumptions
) -> Homes:
    """Return homes ready to be joined with the labels of works."""
    start, stop, walk_s = street.stops_within(
        points.latitude, points.longitude, stop_latitude, stop_longitude, assumptions
    )
    return Homes(points, start, stop, walk_s.astype(np.int16), _along_a_curve(points))


@dataclass(frozen=True, slots=True)
class Tile:
    """
    ``G`` works whose labels lie side by side.

    ``labels`` is ``int16[S, L]``, one column for each of the ``K`` distinct hours of each work: those at which its
    shifts start, then those at which they end. All works of a tile have as many; the work ``g`` has the columns
    ``k * G + g``, and ``L`` is ``K * G`` rounded up to ``LANES``. ``starts_s`` and ``ends_s``, ``int32[., G]``, are the
    hours, in seconds after midnight. ``job[i]`` is a column of the result; it receives the work ``job_work[i]``.
    """

    points: Points
    labels: Int16Array
    starts_s: Int32Array
    ends_s: Int32Array
    job: Int32Array
    job_work: Int32Array


@dataclass(frozen=True, slots=True)
class Result:
    """Where a join writes, see ``commutes.Commutes``; ``leaves`` and ``back_at`` have no rows when not wanted."""

    outward: UInt8Array
    back: UInt8Array
    leaves: Int16Array
    back_at: Int16Array


def join(tile: Tile, homes: Homes, first: int, last: int, assumptions: Assumptions, result: Result) -> None:
    """
    Write the commutes between the homes ``homes.order[first:last]`` and the works of a tile.

    Walking all the way competes. Holds no lock: callers may share the homes between threads.
    """
    _join(
        tile.labels, tile.starts_s, tile.ends_s, tile.points.latitude, tile.points.longitude, tile.job, tile.job_work,
        homes.points.latitude, homes.points.longitude, homes.start, homes.stop, homes.walk_s,
        homes.order[first:last], np.array(assumptions.detours), assumptions.walk_m_s, assumptions.horizon_s,
        result.outward, result.back, result.leaves, result.back_at,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _join(  # type: ignore[no-untyped-def]
    labels, starts_s, ends_s, work_latitude, work_longitude, job, job_work, home_latitude, home_longitude, start, stop,
    walk_s, chosen, detours, walk_m_s, horizon_s, outward_min, back_min, leaves_min, back_at_min,
):
    """See :func:`join`. Each short loop over the works is kept apart so that it becomes vector instructions."""
    works, starts, ends = len(work_latitude), len(starts_s), len(ends_s)
    wants_times = len(leaves_min) > 0
    seconds = np.empty(labels.shape[1], np.int16)
    worst_out, worst_back, on_foot = np.empty(works, np.int16), np.empty(works, np.int16), np.empty(works, np.int16)
    out_minutes, back_minutes = np.empty(works, np.uint8), np.empty(works, np.uint8)
    work_phi = np.radians(work_latitude)
    work_cosine = np.cos(work_phi)
    for i in range(len(chosen)):
        home = chosen[i]
        _least(labels, start[home], start[home + 1], stop, walk_s, seconds)
        _worst(seconds, 0, starts, worst_out)
        _worst(seconds, starts, starts + ends, worst_back)
        _walk_all_the_way(
            home_latitude[home], home_longitude[home], work_phi, work_cosine, work_longitude, detours, walk_m_s, on_foot
        )
        for g in range(works):
            worst_out[g] = min(worst_out[g], on_foot[g])
            worst_back[g] = min(worst_back[g], on_foot[g])
            out_minutes[g] = NO_WAY_MIN if worst_out[g] > horizon_s else (np.int32(worst_out[g]) + 59) // 60
            back_minutes[g] = NO_WAY_MIN if worst_back[g] > horizon_s else (np.int32(worst_back[g]) + 59) // 60
        for entry in range(len(job)):
            outward_min[home, job[entry]] = out_minutes[job_work[entry]]
            back_min[home, job[entry]] = back_minutes[job_work[entry]]
        if wants_times:
            for entry in range(len(job)):
                g = job_work[entry]
                leaves_s, back_at_s = 2**31, -(2**31)
                for k in range(starts):
                    leaves_s = min(leaves_s, starts_s[k, g] - min(seconds[k * works + g], on_foot[g]))
                for k in range(ends):
                    back_at_s = max(back_at_s, ends_s[k, g] + min(seconds[(starts + k) * works + g], on_foot[g]))
                leaves_min[home, job[entry]] = NO_TIME if worst_out[g] > horizon_s else leaves_s // 60
                back_at_min[home, job[entry]] = NO_TIME if worst_back[g] > horizon_s else -(-back_at_s // 60)


@njit(cache=True, nogil=True, error_model="numpy")
def _least(labels, first, last, stop, walk_s, least):  # type: ignore[no-untyped-def]
    """Fill ``least`` with the best of label + walk over the near stops, from entry ``first`` to ``last``."""
    least[:] = NO_WAY_S
    for entry in range(first, last):
        near, walk = stop[entry], walk_s[entry]
        for column in range(len(least)):
            # The cast keeps 16-bit arithmetic: 16 or 32 columns an instruction. No view of the row: each would cost
            # two atomic counts, more than a short row itself.
            least[column] = min(least[column], np.int16(labels[near, column] + walk))


@njit(cache=True, nogil=True, error_model="numpy")
def _worst(seconds, first, last, worst):  # type: ignore[no-untyped-def]
    """Fill ``worst`` with the longest of the hours ``first`` to ``last`` of each work."""
    works = len(worst)
    worst[:] = 0
    for k in range(first, last):
        for g in range(works):
            worst[g] = max(worst[g], seconds[k * works + g])


@njit(cache=True, nogil=True, error_model="numpy")
def _walk_all_the_way(  # type: ignore[no-untyped-def]
    latitude, longitude, to_phi, to_cosine, to_longitude, detours, walk_m_s, seconds,
):
    """
    Fill ``seconds`` with the walks from one point, at most ``NO_WAY_S``; ``to_phi`` in radians and its cosine.

    The twin of ``street.walk_s(street.great_circle_m(…))``, without a branch nor a call so that it becomes vector
    instructions. Half angles are below 0.01 within 120 km: the first terms of the series of the sine and of its inverse
    are exact to the last bit or two there, and far beyond any walk elsewhere.
    """
    near, kilometre, three_kilometres, far = detours[0], detours[1], detours[2], detours[3]
    phi = math.radians(latitude)
    cosine = math.cos(phi)
    for to in range(len(seconds)):
        north, east = (to_phi[to] - phi) / 2, (to_longitude[to] - longitude) * (math.pi / 180) / 2
        north *= 1 - north * north * (1 / 6 - north * north / 120)
        east *= 1 - east * east * (1 / 6 - east * east / 120)
        sine = math.sqrt(north * north + cosine * to_cosine[to] * (east * east))
        distance = 2 * street.EARTH_RADIUS_M * sine * (1 + sine * sine * (1 / 6 + sine * sine * (3 / 40)))
        detour = near if distance < 400 else kilometre if distance <= 1000 else three_kilometres
        detour = detour if distance <= 3000 else far
        seconds[to] = np.int16(min(np.ceil(distance * detour / walk_m_s - 1e-9), np.float64(NO_WAY_S)))


def _along_a_curve(points: Points) -> NDArray[np.int64]:
    """Return an order of the points in which neighbours are close: a Z-order curve on a grid of 2^16 by 2^16."""
    code = np.zeros(len(points), np.uint64)
    for shift, degrees in enumerate((points.latitude, points.longitude)):
        spread = np.ptp(degrees) if len(degrees) else 0.0
        cell = ((degrees - degrees.min(initial=np.inf)) / (spread or 1.0) * 65535).astype(np.uint64)
        for bit in range(16):
            code |= ((cell >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    return np.argsort(code, kind="stable")
