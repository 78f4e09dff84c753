"""Which vacancies somebody may see, and which somebody may change."""

from __future__ import annotations

from typing import Self

from django.db import models

from untoit.records.partners.rights import WRITE, Actor, grant


class OwnStockQuerySet(models.QuerySet):
    """Buildings and vacancies, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the stock of one's own organisation; those who see it masked see every open vacancy, without address."""
        given = grant(actor.role, "dwelling_stock")
        if given is None:
            return self.none()
        if given.own_organisation_only:
            return self.filter(organisation_id=actor.organisation_id)
        if given.masked and actor.household_id is None and hasattr(self.model, "state"):
            return self.filter(state="open")
        return self.none()

    def writable_by(self, actor: Actor) -> Self:
        """Keep the stock of one's own organisation, when the role may write."""
        if grant(actor.role, "dwelling_stock", WRITE) is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)
