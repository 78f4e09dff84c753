"""Imports: the file as received, each of its rows, what became of it, and the mapping remembered per organisation."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from untoit.records.intake.querysets import BatchQuerySet
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import Membership, Organisation, User


class BatchKind(models.TextChoices):
    """What a file holds; the codes are those of :class:`untoit.core.exchange.Kind`."""

    HOUSEHOLDS = "menages", "Ménages"
    PERSONS = "personnes", "Personnes en recherche d'emploi"
    DWELLINGS = "logements", "Logements"
    OFFERS = "offres", "Offres d'emploi"


class BatchState(models.TextChoices):
    """Where an import stands. Nothing reaches the records before APPLYING."""

    RECEIVED = "received", "Reçu"
    READING = "reading", "Lecture en cours"
    MAPPING = "mapping", "Colonnes à préciser"
    READY = "ready", "À vérifier"
    APPLYING = "applying", "Enregistrement en cours"
    APPLIED = "applied", "Enregistré"
    UNDOING = "undoing", "Annulation en cours"
    UNDONE = "undone", "Annulé"
    ABANDONED = "abandoned", "Abandonné"
    UNUSABLE = "unusable", "Illisible"


class Batch(models.Model):
    """One file handed over by an organisation. ``file`` is deleted after 30 days; its hash and the counts stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("contenu", max_length=10, choices=BatchKind.choices, blank=True)
    state = models.CharField("état", max_length=10, choices=BatchState.choices, default=BatchState.RECEIVED)
    file_name = models.CharField("fichier", max_length=200)
    file = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64)
    headers = models.JSONField("colonnes du fichier", default=list)
    mapping = models.JSONField("colonnes reconnues", default=list, help_text="une par en-tête ; vide : ignorée")
    options = models.JSONField("choix de l'import", default=dict)
    notices = models.JSONField("remarques sur le fichier", default=list)
    sentence = models.CharField("pourquoi illisible", max_length=500, blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField("dernière ligne traitée", default=0)
    is_unpacked = models.BooleanField("lignes gardées", default=False)
    counts = models.JSONField(default=dict, help_text="new, changed, unchanged, refused, duplicate -> lignes")
    received_at = models.DateTimeField("reçu le")
    progress_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering: ClassVar = ["-received_at"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-received_at"], name="imports_of"),
            models.Index(fields=["organisation", "sha256"], name="imports_by_content"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"


class RowOutcome(models.TextChoices):
    """What a row would do, or did."""

    NEW = "new", "nouvelle"
    CHANGED = "changed", "modifiée"
    UNCHANGED = "unchanged", "inchangée"
    REFUSED = "refused", "refusée"
    DUPLICATE = "duplicate", "doublon possible"
    KNOWN = "known", "dossier déjà connu"
    REVIEW = "review", "à revoir"


class RowDone(models.TextChoices):
    """What a row did to the records."""

    CREATED = "created", "fiche créée"
    UPDATED = "updated", "fiche modifiée"
    CONFIRMED = "confirmed", "toujours à jour"
    REQUESTED = "requested", "accord demandé"


class Row(models.Model):
    """
    One row of the file. ``raw`` holds its cells in the order of the headers, sealed since they hold incomes.

    ``said`` is what was wrong before its cells could be read; it stands until a person corrects the row. ``key`` is a
    keyed hash of its identifier, blank when it has none: a blank identifier never matches. ``changes`` is ``{column:
    [before, after]}`` in the texts of the format, sealed. ``decision`` settles a possible duplicate. ``done`` says what
    the row did; ``before`` is the record before the import and what the row added beside it, sealed, for the undo.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    raw = EncryptedJSONField(default=list)
    key = models.CharField(max_length=64, blank=True)
    said = EncryptedJSONField(default=list)
    edited = models.BooleanField("corrigée à l'écran", default=False)
    outcome = models.CharField(max_length=10, choices=RowOutcome.choices, blank=True)
    problems = EncryptedJSONField(default=list)
    has_notice = models.BooleanField("à noter", default=False)
    changes = EncryptedJSONField(default=dict)
    target_id = models.UUIDField(null=True)
    target_revision = models.PositiveIntegerField(null=True)
    candidates = models.JSONField(default=list, help_text="identifiants des doublons possibles")
    decision = models.CharField(max_length=6, blank=True)
    chosen_id = models.UUIDField(null=True, help_text="le doublon à mettre à jour")
    done = models.CharField(max_length=10, choices=RowDone.choices, blank=True)
    before = EncryptedJSONField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "ligne"
        ordering: ClassVar = ["line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "line"], name="one_row_per_line"),
            models.CheckConstraint(
                condition=Q(decision__in=["", "create", "update", "skip"]), name="row_decision_known"
            ),
            models.CheckConstraint(
                condition=~Q(decision="update") | Q(chosen_id__isnull=False), name="row_update_says_which"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "outcome", "line"], name="rows_by_outcome"),
            models.Index(fields=["key"], condition=~Q(key=""), name="rows_by_key"),
        ]

    def __str__(self) -> str:
        return f"ligne {self.line}"


class ColumnMapping(models.Model):
    """The column that an organisation calls by another name, remembered from its last import."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=BatchKind.choices)
    header = models.CharField(max_length=120)
    column = models.CharField(max_length=40, blank=True, help_text="vide : colonne ignorée")
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = "correspondance de colonne"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "kind", "header"], name="one_mapping_per_header"),
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.column or 'ignorée'}"
