"""Cases written by hand in ``tests/cases/*.yaml``: a caseworker reads, corrects and signs them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import yaml
from tests.factories import people

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.model.schedule import DAY_CODES, Block, Rotation, Schedule
from untoit.core.model.work import JobOffer, Seeker

CASES = Path(__file__).parents[1] / "cases"


def cases(file: str) -> list[dict[str, Any]]:
    """Return the cases of one file."""
    return yaml.safe_load((CASES / file).read_text("utf-8"))


def household(fields: Mapping[str, Any] | None) -> Household:
    """Return the household of a case."""
    return people.household(**_typed(Household, fields))


def dwelling(fields: Mapping[str, Any] | None) -> Dwelling:
    """Return the dwelling of a case."""
    return people.dwelling(**_typed(Dwelling, fields))


def seeker(fields: Mapping[str, Any] | None) -> Seeker:
    """Return the job seeker of a case; ``workable_days`` are written ``[lu, ma]``."""
    fields = dict(fields or {})
    if "workable_days" in fields:
        fields["workable_days"] = [DAY_CODES.index(day) for day in fields["workable_days"]]
    return people.seeker(**_typed(Seeker, fields))


def offer(fields: Mapping[str, Any] | None) -> JobOffer:
    """Return the offer of a case; ``days: [lu, ma]`` stands for its schedule."""
    fields = dict(fields or {})
    days = fields.pop("days", None)
    if days is not None:
        fields["schedule"] = Schedule((Rotation((Block(frozenset(map(DAY_CODES.index, days)), 540, 1020),)),))
    return people.offer(**_typed(JobOffer, fields))


def _typed(model: type, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    hints = get_type_hints(model)
    return {name: _value(hints[name], value) for name, value in (fields or {}).items()}


def _value(hint: Any, value: Any) -> Any:
    if isinstance(hint, UnionType):
        return None if value is None else _value(get_args(hint)[0], value)
    origin = get_origin(hint)
    if origin in (tuple, frozenset):
        return origin(_value(get_args(hint)[0], each) for each in value)
    if origin is Mapping:
        return {key: _value(get_args(hint)[1], each) for key, each in value.items()}
    if hint is Decimal:
        return Decimal(str(value))
    if hint is date or hint is Schedule:
        return value
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value
