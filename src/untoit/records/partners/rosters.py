"""Who belongs to an organisation, what waits there, who read what: for its managers, the platform and the DPO."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from untoit.records.partners.models import (
    ApiToken,
    AuditEntry,
    BreakGlass,
    Invitation,
    Membership,
    Organisation,
    ReadLog,
    Role,
)
from untoit.records.partners.rights import Actor, grant, manages, require

# What the platform's administration reads of the journal of acts: its own work, never what happened to a file.
TECHNICAL = (
    "organisation.", "membership.", "invitation.", "token.", "glass.", "settings.", "account.", "journal.", "demo.",
)
PAGE = 100


def organisation_for(actor: Actor, organisation_id: UUID | None) -> Organisation | None:
    """Return the organisation whose members the actor may read: one's own, any for the platform and the DPO."""
    given = require(actor, "organisation_users")
    if given.own_organisation_only and not (organisation_id and manages(actor, organisation_id)):
        return None  # a member who is no administrator, where the policy asks for one, or another organisation
    return Organisation.objects.filter(pk=organisation_id).first()


def members_of(actor: Actor, organisation: Organisation) -> QuerySet[Membership]:
    """Return the memberships of an organisation that are open now, in the order of names."""
    require(actor, "organisation_users")
    return (
        Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=actor.at), organisation=organisation)
        .select_related("user").order_by("user__full_name", "user__email", "role")
    )


def invitations_of(actor: Actor, organisation: Organisation) -> QuerySet[Invitation]:
    """Return the invitations that still wait for an approval or for their guest."""
    require(actor, "organisation_users")
    return Invitation.objects.filter(
        organisation=organisation, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).select_related("invited_by", "approved_by")


def waiting_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Return every invitation that waits for a second person, for the platform."""
    require(actor, "platform_console")
    return Invitation.objects.filter(
        approved_by__isnull=True, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=actor.at
    ).select_related("invited_by", "organisation")


def tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    """Return the keys of one's own organisation; the DPO reads them all, without any secret."""
    given = require(actor, "api_tokens")
    if given.own_organisation_only and not actor.is_org_admin:
        raise Http404
    found = ApiToken.objects.select_related("created_by", "organisation")
    return found.filter(organisation_id=actor.organisation_id) if given.own_organisation_only else found


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Return every organisation with the number of its open accounts, for the platform."""
    require(actor, "platform_console")
    still = Q(memberships__until__isnull=True) | Q(memberships__until__gt=actor.at)
    return Organisation.objects.annotate(open_accounts=Count("memberships__user", filter=still, distinct=True))


def acts(actor: Actor, *, before: int | None = None) -> list[AuditEntry]:
    """Return one page of the journal of acts, the last first: the technical ones for ADM, all of them for the DPO."""
    require(actor, "platform_console")
    found = AuditEntry.objects.select_related("user", "organisation").order_by("-id")
    if actor.role is not Role.DPO:
        technical = Q()
        for prefix in TECHNICAL:
            technical |= Q(action__startswith=prefix)
        found = found.filter(technical)
    return list((found.filter(pk__lt=before) if before else found)[:PAGE])


def reads(actor: Actor, *, before: int | None = None) -> list[ReadLog]:
    """Return one page of the journal of reads, the last first, for the DPO."""
    require(actor, "platform_console")
    if actor.role is not Role.DPO:
        return []
    found = ReadLog.objects.select_related("user", "organisation").order_by("-id")
    return list((found.filter(pk__lt=before) if before else found)[:PAGE])


def reads_of_files(
    actor: Actor, *, subjects: Iterable[UUID] | QuerySet, before: int | None = None
) -> list[dict[str, Any]]:
    """
    Return who read the files of one's organisation, masked: when, which organisation and role, what kind of data.

    Neither the person who was read about, nor the name of a reader of another organisation, is part of it.
    ``subjects`` are the files that the actor may see now, by ``visible_to`` of whoever owns them.
    """
    given = grant(actor.role, "audit_log")
    if given is None or not given.own_organisation_only:
        return []
    found = ReadLog.objects.filter(subject_id__in=subjects).select_related("organisation", "user").order_by("-id")
    rows = list((found.filter(pk__lt=before) if before else found)[:PAGE])
    return [
        {
            "id": one.pk, "at": one.at, "organisation": one.organisation.name if one.organisation else "",
            "role": Role(one.role).label, "resource": one.resource, "count": one.count,
            "who": str(one.user) if one.user and one.organisation_id == actor.organisation_id else "",
        }
        for one in rows
    ]


def emergency_accesses(actor: Actor) -> QuerySet[BreakGlass]:
    """Return the emergency accesses that were asked for, the last first, for the platform and the DPO."""
    require(actor, "platform_console")
    return BreakGlass.objects.select_related("user", "second_person")


def can_manage(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may invite, approve and end memberships there: what the buttons of the page show."""
    return manages(actor, organisation.pk)
