"""Who is asked to come, who answered what, who was there; and the sessions that prepare them."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from untoit.core.lifecycles.event import REGISTRATION_STATE_NAMES, RegistrationState
from untoit.records.applicants.models import Person
from untoit.records.events.models.plan import Event, Wave
from untoit.records.events.querysets import RegistrationQuerySet
from untoit.records.pairings.models import Tandem
from untoit.records.partners.models import Membership, Organisation, User

CHANNELS = [("sms", "SMS"), ("email", "e-mail"), ("letter", "courrier"), ("none", "remise en main propre")]


@pghistory.track(exclude=["link_hash"])
class Registration(models.Model):
    """
    One person and one event.

    ``badge`` is the code of the QR of the badge, and of nothing else. ``link_hash`` is the hash of the personal address
    sent to the person, which opens this registration without an account. ``arrives_slot`` and ``leaves_slot`` bound
    what the bus or the childcare allows; ``housing_after`` is whether the person wants the housing talk after the
    interviews. Presence is ``present_at`` / ``absent_at``; what devices reported stays in :class:`DeviceAct`.
    ``sheet_approved_at`` is when the person agreed to what an employer will read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="registrations")
    tandem = models.ForeignKey(Tandem, on_delete=models.SET_NULL, null=True, blank=True, related_name="registrations")
    state = models.CharField(
        "état", max_length=10, default=RegistrationState.PROPOSED,
        choices=[(state.value, name) for state, name in REGISTRATION_STATE_NAMES.items()],
    )
    source = models.CharField(
        "origine", max_length=8, default="person",
        choices=[("run", "calcul"), ("person", "ajoutée par un partenaire"), ("walk_in", "venue sans inscription")],
    )
    wave = models.ForeignKey(Wave, on_delete=models.SET_NULL, null=True, blank=True, related_name="registrations")
    is_standby = models.BooleanField("en réserve", default=False)
    rank = models.PositiveIntegerField("ordre d'invitation", default=0)
    channel = models.CharField("canal", max_length=6, choices=CHANNELS, default="none")
    badge = models.CharField("code du badge", max_length=12)
    link_hash = models.CharField(max_length=64, blank=True, db_index=True)
    arrives_slot = models.PositiveSmallIntegerField("arrive au plus tôt au créneau", default=0)
    leaves_slot = models.PositiveSmallIntegerField("repart au créneau", null=True, blank=True)
    housing_after = models.BooleanField("échange logement après les entretiens", null=True, blank=True)
    needs_accessible = models.BooleanField("a besoin d'un accès de plain-pied", default=False)
    needs_language = models.CharField("interprète", max_length=3, blank=True)
    travel_min = models.PositiveSmallIntegerField("trajet jusqu'au lieu (minutes)", null=True, blank=True)
    travel_note = models.CharField("trajet", max_length=200, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField("réponse donnée", max_length=10, blank=True)
    present_at = models.DateTimeField(null=True, blank=True)
    absent_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    presence_conflict = models.BooleanField("présence contradictoire", default=False)
    sheet_approved_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField("raison", max_length=200, blank=True)
    got_job = models.BooleanField("embauchée ensuite, suivi effacé depuis", default=False)
    got_home = models.BooleanField("bail signé ensuite, suivi effacé depuis", default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        ordering: ClassVar = ["rank", "created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "person"], name="one_registration_per_person"),
            models.UniqueConstraint(fields=["event", "badge"], name="one_badge_per_person"),
            models.CheckConstraint(
                condition=Q(present_at__isnull=True) | Q(absent_at__isnull=True), name="present_or_absent"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["event", "state", "rank"], name="registration_list")]

    def __str__(self) -> str:
        return f"Inscription {str(self.id)[:8]}"


class Preparation(models.Model):
    """A session in the two weeks before: coaching, mock interview, check of the housing file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="preparations")
    kind = models.CharField(
        "nature", max_length=14,
        choices=[
            ("coaching", "Préparation collective"), ("mock_interview", "Simulation d'entretien"),
            ("file_check", "Vérification du dossier logement"),
        ],
    )
    starts_at = models.DateTimeField("début")
    length_min = models.PositiveSmallIntegerField("durée", default=90)
    place = models.CharField("lieu", max_length=200)
    capacity = models.PositiveSmallIntegerField("places", default=12)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "séance de préparation"
        ordering: ClassVar = ["starts_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.starts_at:%d/%m/%Y}"


class PreparationSeat(models.Model):
    """Somebody expected at a session, and whether she or he came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    preparation = models.ForeignKey(Preparation, on_delete=models.CASCADE, related_name="seats")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="preparations")
    came = models.BooleanField("venu·e", null=True, blank=True)

    class Meta:
        verbose_name = "place à une séance"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["preparation", "registration"], name="one_seat_per_session"),
        ]

    def __str__(self) -> str:
        return f"Place {str(self.id)[:8]}"
