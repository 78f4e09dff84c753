"""Households, job seekers, evidence, consents, links with organisations and who follows them, social notes."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from untoit.core.model.household import CurrentStatus, PriorityGround
from untoit.core.model.work import FrenchLevel
from untoit.records.applicants.querysets import ExportRequestQuerySet, HouseholdQuerySet, PersonQuerySet
from untoit.records.partners.fields import EncryptedJSONField
from untoit.records.partners.models import Membership, Organisation, User
from untoit.records.partners.search import search_trigger


def _texts(name: str, size: int) -> ArrayField:
    return ArrayField(models.CharField(max_length=size), verbose_name=name, default=list, blank=True)


# A file that comes again must not take away what a person saw with her own eyes: whoever writes ``evidenced_grounds``,
# the grounds with valid evidence stay in it.
_KEEP_SEEN_GROUNDS = pgtrigger.Trigger(
    name="keep_seen_grounds", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        NEW.evidenced_grounds := ARRAY(
            SELECT DISTINCT one FROM unnest(NEW.evidenced_grounds || NEW.seen_grounds) AS one ORDER BY one
        );
        RETURN NEW;
    """,
)


@pghistory.track()
class Household(models.Model):
    """
    A household to be housed: a row of ``menages.csv``.

    ``finances`` seals the declared amounts: ``tax_income_n2_eur_year``, ``income_12_months_eur_year`` and the eight
    fields of :class:`untoit.core.model.household.Resources`, as decimal texts; a missing key is unknown, never zero.
    ``application_number`` is opaque; a blank one never matches another (partial unique constraint).

    ``evidenced_grounds`` is what counts as priority: what the partner's file declared (``filed_grounds``) and what
    valid :class:`Evidence` shows (``seen_grounds``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application_number = models.CharField("numéro unique", max_length=40, blank=True)
    applied_on = models.DateField("date de la demande")
    adult_ages = ArrayField(models.PositiveSmallIntegerField(), verbose_name="âges des adultes")
    child_ages = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name="âges des enfants", default=list, blank=True
    )
    expected_births = models.PositiveSmallIntegerField("naissances attendues", default=0)
    young_couple = models.BooleanField("jeune couple", null=True, blank=True)
    disabled_persons = models.PositiveSmallIntegerField("personnes avec CMI invalidité", default=0)
    finances = EncryptedJSONField(default=dict)
    grounds = _texts("motifs prioritaires", 4)
    evidenced_grounds = _texts("motifs justifiés", 4)
    filed_grounds = _texts("motifs justifiés selon le fichier", 4)
    seen_grounds = _texts("motifs dont un justificatif valable a été vu", 4)
    in_scheme = models.BooleanField("dans le dispositif", default=False)
    reserving_parties = _texts("réservataires", 20)
    wished_communes = _texts("communes souhaitées", 5)
    accepts_other_communes = models.BooleanField("autres communes", null=True, blank=True)
    wished_rooms = ArrayField(models.PositiveSmallIntegerField(), verbose_name="typologies", default=list, blank=True)
    max_outlay_cents = models.PositiveIntegerField("dépense maximale", null=True, blank=True)
    needs_step_free_access = models.BooleanField("sans marche", default=False)
    max_floor_without_lift = models.SmallIntegerField("étage maximal sans ascenseur", null=True, blank=True)
    current_status = models.CharField(
        "logement actuel", max_length=24, blank=True, choices=[(one.value, one.value) for one in CurrentStatus]
    )
    current_commune = models.CharField("commune actuelle", max_length=5, blank=True)
    consented_on = models.DateField("consentement du", null=True, blank=True)
    struck_off_on = models.DateField("demande radiée le", null=True, blank=True)
    struck_off_because = models.CharField(
        "raison de la radiation", max_length=16, blank=True,
        choices=[
            ("lease", "bail signé"), ("waived", "renonciation de la personne"), ("not_renewed", "non renouvelée"),
            ("inadmissible", "irrecevable, après avertissement"), ("no_answer", "sans réponse, après avertissement"),
        ],
    )
    resources_erased_on = models.DateField("ressources effacées le", null=True, blank=True)
    is_fictitious = models.BooleanField("personnes fictives", default=False)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "ménage"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application_number"], condition=~Q(application_number=""), name="one_household_per_number"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["applied_on", "id"], name="household_seniority"),
            models.Index(
                fields=["struck_off_on"], condition=Q(struck_off_on__isnull=False), name="household_struck_off"
            ),
        ]
        triggers: ClassVar = [_KEEP_SEEN_GROUNDS]

    def __str__(self) -> str:
        return f"Ménage {str(self.id)[:8]}"


@pghistory.track(exclude=["search"])
class Person(models.Model):
    """
    One job seeker of a household: a row of ``personnes.csv``, and who she or he is.

    Identity (``first_name`` … ``residence_permit_until``) never reaches the core: matching has no name. ``experience``
    maps a ROME code to years. Times are minutes after midnight of the service day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="persons")
    number = models.PositiveSmallIntegerField("personne")
    account = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="person")
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    birth_date = models.DateField("date de naissance", null=True, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    address = models.CharField("adresse", max_length=240, blank=True)
    right_to_work = models.BooleanField("droit au travail", null=True, blank=True)
    residence_permit_until = models.DateField("titre de séjour valable jusqu'au", null=True, blank=True)
    occupations = _texts("métiers", 5)
    experience = models.JSONField("expérience", default=dict, blank=True)
    skills = _texts("compétences", 12)
    licences = _texts("permis", 10)
    modes = _texts("modes de déplacement", 10)
    max_commute_min = models.PositiveSmallIntegerField("trajet maximal", default=60)
    leaves_no_earlier_min = models.PositiveSmallIntegerField("ne part pas avant", null=True, blank=True)
    back_no_later_min = models.PositiveSmallIntegerField("rentre au plus tard", null=True, blank=True)
    workable_days = ArrayField(models.PositiveSmallIntegerField(), verbose_name="jours", null=True, blank=True)
    hours_min = models.DecimalField("heures au moins", max_digits=5, decimal_places=2, null=True, blank=True)
    hours_max = models.DecimalField("heures au plus", max_digits=5, decimal_places=2, null=True, blank=True)
    contracts = ArrayField(models.CharField(max_length=3), verbose_name="contrats", null=True, blank=True)
    french_level = models.CharField(
        "niveau de français", max_length=2, blank=True, choices=[(one.value, one.value) for one in FrenchLevel]
    )
    available_on = models.DateField("disponible le", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    search = SearchVectorField(null=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "personne"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["household", "number"], name="one_person_per_number"),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="person_search"),
            models.Index(fields=["last_name", "first_name", "id"], name="person_by_name"),
        ]
        # Names only: every role that may see the row may see them. Contact is compared exactly, by ``selectors``.
        triggers: ClassVar = [search_trigger(fields=("first_name", "last_name"))]

    def __str__(self) -> str:
        return f"Personne {str(self.id)[:8]}"


