"""Which households and persons somebody may see: by an open, dated link, consent or legal basis, and caseload."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor, grant, policy

# Employment and social services see their own caseload, the head of the service (``is_org_admin``) all of it.
BY_CASELOAD = frozenset({Role.DEP, Role.EMPP})
BY_LINK = frozenset({Role.LA, Role.LM, Role.PART}) | BY_CASELOAD


def open_links(actor: Actor) -> models.QuerySet:
    """Return the links that open something to this actor now."""
    from untoit.records.applicants.models import Assignment, Consent, Link

    if actor.role not in BY_LINK or actor.organisation_id is None:
        return Link.objects.none()
    lawful = [purpose for purpose, kinds in policy()["legal_basis"].items() if actor.organisation_kind in kinds]
    # Where no purpose is lawful by itself, an alternative that no row fulfils (expired links are left out below) keeps
    # the consent a condition of each link: joined instead, PostgreSQL mistakes 30 households for 20,000.
    by_law = Q(purpose__in=lawful) if lawful else Q(expires_on__lt=actor.today)
    consented = Exists(
        Consent.objects.filter(household=OuterRef("household"), purpose=OuterRef("purpose"), withdrawn_at__isnull=True)
    )
    links = Link.objects.filter(
        by_law | consented,
        organisation_id=actor.organisation_id, closed_at__isnull=True, expires_on__gte=actor.today,
    )
    if actor.role in BY_CASELOAD and not actor.is_org_admin:
        links = links.filter(Exists(
            Assignment.objects.filter(
                Q(until__isnull=True) | Q(until__gte=actor.today),
                link=OuterRef("pk"), membership_id=actor.membership_id, since__lte=actor.today,
            )
        ))
    return links


class HouseholdQuerySet(models.QuerySet):
    """Households, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor may see at least in part; which fields is up to ``Actor.sees``."""
        if actor.role == Role.CAND:
            return self.filter(pk=actor.household_id)
        if actor.glass is not None:
            return self.filter(pk=actor.glass)
        return self.filter(Exists(open_links(actor).filter(household=OuterRef("pk"))))


class PersonQuerySet(models.QuerySet):
    """Persons, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the persons of the households that the actor may see."""
        if actor.role == Role.CAND:
            return self.filter(household_id=actor.household_id)
        if actor.glass is not None:
            return self.filter(household_id=actor.glass)
        return self.filter(Exists(open_links(actor).filter(household=OuterRef("household"))))


class ExportRequestQuerySet(models.QuerySet):
    """Requests for a nominative list."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the organisation acted for, whose members approve each other's requests."""
        if actor.organisation_id is None or grant(actor.role, "nominative_export") is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)
