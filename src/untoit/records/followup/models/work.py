"""One application of one person for one job, and the link by which an employer answers in one tap."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from untoit.core.lifecycles.job_track import BEFORE_HIRE, IN_WORK, JOB_STATE_NAMES, Engagement
from untoit.records.applicants.models import Household, Person
from untoit.records.events.models import Meeting
from untoit.records.followup.querysets import ApplicationQuerySet
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Tandem
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import Organisation, User


@pghistory.track(exclude=["snapshot"])
class Application(models.Model):
    """
    Where one application stands; what happened is in :class:`TrackAct`, one row an act.

    ``organisation`` is the one of the offer (an employer, or who publishes for it). The employer reads it from
    ``sent_on``, the day the card was sent with the agreement of the person, who approved it at ``card_approved_at``.
    ``trial_passed_on`` is beside the state: checks at one month fall inside most trial periods. ``words_differ``: what
    she says of the contract is not what the employer says; both stay among the acts. ``snapshot`` is what was proposed,
    sealed; its ``features`` hold what the success assumptions used (wish_rank, distance, years, employer_struggles,
    share_of_limit).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="applications")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="applications")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="applications")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="applications")
    tandem = models.ForeignKey(Tandem, on_delete=models.SET_NULL, null=True, blank=True, related_name="applications")
    source = models.CharField(
        "origine", max_length=8, default="coach",
        choices=[
            ("run", "calcul"), ("event", "rencontre"), ("coach", "coach"), ("person", "candidat·e"),
            ("import", "reprise"),
        ],
    )
    event = models.ForeignKey("events.Event", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(
        "état", max_length=20, choices=[(state.value, name) for state, name in JOB_STATE_NAMES.items()]
    )
    since = models.DateField("dans cet état depuis le")
    last_action = models.CharField(max_length=30, blank=True)
    reason = models.CharField("raison", max_length=20, blank=True)
    card_approved_at = models.DateTimeField("fiche approuvée le", null=True, blank=True)
    sent_on = models.DateField("fiche transmise le", null=True, blank=True)
    interview_on = models.DateField("entretien le", null=True, blank=True)
    interviewed_on = models.DateField("reçue le", null=True, blank=True)
    contract = models.CharField(
        "contrat", max_length=20, blank=True, choices=[(one.value, one.value) for one in Engagement]
    )
    start_on = models.DateField("prise de poste", null=True, blank=True)
    last_day = models.DateField("fin prévue", null=True, blank=True)
    trial_ends_on = models.DateField("fin de la période d'essai", null=True, blank=True)
    trial_passed_on = models.DateField("période d'essai passée le", null=True, blank=True)
    ended_on = models.DateField("dernier jour", null=True, blank=True)
    words_differ = models.BooleanField("la personne et l'employeur ne disent pas la même chose", default=False)
    snapshot = EncryptedJSONField(default=dict)
    opened_on = models.DateField("candidature du")
    revision = models.PositiveIntegerField(default=1)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        ordering: ClassVar = ["-opened_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "offer"], condition=Q(state__in=sorted(BEFORE_HIRE | IN_WORK)),
                name="one_open_application_per_offer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(IN_WORK)) | (~Q(contract="") & Q(start_on__isnull=False)),
                name="hire_has_a_contract_and_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["trial_broken", "ended"]) | Q(ended_on__isnull=False), name="job_end_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(start_on__isnull=True) | Q(last_day__gte=models.F("start_on")),
                name="contract_days_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state", "since"], name="application_by_employer"),
            models.Index(fields=["household", "-opened_on"], name="application_by_household"),
            models.Index(fields=["person", "state"], name="application_by_person"),
        ]

    def __str__(self) -> str:
        return f"Candidature {str(self.id)[:8]}"


class EmployerLink(models.Model):
    """
    A link by which an employer says one thing about one application in one tap, without an account.

    Only the hash of the token is kept. ``question`` is the code of the act that is asked (``interview_outcome``,
    ``hold_1m``, ``hold_3m``, ``hold_6m``); it opens nothing once used, closed or expired.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="links")
    question = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_to = models.EmailField("envoyé à", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_on = models.DateField("expire le")
    used_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField("réponse", max_length=20, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "lien de réponse"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "question"], condition=Q(used_at__isnull=True, closed_at__isnull=True),
                name="one_open_link_per_question",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class TakenSheet(models.Model):
    """
    The sheet of a meeting of an event, as the follow-up took it up: which version, and which track it went to.

    ``why`` says what a person has to settle when the sheet could not be followed; ``acts`` counts the acts of the track
    when it was, so that a sheet corrected later changes only what nobody touched since.
    """

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, primary_key=True, related_name="taken_up")
    version = models.PositiveIntegerField()
    track = models.CharField(max_length=8, choices=[("housing", "logement"), ("job", "emploi")])
    subject_id = models.UUIDField(null=True)
    acts = models.PositiveIntegerField(default=0)
    decision = models.CharField(max_length=10)
    why = models.CharField("à régler", max_length=240, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = "fiche de rencontre reprise"

    def __str__(self) -> str:
        return f"{self.track}, version {self.version}"
