"""Journeys in words, for the pairs that are shown: which lines, from where, how long one waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from untoit.core.mobility import street
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.commutes import Homes, Moment, WorkLabels, hours_of, travel_s
from untoit.core.mobility.kernels import Ride, Search, ServiceDay, fewest_rides, labels
from untoit.core.mobility.network import Network
from untoit.core.mobility.reference import NO_LABEL
from untoit.core.model.commute import CommuteDetail, Journey, Leg
from untoit.core.model.place import Position
from untoit.core.model.schedule import Schedule
from untoit.core.model.timetable import DayTimetable, Int32Array
from untoit.core.model.work import Mode
from untoit.core.wording.moments import DAYS

MEANS = {Mode.WALK: "à pied", Mode.BIKE: "à vélo", Mode.CAR: "en voiture, stationnement compris"}
# Longer than any commute, for places that have no stop at all.
NEVER_S = 10**6


@dataclass(frozen=True, slots=True)
class NearStops:
    """The stops within a walk of one place, and the seconds to each."""

    stop: Int32Array
    walk_s: Int32Array

    def search(self, at_s: int) -> Search:
        """Return the search of this place at a (signed) second."""
        return Search(at_s, self.stop, self.walk_s)


def near_stops(network: Network, places: Sequence[Position], assumptions: Assumptions) -> list[NearStops]:
    """Return the stops that can be walked to from each place."""
    start, stop, walk_s = street.stops_within(
        [place.latitude for place in places], [place.longitude for place in places],
        network.stop_latitude, network.stop_longitude, assumptions,
    )
    return [NearStops(stop[first:last], walk_s[first:last]) for first, last in pairwise(start.tolist())]


def detail(
    network: Network,
    home: Position,
    work: Position,
    schedule: Schedule,
    on: date,
    mode: Mode,
    assumptions: Assumptions | None = None,
) -> CommuteDetail:
    """
    Return both ways of one pair in words, each on its worst day and rotation: the minutes are those of ``commutes``.

    By public transport, the way to work leaves as late as possible; of the journeys that do, it is the one with the
    fewest vehicles, then the earliest arrival. The way back arrives as early as possible, with the fewest vehicles,
    then the latest departure. ``weekday`` is that of the way to work.

    Raises
    ------
    ValueError
        When there is no way within the horizon: :func:`explain_infeasible` says why.
    """
    chosen = assumptions or Assumptions.default(on)
    metres = street.great_circle_m(home.latitude, home.longitude, work.latitude, work.longitude)
    arrivals, departures, _ = hours_of(network, on, chosen).of(schedule)
    if mode is not Mode.TRANSIT:
        (goes, outward_s), (comes, back_s) = (
            _worst(moments, [int(travel_s(metres, mode, each.at_s, chosen)) for each in moments], chosen)
            for moments in (arrivals, departures)
        )
        outward = _direct(mode, home, work, goes.at_s - outward_s, goes.at_s)
        back = _direct(mode, work, home, comes.at_s, comes.at_s + back_s)
        return CommuteDetail(outward, back, _up(outward_s), _up(back_s), 0, goes.weekday)
    on_foot = int(street.walk_s(metres, chosen))
    at_home, at_work = near_stops(network, (home, work), chosen)
    (goes, outward_s), (comes, back_s) = (
        _worst(moments, [min(on_foot, _vehicle_s(each, sign, at_home, at_work, chosen)) for each in moments], chosen)
        for sign, moments in ((1, arrivals), (-1, departures))
    )
    rides = _Rides(network, home, work, at_home, at_work)
    if outward_s == on_foot:
        outward = _direct(Mode.WALK, home, work, goes.at_s - outward_s, goes.at_s)
    else:
        outward = rides.outward(goes, outward_s)
    if back_s == on_foot:
        back = _direct(Mode.WALK, work, home, comes.at_s, comes.at_s + back_s)
    else:
        back = rides.back(comes, back_s)
    waited = goes.at_s - round(outward.arrive_min * 60)
    return CommuteDetail(outward, back, _up(outward_s), _up(back_s), _up(waited), goes.weekday)


def waits_before_shift(jobs: WorkLabels, homes: Homes, on: date) -> Iterator[NDArray[np.int16]]:
    """
    Yield, home by home, the minutes spent at the gate before the shift, ``int16[J]``; -1 where there is no way to work.

    They are those of ``detail(…).wait_before_shift_min``, without the words: nobody waits but for public transport.
    """
    if jobs.mode is not Mode.TRANSIT:
        yield from (np.zeros(len(jobs.works), np.int16) for _ in range(len(homes)))
        return
    network, assumptions = jobs.network, jobs.assumptions
    hours = hours_of(network, on, assumptions)
    works = [Position(*at) for at in zip(jobs.works.latitude.tolist(), jobs.works.longitude.tolist(), strict=True)]
    at_works = near_stops(network, works, assumptions)
    for home in range(len(homes)):
        waits = np.full(len(works), -1, np.int16)
        here = slice(homes.start[home], homes.start[home + 1])
        at_home = NearStops(homes.stop[here], homes.walk_s[here].astype(np.int32))
        on_foot = street.walk_s(
            street.great_circle_m(
                homes.points.latitude[home], homes.points.longitude[home], jobs.works.latitude, jobs.works.longitude
            ),
            assumptions,
        )
        for tile in jobs.tiles:
            used, works_here = tile.starts_s.size, len(tile.points)
            by_vehicle = (tile.labels[at_home.stop] + at_home.walk_s[:, None]).min(axis=0, initial=NEVER_S)
            for job, work in zip(tile.job.tolist(), tile.job_work.tolist(), strict=True):
                seconds = np.minimum(by_vehicle[work:used:works_here], on_foot[job])
                longest = int(seconds.argmax())
                outward_s = int(seconds[longest])
                if outward_s > assumptions.horizon_s:
                    continue
                waits[job] = 0
                if outward_s < on_foot[job]:
                    moment = hours.of(jobs.schedules[job])[0][longest]
                    arrives_s, _ = _refined(moment, 1, outward_s, at_home, at_works[job])
                    waits[job] = _up(moment.at_s - arrives_s)
        yield waits


def _worst(moments: Sequence[Moment], seconds: Sequence[int], assumptions: Assumptions) -> tuple[Moment, int]:
    longest = max(seconds)
    if longest > assumptions.horizon_s:
        raise ValueError("there is no way between this home and this workplace at these hours")
    return moments[seconds.index(longest)], longest


def _vehicle_s(moment: Moment, sign: int, at_home: NearStops, at_work: NearStops, assumptions: Assumptions) -> int:
    """Return the seconds from door to door by public transport; ``NEVER_S`` when there is no way."""
    if moment.day is None:
        return NEVER_S
    at_s = sign * moment.at_s
    label = labels(moment.day.direction(sign), at_work.search(at_s), assumptions.horizon_s)[at_home.stop]
    reached = label != NO_LABEL
    return int((at_s - label[reached] + at_home.walk_s[reached]).min(initial=NEVER_S))


def _refined(
    moment: Moment, sign: int, seconds: int, at_home: NearStops, at_work: NearStops
) -> tuple[int, tuple[Ride, ...]]:
    """
    Return when one is at the workplace, and the rides, of the journey of fewest vehicles that takes these seconds.

    A second search, from the home, against the direction of the first: the first knew when, this one says how.
    """
    assert moment.day is not None
    found = fewest_rides(
        moment.day.direction(-sign),
        at_home.search(seconds - sign * moment.at_s),
        at_work.search(-sign * moment.at_s),
    )
    assert found is not None, "a commute that was found is not found again"
    return -sign * found[0], found[1]


@dataclass(frozen=True, slots=True)
class _Rides:
    """The journeys of one pair by public transport."""

    network: Network
    home: Position
    work: Position
    at_home: NearStops
    at_work: NearStops

    def outward(self, moment: Moment, seconds: int) -> Journey:
        arrives_s, rides = _refined(moment, 1, seconds, self.at_home, self.at_work)
        leaves_s = moment.at_s - seconds
        return self._journey(moment.day, rides, self.home, self.work, leaves_s, leaves_s, arrives_s)

    def back(self, moment: Moment, seconds: int) -> Journey:
        leaves_s, rides = _refined(moment, -1, seconds, self.at_home, self.at_work)
        return self._journey(moment.day, rides, self.work, self.home, moment.at_s, leaves_s, moment.at_s + seconds)

    def _journey(
        self, day: ServiceDay | None, rides: Sequence[Ride], origin: Position, target: Position,
        ready_s: int, leaves_s: int, arrives_s: int,
    ) -> Journey:
        """Return the legs and the words; ``ready_s`` is when the wait for the departure begins."""
        assert day is not None
        hops = day.timetable
        legs: list[Leg] = []
        words = [f"{_minutes(leaves_s - ready_s)} d'attente"] if leaves_s - ready_s >= 60 else []
        boards, departs_s = int(hops.from_stop[rides[0].first]), int(hops.departure[rides[0].first])
        if departs_s > leaves_s:
            legs.append(self._walk(leaves_s, departs_s, None, boards, origin, self._at(boards)))
            words.append(f"{_minutes(departs_s - leaves_s)} à pied")
        for number, ride in enumerate(rides):
            if number:
                before = rides[number - 1]
                change, walk = self._change(hops, before, ride)
                words.append(change)
                legs += walk
            leg = self._ride(hops, ride)
            legs.append(leg)
            ridden = _minutes(60 * (leg.arrive_min - leg.depart_min))
            words.append(f"{_line(leg)} {leg.from_name} → {leg.to_name} ({ridden})")
        alights, alights_s = int(hops.to_stop[rides[-1].last]), int(hops.arrival[rides[-1].last])
        if arrives_s > alights_s:
            legs.append(self._walk(alights_s, arrives_s, alights, None, self._at(alights), target))
            words.append(f"{_minutes(arrives_s - alights_s)} à pied")
        return Journey(Mode.TRANSIT, tuple(legs), ", ".join(words), leaves_s / 60, arrives_s / 60)

    def _change(self, hops: DayTimetable, before: Ride, after: Ride) -> tuple[str, list[Leg]]:
        """Return a change of vehicle in words, and its walk when the next vehicle leaves from another stop."""
        alights, boards = int(hops.to_stop[before.last]), int(hops.from_stop[after.first])
        alights_s, departs_s = int(hops.arrival[before.last]), int(hops.departure[after.first])
        here, there = self._at(alights), self._at(boards)
        metres = street.great_circle_m(here.latitude, here.longitude, there.latitude, there.longitude)
        walk_s = int(street.walk_s(metres, self.network.assumptions)) if boards != alights else 0
        on_foot = f", dont {_minutes(walk_s)} à pied" if walk_s >= 60 else ""
        words = f"changement à {self.network.stop_name[boards]} ({_minutes(departs_s - alights_s)}{on_foot})"
        return words, [self._walk(alights_s, alights_s + walk_s, alights, boards, here, there)] if walk_s else []

    def _ride(self, hops: DayTimetable, ride: Ride) -> Leg:
        run = int(hops.run[ride.first])
        between = np.arange(ride.first, ride.last + 1)
        taken = between[hops.run[between] == run]
        route = int(hops.route[run])
        boards, alights = int(hops.from_stop[ride.first]), int(hops.to_stop[ride.last])
        return Leg(
            Mode.TRANSIT, hops.departure[ride.first] / 60, hops.arrival[ride.last] / 60,
            self.network.stop_name[boards], self.network.stop_name[alights],
            self.network.route_name(route), self.network.route_kind(route),
            tuple((at.latitude, at.longitude) for at in map(self._at, [boards, *hops.to_stop[taken].tolist()])),
        )

    def _walk(
        self, from_s: int, until_s: int, from_stop: int | None, to_stop: int | None, origin: Position, target: Position
    ) -> Leg:
        names = [None if stop is None else self.network.stop_name[stop] for stop in (from_stop, to_stop)]
        return _leg(Mode.WALK, from_s, until_s, origin, target, *names)

    def _at(self, stop: int) -> Position:
        return Position(float(self.network.stop_latitude[stop]), float(self.network.stop_longitude[stop]))


def _leg(
    mode: Mode, from_s: int, until_s: int, origin: Position, target: Position,
    from_name: str | None = None, to_name: str | None = None,
) -> Leg:
    path = ((origin.latitude, origin.longitude), (target.latitude, target.longitude))
    return Leg(mode, from_s / 60, until_s / 60, from_name, to_name, path=path)


def _direct(mode: Mode, origin: Position, target: Position, from_s: int, until_s: int) -> Journey:
    leg = _leg(mode, from_s, until_s, origin, target)
    # One leg is the whole way: it shows the same minutes, rounded up, as the commute does.
    words = f"{_minutes(60 * _up(until_s - from_s))} {MEANS[mode]}"
    return Journey(mode, (leg,), words, from_s / 60, until_s / 60)


def _line(leg: Leg) -> str:
    """Return how people name a line: « M2 » and « Liane 3 » say what they are, « 12 », « A » and « C1 » do not."""
    assert leg.line is not None and leg.kind is not None
    says_it = len(leg.line.split()[0]) > 2 if leg.line else False
    metro = leg.kind == "métro" and leg.line.upper().startswith("M")
    return leg.line if (says_it and leg.line[0].isalpha()) or metro else f"{leg.kind} {leg.line}"


def _minutes(seconds: float) -> str:
    """Return a duration to the nearest minute, at least one: « 18 min », « 1 h 05 » from two hours on."""
    minutes = max(1, int(seconds / 60 + 0.5))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d}"


def _up(seconds: int) -> int:
    """Return minutes, rounded up."""
    return -(-seconds // 60)


# A first journey after the hour is looked for window by window: each is 4 h 26 long (what 16 bits hold) and begins 2 h
# after the one before, so that a journey of less than 2 h 26 lies whole in one of them.
WINDOW_S, STEP_S, WINDOWS = 16_000, 7_200, 6
# 64 MB of labels kept from one pair to the next.
LABELS_KEPT = 1 << 24


def explain_infeasible(
    network: Network,
    home: Position,
    work: Position,
    schedule: Schedule,
    on: date,
    mode: Mode,
    assumptions: Assumptions | None = None,
) -> str:
    """Return why there is no commute within the horizon, in one French sentence; blank when there is one."""
    return Refusals(network, on, mode, assumptions).sentence(home, work, schedule)


class Refusals:
    """Why there is no commute, for many pairs of the same week: searches are kept from one pair to the next."""

    def __init__(self, network: Network, on: date, mode: Mode, assumptions: Assumptions | None = None) -> None:
        self._network = network
        self._mode = mode
        self._assumptions = assumptions or Assumptions.default(on)
        self._hours = hours_of(network, on, self._assumptions)
        self._near = lru_cache(maxsize=4096)(self._near_stops)
        self._labels = lru_cache(maxsize=max(64, LABELS_KEPT // network.stops))(self._searched)

    def sentence(self, home: Position, work: Position, schedule: Schedule) -> str:
        """Return the first reason found, the way to work before the way back; blank when there is a commute."""
        limit = self._assumptions.horizon_s
        arrivals, departures, closed = self._hours.of(schedule)
        metres = street.great_circle_m(home.latitude, home.longitude, work.latitude, work.longitude)
        if self._mode is not Mode.TRANSIT:
            longest = max(
                int(travel_s(metres, self._mode, each.at_s, self._assumptions)) for each in (*arrivals, *departures)
            )
            if longest <= limit:
                return ""
            return f"Trajet {MEANS[self._mode]} : {_minutes(longest)}, au-delà de {_limit(limit)}."
        on_foot = int(street.walk_s(metres, self._assumptions))
        if on_foot <= limit:
            return ""
        if closed:
            weekday = next(each.weekday for each in (*arrivals, *departures) if each.day is None)
            day = self._hours.date_of(weekday)
            return (
                f"Aucun service de transport en commun le {DAYS[weekday]} {day:%d/%m/%Y} d'après l'horaire fourni, "
                f"et {_minutes(on_foot)} à pied."
            )
        for place, name in ((home, "logement"), (work, "lieu de travail")):
            if not len(self._near(place).stop):
                farthest = f"{self._assumptions.to_stop_max_m:,.0f}".replace(",", " ")
                return f"Aucun arrêt de transport en commun à moins de {farthest} m à pied du {name}."
        at_home, at_work = self._near(home), self._near(work)
        for moment in arrivals:
            if _vehicle_s(moment, 1, at_home, at_work, self._assumptions) > limit:
                return self._no_way_to_work(home, work, moment)
        for moment in departures:
            if _vehicle_s(moment, -1, at_home, at_work, self._assumptions) > limit:
                return self._no_way_back(home, work, moment)
        return ""

    def _no_way_to_work(self, home: Position, work: Position, moment: Moment) -> str:
        starts_s = moment.at_s + self._assumptions.margin_s
        hour = f"{DAYS[moment.weekday]}, poste à {_clock(starts_s // 60)}"
        # A journey that is in time but too long is a better answer than one that is too late.
        in_time_s = self._last_departure(home, work, moment.day, moment.at_s)
        window_s = moment.at_s - self._assumptions.horizon_s
        for after_s in (window_s if in_time_s is None else in_time_s, window_s):
            found = self._first_journey(home, work, moment.day, after_s)
            if found is None:
                return f"Aucun trajet en transport en commun vers ce lieu de travail à cette heure ({hour})."
            leaves_s, arrives_s = found
            if arrives_s - leaves_s > self._assumptions.horizon_s:
                return self._too_long("aller", arrives_s - leaves_s, hour)
        return (
            f"Aucun trajet en transport en commun de moins de {_limit(self._assumptions.horizon_s)} n'arrive à temps "
            f"({hour}) : le premier possible part à {_clock(leaves_s // 60)} et arrive à {_clock(_up(arrives_s))}."
        )

    def _no_way_back(self, home: Position, work: Position, moment: Moment) -> str:
        ends_s = moment.at_s - self._assumptions.margin_s
        hour = f"{DAYS[moment.weekday]}, fin de poste à {_clock(ends_s // 60)}"
        found = self._first_journey(work, home, moment.day, moment.at_s)
        if found is None:
            return f"Aucun retour en transport en commun après le poste ({hour})."
        leaves_s, arrives_s = found
        if arrives_s - leaves_s > self._assumptions.horizon_s:
            return self._too_long("retour", arrives_s - leaves_s, hour)
        return (
            f"Aucun retour en transport en commun en moins de {_limit(self._assumptions.horizon_s)} ({hour}) : "
            f"le premier possible part à {_clock(leaves_s // 60)} et arrive à {_clock(_up(arrives_s))}."
        )

    def _too_long(self, way: str, seconds: int, hour: str) -> str:
        limit = _limit(self._assumptions.horizon_s)
        return f"Trajet {way} en transport en commun trop long ({hour}) : {_minutes(seconds)}, au-delà de {limit}."

    def _first_journey(
        self, origin: Position, target: Position, day: ServiceDay | None, after_s: int
    ) -> tuple[int, int] | None:
        """Return when the first arrival after ``after_s`` leaves, as late as it can, and arrives."""
        near = self._near(target)
        for start_s in range(after_s, after_s + WINDOWS * STEP_S, STEP_S):
            label = self._labels(origin, day, start_s, -1)[near.stop]
            reached = label != NO_LABEL
            if reached.any():
                arrives_s = int((near.walk_s[reached] - label[reached]).min())
                leaves_s = self._last_departure(origin, target, day, arrives_s)
                assert leaves_s is not None, "a journey that arrives does leave"
                return leaves_s, arrives_s
        return None

    def _last_departure(self, origin: Position, target: Position, day: ServiceDay | None, by_s: int) -> int | None:
        """Return the latest departure from the door of ``origin`` that arrives at ``target`` by then, if any."""
        near = self._near(origin)
        label = self._labels(target, day, by_s, 1)[near.stop]
        reached = label != NO_LABEL
        return int((label[reached] - near.walk_s[reached]).max()) if reached.any() else None

    def _near_stops(self, place: Position) -> NearStops:
        return near_stops(self._network, [place], self._assumptions)[0]

    def _searched(self, place: Position, day: ServiceDay | None, at_s: int, sign: int) -> Int32Array:
        assert day is not None
        return labels(day.direction(sign), self._near(place).search(sign * at_s), WINDOW_S)


def _limit(seconds: int) -> str:
    return f"{seconds // 60} min"


def _clock(minute: int) -> str:
    """Return ``05:12``; ``05:12 le lendemain``, ``23:40 la veille`` for an hour of another day."""
    days, minutes = divmod(minute, 1440)
    when = {-1: " la veille", 0: "", 1: " le lendemain"}.get(days, f" à {days} jours")
    return f"{minutes // 60:02d}:{minutes % 60:02d}{when}"
