"""What each column of the database holds, in the words of the policy: ``columns.yaml``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.apps import apps
from django.db.models import Model

from untoit.records.partners.rights import policy

NONE = "none"
RESOURCE = "resource:"


@cache
def declarations() -> dict[str, Any]:
    """Return the file as written, read once."""
    text = resources.files("untoit.records.partners").joinpath("columns.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def declared(label: str) -> dict[str, str]:
    """Return, for each declared column of a table, its field of the policy, ``resource:…`` or ``none``."""
    found: dict[str, str] = {}
    for field, columns in declarations().get(label, {}).items():
        names = [name for group in columns.values() for name in group] if field == NONE else columns
        found.update(dict.fromkeys(names, field))
    return found


def tables() -> dict[str, type[Model]]:
    """Return the tables of the platform, histories apart, by label."""
    return {
        model._meta.label: model
        for model in apps.get_models()
        if model.__module__.startswith("untoit.") and not getattr(model, "pgh_tracked_model", None)
    }


def problems() -> list[str]:
    """Return what is wrong between the file and the tables, one sentence each."""
    fields = set(policy()["fields"])
    names = set(policy()["resources"])
    found: list[str] = []
    libraries = declarations()["libraries"]
    for label, model in tables().items():
        real = {str(field.column) for field in model._meta.local_fields}
        said = declared(label)
        found += [f"columns.yaml : {label}.{one} n'est pas déclarée." for one in sorted(real - said.keys())]
        found += [f"columns.yaml : {label}.{one} n'existe pas." for one in sorted(said.keys() - real)]
        found += [
            f"columns.yaml : {label}.{column} : « {field} » n'est pas un champ de permissions.yaml."
            for column, field in said.items()
            if field != NONE and field not in fields and field.removeprefix(RESOURCE) not in names
        ]
    unknown = declarations().keys() - tables().keys() - {"libraries"}
    found += [f"columns.yaml : la table {one} n'existe pas." for one in sorted(unknown)]
    others = {m._meta.app_label for m in apps.get_models() if not m.__module__.startswith("untoit.")}
    found += [f"columns.yaml : la bibliothèque {one} n'est pas déclarée." for one in sorted(others - libraries.keys())]
    return found
