"""One proposal of one dwelling to one household."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from untoit.core.lifecycles.housing_track import HOLDING_THE_DWELLING, HOUSING_STATE_NAMES, LEASED, OPEN
from untoit.records.applicants.models import Household
from untoit.records.followup.models.committee import Session
from untoit.records.followup.querysets import ProposalQuerySet
from untoit.records.pairings.models import Tandem
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import Organisation, User
from untoit.records.stock.models import Vacancy


def _codes(name: str) -> ArrayField:
    return ArrayField(models.CharField(max_length=30), verbose_name=name, default=list, blank=True)


@pghistory.track(exclude=["snapshot", "stated"])
class Proposal(models.Model):
    """
    Where one proposal of a dwelling stands; what happened is in :class:`TrackAct`, one row an act.

    ``organisation`` is the landlord of the dwelling. ``grounds`` (the codes of art. L441-1 that were evidenced),
    ``in_scheme`` and ``quartile`` are those of the day of the decision: the 30 % counts them as they stood.
    ``snapshot`` is what was proposed (rent, benefit, commute, budgets, reasons, versions, and under ``features`` what
    the success assumptions used), sealed. ``stated`` is the sentence of a rejection, sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="proposals")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="proposals")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="proposals")
    tandem = models.ForeignKey(Tandem, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposals")
    source = models.CharField(
        "origine", max_length=8, default="adviser",
        choices=[("run", "calcul"), ("event", "rencontre"), ("adviser", "conseiller·ère"), ("import", "reprise")],
    )
    event = models.ForeignKey("events.Event", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(
        "état", max_length=24, choices=[(state.value, name) for state, name in HOUSING_STATE_NAMES.items()]
    )
    since = models.DateField("dans cet état depuis le")
    last_action = models.CharField(max_length=30, blank=True)
    reason = models.CharField("raison", max_length=30, blank=True)
    reasons = _codes("raisons")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals")
    rank = models.PositiveSmallIntegerField("rang", null=True, blank=True)
    visit_on = models.DateField("visite prévue le", null=True, blank=True)
    visited_on = models.DateField("visité le", null=True, blank=True)
    needed_documents = _codes("pièces demandées")
    documents = _codes("pièces reçues")
    document = models.CharField("pièce attendue", max_length=30, blank=True)
    document_due_on = models.DateField("pièce attendue pour le", null=True, blank=True)
    decided_on = models.DateField("décision du", null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    aids_looked_at = models.BooleanField("aides et accompagnement examinés", default=False)
    stated = EncryptedJSONField(null=True)
    notified_on = models.DateField("offre notifiée le", null=True, blank=True)
    answer_due_on = models.DateField("réponse attendue pour le", null=True, blank=True)
    answered_on = models.DateField("réponse du", null=True, blank=True)
    signed_on = models.DateField("bail signé le", null=True, blank=True)
    inventory_on = models.DateField("état des lieux du", null=True, blank=True)
    keys_on = models.DateField("clés remises le", null=True, blank=True)
    ended_on = models.DateField("bail terminé le", null=True, blank=True)
    grounds = ArrayField(models.CharField(max_length=4), verbose_name="motifs justifiés", default=list, blank=True)
    in_scheme = models.BooleanField("dans le dispositif", default=False)
    quartile = models.PositiveSmallIntegerField("quartile", null=True, blank=True)
    is_transfer = models.BooleanField("mutation", default=False)
    is_npnru = models.BooleanField("relogement NPNRU", default=False)
    snapshot = EncryptedJSONField(default=dict)
    opened_on = models.DateField("proposé le")
    revision = models.PositiveIntegerField(default=1)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition de logement"
        ordering: ClassVar = ["-opened_on", "id"]
        constraints: ClassVar = [
            # What sixteen people clicking at once cannot break: a dwelling is offered to one household at a time.
            models.UniqueConstraint(
                fields=["vacancy"], condition=Q(state__in=sorted(HOLDING_THE_DWELLING)), name="one_holder_per_dwelling"
            ),
            models.UniqueConstraint(
                fields=["household"], condition=Q(state__in=sorted(LEASED)), name="one_lease_per_household"
            ),
            models.UniqueConstraint(
                fields=["household", "vacancy"], condition=Q(state__in=sorted(OPEN | LEASED)),
                name="one_open_proposal_per_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["notified", "accepted", "refused", "refused_silence"])
                | Q(notified_on__isnull=False, answer_due_on__isnull=False, decided_on__isnull=False),
                name="proposal_notified_with_dates",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(LEASED)) | Q(signed_on__isnull=False, decided_on__isnull=False),
                name="proposal_lease_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="allocated_ranked") | Q(rank__gte=1), name="proposal_ranked_has_a_rank"
            ),
            models.CheckConstraint(
                condition=~Q(state="allocated_conditional") | ~Q(document=""), name="proposal_condition_is_a_document"
            ),
            models.CheckConstraint(
                condition=~Q(state="on_agenda") | Q(session__isnull=False), name="proposal_agenda_has_a_session"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "declined"]) | Q(reasons__len__gt=0), name="refusal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(quartile__isnull=True) | Q(quartile__gte=1, quartile__lte=4), name="proposal_quartile"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state", "since"], name="proposal_by_state"),
            models.Index(fields=["household", "-opened_on"], name="proposal_by_household"),
            models.Index(fields=["vacancy", "rank"], name="proposal_by_dwelling"),
            models.Index(fields=["answer_due_on"], condition=Q(state="notified"), name="answers_awaited"),
            models.Index(fields=["organisation", "signed_on"], name="proposal_by_lease"),
        ]

    def __str__(self) -> str:
        return f"Proposition {str(self.id)[:8]}"
