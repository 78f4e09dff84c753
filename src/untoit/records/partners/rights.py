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
# Where access.md writes "org admin" beside the right to manage the members of an organisation.
_BY_ORG_ADMIN = frozenset({Role.DEP, Role.EMPP, Role.EMPL})
# An emergency access opens what access.md marks "bg"; these fields belong to rows where the platform has no "bg".
NEVER_BY_GLASS = frozenset({"alerts", "interview_notes", "end_of_contract", "nir_bank", "contract", "salary"})


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who asks: one user in one role for one organisation, at one instant.

    ``household_id`` is set for a candidate. ``scopes`` is ``None`` for a person, what a key opens for the
    HTTP interface. ``glass`` is the one file that an emergency access opens now, if any. A device of an event (role
    TAB) has ``event_id`` and ``device_id``, and ``stand_id`` when it stands at one table.
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
    glass: UUID | None = None
    event_id: UUID | None = None
    device_id: UUID | None = None
    stand_id: UUID | None = None

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
        if self.glass is not None and field not in NEVER_BY_GLASS:
            return "F"
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


def broken_glass(actor: Actor, household_id: UUID | None) -> bool:
    """
    Whether an emergency access opens this very household to this actor now (``access.md``, rule 4).

    ``access(..., glass="household_id")`` lets such an actor through to the page of that household, and
    ``Household.objects.visible_to`` gives that one row; lists, search and exports stay closed.
    """
    return actor.glass is not None and actor.glass == household_id


def may_ask_for_glass(actor: Actor) -> bool:
    """Whether the policy gives this role emergency access to a file."""
    return "bg" in _codes("identity", actor.role)


def rests_on_law(purpose: str, kind: str) -> bool:
    """Whether a link of this purpose with this kind of organisation needs no consent (``legal_basis``)."""
    return kind in policy()["legal_basis"].get(purpose, ())


def manages(actor: Actor, organisation_id: UUID) -> bool:
    """
    Whether the actor manages the members of this organisation.

    The platform manages them all, since somebody must open the first account; it always takes two persons.
    """
    if grant(actor.role, "organisation_users", WRITE) is None:
        return False
    if actor.role is Role.ADM:
        return True
    if actor.role in _BY_ORG_ADMIN and not actor.is_org_admin:
        return False
    return actor.organisation_id == organisation_id


def require_manager(actor: Actor, organisation_id: UUID) -> None:
    """Raise the 404 of a page that does not exist unless the actor manages the members of this organisation."""
    if not manages(actor, organisation_id):
        raise Http404
