"""Which tasks somebody may see."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from untoit.records.partners.rights import Actor


class TaskQuerySet(models.QuerySet):
    """Tasks, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep one's own, those that nobody of one's role has claimed, and all of them for who runs the service."""
        if actor.membership_id is None or actor.organisation_id is None:
            return self.none()
        mine = Q(owner_id=actor.membership_id) | Q(owner__isnull=True, role=actor.role)
        if actor.is_org_admin:
            mine |= Q(role=actor.role) | Q(owner__role=actor.role)
        return self.filter(mine, organisation_id=actor.organisation_id)

    def open(self) -> Self:
        """Keep what is still to be done."""
        return self.filter(done_at__isnull=True)
