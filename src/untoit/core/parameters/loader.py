"""
Dated parameters: legal values, policies and documented assumptions, one YAML file each.

A file holds ``label``, ``unit``, ``revised`` (how often a new value is due) and ``values``: a mapping from the date of
entry into force to a mapping of values, with ``source`` and ``status`` (``checked`` or ``to_check``). A value whose
successor was due and is not in the file yet counts as ``to_check``: it never ages in silence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from untoit.core.errors import ParameterMissing

STATUSES = ("checked", "to_check")

Overrides = tuple[tuple[str, Decimal], ...]
"""Values that a policy puts in place of those of the files: ``("policy/matching.weight_of_priority", 0.4)``, sorted."""

# The layer of the run under way, in this thread alone: entered by ``overriding`` and left with it, never set apart.
_LAYER: ContextVar[Overrides] = ContextVar("policy of the run", default=())

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
    found = latest if latest.successor_due(on) is None else replace(latest, status="to_check")
    layer = _LAYER.get()
    return _layered(found.name, found.valid_from, found.status, layer) if layer else found


@contextmanager
def overriding(overrides: Overrides) -> Iterator[None]:
    """
    Put the values of a policy in place of those of the files, for what the body computes in this thread.

    Rules read their thresholds where they need them, by name and date: handing a policy through each of them would make
    every signature of the core carry what only a run chooses. An empty policy changes nothing at all.

    Raises
    ------
    KeyError
        When a path leads to no value of a file: a policy cannot invent a parameter.
    """
    for path, _ in overrides:
        _value_at(path)
    token = _LAYER.set(overrides)
    try:
        yield
    finally:
        _LAYER.reset(token)


def default_of(path: str) -> Decimal:
    """Return the value that a dotted path (``policy/success.home.base``) has in the files, the last one in force."""
    return Decimal(_value_at(path))


def _value_at(path: str) -> Any:
    name, *keys = path.split(".")
    value: Any = series(name)[-1].value
    for key in keys:
        value = value[_key(value, key)]
    return value


def _key(mapping: Mapping[Any, Any], key: str) -> Any:
    """Return the key as the file spells it: YAML reads ``2:`` as a number."""
    return key if key in mapping else int(key) if key.isdigit() and int(key) in mapping else key


@cache
def _layered(name: str, valid_from: date, status: str, overrides: Overrides) -> Parameter:
    (found,) = [parameter for parameter in series(name) if parameter.valid_from == valid_from]
    changed = {path.split(".", 1)[1]: value for path, value in overrides if path.split(".", 1)[0] == name}
    if not changed:
        return replace(found, status=status)
    value = dict(found.value)
    for path, new in changed.items():
        *parents, last = path.split(".")
        inside = value
        for key in parents:
            key = _key(inside, key)
            inside[key] = dict(inside[key])
            inside = inside[key]
        last = _key(inside, last)
        # A whole number of the file stays one: capacities and ranks are counted, not measured.
        inside[last] = int(new) if isinstance(inside[last], int) and new == int(new) else new
    return replace(found, status=status, source=f"{found.source} ; valeurs choisies dans la politique du calcul",
                   value=value)


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
