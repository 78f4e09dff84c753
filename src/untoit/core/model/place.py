"""Positions on the ground."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A point of the WGS84 ellipsoid, in degrees, latitude first."""

    latitude: float
    longitude: float
