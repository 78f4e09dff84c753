"""The half-day itself: where and when, rooms, waves, stands with what they show, the check-list."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from untoit.core.lifecycles.event import EVENT_STATE_NAMES, EventState
from untoit.records.events.querysets import EventQuerySet, StandQuerySet
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Run
from untoit.records.partners.models import Membership, Organisation, User
from untoit.records.stock.models import Vacancy


class StandKind(models.TextChoices):
    """What a stand is for; the values are those of :class:`untoit.core.timetabling.Kind`."""

    EMPLOYER = "employer", "Employeur"
    HOUSING = "housing", "Table logement"
    DESK = "desk", "Point d'information"


@pghistory.track()
class Event(models.Model):
    """
    One event crossing job dating and bail meeting, prepared by ``organisation``.

    ``neutral_name`` is what employers, badges, SMS and the hall read: it does not say that housing is at stake.
    Times are minutes after midnight of ``on``; slot number n starts at ``starts_min + n * (slot_min + change_min)``.
    A housing talk takes ``housing_slots`` slots in a row. ``settings`` holds the rest: ``employers_min``,
    ``employers_max``, ``housing_min``, ``walking`` (free slots between two rooms, ``"id|id": n``), ``levels`` (level of
    a broken wish by rule code), ``breaks`` (slots where everybody rests), ``max_run``.
    ``planned_version`` grows each time the timetable changes; ``published_version`` is the one people were told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="events")
    title = models.CharField("titre", max_length=120)
    neutral_name = models.CharField("nom montré aux employeurs", max_length=120)
    state = models.CharField(
        "état", max_length=10, default=EventState.DRAFT,
        choices=[(state.value, name) for state, name in EVENT_STATE_NAMES.items()],
    )
    on = models.DateField("date")
    starts_min = models.PositiveSmallIntegerField("début", default=540)
    slot_min = models.PositiveSmallIntegerField("durée d'un entretien", default=10)
    change_min = models.PositiveSmallIntegerField("battement", default=2)
    slots = models.PositiveSmallIntegerField("créneaux", default=15)
    housing_slots = models.PositiveSmallIntegerField("créneaux d'un échange logement", default=1)
    place_name = models.CharField("lieu", max_length=160)
    address = models.CharField("adresse", max_length=240)
    commune = models.CharField("code INSEE", max_length=5)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    access_notes = models.CharField("pour venir", max_length=300, blank=True)
    contact_phone = models.CharField("téléphone le jour même", max_length=20, blank=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    settings = models.JSONField("réglages", default=dict, blank=True)
    is_public = models.BooleanField("annoncé publiquement", default=False)
    is_fictitious = models.BooleanField(default=False)
    planned_version = models.PositiveIntegerField(default=0)
    published_version = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField("raison", max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        ordering: ClassVar = ["-on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(slot_min__gte=5, slot_min__lte=60, change_min__lte=30, slots__gte=1, slots__lte=60),
                name="event_grid_in_bounds",
            ),
            models.CheckConstraint(condition=Q(starts_min__lt=1440), name="event_starts_in_the_day"),
            models.CheckConstraint(condition=Q(published_version__lte=F("planned_version")), name="event_versions"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "-on"], name="event_list")]

    def __str__(self) -> str:
        return f"{self.title} ({self.on:%d/%m/%Y})"

    @property
    def step_min(self) -> int:
        """Return the minutes from the start of a slot to the start of the next."""
        return self.slot_min + self.change_min

    @property
    def ends_min(self) -> int:
        """Return the minute at which the last slot ends."""
        return self.starts_min + self.slots * self.step_min

    def minute_of(self, slot: int) -> int:
        """Return the minute of the day at which a slot starts."""
        return self.starts_min + slot * self.step_min


