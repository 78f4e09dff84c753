"""Users, organisations, memberships, invitations, tokens, and the two journals: what was read, what was done."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class OrganisationKind(models.TextChoices):
    """What an organisation is in the scheme; it sets which roles its members may hold."""

    LANDLORD = "landlord", "Bailleur social"
    PARTNER_LANDLORD = "partner_landlord", "Bailleur partenaire"
    DEPARTMENT = "department", "Département"
    EMPLOYMENT_PARTNER = "employment_partner", "Partenaire emploi"
    EMPLOYER = "employer", "Employeur"
    FUNDER = "funder", "Financeur"
    PLATFORM = "platform", "Plateforme"


class Role(models.TextChoices):
    """The principals of ``access.md`` that are held by a membership, and the three that are not (CAND, PUB, TAB)."""

    ADM = "ADM", "Administration technique"
    LA = "LA", "Conseiller·ère du bailleur"
    LM = "LM", "Chef·fe de projet du bailleur"
    DEP = "DEP", "Référent·e du Département"
    EMPP = "EMPP", "Coach emploi"
    EMPL = "EMPL", "Employeur"
    FUND = "FUND", "Financeur"
    PART = "PART", "Bailleur partenaire"
    CAND = "CAND", "Candidat·e"
    PUB = "PUB", "Public"
    TAB = "TAB", "Tablette d'un événement"
    DPO = "DPO", "Protection des données"


ROLES_OF: dict[str, tuple[Role, ...]] = {
    OrganisationKind.LANDLORD: (Role.LM, Role.LA),
    OrganisationKind.PARTNER_LANDLORD: (Role.PART,),
    OrganisationKind.DEPARTMENT: (Role.DEP,),
    OrganisationKind.EMPLOYMENT_PARTNER: (Role.EMPP,),
    OrganisationKind.EMPLOYER: (Role.EMPL,),
    OrganisationKind.FUNDER: (Role.FUND,),
    OrganisationKind.PLATFORM: (Role.ADM, Role.DPO),
}


# A journal is only ever added to; the purge of the old lifts the protection by name (records.partners.journal).
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class UserManager(BaseUserManager["User"]):
    """Create users by e-mail address; an address is compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password, one can only enter by code or invitation."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of this address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: a professional by memberships, a candidate by ``applicants.Person.account``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("adresse e-mail", unique=True)
    full_name = models.CharField("nom", max_length=120, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("accède à l'administration technique", default=False)
    is_demo = models.BooleanField("compte de démonstration", default=False)
    date_joined = models.DateTimeField("créé le", auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "utilisateur"
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_user_per_address")]

    def __str__(self) -> str:
        return self.full_name or self.email


class Organisation(models.Model):
    """A partner. ``neutral_name`` is what an employer reads: it does not say that housing is at stake."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("nature", max_length=20, choices=OrganisationKind.choices)
    name = models.CharField("nom", max_length=160, unique=True)
    neutral_name = models.CharField("nom montré aux employeurs", max_length=160, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    settings = models.JSONField("réglages", default=dict, blank=True)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)

    class Meta:
        verbose_name = "organisation"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one user in one organisation, from ``since`` until ``until`` (still held when empty)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("rôle", max_length=4, choices=Role.choices)
    is_org_admin = models.BooleanField("gère les comptes de l'organisation", default=False)
    since = models.DateTimeField("depuis", auto_now_add=True)
    until = models.DateTimeField("jusqu'à", null=True, blank=True)

    class Meta:
        verbose_name = "appartenance"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], condition=Q(until__isnull=True), name="one_open_membership"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["CAND", "PUB", "TAB"]), name="membership_role_is_professional"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"


class Invitation(models.Model):
    """An account offered by one person and approved by another; the token is kept as its hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("adresse e-mail")
    full_name = models.CharField("nom", max_length=120, blank=True)
    role = models.CharField("rôle", max_length=4, choices=Role.choices)
    is_org_admin = models.BooleanField(default=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations_approved"
    )
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "invitation"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("invited_by")),
                name="invitation_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(approved_by__isnull=False),
                name="invitation_accepted_only_once_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.role} · {self.organisation}"


class ReadLog(models.Model):
    """One read of a restricted resource: who, for whom, what. Append-only; candidates see theirs."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=4)
    resource = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField(null=True)
    count = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "lecture"
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "-at"], name="read_by_subject"),
            models.Index(fields=["organisation", "-id"], name="read_by_organisation"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.role} {self.resource}"


class AuditEntry(models.Model):
    """One act: who did what to what. Append-only; ``detail`` holds codes and counts, never personal data."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=4, blank=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = "acte"
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "-at"], name="audit_by_subject"),
            models.Index(fields=["organisation", "-id"], name="audit_by_organisation"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class BreakGlass(models.Model):
    """Emergency access of the platform to one file: a reason, a second person, sixty minutes at most (access.md, 4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second_person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("raison", max_length=300)
    subject_id = models.UUIDField()
    asked_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "accès d'urgence"
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(granted_at__isnull=True) | Q(second_person__isnull=False, until__isnull=False),
                name="break_glass_granted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__lte=F("granted_at") + timedelta(minutes=60)),
                name="break_glass_lasts_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(second_person__isnull=True) | ~Q(second_person=F("user")),
                name="break_glass_takes_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.asked_at:%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """A key of one organisation for the HTTP interface; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="tokens")
    role = models.CharField("agit comme", max_length=4, choices=Role.choices)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("nom", max_length=80)
    scopes = models.JSONField("portées", default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "jeton d'accès"
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} · {self.organisation}"

    def is_open(self, at: datetime) -> bool:
        """Whether the key opens anything at this instant."""
        return self.revoked_at is None and at < self.expires_at


class IdempotentRequest(models.Model):
    """What a write of the HTTP interface answered the first time, so that sending it twice does it once."""

    id = models.BigAutoField(primary_key=True)
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "requête idempotente"
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key
