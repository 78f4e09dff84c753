"""Buildings, vacancies and photographs."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from untoit.core.model.dwelling import Funding, ReservingParty
from untoit.records.partners.models import Organisation, User
from untoit.records.partners.search import search_trigger
from untoit.records.stock.querysets import OwnStockQuerySet


class VacancyState(models.TextChoices):
    """Where a vacancy stands; only an open one enters a run."""

    OPEN = "open", "Libre ou bientôt libre"
    EXPIRED = "expired", "À reconfirmer"
    WITHDRAWN = "withdrawn", "Retiré"
    LET = "let", "Loué"


class Building(models.Model):
    """A residence of a landlord."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="buildings")
    name = models.CharField("résidence", max_length=160)
    address = models.CharField("adresse", max_length=240, blank=True)
    commune = models.CharField("code INSEE", max_length=5)
    latitude = models.FloatField()
    longitude = models.FloatField()
    description = models.TextField("ce qui fait le lieu", blank=True, max_length=2000)
    revision = models.PositiveIntegerField(default=1)

    objects = OwnStockQuerySet.as_manager()

    class Meta:
        verbose_name = "résidence"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name", "commune"], name="one_building_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["search", "search_masked"])
class Vacancy(models.Model):
    """
    One vacant, or soon vacant, dwelling: a row of ``logements.csv``, kept in cents and typed columns.

    ``landlord`` is the name in the file, which may not be the organisation that handed it over. ``nearby`` is what
    partners who see the stock masked may read: it names neither the building nor the street; ``description`` is the
    landlord's. ``search_masked`` holds what they may search by, and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="vacancies")
    building = models.ForeignKey(Building, on_delete=models.SET_NULL, null=True, blank=True, related_name="vacancies")
    reference = models.CharField("référence", max_length=80)
    landlord = models.CharField("bailleur", max_length=160)
    building_name = models.CharField("résidence", max_length=160, blank=True)
    address = models.CharField("adresse", max_length=240, blank=True)
    commune = models.CharField("code INSEE", max_length=5)
    latitude = models.FloatField()
    longitude = models.FloatField()
    rooms = models.PositiveSmallIntegerField("pièces")
    surface_m2 = models.DecimalField("surface", max_digits=6, decimal_places=2)
    floor = models.SmallIntegerField("étage", null=True, blank=True)
    has_lift = models.BooleanField("ascenseur", null=True, blank=True)
    is_step_free = models.BooleanField("sans marche", null=True, blank=True)
    rent_cents = models.PositiveIntegerField("loyer")
    charges_cents = models.PositiveIntegerField("charges")
    funding = models.CharField("financement", max_length=4, choices=[(one.value, one.value) for one in Funding])
    apl_zone = models.PositiveSmallIntegerField("zone APL", null=True, blank=True)
    in_qpv = models.BooleanField("en QPV", null=True, blank=True)
    qpv_code = models.CharField(max_length=8, blank=True)
    energy_label = models.CharField("DPE", max_length=1, blank=True)
    reserving_party = models.CharField(
        "réservataire", max_length=20, blank=True, choices=[(one.value, one.value) for one in ReservingParty]
    )
    available_on = models.DateField("disponible le")
    max_candidates = models.PositiveSmallIntegerField("candidats à présenter", default=3)
    description = models.TextField("ce qui fait le logement", blank=True, max_length=2000)
    nearby = models.TextField("services et transports à proximité", blank=True, max_length=1000)
    is_position_approximate = models.BooleanField("position approchée", default=False)
    state = models.CharField(max_length=10, choices=VacancyState.choices, default=VacancyState.OPEN)
    confirmed_at = models.DateTimeField("confirmé le")
    expires_on = models.DateField("à reconfirmer avant le")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    search = SearchVectorField(null=True, editable=False)
    search_masked = SearchVectorField(null=True, editable=False)

    objects = OwnStockQuerySet.as_manager()

    class Meta:
        verbose_name = "logement"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "reference"], name="one_vacancy_per_reference"),
            models.CheckConstraint(condition=~Q(reference=""), name="vacancy_has_a_reference"),
            models.CheckConstraint(condition=Q(rooms__gte=1, rooms__lte=6), name="vacancy_rooms"),
            models.CheckConstraint(condition=Q(surface_m2__gt=0, rent_cents__gt=0), name="vacancy_amounts"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state", "reference"], name="vacancy_list"),
            models.Index(fields=["commune"], name="vacancy_commune"),
            # What the list may be sorted by, in the stock of one organisation or, masked, in all that is open.
            models.Index(fields=["organisation", "reference"], name="vacancy_by_reference"),
            models.Index(fields=["organisation", "rent_cents", "id"], name="vacancy_by_rent"),
            models.Index(fields=["organisation", "available_on", "id"], name="vacancy_by_day"),
            models.Index(fields=["state", "available_on", "id"], name="vacancy_open_by_day"),
            GinIndex(fields=["search"], name="vacancy_search"),
            GinIndex(fields=["search_masked"], name="vacancy_search_masked"),
        ]
        triggers: ClassVar = [
            search_trigger(
                fields=("reference", "building_name", "address", "commune", "rooms", "funding"),
                texts=("landlord", "description", "nearby"), prefixes={"rooms": "T"},
            ),
            search_trigger(
                fields=("commune", "rooms", "funding"), texts=("nearby",), prefixes={"rooms": "T"},
                column="search_masked", name="keep_search_masked",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Photo(models.Model):
    """A photograph of a vacancy, made small and stripped of its metadata when it was received."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="photos")
    caption = models.CharField("ce que l'on voit", max_length=160)
    jpeg = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    order = models.PositiveSmallIntegerField(default=0)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    # Taken away, and still there for whoever clicks on « Annuler ».
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "photo"
        ordering: ClassVar = ["order", "added_at"]

    def __str__(self) -> str:
        return self.caption
