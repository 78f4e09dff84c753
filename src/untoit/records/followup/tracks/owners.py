"""Who has to act next: a role of an organisation, and the colleague who follows the household when there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from untoit.records.applicants.models import Assignment
from untoit.records.events.contacts import open_links_of
from untoit.records.partners.models import Membership, Organisation, OrganisationKind, Role
from untoit.records.partners.rights import Actor

# The roles of the tables of core/lifecycles, with the organisations where they are found, the likeliest first.
_WHERE = {
    Role.LA: (OrganisationKind.LANDLORD, OrganisationKind.PARTNER_LANDLORD),
    Role.LM: (OrganisationKind.LANDLORD, OrganisationKind.PARTNER_LANDLORD),
    Role.DEP: (OrganisationKind.DEPARTMENT, OrganisationKind.EMPLOYMENT_PARTNER),
    Role.EMPP: (OrganisationKind.EMPLOYMENT_PARTNER, OrganisationKind.DEPARTMENT),
}
_ROLE_IN = {
    OrganisationKind.PARTNER_LANDLORD: Role.PART, OrganisationKind.DEPARTMENT: Role.DEP,
    OrganisationKind.EMPLOYMENT_PARTNER: Role.EMPP, OrganisationKind.EMPLOYER: Role.EMPL,
}


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose task it is: a role of an organisation, and ``member`` when one colleague follows the household."""

    organisation_id: UUID
    role: Role
    member: Membership | None = None


def role_in(kind: str, wanted: Role) -> Role:
    """Return the role that does in an organisation of this kind what ``wanted`` does in a landlord's."""
    return _ROLE_IN.get(OrganisationKind(kind), wanted)


def of_organisation(organisation: Organisation, wanted: Role) -> Keeper:
    """Return the keeper of what belongs to one organisation: its dwellings, its offers."""
    return Keeper(organisation.pk, role_in(organisation.kind, wanted))


def following(household_id: UUID, wanted: Role, at: object, *, today: date | None = None) -> Keeper | None:
    """
    Return who follows the household in this role, or in the nearest one: a referent without whom the coach acts.

    ``None`` when no organisation that could act has an open link with the household.
    """
    day = today or timezone.localdate(at)  # type: ignore[arg-type]
    kinds = [str(kind) for kind in _WHERE[wanted]]
    links = sorted(
        open_links_of(household_id, at).filter(organisation__kind__in=kinds).select_related("organisation"),  # type: ignore[arg-type]
        key=lambda link: (kinds.index(link.organisation.kind), link.opened_at),
    )
    if not links:
        return None
    # Somebody who left the organisation follows nobody, even when the assignment was not ended.
    rows = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=day), Q(membership__until__isnull=True) | Q(membership__until__gt=at),
        link__in=links, since__lte=day, membership__user__is_active=True,
    ).select_related("membership").order_by("since")
    member = {one.link_id: one.membership for one in rows}
    first = links[0]
    found = member.get(first.pk)
    role = role_in(first.organisation.kind, wanted)
    return Keeper(first.organisation_id, role, found if found is not None and found.role == role else None)


def actor_role(by: Actor | None) -> str:
    """Return the role under which the tables of core/lifecycles know an actor."""
    from untoit.core.lifecycles.lifecycle import CLOCK

    return CLOCK if by is None else str(by.role)
