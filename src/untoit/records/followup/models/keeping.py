"""What is kept how long: notices before an erasure, holds that stop it, anonymous twins that keep the counts."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from untoit.records.applicants.models import Household
from untoit.records.followup.querysets import HoldQuerySet
from untoit.records.partners.models import Organisation, User


class RetentionNotice(models.Model):
    """That a household was told, or is to be told, that data is erased on a day (``followup/retention``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="retention_notices")
    rule = models.CharField("durée", max_length=30)
    noticed_on = models.DateField("prévenue le")
    due_on = models.DateField("effacement le")
    channel = models.CharField(
        "par", max_length=8, choices=[("sms", "SMS"), ("letter", "courrier"), ("space", "espace")]
    )
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField("contact repris le", null=True, blank=True)

    class Meta:
        verbose_name = "préavis d'effacement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "rule"], condition=Q(answered_at__isnull=True), name="one_open_notice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} au {self.due_on:%d/%m/%Y}"


class LegalHold(models.Model):
    """A procedure that forbids to erase a household's file while it lasts; decided by the data protection officer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="legal_holds")
    ground = models.CharField(
        "motif", max_length=12,
        choices=[
            ("litigation", "contentieux en cours"), ("appeal", "recours de la personne"),
            ("audit", "contrôle d'une autorité"), ("request", "demande de limitation (RGPD art. 18)"),
        ],
    )
    since = models.DateField("depuis le")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField("levé le", null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = "conservation imposée"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "ground"], condition=Q(lifted_at__isnull=True), name="one_open_hold"
            ),
        ]

    def __str__(self) -> str:
        return self.get_ground_display()


class Twin(models.Model):
    """
    What stays of an erased row so that the counts do not change: a kind, a month, an organisation, a few facts.

    ``group`` says that rows came from one household, and is drawn at random: it leads back to nobody. ``facts`` holds
    only what an indicator reads (:mod:`untoit.records.followup.keeping`): no date finer than a month, no building, no
    name, no amount.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.UUIDField()
    kind = models.CharField(
        max_length=12,
        choices=[
            ("proposal", "proposition"), ("application", "candidature"), ("registration", "inscription"),
            ("case", "ménage"),
        ],
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    month = models.DateField(help_text="premier jour du mois")
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = "jumeau anonyme"
        indexes: ClassVar = [models.Index(fields=["kind", "month"], name="twin_by_month")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="twin_has_a_month_only"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.month:%m/%Y}"
