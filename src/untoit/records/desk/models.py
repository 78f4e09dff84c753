"""Tasks, messages to send, last visits and preferences."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from untoit.records.desk.querysets import TaskQuerySet
from untoit.records.partners.models import Membership, Organisation, Role, User


class TaskKind(models.TextChoices):
    """Why something waits for somebody; the code also names the screen where it is done (``web.desk``)."""

    IMPORT_TO_CONFIRM = "import_to_confirm", "Import à vérifier et confirmer"
    DUPLICATES_TO_DECIDE = "duplicates_to_decide", "Doublons possibles à trancher"
    OFFER_TO_CONFIRM = "offer_to_confirm", "Offre : toujours ouverte ?"
    VACANCY_TO_CONFIRM = "vacancy_to_confirm", "Logement : toujours libre ?"
    RUN_TO_REVIEW = "run_to_review", "Tandems à relire"
    RUN_TO_RELEASE = "run_to_release", "Calcul à diffuser"
    TANDEM_TO_PRESENT = "tandem_to_present", "Tandem à présenter"
    LINK_EXPIRES = "link_expires", "Partage qui expire"
    CONSENT_MISSING = "consent_missing", "Consentement à recueillir"
    GROUND_WITHOUT_EVIDENCE = "ground_without_evidence", "Motif prioritaire à justifier"
    INVITATION_TO_APPROVE = "invitation_to_approve", "Invitation à approuver"
    RIGHTS_REQUEST = "rights_request", "Demande d'accès ou d'effacement"
    EVENT_CHECKLIST = "event_checklist", "Événement : à faire"
    EVENT_REPLY = "event_reply", "Réponse reçue à lire"
    EVENT_CONFLICT = "event_conflict", "Présences contradictoires à trancher"
    EVENT_PAPER = "event_paper", "Courriers à remettre ou à poster"
    OUTCOME_MISSING = "outcome_missing", "Suite d'une rencontre à noter"
    AFTER_EVENT = "after_event", "Reprendre contact après l'événement"
    VISIT_TO_PLAN = "visit_to_plan", "Visite à fixer"
    VISIT_OUTCOME = "visit_outcome", "Suite d'une visite à noter"
    OFFER_TO_NOTIFY = "offer_to_notify", "Offre de logement à notifier"
    ANSWER_AWAITED = "answer_awaited", "Réponse à une offre de logement"
    DOCUMENT_AWAITED = "document_awaited", "Pièce attendue"
    NEXT_RANK = "next_rank", "Rang suivant à appeler"
    STRIKING_OFF = "striking_off", "Radiation à décider"
    LEASE_TO_SIGN = "lease_to_sign", "Bail à signer"
    INVENTORY = "inventory", "État des lieux à fixer"
    HOUSING_BENEFIT = "housing_benefit", "Aide au logement à demander"
    LOCA_PASS = "loca_pass", "Avance Loca-Pass à demander"
    CALL_1M = "call_1m", "Appel du premier mois"
    CHECK_3M = "check_3m", "Maintien dans le logement à 3 mois"
    CHECK_6M = "check_6m", "Maintien dans le logement à 6 mois"
    AGENDA_TO_CLOSE = "agenda_to_close", "Ordre du jour à clore"
    MINUTES_TO_SETTLE = "minutes_to_settle", "Procès-verbal à arrêter"
    LETTER_TO_SEND = "letter_to_send", "Courrier à remettre"
    INTERVIEW_OUTCOME = "interview_outcome", "Suite d'un entretien à dire"
    OFFER_ANSWER = "offer_answer", "Réponse à une offre d'emploi"
    HOLD_1M = "hold_1m", "En poste à 1 mois ?"
    HOLD_3M = "hold_3m", "En poste à 3 mois ?"
    HOLD_6M = "hold_6m", "En poste à 6 mois ?"
    TRIAL_ENDS = "trial_ends", "Période d'essai qui se termine"
    OTHER_APPLICATIONS = "other_applications", "Autres candidatures à revoir"
    RESOURCES_TO_UPDATE = "resources_to_update", "Ressources à revoir"
    JOB_TO_RESUME = "job_to_resume", "Recherche d'emploi à reprendre"
    FIRST_STEPS = "first_steps", "Premières actions à fixer"
    PATHWAY_PAUSED = "pathway_paused", "Point sur une pause"
    HANDOVER_MEETING = "handover_meeting", "Relais entre référents"
    PATHWAY_ACTION = "pathway_action", "Action du parcours"
    OTHER_HALF = "other_half", "L'autre moitié est en danger"
    LATE_TASKS = "late_tasks", "Retards dans le service"


class Task(models.Model):
    """
    One open item: an owner (a person, or a role of an organisation), a due date, why, and what it is about.

    ``why`` never holds personal data: the name is read on the page, under the rights of whoever looks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=TaskKind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="tasks")
    role = models.CharField(max_length=4, choices=Role.choices, blank=True)
    owner = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks")
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    why = models.CharField(max_length=300)
    due_on = models.DateField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=60, blank=True)
    postponed_from = models.DateField(null=True, blank=True, help_text="l'échéance d'avant, pour annuler le report")
    revision = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "tâche"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "organisation", "subject_id"], condition=Q(done_at__isnull=True), name="one_open_task"
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | ~Q(role=""), name="task_has_an_owner"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(done_by__isnull=True), name="task_done_by_when_done"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "due_on"], condition=Q(done_at__isnull=True), name="open_tasks"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} pour le {self.due_on:%d/%m/%Y}"


class Message(models.Model):
    """An e-mail or SMS waiting to leave. The body names nobody: it says that something waits, and where."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=5, choices=[("email", "e-mail"), ("sms", "SMS")], default="email")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, help_text="deux messages de même clé ne partent qu'une fois")
    subject = models.CharField(max_length=160)
    body = models.TextField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "message"
        constraints: ClassVar = [models.UniqueConstraint(fields=["recipient", "key"], name="one_message_per_key")]

    def __str__(self) -> str:
        return self.subject


class DigestFrequency(models.TextChoices):
    """How often somebody is written to."""

    DAILY = "daily", "chaque matin ouvré"
    WEEKLY = "weekly", "le lundi"
    NEVER = "never", "jamais"


class Preference(models.Model):
    """What a user chose about messages."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="preference")
    digest = models.CharField(max_length=6, choices=DigestFrequency.choices, default=DigestFrequency.DAILY)

    class Meta:
        verbose_name = "préférence"

    def __str__(self) -> str:
        return self.get_digest_display()


class Visit(models.Model):
    """When a membership last opened its morning page: "what changed since my last visit" starts there."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, primary_key=True, related_name="visit")
    previous_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = "visite"

    def __str__(self) -> str:
        return f"{self.last_at:%Y-%m-%d %H:%M}"
