"""What importing a household adds beside it: the link that opens it to the importer, who follows it, its consents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from untoit.records.applicants.models import Assignment, Consent, Household, Link, Purpose
from untoit.records.applicants.querysets import BY_CASELOAD
from untoit.records.applicants.sharing import PURPOSES_OF, default_expiry
from untoit.records.desk import services as desk
from untoit.records.desk.models import TaskKind
from untoit.records.partners.models import OrganisationKind, Role
from untoit.records.partners.rights import Actor

_WHO_ANSWERS = {
    OrganisationKind.LANDLORD: Role.LA, OrganisationKind.PARTNER_LANDLORD: Role.PART,
    OrganisationKind.DEPARTMENT: Role.DEP, OrganisationKind.EMPLOYMENT_PARTNER: Role.EMPP,
}


def share(households: Sequence[Household], *, by: Actor, at: datetime) -> dict[UUID, dict[str, Any]]:
    """
    Open or renew the link of each household with the importing organisation, and write the consents of the file.

    Returns, by household, what an undo must take back: the links, assignments and consents made, the expiries moved.
    """
    pks = [one.pk for one in households]
    added: dict[UUID, dict[str, Any]] = {pk: {"made": [], "moved": {}} for pk in pks}
    purpose = PURPOSES_OF.get(str(by.organisation_kind), (Purpose.MATCHING,))[0]
    expiry = default_expiry(by.today)
    standing = {
        one.household_id: one
        for one in Link.objects.select_for_update(of=("self",)).filter(
            household_id__in=pks, organisation_id=by.organisation_id, closed_at__isnull=True
        )
    }
    for link in standing.values():
        if link.expires_on < expiry:
            added[link.household_id]["moved"][str(link.pk)] = link.expires_on
            link.expires_on = expiry
    Link.objects.bulk_update(list(standing.values()), ["expires_on"])
    made = Link.objects.bulk_create([
        Link(household_id=pk, organisation_id=by.organisation_id, purpose=purpose, opened_at=at,
             opened_by_id=by.user_id, expires_on=expiry)
        for pk in pks if pk not in standing
    ])
    for link in made:
        added[link.household_id]["made"].append(["link", str(link.pk)])
    if by.role in BY_CASELOAD:
        _follow([*standing.values(), *made], by, added)
    _consent(households, {Purpose.MATCHING, *(one.purpose for one in (*standing.values(), *made))}, by, at, added)
    return added


def _follow(links: Sequence[Link], by: Actor, added: dict[UUID, dict[str, Any]]) -> None:
    """Put the households in the caseload of whoever imported them, where nobody of the service follows them."""
    followed = set(Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=by.today), link__in=links
    ).values_list("link_id", flat=True))
    made = Assignment.objects.bulk_create([
        Assignment(link=link, membership_id=by.membership_id, since=by.today)
        for link in links if link.pk not in followed
    ])
    for one in made:
        added[one.link.household_id]["made"].append(["assignment", str(one.pk)])


def _consent(households: Sequence[Household], purposes: set[str], by: Actor, at: datetime,
             added: dict[UUID, dict[str, Any]]) -> None:
    given = {one.pk: one.consented_on for one in households if one.consented_on is not None}
    standing: set[tuple[UUID, str]] = set()
    for consent in Consent.objects.filter(household_id__in=list(given), purpose__in=purposes):
        # One that was taken back since the date of the file stays taken back.
        if consent.withdrawn_at is None or timezone.localdate(consent.withdrawn_at) >= given[consent.household_id]:
            standing.add((consent.household_id, consent.purpose))
    made = Consent.objects.bulk_create([
        Consent(household_id=pk, purpose=purpose, given_on=day, how="file", recorded_by_id=by.user_id, recorded_at=at)
        for pk, day in given.items() for purpose in sorted(purposes) if (pk, purpose) not in standing
    ])
    for one in made:
        added[one.household_id]["made"].append(["consent", str(one.pk)])


def ask_the_holders(household: Household, *, by: Actor, at: datetime) -> None:
    """Ask the organisations that follow a household for its agreement to be followed by the importer too."""
    links = household.links.filter(closed_at__isnull=True, expires_on__gte=by.today)
    for link in links.select_related("organisation"):
        role = _WHO_ANSWERS.get(OrganisationKind(link.organisation.kind))
        if role is None:
            continue
        follower = link.assignments.filter(until__isnull=True).select_related("membership").first()
        desk.open_task(
            kind=TaskKind.CONSENT_MISSING, organisation=link.organisation_id, subject_kind="household",
            subject_id=household.pk, role=role, owner=follower.membership if follower else None,
            why=f"{by.organisation_name} demande à suivre ce ménage : recueillez son accord, puis ouvrez le partage.",
            due_on=by.today + timedelta(days=14), at=at,
        )
