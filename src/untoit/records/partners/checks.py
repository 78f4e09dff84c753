"""The policy is checked when the application starts: a typing error must not open, or close, a door in silence."""

from __future__ import annotations

from typing import Any

from django.core import checks

from untoit.records.partners.models import Role
from untoit.records.partners.rights import policy

CODES = frozenset({"none", "A", "S", "R", "W", "D", "L", "O", "E", "m", "bg"})
VISIBILITIES = frozenset({"F", "m", "none", "S", "A"})
# A field says nothing of these: the platform and the DPO read no file, the public and the tablet are told by events.
_NOT_IN_FIELDS = frozenset({Role.ADM, Role.DPO, Role.PUB})


def policy_problems(document: dict[str, Any]) -> list[str]:
    """Return what is wrong in a policy, one sentence each: unknown or missing role, unknown code, empty cell."""
    found: list[str] = []
    roles = {role.value for role in Role}
    for resource, cells in document["resources"].items():
        found += [f"ressource « {resource} » : le rôle « {one} » est inconnu." for one in sorted(cells.keys() - roles)]
        found += [f"ressource « {resource} » : il manque le rôle « {one} »." for one in sorted(roles - cells.keys())]
        for role, codes in cells.items():
            unknown = set(str(codes).split("·")) - CODES
            found += [f"ressource « {resource} », {role} : le code « {one} » est inconnu." for one in sorted(unknown)]
            if "none" in str(codes).split("·") and str(codes) != "none":
                found.append(f"ressource « {resource} », {role} : « none » ne se combine pas.")
    wanted = roles - {role.value for role in _NOT_IN_FIELDS}
    for field, cells in document["fields"].items():
        found += [f"champ « {field} » : le rôle « {one} » est inconnu." for one in sorted(cells.keys() - roles)]
        found += [f"champ « {field} » : il manque le rôle « {one} »." for one in sorted(wanted - cells.keys())]
        found += [
            f"champ « {field} », {role} : « {code} » n'est pas une visibilité connue."
            for role, code in cells.items() if str(code) not in VISIBILITIES
        ]
    return found


@checks.register(checks.Tags.security)
def check_policy(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check ``permissions.yaml``."""
    return [
        checks.Error(f"permissions.yaml, {problem}", id="partners.E001") for problem in policy_problems(policy())
    ]
