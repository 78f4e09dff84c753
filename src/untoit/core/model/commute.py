"""Journeys between a home and a workplace."""

from dataclasses import dataclass

from untoit.core.model.work import Mode


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One part of a journey: a walk or a ride on one vehicle.

    ``line`` is the public name of the line (``M2``, ``Liane 3``) and ``kind`` its French kind (``métro``, ``tram``,
    ``bus`` …), both ``None`` for a walk. Times are minutes after midnight of the service day, as floats.
    """

    mode: Mode
    depart_min: float
    arrive_min: float
    from_name: str | None
    to_name: str | None
    line: str | None = None
    kind: str | None = None
    path: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Journey:
    """One way, door to door, on one day: the legs in order and the journey in words."""

    mode: Mode
    legs: tuple[Leg, ...]
    words: str
    depart_min: float
    arrive_min: float


@dataclass(frozen=True, slots=True)
class CommuteDetail:
    """Both ways of one pair on its worst day, rebuilt for the pairs that are shown. Minutes are rounded up."""

    outward: Journey
    back: Journey
    outward_min: int
    back_min: int
    wait_before_shift_min: int
    weekday: int
