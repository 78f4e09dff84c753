"""Which imports somebody may see: those of the organisation acted for, whose members handed them over."""

from __future__ import annotations

from typing import Self

from django.db import models

from untoit.records.partners.rights import WRITE, Actor, grant


class BatchQuerySet(models.QuerySet):
    """Imports, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the imports of one's own organisation."""
        if grant(actor.role, "import", WRITE) is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)
