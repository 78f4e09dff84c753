"""What a tandem's page shows beside the tandem itself, computed with the run and kept with it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np

from untoit.core import parameters
from untoit.core.matching import Plan
from untoit.core.model.finding import Finding
from untoit.core.pairing.alternatives import alternatives
from untoit.core.pairing.levers import levers
from untoit.core.pairing.nearby import stops_near
from untoit.core.pairing.run import Prepared, Tell
from untoit.core.rules.housing import judge
from untoit.core.rules.work import judge_fit


def extras_of(prepared: Prepared, plan: Plan, household_index: int) -> dict[str, Any]:
    """
    Return, as JSON can hold it, what was also possible, what would open more, what is near, and the rules one by one.

    Parameters
    ----------
    household_index
        The place of the household in ``prepared.records.households``; it has a tandem in the plan.
    """
    h, options, records = household_index, prepared.options, prepared.records
    mine = plan.options[options.pair_household[options.pair[plan.options]] == h]
    homes = sorted({int(d) for d in options.pair_dwelling[options.pair[mine]]})
    return {
        "alternatives": _plain(alternatives(prepared, plan, h)),
        "levers": _plain(levers(prepared, h)),
        "near": {
            records.dwellings[d].reference: _plain(stops_near(prepared, records.dwellings[d].position))
            for d in homes
        },
        "housing_rules": {
            records.dwellings[d].reference: _findings(
                judge(records.households[h], records.dwellings[d], prepared.settings.on)
            ) for d in homes
        },
        "work_rules": {
            f"{records.persons[s].number}:{records.offers[j].reference}": _findings(
                judge_fit(records.persons[s].seeker, records.offers[j], prepared.settings.on)
            ) for s, j in sorted({(int(options.seeker[o]), int(options.offer[o])) for o in mine})
        },
        "limits": {
            str(records.persons[s].number): int(prepared.limits.commute[s])
            for s in np.unique(options.seeker[mine]).tolist()
        },
    }


def extras_of_run(prepared: Prepared, plan: Plan, tell: Tell | None = None) -> dict[str, dict[str, Any]]:
    """Return :func:`extras_of` every household that has a tandem, by application number, under the run's policy."""
    placed = np.unique(prepared.options.pair_household[plan.pairs]).tolist()
    found = {}
    with parameters.overriding(prepared.settings.overrides):
        for done, h in enumerate(placed):
            if tell is not None and done % 8 == 0:
                tell("Autres possibilités", done / len(placed))
            found[prepared.records.households[h].application_number] = extras_of(prepared, plan, h)
    return found


def _findings(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [
        {
            "passed": one.passed, "code": one.code, "effect": one.effect.value, "sentence": one.sentence,
            "source": one.source, "to_check": one.to_check,
        }
        for one in findings
    ]


def _plain(value: object) -> Any:
    """Return a value as JSON can hold it: decimals as texts, dates in ISO form, sets as sorted lists."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