class Wave(models.Model):
    """A group of candidates that comes from one slot to another (exclusive), with so many places."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField("vague")
    first_slot = models.PositiveSmallIntegerField("premier créneau")
    last_slot = models.PositiveSmallIntegerField("jusqu'au créneau (exclu)")
    capacity = models.PositiveSmallIntegerField("places")

    class Meta:
        verbose_name = "vague"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "number"], name="one_wave_per_number"),
            models.CheckConstraint(condition=Q(last_slot__gt=F("first_slot")), name="wave_slots_in_order"),
        ]

    def __str__(self) -> str:
        return f"Vague {self.number}"


class Room(models.Model):
    """A room of the place; going from one to another takes time (``Event.settings["walking"]``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField("salle", max_length=80)
    is_accessible = models.BooleanField("accessible de plain-pied", default=True)

    class Meta:
        verbose_name = "salle"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "name"], name="one_room_per_name")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Stand(models.Model):
    """
    Where people are met: an employer, a landlord's table, an information desk.

    ``name`` is what everybody reads, on signs and in booklets. ``number`` is its sign in the hall. ``left_at`` is set
    when the stand leaves during the day; ``arrives_slot`` when it comes late.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="stands")
    kind = models.CharField("nature", max_length=8, choices=StandKind.choices)
    number = models.PositiveSmallIntegerField("numéro")
    name = models.CharField("nom affiché", max_length=120)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="stands"
    )
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="stands")
    languages = ArrayField(
        models.CharField(max_length=3), verbose_name="langues parlées ou interprétées", default=list, blank=True
    )
    arrives_slot = models.PositiveSmallIntegerField("arrive au créneau", default=0)
    left_slot = models.PositiveSmallIntegerField("parti au créneau", null=True, blank=True)
    presents = models.CharField("ce que l'on y trouve", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = StandQuerySet.as_manager()

    class Meta:
        verbose_name = "stand"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "number"], name="one_stand_per_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class StandTable(models.Model):
    """One interviewer of a stand: a table at which one person sits at a time, and the slots of the pauses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stand = models.ForeignKey(Stand, on_delete=models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField("table")
    interviewer = models.CharField("qui reçoit", max_length=120, blank=True)
    closed_slots = ArrayField(models.PositiveSmallIntegerField(), verbose_name="pauses", default=list, blank=True)

    class Meta:
        verbose_name = "table"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["stand", "number"], name="one_table_per_number")]

    def __str__(self) -> str:
        return f"Table {self.number}"


class StandOffer(models.Model):
    """A job offer shown at a stand, with the openings brought that day (an employer may add some on the spot)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stand = models.ForeignKey(Stand, on_delete=models.CASCADE, related_name="shown_offers")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="shown_at")
    openings = models.PositiveSmallIntegerField("postes", default=1)

    class Meta:
        verbose_name = "offre présentée"
        constraints: ClassVar = [models.UniqueConstraint(fields=["stand", "offer"], name="one_offer_per_stand")]

    def __str__(self) -> str:
        return f"{self.offer}"


class StandVacancy(models.Model):
    """A vacant dwelling on show at a landlord's table."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stand = models.ForeignKey(Stand, on_delete=models.CASCADE, related_name="shown_vacancies")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="shown_at")

    class Meta:
        verbose_name = "logement présenté"
        constraints: ClassVar = [models.UniqueConstraint(fields=["stand", "vacancy"], name="one_vacancy_per_stand")]

    def __str__(self) -> str:
        return f"{self.vacancy}"


class ChecklistItem(models.Model):
    """One thing to do from J-45 to J+180: an owner (a person or a role), a day, done or not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="checklist")
    code = models.CharField(max_length=40, blank=True)
    label = models.CharField("à faire", max_length=200)
    day_offset = models.SmallIntegerField("jour", help_text="J-45 = -45")
    due_on = models.DateField("pour le")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField("rôle", max_length=4, blank=True)
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "point de la liste"
        ordering: ClassVar = ["due_on", "label"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(owner__isnull=False) | ~Q(role=""), name="checklist_has_an_owner"),
            models.UniqueConstraint(fields=["event", "code"], condition=~Q(code=""), name="one_item_per_code"),
        ]

    def __str__(self) -> str:
        return self.label
