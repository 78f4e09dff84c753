"""Which imports somebody may see: those of the organisation acted for, whose members handed them over."""

from __future__ import annotations

from typing import Self

from django.db import models

from untoit.records.applicants.querysets import BY_CASELOAD
from untoit.records.partners.rights import WRITE, Actor, grant


class BatchQuerySet(models.QuerySet):
    """Imports, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the imports of one's own organisation; one's own where files are seen by caseload."""
        if grant(actor.role, "import", WRITE) is None or actor.organisation_id is None:
            return self.none()
        found = self.filter(organisation_id=actor.organisation_id, membership__role__in=_READERS[actor.role])
        if actor.role in BY_CASELOAD and not actor.is_org_admin:
            # A colleague's file names people of another caseload.
            return found.filter(membership_id=actor.membership_id)
        return found


# Within a landlord, adviser and project lead hand over the same files and see each other's.
_READERS: dict[str, tuple[str, ...]] = {
    "LA": ("LA", "LM"), "LM": ("LA", "LM"), "PART": ("PART",), "DEP": ("DEP",), "EMPP": ("EMPP",), "EMPL": ("EMPL",),
}
