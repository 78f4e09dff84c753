"""Where things stand in the demonstration, and the small draws that its generators share."""

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from untoit.core.demo.network import METRES_PER_DEGREE
from untoit.core.demo.tables import Place
from untoit.core.model.place import Position

Row = Mapping[str, str]
Value = TypeVar("Value")


# Changing it changes every draw. Chosen so that the default options show every way of being placed and left out.
EDITION = "2026.5"


def draws(subject: str, seed: int) -> random.Random:
    """Return the random numbers of one file: more dwellings do not change the households."""
    return random.Random(f"{subject} {EDITION} {seed}")


def around(place: Place, spread_m: float, rng: random.Random) -> Position:
    """Return a point near ``place``: a Gaussian of ``spread_m`` metres, cut at two of them."""
    while True:
        north, east = rng.gauss(0, spread_m), rng.gauss(0, spread_m)
        if math.hypot(north, east) <= 2 * spread_m:
            break
    latitude = place.position.latitude + north / METRES_PER_DEGREE
    longitude = place.position.longitude + east / (METRES_PER_DEGREE * math.cos(math.radians(latitude)))
    return Position(latitude, longitude)


def chance(probability: float, rng: random.Random) -> bool:
    """Return true with this probability."""
    return rng.random() < probability


def pick(weighted: Sequence[tuple[Value, int]], rng: random.Random) -> Value:
    """Return one of the values, each with its weight."""
    return rng.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]


def yes_no(value: bool) -> str:
    """Return the spelling of the exchange files."""
    return "oui" if value else "non"


def whole_euros(amount: float) -> int:
    """Return the amount without its cents."""
    return math.floor(amount)
