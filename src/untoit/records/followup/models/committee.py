"""The allocation committee (CALEOL): its sessions, its members, its agenda and its votes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from untoit.records.followup.querysets import SessionQuerySet
from untoit.records.partners.models import Organisation, User
from untoit.records.stock.models import Vacancy


class SessionState(models.TextChoices):
    """Where a session stands; an agenda that is closed may be opened again until the session is held."""

    DRAFT = "draft", "Ordre du jour en préparation"
    AGENDA_CLOSED = "closed", "Ordre du jour clos"
    HELD = "held", "Séance tenue"
    MINUTED = "minuted", "Procès-verbal arrêté"
    CANCELLED = "cancelled", "Annulée"


class Session(models.Model):
    """One session of the committee of one landlord."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="committee_sessions")
    on = models.DateField("séance du")
    starts_min = models.PositiveSmallIntegerField("heure", default=9 * 60, help_text="minutes après minuit")
    place = models.CharField("lieu", max_length=200, blank=True)
    state = models.CharField("état", max_length=10, choices=SessionState.choices, default=SessionState.DRAFT)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("ordre du jour clos le", null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    minuted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    minuted_at = models.DateTimeField("procès-verbal arrêté le", null=True, blank=True)
    remarks = models.TextField("observations", blank=True, max_length=2000)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "séance de la commission"
        ordering: ClassVar = ["-on", "starts_min"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "on", "starts_min"], condition=~Q(state="cancelled"),
                name="one_session_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(closed_at__isnull=False), name="session_agenda_closed"
            ),
            models.CheckConstraint(
                condition=~Q(state="minuted") | Q(minuted_at__isnull=False, minuted_by__isnull=False),
                name="session_minutes_have_an_author",
            ),
        ]

    def __str__(self) -> str:
        return f"Commission du {self.on:%d/%m/%Y}"


class SessionMember(models.Model):
    """Somebody who sits at a session, by name and quality; ``votes`` is false for an advisory voice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="members")
    name = models.CharField("nom", max_length=120)
    quality = models.CharField(
        "qualité", max_length=12,
        choices=[
            ("chair", "présidence"), ("board", "administrateur·rice"), ("tenants", "représentant·e des locataires"),
            ("mayor", "maire ou représentant·e"), ("prefect", "préfet ou représentant·e"),
            ("epci", "intercommunalité"), ("advisory", "voix consultative"),
        ],
    )
    commune = models.CharField("commune représentée", max_length=5, blank=True)
    votes = models.BooleanField("voix délibérative", default=True)
    is_present = models.BooleanField("présent·e", null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "membre de la commission"
        ordering: ClassVar = ["order", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "name"], name="one_member_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class AgendaLine(models.Model):
    """One dwelling of an agenda, with the exception written down when it has fewer candidates than the law asks."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="lines")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="agenda_lines")
    order = models.PositiveSmallIntegerField(default=0)
    exception = models.CharField("exception", max_length=30, blank=True)
    exception_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    exception_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "logement à l'ordre du jour"
        ordering: ClassVar = ["order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "vacancy"], name="one_line_per_dwelling"),
            models.CheckConstraint(
                condition=Q(exception="") | Q(exception_by__isnull=False, exception_at__isnull=False),
                name="agenda_exception_has_an_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vacancy.reference}"


class Vote(models.Model):
    """The votes on one candidate of one dwelling, as the minutes give them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="votes")
    proposal = models.ForeignKey("followup.Proposal", on_delete=models.CASCADE, related_name="votes")
    in_favour = models.PositiveSmallIntegerField("pour", default=0)
    against = models.PositiveSmallIntegerField("contre", default=0)
    abstained = models.PositiveSmallIntegerField("abstentions", default=0)
    mayor_in_favour = models.BooleanField("voix du maire favorable", null=True, blank=True)

    class Meta:
        verbose_name = "vote"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "proposal"], name="one_vote_per_candidate"),
        ]

    def __str__(self) -> str:
        return f"{self.in_favour} pour, {self.against} contre"
