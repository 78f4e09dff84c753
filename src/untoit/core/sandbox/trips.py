"""
Which bus trip that does not run today would open the most tandems, and at what hour.

The search is in two steps. First, one way of every home-job pair is supposed to take the time of a direct vehicle: the
prices then say between which commune and which group of jobs, and at which shift, that would be worth something. Then
the trip is written into the timetable for the best of them, every journey is searched again with it, and the prices
judge what it really opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.matching import surplus
from untoit.core.mobility.added_trip import AddedTrip, with_trip
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.street import great_circle_m
from untoit.core.model.place import Position
from untoit.core.model.work import Mode
from untoit.core.pairing.left_out import clock
from untoit.core.pairing.options import NO_WAY, Reach
from untoit.core.pairing.run import Prepared, Tell, prepare, problem_of
from untoit.core.sandbox.appraisal import Base, Lever, silent, standing
from untoit.core.sandbox.changes import Change
from untoit.core.sandbox.territory import place_name, without_service

OUT, BACK = "aller", "retour"
_CELL_DEGREES = 0.01  # about a kilometre: jobs this close share a stop
_WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One direction between a commune and a group of jobs at one hour, and what a direct vehicle could be worth."""

    direction: str
    commune: str
    jobs_at: tuple[int, int]
    moment_min: int
    days: frozenset[int]
    worth: int
    dwellings: tuple[int, ...]
    offers: tuple[int, ...]


def trip_levers(base: Base, tried: int, tell: Tell = silent) -> list[Lever]:
    """Return the ``tried`` most promising trips, priced on the real timetable with each of them added."""
    prepared = base.prepared
    if Mode.TRANSIT not in prepared.modes or without_service(prepared) or not tried:
        return []
    found = []
    wanted = sorted(
        (one for direction in (OUT, BACK) for one in _wanted(base, direction)),
        key=lambda one: (-one.worth, one.direction, one.commune, one.jobs_at, one.moment_min),
    )
    for done, one in enumerate(wanted[:tried]):
        tell("Trajets à ajouter", done / min(tried, len(wanted)))
        trip, words = _trip(prepared, one)
        again = prepare(
            prepared.records, with_trip(prepared.network, trip), prepared.settings, known=prepared
        )
        kept, options = standing(again, base.plan)
        opened, gained = int((options - base.options).sum()), int((kept - base.kept).sum())
        if opened > 0 and gained > 0:
            change = Change(
                "territoire", "navette", words, trip=trip, places=(trip.origin_at, trip.destination_at)
            )
            found.append(Lever(change, opened, gained))
    return sorted(found, key=lambda lever: lever.order)


def _wanted(base: Base, direction: str) -> list[_Wanted]:
    """Return every direction, place and hour at which a direct vehicle could be worth something."""
    prepared = base.prepared
    tried = prepare(
        prepared.records, prepared.network, prepared.settings,
        known=replace(prepared, reach=_as_if_direct(prepared, direction)),
    )
    options, records = tried.options, prepared.records
    if not len(options.pair):
        return []
    gain = surplus(problem_of(tried), base.plan) - base.kept[options.pair_household[options.pair]]
    new = np.flatnonzero((gain > 0) & (tried.options.mode == prepared.modes.index(Mode.TRANSIT)))
    groups: dict[tuple[str, tuple[int, int], int], dict[int, tuple[int, int, int]]] = {}
    for o in new.tolist():
        d, j = int(options.pair_dwelling[options.pair[o]]), int(options.offer[o])
        shifts = list(records.offers[j].schedule.shifts())
        if len({(start, end) for _, start, end in shifts}) != 1:
            continue  # one trip a day serves one hour: rotations and uneven days need a line
        _, start, end = shifts[0]
        at = records.offers[j].position
        cell = (round(at.latitude / _CELL_DEGREES), round(at.longitude / _CELL_DEGREES))
        key = records.dwellings[d].commune, cell, start if direction == OUT else end
        h, value = int(options.pair_household[options.pair[o]]), int(gain[o])
        best = groups.setdefault(key, {})
        if h not in best or value > best[h][0]:
            best[h] = value, d, j
    found = []
    for (code, cell, moment), best in groups.items():
        offers = tuple(sorted({j for _, _, j in best.values()}))
        days = frozenset(day for j in offers for day in records.offers[j].schedule.days)
        found.append(_Wanted(
            direction, code, cell, moment, days, sum(value for value, _, _ in best.values()),
            tuple(sorted({d for _, d, _ in best.values()})), offers,
        ))
    return found


