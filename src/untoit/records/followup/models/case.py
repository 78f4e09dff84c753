"""The case of a household: its status as computed last, its alerts, its acts, and the letters they ask for."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from untoit.core.lifecycles.case import CASE_NAMES
from untoit.records.applicants.models import Household, Person
from untoit.records.followup.querysets import AlertQuerySet, CaseQuerySet, LetterQuerySet, TrackActQuerySet
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import Organisation, Role, User


class Case(models.Model):
    """
    The status of a household's case as ``core.lifecycles.case.status`` gave it last: a copy, to sort and count by.

    Nothing is decided from this row: it is made again after each act and every night. ``landlord_code`` and
    ``landlord_moved_on`` are what a landlord reads, sorts and filters by: made of the homes, the contracts and the
    events, without the applications nor the pathway.
    """

    household = models.OneToOneField(Household, on_delete=models.CASCADE, primary_key=True, related_name="case")
    code = models.CharField(
        "situation", max_length=24, choices=[(code.value, name) for code, name in CASE_NAMES.items()]
    )
    ended_by = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    has_home = models.BooleanField("bail en cours", default=False)
    has_job = models.BooleanField("contrat en cours", default=False)
    computed_on = models.DateField("calculé le")
    moved_on = models.DateField("dernier mouvement", null=True, blank=True)
    opened_on = models.DateField("ouvert le")
    landlord_code = models.CharField(
        "situation pour un bailleur", max_length=24, default="new",
        choices=[(code.value, name) for code, name in CASE_NAMES.items()],
    )
    landlord_moved_on = models.DateField("dernier mouvement pour un bailleur", null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "suivi d'un ménage"
        indexes: ClassVar = [
            models.Index(fields=["code", "moved_on"], name="case_by_code"),
            models.Index(fields=["computed_on"], name="case_by_day"),
            models.Index(fields=["landlord_code"], name="case_by_landlord_code"),
            # The order of the worklist, unknown days last.
            models.Index(
                models.F("moved_on").desc(nulls_last=True), models.F("household").desc(), name="case_by_move"
            ),
            models.Index(
                models.F("landlord_moved_on").desc(nulls_last=True), models.F("household").desc(),
                name="case_by_landlord_move",
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class CaseAlert(models.Model):
    """
    Something that a person has to look at. ``role`` has it in its worklist, ``audience`` are the roles that may read
    the sentence: what happened at work is not for the landlord.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="alerts")
    code = models.CharField(max_length=40)
    sentence = models.CharField("alerte", max_length=300)
    role = models.CharField(max_length=4, choices=Role.choices)
    audience = ArrayField(models.CharField(max_length=4))
    due_on = models.DateField("échéance", null=True, blank=True)
    since = models.DateField("depuis le")

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        ordering: ClassVar = ["due_on", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "code", "role", "sentence"], name="one_alert_of_a_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["code"], name="alert_by_code")]

    def __str__(self) -> str:
        return self.code


class TrackAct(models.Model):
    """
    One act on one of the three tracks, as it was recorded: from where to where, by whom, acting for whom, with what.

    ``on`` is the day of the fact, ``at`` the instant it was written. ``given`` holds what the act came with, sealed.
    ``user`` is empty for the clock, and for somebody who answered by a link (``how``). Never changed, deleted only
    with the household's file (:mod:`untoit.records.followup.keeping`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="acts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    track = models.CharField(
        "suivi", max_length=8, choices=[("housing", "logement"), ("job", "emploi"), ("pathway", "parcours")]
    )
    subject_id = models.UUIDField()
    action = models.CharField("acte", max_length=30)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24)
    reasons = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    given = EncryptedJSONField(default=dict)
    on = models.DateField("le")
    at = models.DateTimeField("écrit le")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=5, blank=True)
    how = models.CharField(
        "par", max_length=6, default="screen",
        choices=[
            ("screen", "l'écran"), ("link", "un lien"), ("clock", "l'échéance"), ("event", "une rencontre"),
            ("api", "l'interface"), ("effect", "un autre acte"),
        ],
    )
    caused_by = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="brought")

    objects = TrackActQuerySet.as_manager()

    class Meta:
        verbose_name = "acte"
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["household", "-at"], name="act_by_household"),
            models.Index(fields=["subject_id", "at"], name="act_by_subject"),
            models.Index(fields=["track", "action", "on"], name="act_by_kind"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.action} ({self.on:%d/%m/%Y})"


class Letter(models.Model):
    """
    A letter that an act asks for: an offer, a condition, a decision. Printed by a person, who says how it left.

    ``facts`` is what the letter says, as it stood that day, sealed: printed again, it says the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="letters")
    proposal = models.ForeignKey(
        "followup.Proposal", on_delete=models.CASCADE, null=True, blank=True, related_name="letters"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(
        "courrier", max_length=14,
        choices=[
            ("offer", "Offre de logement"), ("condition", "Attribution sous condition"),
            ("not_allocated", "Non-attribution"), ("warning", "Avertissement avant radiation"),
            ("silence", "Offre restée sans réponse"), ("retention", "Effacement prochain des données"),
        ],
    )
    facts = EncryptedJSONField(default=dict)
    written_on = models.DateField("du")
    created_at = models.DateTimeField()
    printed_at = models.DateTimeField("imprimé le", null=True, blank=True)
    sent_on = models.DateField("remis ou posté le", null=True, blank=True)
    sent_how = models.CharField(
        "par", max_length=8, blank=True,
        choices=[
            ("post", "courrier"), ("register", "courrier recommandé"), ("hand", "remise en main propre"),
            ("space", "espace personnel"),
        ],
    )
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "courrier"
        ordering: ClassVar = ["-written_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sent_on__isnull=True) | ~Q(sent_how=""), name="letter_sent_somehow"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "written_on"], condition=Q(sent_on__isnull=True, cancelled_at__isnull=True),
                name="letters_to_send",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
