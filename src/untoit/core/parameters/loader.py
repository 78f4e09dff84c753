"""
Dated parameters: legal values, policies and documented assumptions, one YAML file each.

A file holds ``label``, ``unit``, ``revised`` (how often a new value is due) and ``values``: a mapping from the date of
entry into force to a mapping of values, with ``source`` and ``status`` (``checked`` or ``to_check``). A value whose
successor was due and is not in the file yet counts as ``to_check``: it never ages in silence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from untoit.core.errors import ParameterMissing

STATUSES = ("checked", "to_check")

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a dated parameter, as it stood on a day: numbers are ``Decimal``, keys keep their YAML type."""

    name: str
    label: str
    unit: str
    valid_from: date
    source: str
    status: str
    value: Mapping[Any, Any]
    revised: str = "never"

    def __getitem__(self, key: Any) -> Any:
        """Return one entry of the value."""
        return self.value[key]

    @property
    def to_check(self) -> bool:
        """Whether a person has still to check this value against its source; shown next to every result."""
        return self.status == "to_check"

    def successor_due(self, on: date) -> date | None:
        """Return the day, not after ``on``, from which a newer value was due; ``None`` when this one still holds."""
        yearly = re.fullmatch(r"every (\d{1,2}) (\w+)", self.revised)
        if yearly is None:
            return None
        due = date(on.year, _MONTHS.index(yearly[2]) + 1, int(yearly[1]))
        if due > on:
            due = due.replace(year=due.year - 1)
        return due if self.valid_from < due else None


def at(name: str, on: date) -> Parameter:
    """
    Return the parameter ``name`` (``"social_housing/income_ceiling_plus"``) in force on a day.

    When its successor is due and missing, the last known value is returned with the status ``to_check``.

    Raises
    ------
    ParameterMissing
        When no value was in force yet on that day: nothing is guessed.
    """
    history = series(name)
    in_force = [parameter for parameter in history if parameter.valid_from <= on]
    if not in_force:
        raise ParameterMissing(
            f"Paramètre « {history[0].label} » : aucune valeur connue au {on:%d/%m/%Y}, "
            f"la première commence le {history[0].valid_from:%d/%m/%Y}."
        )
    latest = in_force[-1]
    return latest if latest.successor_due(on) is None else replace(latest, status="to_check")


@cache
def series(name: str) -> tuple[Parameter, ...]:
    """Return every dated value of a parameter, oldest first."""
    document = yaml.load((resources.files(__package__) / f"{name}.yaml").read_text("utf-8"), Loader=_DecimalLoader)
    history = []
    for valid_from, entry in sorted(document["values"].items()):
        entry = dict(entry)
        source, status = entry.pop("source"), entry.pop("status")
        if status not in STATUSES:
            raise ValueError(f"{name}.yaml: status {status!r} is none of {STATUSES}")
        history.append(
            Parameter(name, document["label"], document["unit"], valid_from, source, status, entry, document["revised"])
        )
    return tuple(history)


def names() -> tuple[str, ...]:
    """Return the name of every parameter file, sorted."""
    root = resources.files(__package__)
    found = []
    for folder in root.iterdir():
        if folder.is_dir():
            found += [f"{folder.name}/{file.name[:-5]}" for file in folder.iterdir() if file.name.endswith(".yaml")]
    return tuple(sorted(found))


@cache
def version() -> str:
    """Return a short fingerprint of all the parameter files, stored with every result."""
    digest = hashlib.sha256()
    for name in names():
        digest.update(name.encode())
        digest.update((resources.files(__package__) / f"{name}.yaml").read_bytes())
    return digest.hexdigest()[:12]


class _DecimalLoader(yaml.SafeLoader):
    """YAML in which every number with a point is an exact ``Decimal`` and every whole number stays an ``int``."""


def _decimal(loader: yaml.SafeLoader, node: yaml.Node) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))  # type: ignore[arg-type]


_DecimalLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
