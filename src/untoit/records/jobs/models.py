"""Job offers."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from untoit.core.model.work import Contract, FrenchLevel
from untoit.records.jobs.querysets import OfferQuerySet
from untoit.records.partners.models import Organisation
from untoit.records.partners.search import search_trigger


class OfferState(models.TextChoices):
    """Where an offer stands; only an open one enters a run."""

    OPEN = "open", "Ouverte"
    EXPIRED = "expired", "À reconfirmer"
    FILLED = "filled", "Pourvue"
    WITHDRAWN = "withdrawn", "Retirée"


@pghistory.track(exclude=["search"])
class Offer(models.Model):
    """
    One job offer: a row of ``offres.csv``.

    ``organisation`` handed it over and looks after it (an employer, or the employment partner for an employer who has
    no account); ``employer`` is the name that is shown. ``schedule`` follows the grammar of ``formats.md``;
    ``supposed`` names the columns whose value is supposed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offers")
    reference = models.CharField("référence", max_length=80)
    employer = models.CharField("employeur", max_length=160)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    title = models.CharField("intitulé", max_length=200)
    occupation = models.CharField("code ROME", max_length=5)
    contract = models.CharField("contrat", max_length=3, choices=[(one.value, one.value) for one in Contract])
    duration_months = models.DecimalField("durée (mois)", max_digits=6, decimal_places=2, null=True, blank=True)
    weekly_hours = models.DecimalField("heures par semaine", max_digits=5, decimal_places=2, null=True, blank=True)
    gross_monthly_cents = models.PositiveIntegerField("salaire brut mensuel", null=True, blank=True)
    commune = models.CharField("code INSEE", max_length=5)
    latitude = models.FloatField()
    longitude = models.FloatField()
    openings = models.PositiveSmallIntegerField("postes", default=1)
    starts_on = models.DateField("début", null=True, blank=True)
    licences = ArrayField(models.CharField(max_length=10), verbose_name="permis", default=list, blank=True)
    min_experience_years = models.DecimalField("expérience", max_digits=5, decimal_places=2, null=True, blank=True)
    french_level = models.CharField(
        "niveau de français", max_length=2, blank=True, choices=[(one.value, one.value) for one in FrenchLevel]
    )
    schedule = models.CharField("horaires", max_length=300)
    in_shortage = models.BooleanField("peine à recruter", null=True, blank=True)
    supposed = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    description = models.TextField("le poste en quelques mots", blank=True, max_length=2000)
    is_public = models.BooleanField("publiée", default=False)
    state = models.CharField(max_length=10, choices=OfferState.choices, default=OfferState.OPEN)
    confirmed_at = models.DateTimeField("confirmée le")
    expires_on = models.DateField("à reconfirmer avant le")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    search = SearchVectorField(null=True, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "offre"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="one_offer_per_reference"),
            models.CheckConstraint(condition=~Q(reference=""), name="offer_has_a_reference"),
            models.CheckConstraint(condition=Q(openings__gte=1), name="offer_has_an_opening"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state", "reference"], name="offer_list"),
            models.Index(fields=["occupation"], name="offer_occupation"),
            # What the list may be sorted by, among all the offers or in those of one organisation.
            models.Index(fields=["title", "id"], name="offer_by_title"),
            models.Index(fields=["employer", "id"], name="offer_by_employer"),
            models.Index(fields=["starts_on", "id"], name="offer_by_start"),
            models.Index(fields=["organisation", "expires_on", "id"], name="offer_to_confirm"),
            GinIndex(fields=["search"], name="offer_search"),
        ]
        triggers: ClassVar = [
            search_trigger(
                fields=("reference", "employer", "title", "occupation", "contract", "commune"), texts=("description",)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.reference})"
