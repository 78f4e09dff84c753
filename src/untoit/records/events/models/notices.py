"""What is written to candidates (SMS, e-mail, letter), what they answered, and those who asked for silence."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from untoit.records.applicants.models import Person
from untoit.records.events.models.people import CHANNELS, Registration
from untoit.records.events.querysets import NoticeQuerySet
from untoit.records.partners.fields import EncryptedJSONField


class NoticeKind(models.TextChoices):
    """Why somebody is written to."""

    INVITATION = "invitation", "Invitation"
    REMINDER_7 = "reminder_7", "Rappel J-7"
    REMINDER_2 = "reminder_2", "Rappel J-2"
    REMINDER_0 = "reminder_0", "Rappel du jour"
    CONVOCATION = "convocation", "Planning personnel"
    WAITING = "waiting", "Liste d'attente"
    FREED = "freed", "Place libérée"
    CHANGE = "change", "Changement d'horaire"
    CANCELLED = "cancelled", "Annulation"
    THANKS = "thanks", "Suites"


class Notice(models.Model):
    """
    One message to one person, leaving once: ``key`` is unique for the registration.

    The text is sealed and carries no number: the address is read from the person when it leaves, under the right to
    write to her or him. ``held_because`` says why it stays (STOP, daily cap, no number).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    channel = models.CharField(max_length=6, choices=CHANNELS)
    key = models.CharField(max_length=80)
    text = EncryptedJSONField()
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    held_because = models.CharField(max_length=20, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "message à un·e candidat·e"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["registration", "key"], name="one_notice_per_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["send_after"], condition=Q(sent_at__isnull=True), name="notices_waiting"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Reply(models.Model):
    """What somebody wrote back, sealed, and what was understood; it lands on the file, for people to read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="replies")
    provider_id = models.CharField("identifiant chez l'opérateur", max_length=80, unique=True)
    text = EncryptedJSONField()
    understood = models.CharField("compris comme", max_length=12, blank=True)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "réponse reçue"
        ordering: ClassVar = ["-received_at"]

    def __str__(self) -> str:
        return f"Réponse du {self.received_at:%d/%m/%Y}"


class Stop(models.Model):
    """Somebody who answered STOP: nothing more leaves by this channel until she or he says otherwise."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stops")
    channel = models.CharField(max_length=6, choices=CHANNELS)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "demande de ne plus recevoir"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "channel"], condition=Q(lifted_at__isnull=True), name="one_stop"),
        ]

    def __str__(self) -> str:
        return self.get_channel_display()
