"""Who may meet whom (wishes), who meets whom and when (meetings), and the computation that places them."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from untoit.records.events.models.people import Registration
from untoit.records.events.models.plan import Event, Stand
from untoit.records.events.querysets import MeetingQuerySet, WishQuerySet
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import User
from untoit.records.stock.models import Vacancy


class Wish(models.Model):
    """A meeting that would be useful: from the selection run, a person, or an employer. ``score`` is 0 to 100."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="wishes")
    stand = models.ForeignKey(Stand, on_delete=models.CASCADE, related_name="wishes")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    score = models.PositiveSmallIntegerField("intérêt", default=50)
    is_wanted = models.BooleanField("promis", default=False)
    source = models.CharField(
        "origine", max_length=8, default="run",
        choices=[
            ("run", "calcul"), ("adviser", "partenaire"), ("person", "candidat·e"), ("employer", "employeur"),
        ],
    )
    is_dropped = models.BooleanField("retiré", default=False)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = "rencontre souhaitée"
        ordering: ClassVar = ["-score"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["registration", "stand"], name="one_wish_per_stand"),
            models.CheckConstraint(condition=Q(score__lte=100), name="wish_score_in_range"),
        ]

    def __str__(self) -> str:
        return f"Souhait {str(self.id)[:8]}"


class MeetingState(models.TextChoices):
    """What became of a meeting."""

    PLANNED = "planned", "Prévue"
    HELD = "held", "Tenue"
    MISSED = "missed", "Manquée"
    CANCELLED = "cancelled", "Annulée"


@pghistory.track()
class Meeting(models.Model):
    """
    One person at one table from ``slot``, for ``length`` slots. ``informed_at``: when the person was told this slot.

    What no two clicks may break stands in :class:`Place`: one row for each slot that the meeting takes. A cancelled
    meeting has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="meetings")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="meetings")
    stand = models.ForeignKey(Stand, on_delete=models.CASCADE, related_name="meetings")
    table = models.PositiveSmallIntegerField("table", default=1)
    slot = models.PositiveSmallIntegerField("créneau")
    length = models.PositiveSmallIntegerField("créneaux pris", default=1)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=MeetingState.choices, default=MeetingState.PLANNED)
    is_locked = models.BooleanField("verrouillée", default=False)
    informed_at = models.DateTimeField(null=True, blank=True)
    told_slot = models.PositiveSmallIntegerField("créneau annoncé", null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "rencontre"
        ordering: ClassVar = ["slot", "table"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["registration", "stand"], condition=~Q(state="cancelled"), name="one_meeting_per_stand"
            ),
            models.CheckConstraint(condition=Q(length__gte=1, length__lte=6), name="meeting_length"),
        ]
        indexes: ClassVar = [models.Index(fields=["event", "slot"], name="meeting_by_slot")]

    def __str__(self) -> str:
        return f"Rencontre {str(self.id)[:8]}"


class Place(models.Model):
    """
    One slot taken by one meeting: nobody sits at two tables, nobody shares one.

    The members of one household share a housing talk: only one of them holds the table (``takes_table``).
    """

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="places")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="places")
    stand = models.ForeignKey(Stand, on_delete=models.CASCADE, related_name="places")
    table = models.PositiveSmallIntegerField()
    slot = models.PositiveSmallIntegerField()
    takes_table = models.BooleanField(default=True)

    class Meta:
        verbose_name = "place"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stand", "table", "slot"], condition=Q(takes_table=True), name="one_person_per_table"
            ),
            models.UniqueConstraint(fields=["registration", "slot"], name="nobody_in_two_places"),
        ]

    def __str__(self) -> str:
        return f"{self.slot}"


class PlanJob(models.Model):
    """One computation of the timetable, in the background: what was asked, its progress and what came out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="plan_jobs")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    seconds = models.PositiveSmallIntegerField(default=10)
    progress = models.FloatField(default=0)
    stage = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "calcul du planning"
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event"], condition=Q(done_at__isnull=True), name="one_plan_job_at_once"),
        ]

    def __str__(self) -> str:
        return f"Planning du {self.asked_at:%d/%m/%Y}"


class RepairProposal(models.Model):
    """
    What would repair the timetable after an absence, a delay or a stand that left, waiting for one click.

    ``changes`` holds identifiers and slots, never a name. ``version`` is the timetable that it was computed from: one
    that changed since is computed again. What it says of absence stays here: nobody outside the event reads it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="repair_proposals")
    version = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    summary = models.CharField("en bref", max_length=300)
    changes = models.JSONField("changements", default=list)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "réparation proposée"
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(applied_at__isnull=True, dismissed_at__isnull=True),
                name="one_repair_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.summary