def _as_if_direct(prepared: Prepared, direction: str) -> Reach:
    """Return the reach in which one way by public transport takes no longer than a direct vehicle would."""
    values = parameters.at("policy/levers", prepared.settings.on)["trip"]
    m, records = prepared.modes.index(Mode.TRANSIT), prepared.records
    homes = np.array([(one.position.latitude, one.position.longitude) for one in records.dwellings]).reshape(-1, 2)
    works = np.array([(one.position.latitude, one.position.longitude) for one in records.offers]).reshape(-1, 2)
    metres = great_circle_m(homes[:, :1], homes[:, 1:], works[None, :, 0], works[None, :, 1])
    ride = metres * float(values["detour"]) * 60 / (1000 * float(values["speed_kmh"]))
    minutes = np.minimum(np.ceil(ride + int(values["boarding_min"])), NO_WAY - 1).astype(np.uint8)
    reach = prepared.reach
    outward, back = reach.outward.copy(), reach.back.copy()
    leaves, back_at = reach.leaves.copy(), reach.back_at.copy()
    first = np.array([min(start for _, start, _ in one.schedule.shifts()) for one in records.offers])
    last = np.array([max(end for _, _, end in one.schedule.shifts()) for one in records.offers])
    if direction == OUT:
        faster = minutes < outward[m]
        outward[m] = np.where(faster, minutes, outward[m])
        leaves[m] = np.where(faster, first[None, :] - minutes, leaves[m])
    else:
        faster = minutes < back[m]
        back[m] = np.where(faster, minutes, back[m])
        back_at[m] = np.where(faster, last[None, :] + minutes, back_at[m])
    return Reach(outward, back, leaves, back_at)


def _trip(prepared: Prepared, wanted: _Wanted) -> tuple[AddedTrip, str]:
    """Return the vehicle that serves what is wanted, and how it is said."""
    on = prepared.settings.on
    values, assumptions = parameters.at("policy/levers", on)["trip"], Assumptions.default(on)
    homes = [prepared.records.dwellings[d].position for d in wanted.dwellings]
    works = [prepared.records.offers[j].position for j in wanted.offers]
    most = float(values["walk_most_m"])
    town = place_name(wanted.commune)
    home_stop, home_at = _stop(prepared, homes, most, f"{town} (arrêt à créer)")
    work_place = place_name(prepared.records.offers[wanted.offers[0]].commune)
    work_stop, work_at = _stop(prepared, works, most, f"{work_place}, zone d'emploi (arrêt à créer)")
    walk_m = max(float(_metres(work_at, [one])[0]) for one in works)
    walk_min = int(np.ceil(walk_m * assumptions.detours[0] / assumptions.walk_m_s / 60))
    between = walk_min + int(np.ceil(assumptions.margin_s / 60)) + int(values["slack_min"])
    ride_m = float(_metres(home_at, [work_at])[0]) * float(values["detour"])
    ride = max(2, int(np.ceil(ride_m * 60 / (1000 * float(values["speed_kmh"])))))
    name = f"Navette {town} – {work_place}"
    if wanted.direction == OUT:
        arrives = wanted.moment_min - between
        trip = AddedTrip(name, home_stop, home_at, work_stop, work_at, arrives - ride, arrives, wanted.days)
    else:
        leaves = wanted.moment_min + between
        trip = AddedTrip(name, work_stop, work_at, home_stop, home_at, leaves, leaves + ride, wanted.days)
    words = (
        f"un bus de plus à {clock(trip.leaves_min)}, de « {trip.origin} » à « {trip.destination} » "
        f"({trip.arrives_min - trip.leaves_min} min), {_days(wanted.days)}"
    )
    return trip, words


def _stop(prepared: Prepared, places: Iterable[Position], most_m: float, new_name: str) -> tuple[str, Position]:
    """Return the stop nearest to the middle of some places, or a new one there when none is within a walk."""
    points = np.array([(place.latitude, place.longitude) for place in places])
    middle = Position(*(float(value) for value in np.median(points, axis=0)))
    network = prepared.network
    away = great_circle_m(middle.latitude, middle.longitude, network.stop_latitude, network.stop_longitude)
    nearest = int(np.argmin(away))
    if away[nearest] > most_m:
        return new_name, Position(round(middle.latitude, 6), round(middle.longitude, 6))
    return network.stop_name[nearest], Position(
        float(network.stop_latitude[nearest]), float(network.stop_longitude[nearest])
    )


def _metres(place: Position, others: Iterable[Position]) -> NDArray[np.float64]:
    points = np.array([(one.latitude, one.longitude) for one in others])
    metres: NDArray[np.float64] = great_circle_m(place.latitude, place.longitude, points[:, 0], points[:, 1])
    return metres


def _days(days: frozenset[int]) -> str:
    if days == frozenset(range(5)):
        return "du lundi au vendredi"
    if days == frozenset(range(6)):
        return "du lundi au samedi"
    return "tous les jours" if len(days) == 7 else "le " + ", ".join(_WEEK[day] for day in sorted(days))
