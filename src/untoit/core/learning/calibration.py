"""Whether chances that were announced came true as often as they said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from untoit.core.learning.regression import Bools, Floats


@dataclass(frozen=True, slots=True)
class Bin:
    """A tenth of the proposals, by announced chance: what was announced on average, and how many succeeded."""

    lowest: float
    highest: float
    announced: float
    succeeded: int
    of: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The Brier score (mean squared distance, 0 is perfect) and the tenths."""

    brier: float
    bins: tuple[Bin, ...]


def calibration(announced: Floats, outcomes: Bools, bins: int = 10) -> Calibration | None:
    """Return how well the chances announced the outcomes; ``None`` without any. Equal chances share a bin."""
    if not len(announced):
        return None
    order = np.argsort(announced, kind="stable")
    chances, came_true = announced[order], outcomes[order]
    edges = np.unique(np.searchsorted(chances, np.quantile(chances, np.arange(1, bins) / bins), side="left"))
    parts: list[NDArray[np.intp]] = [part for part in np.split(np.arange(len(chances)), edges) if len(part)]
    return Calibration(
        float(np.mean((announced - outcomes) ** 2)),
        tuple(
            Bin(float(chances[part[0]]), float(chances[part[-1]]), float(chances[part].mean()),
                int(came_true[part].sum()), len(part))
            for part in parts
        ),
    )
