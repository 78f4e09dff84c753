"""Policies, timetables, runs with their frozen inputs, tandems with their snapshot and review."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from untoit.records.applicants.models import Household, Person
from untoit.records.jobs.models import Offer
from untoit.records.pairings.querysets import OwnedQuerySet, RunSettingsQuerySet, TandemQuerySet
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import Membership, Organisation, User
from untoit.records.stock.models import Vacancy


class Policy(models.Model):
    """Named and versioned choices of a landlord. A version is never changed: saving makes the next one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policies")
    name = models.CharField("nom", max_length=80)
    version = models.PositiveIntegerField(default=1)
    priority_per_mille = models.PositiveSmallIntegerField("part des publics prioritaires, en millièmes")
    settings = models.JSONField("poids et seuils", default=dict)
    note = models.CharField("pourquoi ce réglage", max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RunSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = "politique"
        ordering: ClassVar = ["name", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name", "version"], name="one_policy_per_version"),
            models.CheckConstraint(condition=Q(priority_per_mille__lte=1000), name="policy_share_in_range"),
        ]
        # Runs point at a version: it must say for ever what they were computed with.
        triggers: ClassVar = [pgtrigger.Protect(name="a_version_is_never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


class Feed(models.Model):
    """A GTFS timetable. The archive lies in ``settings.DATA_DIR / "horaires" / f"{sha256}.zip"``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="feeds")
    name = models.CharField("nom", max_length=120)
    sha256 = models.CharField(max_length=64)
    source_url = models.URLField("adresse du flux", blank=True)
    valid_from = models.DateField("valable du")
    valid_until = models.DateField("au")
    stops = models.PositiveIntegerField(default=0)
    trips = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = RunSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = "horaires"
        ordering: ClassVar = ["-added_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="one_feed_per_content"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="feed_dates_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class FeedFetch(models.Model):
    """A timetable asked of its address (``settings.TIMETABLE_URLS``), brought by the worker: what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="feed_fetches")
    name = models.CharField("nom", max_length=120)
    url = models.URLField("adresse du flux")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    failure = models.CharField("pourquoi le flux n'a pas été pris", max_length=500, blank=True)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, null=True, related_name="fetches")

    objects = RunSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d'horaires"
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.asked_at:%d/%m/%Y})"


class RunState(models.TextChoices):
    """DRAFT -> COMPUTED -> REVIEWED -> RELEASED -> CLOSED; the two others are how a computation may end."""

    DRAFT = "draft", "En préparation"
    COMPUTING = "computing", "Calcul en cours"
    COMPUTED = "computed", "À relire"
    REVIEWED = "reviewed", "Relu"
    RELEASED = "released", "Diffusé"
    CLOSED = "closed", "Clos"
    FAILED = "failed", "Arrêté"


class Run(models.Model):
    """
    One run of the main job on frozen inputs.

    ``parent`` is the run that it solves again with other pins. ``result`` holds the tables that the page shows:
    ``bilan`` (as in ``bilan.json``), ``quotas``, ``funnel``, ``proof``, ``notices``, ``versions``, ``network_lines``,
    ``network_label``, ``network_valid_from``, ``network_valid_until``, ``refused``. ``choices`` are the pins and
    interdictions that the run was given, by identifiers (:mod:`untoit.records.pairings.choices`). ``certificate`` names
    households by their number: it is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="runs")
    title = models.CharField("titre", max_length=120)
    state = models.CharField("état", max_length=10, choices=RunState.choices, default=RunState.DRAFT)
    mode = models.CharField(
        max_length=9, default="plan",
        choices=[("plan", "Plan d'attribution"), ("selection", "Liste courte d'un événement")],
    )
    on = models.DateField("date du calcul")
    seed = models.PositiveIntegerField("graine", default=0)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="runs")
    feeds = models.ManyToManyField(Feed, related_name="runs", verbose_name="horaires")
    perimeter = models.JSONField("périmètre", default=dict)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    inputs_hash = models.CharField("empreinte des données", max_length=64, blank=True)
    fictitious = models.BooleanField(default=False)
    stage = models.CharField("étape", max_length=60, blank=True)
    progress = models.FloatField(default=0)
    progress_at = models.DateTimeField(null=True)
    failure = models.CharField("pourquoi le calcul s'est arrêté", max_length=500, blank=True)
    result = models.JSONField(null=True)
    certificate = EncryptedJSONField(null=True)
    choices = models.JSONField("choix imposés", default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("créé le")
    computed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "calcul"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state__in=["released", "closed"])
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="run_release_has_an_author",
            ),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="run_progress_is_a_share"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "-created_at"], name="run_list")]

    def __str__(self) -> str:
        return self.title


class RunInput(models.Model):
    """One frozen file of a run, in the exchange format, sealed; ``sha256`` is that of the text in clear."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    kind = models.CharField(max_length=10)
    content = EncryptedJSONField()
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    erased_rows = models.PositiveIntegerField(default=0, help_text="lignes retirées depuis, à l'effacement d'un ménage")

    class Meta:
        verbose_name = "données gelées"
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "kind"], name="one_input_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.rows} lignes)"