class Evidence(models.Model):
    """A document seen for a ground of priority: what it is and who saw it. The document itself is not kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="evidence")
    ground = models.CharField("motif", max_length=4, choices=[(one.value, one.value) for one in PriorityGround])
    document = models.CharField("justificatif", max_length=120)
    dated_on = models.DateField("daté du")
    valid_until = models.DateField("valable jusqu'au", null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "justificatif"

    def __str__(self) -> str:
        return f"{self.ground} : {self.document}"


class Purpose(models.TextChoices):
    """What a consent or a link is for."""

    MATCHING = "matching", "chercher ensemble un logement et un emploi"
    HOUSING = "housing", "instruire la demande de logement"
    EMPLOYMENT = "employment", "accompagner vers l'emploi"
    EMPLOYER_CARD = "employer_card", "transmettre une fiche de candidature à un employeur"


class Consent(models.Model):
    """What the household agreed to, when, how; withdrawing takes effect on the next request."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField("finalité", max_length=16, choices=Purpose.choices)
    given_on = models.DateField("donné le")
    how = models.CharField(
        "recueilli", max_length=8,
        choices=[
            ("signed", "signé sur papier"), ("online", "en ligne"), ("oral", "à l'oral"),
            ("file", "dans le fichier importé"),
        ],
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "consentement"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "purpose"], condition=Q(withdrawn_at__isnull=True), name="one_open_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.given_on:%d/%m/%Y})"


@pghistory.track()
class Link(models.Model):
    """
    The open, dated relation between a household and an organisation, from which every right comes.

    It opens nothing once closed, expired, or when the consent for its purpose is withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="links")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField("finalité", max_length=16, choices=Purpose.choices)
    opened_at = models.DateTimeField("ouvert le")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_on = models.DateField("expire le")
    closed_at = models.DateTimeField("fermé le", null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "partage"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "organisation"], condition=Q(closed_at__isnull=True), name="one_open_link"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "household"], condition=Q(closed_at__isnull=True), name="open_links"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} jusqu'au {self.expires_on:%d/%m/%Y}"


@pghistory.track()
class Assignment(models.Model):
    """Who follows the household in the linked organisation; a handover leaves both in place until ``until``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="assignments")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="assignments")
    since = models.DateField("depuis le")
    until = models.DateField("jusqu'au", null=True, blank=True)

    class Meta:
        verbose_name = "suivi"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["link", "membership"], condition=Q(until__isnull=True), name="one_open_assignment"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="assignment_dates_in_order"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["membership", "link"], name="assignment_by_member")]

    def __str__(self) -> str:
        return f"{self.membership.user} depuis le {self.since:%d/%m/%Y}"


class SocialNote(models.Model):
    """A note of the Département's service, sealed; only its author's service reads it (``access.md``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="notes")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = EncryptedJSONField()
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = "note sociale"
        ordering: ClassVar = ["-written_at"]

    def __str__(self) -> str:
        return f"Note du {self.written_at:%d/%m/%Y}"


class RightsRequest(models.Model):
    """A person asks for a copy of her or his data, or for erasure (GDPR art. 15 and 17)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="rights_requests")
    kind = models.CharField(max_length=8, choices=[("access", "accès"), ("erasure", "effacement")])
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField("réponse due le")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "demande de droits"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "kind"], condition=Q(decided_at__isnull=True), name="one_open_rights_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.asked_at:%d/%m/%Y}"


class ExportRequest(models.Model):
    """
    A nominative list asked for by one member and approved by another, downloaded once within twenty-four hours.

    The rows are read again at the download, under the rights that the requester then has.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField("à quoi servira cette liste", max_length=200)
    filters = models.JSONField(default=dict)
    approved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)

    objects = ExportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d'export"
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")), name="export_takes_two_people"
            ),
            models.CheckConstraint(
                condition=Q(downloaded_at__isnull=True) | Q(approved_at__isnull=False),
                name="export_downloaded_only_once_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"Export du {self.asked_at:%d/%m/%Y}"
