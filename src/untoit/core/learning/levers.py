"""
Where refusals weigh: the weight of each lever in each commune, shrunk to the whole territory.

A commune where homes are refused twice as often for their place as elsewhere gives twice the weight to what touches the
journey. A few refusals move it little: each rate is shrunk to that of the territory. The commune is the dwelling's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from untoit.core import parameters


@dataclass(frozen=True, slots=True)
class ProposalOutcome:
    """A dwelling that was proposed in a commune, with the fine codes of its refusal; none when it was not refused."""

    commune: str
    refusal_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeverWeight:
    """
    The weight of one lever in one commune: 1 is the territory, 2 twice as many refusals of that kind by proposal.

    ``shown`` is false when the proposals are too few to be shown for one place; the weight is then 1.
    """

    commune: str
    lever: str
    weight: float
    refusals: int
    proposals: int
    shown: bool


def lever_weights(outcomes: Iterable[ProposalOutcome], on: date) -> tuple[LeverWeight, ...]:
    """Return the weights by commune and lever, in order; a lever that nobody's refusal touches is not there."""
    policy = parameters.at("followup/learning", on)
    reasons = parameters.at("followup/refusal_reasons", on)["reasons"]
    strength, least = float(policy["place_strength"]), int(policy["place_min"])
    proposals, refused = Counter[str](), Counter[tuple[str, str]]()
    for each in outcomes:
        proposals[each.commune] += 1
        families = {reasons[code]["family"] for code in each.refusal_codes if code in reasons}
        for lever in {policy["levers"][family] for family in families if family in policy["levers"]}:
            refused[each.commune, lever] += 1
    total = sum(proposals.values())
    whole = Counter[str]()
    for (_, lever), count in refused.items():
        whole[lever] += count
    found = []
    for commune in sorted(proposals):
        for lever in sorted(whole):
            rate, count, tried = whole[lever] / total, refused[commune, lever], proposals[commune]
            shown = tried >= least
            weight = (count + strength * rate) / ((tried + strength) * rate) if shown else 1.0
            found.append(LeverWeight(commune, lever, weight, count, tried, shown))
    return tuple(found)
