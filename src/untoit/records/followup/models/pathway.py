"""The pathway of one person with the Département: stage, goals, actions, obstacles, appointments, hours."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from untoit.core.lifecycles.pathway_track import STAGE_NAMES, AppointmentState, ItemState
from untoit.records.applicants.models import Household, Person
from untoit.records.followup.querysets import FeedQuerySet, PathwayPartQuerySet, PathwayQuerySet
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import Membership, Organisation, User


@pghistory.track()
class Pathway(models.Model):
    """
    The pathway of a person; ``organisation`` is the service that signed it.

    ``weekly_hours`` is the number agreed with the person (``None``: the usual one); ``hours_waived`` says that there is
    none for now. Hours are shown, they trigger nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="pathway")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="pathways")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pathways")
    stage = models.CharField(
        "étape", max_length=20, choices=[(stage.value, name) for stage, name in STAGE_NAMES.items()]
    )
    since = models.DateField("à cette étape depuis le")
    last_action = models.CharField(max_length=30, blank=True)
    reason = models.CharField("raison", max_length=30, blank=True)
    consented_on = models.DateField("accord du", null=True, blank=True)
    weekly_hours = models.PositiveSmallIntegerField("heures par semaine convenues", null=True, blank=True)
    hours_waived = models.BooleanField("repère d'heures suspendu", default=False)
    opened_on = models.DateField("ouvert le")
    revision = models.PositiveIntegerField(default=1)

    objects = PathwayQuerySet.as_manager()

    class Meta:
        verbose_name = "parcours"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(stage__in=["exited", "paused"]) | ~Q(reason=""), name="pathway_left_for_a_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["household"], name="pathway_by_household")]

    def __str__(self) -> str:
        return self.get_stage_display()


class ItemKind(models.TextChoices):
    """What an item of a pathway is."""

    GOAL = "goal", "Objectif"
    ACTION = "action", "Action"
    OBSTACLE = "obstacle", "Obstacle"


class PathwayItem(models.Model):
    """
    A goal, an action or an obstacle; the person reads all of them.

    ``code`` is one of the lists of ``followup/pathway`` (an obstacle has no cause). ``words`` is one short sentence
    written for the person, sealed. ``owner`` is a colleague; ``by_person`` says that the person takes it on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField("nature", max_length=8, choices=ItemKind.choices)
    code = models.CharField(max_length=20)
    words = EncryptedJSONField(default=str)
    goal = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="actions")
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_person = models.BooleanField("la personne s'en charge", default=False)
    due_on = models.DateField("pour le", null=True, blank=True)
    state = models.CharField("état", max_length=8, choices=[(one.value, one.value) for one in ItemState],
                             default=ItemState.OPEN)
    done_on = models.DateField("fait le", null=True, blank=True)
    minutes = models.PositiveIntegerField("durée en minutes", null=True, blank=True)
    reason = models.CharField("raison", max_length=30, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects = PathwayPartQuerySet.as_manager()

    class Meta:
        verbose_name = "élément du parcours"
        ordering: ClassVar = ["due_on", "created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="action") | Q(due_on__isnull=False), name="action_has_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind="action") | Q(owner__isnull=False) | Q(by_person=True), name="action_has_an_owner"
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(done_on__isnull=False), name="item_done_on_a_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["pathway", "state", "due_on"], name="item_by_pathway")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class Appointment(models.Model):
    """One appointment of a pathway; ``kind`` is an activity of ``followup/pathway``, ``minutes`` its length."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="appointments")
    kind = models.CharField("nature", max_length=20, default="APPOINTMENT")
    at = models.DateTimeField("le")
    minutes = models.PositiveSmallIntegerField("durée en minutes", default=60)
    place = models.CharField("lieu", max_length=200, blank=True)
    with_whom = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField("état", max_length=9, choices=[(one.value, one.value) for one in AppointmentState],
                             default=AppointmentState.PLANNED)
    reason = models.CharField("raison", max_length=30, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects = PathwayPartQuerySet.as_manager()

    class Meta:
        verbose_name = "rendez-vous du parcours"
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=600), name="appointment_length"),
        ]
        indexes: ClassVar = [models.Index(fields=["pathway", "at"], name="appointment_by_pathway")]

    def __str__(self) -> str:
        return f"Rendez-vous du {self.at:%d/%m/%Y}"


class CalendarFeed(models.Model):
    """An address that a calendar reads: one's own dates, without a name nor a place of living; closed by its owner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = "agenda partagé"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "membership"], condition=Q(closed_at__isnull=True), nulls_distinct=False,
                name="one_open_feed",
            ),
        ]

    def __str__(self) -> str:
        return f"Agenda du {self.created_at:%d/%m/%Y}"
