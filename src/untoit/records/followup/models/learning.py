"""The success assumptions that a person adopted after the recorded outcomes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from untoit.records.followup.querysets import AssumptionQuerySet
from untoit.records.pairings.models import Policy
from untoit.records.partners.models import Organisation, User


class AssumptionSet(models.Model):
    """
    What was learnt up to a day, and adopted by somebody: ``rows`` (path, label, current, proposed, low, high, seen),
    ``evidence`` (counts, Brier scores before and after). ``policy`` is the version of the policy that carries them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="assumption_sets")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="+")
    learnt_on = models.DateField("appris au")
    rows = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)
    note = models.CharField("pourquoi", max_length=300, blank=True)
    adopted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AssumptionQuerySet.as_manager()

    class Meta:
        verbose_name = "hypothèses adoptées"
        ordering: ClassVar = ["-adopted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(withdrawn_at__isnull=True), name="one_adopted_set"
            ),
        ]

    def __str__(self) -> str:
        return f"Hypothèses du {self.learnt_on:%d/%m/%Y}"
