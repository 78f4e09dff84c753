"""Which proposals, applications, pathways and cases somebody may see: by an open link, own, one's own (access.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from untoit.core.lifecycles import job_track
from untoit.records.applicants.querysets import BY_LINK, open_links
from untoit.records.partners.models import Role
from untoit.records.partners.rights import READ, Actor, grant

LANDLORDS = frozenset({Role.LA, Role.LM, Role.PART})
SUPPORT = frozenset({Role.DEP, Role.EMPP})
# An employer reads an application that ended until then (access.md, retention: visible thirty days).
EMPLOYER_READS_FOR = timedelta(days=30)
_OVER = sorted(job_track.CLOSED | job_track.LOST)


def linked(actor: Actor, household: str = "household") -> Exists:
    """Return the condition that the household of the row is one that the actor follows now."""
    return Exists(open_links(actor).filter(household=OuterRef(household)))


class ProposalQuerySet(models.QuerySet):
    """Proposals of dwellings, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """
        Keep those of linked households; a landlord's, partner or not, only for its own dwellings.

        The Département and the employment partner read the stage only (``housing_stage`` masked): the page decides.
        """
        if grant(actor.role, "housing_proposal", READ) is None and actor.glass is None:
            return self.none()
        if actor.role == Role.CAND:
            return self.filter(household_id=actor.household_id)
        if actor.glass is not None:
            return self.filter(household_id=actor.glass) if actor.role == Role.DPO else self.none()
        if actor.role in LANDLORDS:
            return self.filter(linked(actor), organisation_id=actor.organisation_id)
        return self.filter(linked(actor)) if actor.role in SUPPORT else self.none()


class ApplicationQuerySet(models.QuerySet):
    """Applications for jobs, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """
        Keep those of linked households for the coach and the case manager, one's own for the person.

        An employer reads those of its offers from the day the card was sent, and thirty days after they ended. A
        landlord reads none: what it may know of a job is four facts (``work.facts``).
        """
        if actor.role == Role.CAND:
            return self.filter(household_id=actor.household_id, person__account_id=actor.user_id)
        if actor.role == Role.EMPL:
            recent = ~Q(state__in=_OVER) | Q(since__gte=actor.today - EMPLOYER_READS_FOR)
            return self.filter(recent, organisation_id=actor.organisation_id, sent_on__isnull=False)
        return self.filter(linked(actor)) if actor.role in SUPPORT else self.none()


class PathwayQuerySet(models.QuerySet):
    """Pathways, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep one's own, and those of the households that the service or the coach follows."""
        if grant(actor.role, "pathway", READ) is None:
            return self.none()
        if actor.role == Role.CAND:
            return self.filter(household_id=actor.household_id, person__account_id=actor.user_id)
        return self.filter(linked(actor)) if actor.role in SUPPORT else self.none()


class PathwayPartQuerySet(models.QuerySet):
    """Items and appointments of pathways."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the pathways that the actor sees."""
        from untoit.records.followup.models import Pathway

        return self.filter(pathway__in=Pathway.objects.visible_to(actor))


class FeedQuerySet(models.QuerySet):
    """Calendar feeds: nobody sees another's."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep one's own for the organisation acted for."""
        if actor.user_id is None:
            return self.none()
        return self.filter(user_id=actor.user_id, membership_id=actor.membership_id)


class CaseQuerySet(models.QuerySet):
    """Cases, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of linked households."""
        if grant(actor.role, "case", READ) is None or actor.role not in BY_LINK:
            return self.none()
        return self.filter(linked(actor))


class AlertQuerySet(models.QuerySet):
    """Alerts of cases."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of visible cases whose sentence is for this role; a head of project reads her advisers'."""
        from untoit.records.followup.models import Case

        role = Role.LA if actor.role in LANDLORDS else actor.role
        return self.filter(case__in=Case.objects.visible_to(actor), audience__contains=[role])


class TrackActQuerySet(models.QuerySet):
    """The acts of the tracks: raw rows for services and the journal; people read a timeline, filtered by role."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep, track by track, the acts on what the actor sees."""
        from untoit.records.followup.models import Application, Pathway, Proposal

        if actor.role in (Role.EMPL, Role.FUND, Role.PUB, Role.TAB, Role.ADM):
            return self.none()
        seen = Q(track="housing", subject_id__in=Proposal.objects.visible_to(actor).values("pk"))
        seen |= Q(track="job", subject_id__in=Application.objects.visible_to(actor).values("pk"))
        seen |= Q(track="pathway", subject_id__in=Pathway.objects.visible_to(actor).values("pk"))
        return self.filter(seen)


class LetterQuerySet(models.QuerySet):
    """Letters to households."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep one's own, and those that the actor's organisation writes to the households that it follows."""
        if actor.role == Role.CAND:
            return self.filter(household_id=actor.household_id, cancelled_at__isnull=True)
        if grant(actor.role, "messages", READ) is None or actor.role not in BY_LINK:
            return self.none()
        return self.filter(linked(actor), organisation_id=actor.organisation_id)


class SessionQuerySet(models.QuerySet):
    """Sessions of the committee."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the landlord acted for."""
        if grant(actor.role, "committee", READ) is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class AssumptionQuerySet(models.QuerySet):
    """Adopted assumptions."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the organisation acted for; who checks data protection reads them all."""
        if grant(actor.role, "learning", READ) is None:
            return self.none()
        return self if actor.role == Role.DPO else self.filter(organisation_id=actor.organisation_id)


class HoldQuerySet(models.QuerySet):
    """Legal holds."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep them for the data protection officer alone."""
        return self.none() if grant(actor.role, "legal_hold", READ) is None else self
