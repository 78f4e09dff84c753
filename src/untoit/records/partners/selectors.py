"""Who acts, and what may be known of organisations and users."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Right

from untoit.records.partners.models import BreakGlass, Membership, OrganisationKind, Role, User
from untoit.records.partners.rights import Actor


def open_memberships(user: User, *, at: datetime) -> list[Membership]:
    """Return what the user may act as now, in a stable order."""
    found = (
        Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=at), user=user, organisation__is_active=True)
        .select_related("organisation")
        .order_by("organisation__name", "role")
    )
    return list(found)


def actor_of(user: User | AnonymousUser, *, at: datetime, membership_id: str | UUID | None = None) -> Actor:
    """
    Return who asks: the chosen membership when it is still open, otherwise the first one; a candidate; or the public.

    Rights never add up: a user with two memberships acts under one of them at a time.
    """
    if not isinstance(user, User) or not user.is_active:
        return Actor(Role.PUB, at)
    memberships = open_memberships(user, at=at)
    first = memberships[0] if memberships else None
    chosen = next((one for one in memberships if str(one.pk) == str(membership_id)), first)
    if chosen is not None:
        organisation = chosen.organisation
        glass = open_glass(user, at=at) if chosen.role in (Role.ADM, Role.DPO) else None
        return Actor(
            role=Role(chosen.role), at=at, user_id=user.pk, user_name=str(user), organisation_id=organisation.pk,
            organisation_name=organisation.name, organisation_kind=OrganisationKind(organisation.kind),
            membership_id=chosen.pk, is_org_admin=chosen.is_org_admin, glass=glass.subject_id if glass else None,
        )
    person: Any = getattr(user, "person", None)  # the reverse of applicants.Person.account, which stands above
    if person is not None:
        return Actor(Role.CAND, at, user_id=user.pk, user_name=person.first_name, household_id=person.household_id)
    return Actor(Role.PUB, at, user_id=user.pk, user_name=str(user))


def open_glass(user: User, *, at: datetime) -> BreakGlass | None:
    """Return the emergency access that is open now, the last one granted."""
    return BreakGlass.objects.filter(user=user, granted_at__lte=at, until__gt=at).order_by("-granted_at").first()


def user_of_phone(phone: str) -> User | None:
    """Return the candidate who has this mobile number; nobody when two share it: a code must reach one person."""
    digits = "".join(character for character in phone if character.isdigit())
    if len(digits) < 9:
        return None
    wanted = digits[-9:]  # 06 12 34 56 78 and +33 6 12 34 56 78 are the same number
    folded = Right(Replace(Replace(Replace(F("person__phone"), Value(" ")), Value(".")), Value("-")), 9)
    found = list(
        User.objects.filter(is_active=True, person__isnull=False, memberships__isnull=True)
        .annotate(number=folded)
        .filter(number=wanted)[:2]
    )
    return found[0] if len(found) == 1 else None
