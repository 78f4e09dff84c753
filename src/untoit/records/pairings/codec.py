"""
The values that a run keeps, as JSON and back, without loss: decimals as texts, dates in ISO form, sets as lists.

A tandem is shown a year later exactly as it was proposed, whatever the records have become since.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.run import FunnelStep, LeftOut, NetworkLine, QuotaLine, TandemRow
from untoit.core.model.work import JobOffer

_TANDEM = TypeAdapter(TandemRow)
_LEFT_OUT = TypeAdapter(LeftOut)
_QUOTA = TypeAdapter(QuotaLine)
_STEP = TypeAdapter(FunnelStep)
_LINE = TypeAdapter(NetworkLine)
_DWELLING = TypeAdapter(Dwelling)
_OFFER = TypeAdapter(JobOffer)


def dump_tandem(row: TandemRow) -> dict[str, Any]:
    """Return a row of the result as JSON can hold it."""
    return _dump(_TANDEM, row)


def load_tandem(kept: dict[str, Any]) -> TandemRow:
    """Return the row that :func:`dump_tandem` was given."""
    return _TANDEM.validate_python(kept)


def dump_left_out(one: LeftOut) -> dict[str, Any]:
    """Return a household left out as JSON can hold it."""
    return _dump(_LEFT_OUT, one)


def load_left_out(kept: dict[str, Any]) -> LeftOut:
    """Return what :func:`dump_left_out` was given."""
    return _LEFT_OUT.validate_python(kept)


def dump_quota(line: QuotaLine) -> dict[str, Any]:
    """Return a line of the quotas as JSON can hold it."""
    return _dump(_QUOTA, line)


def load_quota(kept: dict[str, Any]) -> QuotaLine:
    """Return what :func:`dump_quota` was given."""
    return _QUOTA.validate_python(kept)


def dump_step(step: FunnelStep) -> dict[str, Any]:
    """Return a step of the funnel as JSON can hold it."""
    return _dump(_STEP, step)


def load_step(kept: dict[str, Any]) -> FunnelStep:
    """Return what :func:`dump_step` was given."""
    return _STEP.validate_python(kept)


def dump_line(line: NetworkLine) -> dict[str, Any]:
    """Return a line of public transport as JSON can hold it."""
    return _dump(_LINE, line)


def load_line(kept: dict[str, Any]) -> NetworkLine:
    """Return what :func:`dump_line` was given."""
    return _LINE.validate_python(kept)


def dump_dwelling(dwelling: Dwelling) -> dict[str, Any]:
    """Return a dwelling as JSON can hold it."""
    return _dump(_DWELLING, dwelling)


def load_dwelling(kept: dict[str, Any]) -> Dwelling:
    """Return what :func:`dump_dwelling` was given."""
    return _DWELLING.validate_python(kept)


def dump_offer(offer: JobOffer) -> dict[str, Any]:
    """Return an offer as JSON can hold it."""
    return _dump(_OFFER, offer)


def load_offer(kept: dict[str, Any]) -> JobOffer:
    """Return what :func:`dump_offer` was given."""
    return _OFFER.validate_python(kept)


def _dump(adapter: TypeAdapter[Any], value: object) -> dict[str, Any]:
    kept: dict[str, Any] = adapter.dump_python(value, mode="json")
    return kept