class Review(models.TextChoices):
    """What people said of a tandem."""

    TO_REVIEW = "to_review", "À relire"
    ACCEPTED = "accepted", "Retenu"
    SET_ASIDE = "set_aside", "Écarté"


class SetAside(models.TextChoices):
    """Why a tandem is set aside: coded, because words about people are kept out of this tool."""

    HOME = "home", "Le logement ne convient pas (étage, taille, état, bruit)"
    PLACE = "place", "Le secteur ne convient pas (école, proches, commune)"
    COST = "cost", "Le budget ne tient pas"
    JOB = "job", "L'emploi ne convient pas (tâches, contrat, salaire)"
    HOURS = "hours", "Les horaires ne conviennent pas"
    COMMUTE = "commute", "Le trajet est trop long ou trop tôt"
    PERSON = "person", "La personne a renoncé ou n'est plus disponible"
    TAKEN = "taken", "Le logement ou le poste n'est plus libre"
    OTHER = "other", "Autre raison"


class Forbids(models.TextChoices):
    """What an interdiction strikes out of the next choice."""

    HOME = "home", "ce logement pour ce ménage"
    JOBS = "jobs", "ces emplois pour ces personnes"


class Tandem(models.Model):
    """
    One household and one dwelling of a run, with one :class:`TandemJob` a seeker placed.

    ``number`` is its place in the list and on the map of the run; ``rank`` that of the household among those proposed
    for the dwelling.

    ``snapshot`` is what was proposed (dwelling, budgets, reasons, versions) as it was on that day, sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tandems")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="tandems")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="tandems")
    number = models.PositiveIntegerField("numéro", default=0)
    rank = models.PositiveIntegerField("rang")
    probability = models.DecimalField("chances de double réussite", max_digits=7, decimal_places=6)
    is_priority = models.BooleanField(default=False)
    in_scheme = models.BooleanField(default=False)
    snapshot = EncryptedJSONField()
    review = models.CharField(max_length=10, choices=Review.choices, default=Review.TO_REVIEW)
    reason_code = models.CharField(max_length=10, choices=SetAside.choices, blank=True)
    reason = models.CharField("raison", max_length=300, blank=True)
    forbids = models.CharField("interdit", max_length=4, choices=Forbids.choices, blank=True)
    is_pinned = models.BooleanField("épinglé", default=False)
    is_forbidden = models.BooleanField("interdit", default=False)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    objects = TandemQuerySet.as_manager()

    class Meta:
        verbose_name = "tandem"
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "household", "vacancy"], name="one_tandem_per_pair"),
            models.CheckConstraint(
                condition=~Q(is_pinned=True, is_forbidden=True), name="tandem_pinned_or_forbidden"
            ),
            models.CheckConstraint(
                condition=~Q(review="accepted", is_forbidden=True), name="tandem_forbidden_not_kept"
            ),
            models.CheckConstraint(
                condition=~Q(review="set_aside") | ~Q(reason_code=""), name="tandem_set_aside_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Tandem {str(self.id)[:8]}"


class TandemJob(models.Model):
    """The job offer proposed to one seeker in a tandem; ``snapshot`` is the row shown, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tandem = models.ForeignKey(Tandem, on_delete=models.CASCADE, related_name="jobs")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tandem_jobs")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="tandem_jobs")
    outward_min = models.PositiveSmallIntegerField()
    back_min = models.PositiveSmallIntegerField()
    snapshot = EncryptedJSONField()

    class Meta:
        verbose_name = "emploi du tandem"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tandem", "person", "offer"], name="one_job_per_seeker_and_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.offer.title}"


class Unplaced(models.Model):
    """A household left out by a run: the stage that stopped it, why, and the nearest change; texts sealed."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="unplaced")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField("étape", max_length=12)
    texts = EncryptedJSONField()
    is_priority = models.BooleanField(default=False)

    class Meta:
        verbose_name = "ménage non placé"
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "household"], name="one_reason_per_household")]

    def __str__(self) -> str:
        return self.stage
