"""
Who may see and do what: :class:`Actor` is somebody acting for one organisation, :func:`grant` reads the policy.

The policy (``permissions.yaml``) says what a role may do with a kind of resource; ``visible_to`` of each queryset says
with which rows. A right exists only where both agree. Nothing here adds up across organisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import yaml
from django.http import Http404

from untoit.records.partners.models import OrganisationKind, Role

READ, WRITE, DECIDE = "R", "W", "D"
# What counts as a read: a masked or aggregate view is one, and the page shows only that.
_READING = frozenset({"R", "S", "m", "A"})


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who asks: one user in one role for one organisation, at one instant.

    ``household_id`` is set for a candidate. ``scopes`` is ``None`` for a person, what a key opens for the
    HTTP interface. ``PUBLIC`` is everybody.
    """

    role: Role
    at: datetime
    user_id: UUID | None = None
    user_name: str = ""
    organisation_id: UUID | None = None
    organisation_name: str = ""
    organisation_kind: OrganisationKind | None = None
    membership_id: UUID | None = None
    is_org_admin: bool = False
    household_id: UUID | None = None
    scopes: frozenset[str] | None = None

    @property
    def today(self) -> date:
        """Return the civil date in Paris on which this is asked."""
        from django.utils import timezone

        return timezone.localdate(self.at)

    def may(self, resource: str, action: str = READ) -> bool:
        """Whether the role may do this with some rows of this kind of resource."""
        return grant(self.role, resource, action) is not None

    def sees(self, field: str) -> str:
        """Return how this role sees a field: ``F`` full, ``m`` masked, ``S`` own, ``A`` aggregate, ``none``."""
        return policy()["fields"][field].get(self.role, "none")


@dataclass(frozen=True, slots=True)
class Grant:
    """What one cell of the matrix gives: its codes, such as ``{"R", "W", "L"}``."""

    codes: frozenset[str]

    @property
    def masked(self) -> bool:
        """Whether only the masked view is given."""
        return "m" in self.codes

    @property
    def own_organisation_only(self) -> bool:
        """Whether the rows are those of the organisation acted for."""
        return "O" in self.codes


@cache
def policy() -> dict[str, Any]:
    """Return the policy as written, read once."""
    text = resources.files("untoit.records.partners").joinpath("permissions.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


@cache
def _codes(resource: str, role: str) -> frozenset[str]:
    cells = policy()["resources"]
    if resource not in cells:
        raise KeyError(f"permissions.yaml : « {resource} » n'est pas une ressource connue.")
    return frozenset(str(cells[resource][role]).split("·"))


def grant(role: Role, resource: str, action: str = READ) -> Grant | None:
    """
    Return what the role is given for this action on this resource, ``None`` when nothing is.

    Break-glass (``bg``) gives nothing here: it is asked for one file, by :mod:`untoit.records.partners.services`.
    """
    codes = _codes(resource, role)
    if action == READ:
        return Grant(codes) if codes & _READING else None
    return Grant(codes) if action in codes else None


def require(actor: Actor, resource: str, action: str = READ) -> Grant:
    """Return the grant, or raise the same 404 as for a page that does not exist."""
    found = grant(actor.role, resource, action)
    if found is None:
        raise Http404
    return found


def rests_on_law(purpose: str, kind: str) -> bool:
    """Whether a link of this purpose with this kind of organisation needs no consent (``legal_basis``)."""
    return kind in policy()["legal_basis"].get(purpose, ())
