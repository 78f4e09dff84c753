"""Which runs and tandems somebody may see."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from untoit.records.applicants.querysets import open_links
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor, grant

# A run is discussed with coaches and advisers from the moment it is computed; the person sees it once it is released.
UNDER_REVIEW = ("computed", "reviewed", "released", "closed")
RELEASED = ("released", "closed")


class OwnedQuerySet(models.QuerySet):
    """Runs, policies and timetables: seen by the organisation that owns them."""

    resource = "matching_run"

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the organisation acted for."""
        if grant(actor.role, self.resource) is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class RunSettingsQuerySet(OwnedQuerySet):
    """Policies and timetables."""

    resource = "run_settings"


class TandemQuerySet(models.QuerySet):
    """Tandems, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the tandems of the households one may see; a landlord's only in its own runs."""
        if grant(actor.role, "tandem") is None:
            return self.none()
        if actor.role == Role.CAND:
            return self.filter(household_id=actor.household_id, run__state__in=RELEASED, review="accepted")
        found = self.filter(
            Exists(open_links(actor).filter(household=OuterRef("household"))), run__state__in=UNDER_REVIEW
        )
        if actor.role in (Role.LA, Role.LM):
            return found.filter(run__organisation_id=actor.organisation_id)
        # Partners take part in the review of the last attempt: not of a run that was solved again since.
        run: Any = self.model._meta.get_field("run").related_model
        again = run._default_manager.filter(parent=OuterRef("run"), state__in=UNDER_REVIEW)
        return found.filter(Q(run__state__in=RELEASED) | (Q(is_forbidden=False) & ~Exists(again)))
