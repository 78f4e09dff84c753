"""Which offers somebody may see."""

from __future__ import annotations

from typing import Self

from django.db import models

from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, grant


class OfferQuerySet(models.QuerySet):
    """Offers, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor may read: all of them, one's own for an employer, the published ones for the public."""
        given = grant(actor.role, "job_offers")
        if given is None or "A" in given.codes:
            return self.none()
        if given.own_organisation_only:
            return self.filter(organisation_id=actor.organisation_id)
        if actor.role in (Role.CAND, Role.PUB):
            return self.filter(state="open", is_public=True)
        return self

    def writable_by(self, actor: Actor) -> Self:
        """Keep the offers that the actor's organisation handed over, when the role may write."""
        if grant(actor.role, "job_offers", WRITE) is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)
