"""The day itself: the devices, everything they reported, and what was said at each table."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from untoit.records.events.models.meetings import Meeting
from untoit.records.events.models.people import Registration
from untoit.records.events.models.plan import Event, Stand
from untoit.records.events.querysets import DeviceActQuerySet
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import User


class Device(models.Model):
    """
    A tablet, a telephone or a screen of one event, known by the hash of its token; two hours after the end it is shut.

    ``kind`` ``desk`` checks people in; ``stand`` shows and records one stand; ``hall`` is a screen that shows first
    names and initials, and writes nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="devices")
    kind = models.CharField(
        "usage", max_length=5, choices=[("desk", "Accueil"), ("stand", "Stand"), ("hall", "Écran de la salle")]
    )
    stand = models.ForeignKey(Stand, on_delete=models.CASCADE, null=True, blank=True, related_name="devices")
    name = models.CharField("nom", max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opens_at = models.DateTimeField("s'ouvre le")
    closes_at = models.DateTimeField("se ferme le")
    revoked_at = models.DateTimeField(null=True, blank=True)
    paired_at = models.DateTimeField(null=True, blank=True)
    # Hash of the code of six signs that pairs a tablet, and until when it does: fifteen minutes, once.
    pairing_hash = models.CharField(max_length=64, blank=True, db_index=True)
    pairing_until = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    waiting = models.PositiveIntegerField("actes en attente sur l'appareil", default=0)

    class Meta:
        verbose_name = "appareil"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kind="stand") | Q(stand__isnull=False), name="stand_device_has_one"),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceAct(models.Model):
    """
    One act reported by a device, exactly once: ``id`` is drawn by the device, so that a replay finds the row.

    ``at`` is the clock of the device; ``happened_at`` the same instant by ours; ``sequence`` its own order. An act that
    contradicts another is kept and flagged (``conflict``), for a person to settle. ``undoes`` names the act that this
    one takes back, whichever of the two arrives first. ``payload`` is sealed: it may hold the name of a walk-in.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="device_acts")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="acts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20)
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="device_acts"
    )
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, blank=True, related_name="device_acts")
    payload = EncryptedJSONField(default=dict)
    undoes = models.UUIDField(null=True, blank=True, db_index=True)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    refused = models.CharField("pourquoi l'acte n'a pas été appliqué", max_length=200, blank=True)
    conflict = models.CharField("contradiction", max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeviceActQuerySet.as_manager()

    class Meta:
        verbose_name = "acte d'un appareil"
        ordering: ClassVar = ["at", "sequence"]
        indexes: ClassVar = [models.Index(fields=["event", "at"], name="device_acts_in_order")]
        triggers: ClassVar = [pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.kind


class EmployerOutcome(models.Model):
    """What the employer said of an interview: hire, second interview, pool, no with a coded reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="employer_outcome")
    decision = models.CharField(
        "suite", max_length=6,
        choices=[
            ("hire", "Embauche"), ("second", "Deuxième entretien"), ("pool", "Vivier"), ("no", "Pas de suite"),
        ],
    )
    reason_code = models.CharField("raison", max_length=20, blank=True)
    next_on = models.DateField("prochaine date", null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "suite donnée par l'employeur"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(decision="no") | ~Q(reason_code=""), name="employer_no_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.get_decision_display()


class HousingOutcome(models.Model):
    """What came of a housing talk: interest, a visit, documents that are missing, or a refusal with its codes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="housing_outcome")
    decision = models.CharField(
        "suite", max_length=10,
        choices=[
            ("interested", "Intéressé·e"), ("visit", "Visite prévue"), ("refused", "Refus"), ("later", "À revoir"),
        ],
    )
    visit_on = models.DateField("visite le", null=True, blank=True)
    missing_documents = ArrayField(
        models.CharField(max_length=30), verbose_name="pièces manquantes", default=list, blank=True
    )
    refusal_codes = ArrayField(models.CharField(max_length=30), verbose_name="raisons", default=list, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "suite d'un échange logement"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(decision="refused") | Q(refusal_codes__len__gt=0), name="housing_refusal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(decision="visit") | Q(visit_on__isnull=False), name="housing_visit_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.get_decision_display()


class Feedback(models.Model):
    """The person's own word on leaving: three faces, in the language of her or his choice; one a registration."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="feedback")
    face = models.PositiveSmallIntegerField("avis", choices=[(1, "mécontent·e"), (2, "moyen"), (3, "content·e")])
    language = models.CharField("langue", max_length=3, default="fr")
    wants = ArrayField(models.CharField(max_length=20), verbose_name="souhaite", default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "avis à chaud"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(face__in=[1, 2, 3]), name="feedback_face")]

    def __str__(self) -> str:
        return self.get_face_display()
