"""The assumptions of every commute: speeds, detours, longest walks, margins. All are options with known defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from untoit.core import parameters

# A compiled day holds this much before its midnight (compile.WINDOW_S): a longer search would miss vehicles in silence.
LONGEST_SEARCH_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class Assumptions:
    """
    How people move, in metres and seconds; ``default(on)`` reads the values in force on a day.

    Attributes
    ----------
    walk_m_s
        Walking speed over the walked distance.
    detours
        Walked distance over great-circle distance: under 400 m, to 1 km, to 3 km, beyond.
    to_stop_max_m, between_stops_max_m
        Longest walked distances to or from a stop, and between the stops of two vehicles.
    change_s
        What a change of vehicle costs besides the walk; at least 1 s, so that no chain of changes stands still in time.
    margin_s
        Between the arrival at work and the start of the shift, and between its end and the departure.
    horizon_s
        The longest commute that is looked for.
    bicycle_m_s, bicycle_ready_s
        Speed over the same walked distance, and what unlocking and locking cost.
    car_detour
        Road distance over great-circle distance.
    car_bands
        ``(from metre of the road, metres a second)``: marginal speeds, so that time grows without a step.
    car_slowdowns
        ``(from minute of the day, factor of the free-flow time)``, the first from minute 0.
    car_parking_s
        Parking and the walk from the parking place.
    to_check
        Whether a person has still to check these values.
    """

    walk_m_s: float
    detours: tuple[float, float, float, float]
    to_stop_max_m: float
    between_stops_max_m: float
    change_s: int
    margin_s: int
    horizon_s: int
    bicycle_m_s: float
    bicycle_ready_s: int
    car_detour: float
    car_bands: tuple[tuple[float, float], ...]
    car_slowdowns: tuple[tuple[int, float], ...]
    car_parking_s: int
    to_check: bool = True

    def __post_init__(self) -> None:
        """Refuse what the search could not answer rightly."""
        if self.change_s < 1:
            raise ValueError(f"change_s is {self.change_s}; a change costs at least one second")
        if not 0 < self.horizon_s + self.margin_s <= LONGEST_SEARCH_S:
            raise ValueError(f"horizon_s + margin_s is not within {LONGEST_SEARCH_S} s")

    @classmethod
    def default(cls, on: date) -> Assumptions:
        """Return the documented assumptions in force on a day (``parameters/mobility/assumptions.yaml``)."""
        value = parameters.at("mobility/assumptions", on)
        walking, bicycle, car = value["walking"], value["bicycle"], value["car"]
        detour = walking["detour"]
        return cls(
            walk_m_s=float(walking["speed_m_s"]),
            detours=(
                float(detour["under_400_m"]),
                float(detour["to_1000_m"]),
                float(detour["to_3000_m"]),
                float(detour["beyond"]),
            ),
            to_stop_max_m=float(walking["to_stop_max_m"]),
            between_stops_max_m=float(walking["between_stops_max_m"]),
            change_s=int(value["change_s"]),
            margin_s=int(value["margin_s"]),
            horizon_s=int(value["horizon_s"]),
            bicycle_m_s=float(bicycle["speed_km_h"]) / 3.6,
            bicycle_ready_s=int(bicycle["ready_s"]),
            car_detour=float(car["detour"]),
            car_bands=tuple(
                (1000.0 * km, float(speed) / 3.6) for km, speed in sorted(car["speed_km_h_by_km"].items())
            ),
            car_slowdowns=tuple(
                (int(minute), float(factor)) for minute, factor in sorted(car["slowdown_from_minute"].items())
            ),
            car_parking_s=int(car["parking_s"]),
            to_check=value.to_check,
        )
