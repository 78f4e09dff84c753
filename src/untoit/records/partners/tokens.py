"""Keys of an organisation for the HTTP interface: shown once, kept as a hash, with scopes and an end."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.records.partners import journal
from untoit.records.partners.models import ApiToken
from untoit.records.partners.rights import READ, WRITE, Actor, grant, require

PREFIX = "utue_"
AT_MOST = timedelta(days=365)
# What a key may open: the scope, the resource of the policy that it needs, what is done with it, and its French name.
SCOPES: dict[str, tuple[str, str, str]] = {
    "offers:read": ("job_offers", READ, "lire les offres d'emploi"),
    "offers:write": ("job_offers", WRITE, "créer, modifier et confirmer ses offres d'emploi"),
    "vacancies:read": ("dwelling_stock", READ, "lire les logements libres"),
    "vacancies:write": ("dwelling_stock", WRITE, "créer, modifier et confirmer ses logements libres"),
    "candidates:read": ("consents_links", READ, "lire les dossiers des candidats suivis"),
    "runs:read": ("matching_run", READ, "lire ses calculs"),
    "tandems:read": ("tandem", READ, "lire les tandems des candidats suivis"),
    "commitment:read": ("committee", READ, "lire l'engagement envers les publics prioritaires"),
    "indicators:read": ("steering_report", READ, "lire les indicateurs du dispositif"),
    "cases:read": ("case", READ, "lire où en est chaque ménage suivi"),
}


def scopes_for(actor: Actor) -> dict[str, str]:
    """Return the scopes that a key of this actor may carry, with their names: never more than the role itself."""
    return {
        scope: label
        for scope, (resource, action, label) in SCOPES.items()
        if grant(actor.role, resource, action) is not None
    }


def digest(secret: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(*, name: str, scopes: list[str], expires_on: date, by: Actor, at: datetime) -> tuple[ApiToken, str]:
    """Create a key that acts as the role of whoever makes it, and return it with the secret, which is not kept."""
    _require_admin(by)
    unknown = set(scopes) - set(scopes_for(by))
    if unknown or not scopes:
        raise Refused("Choisissez au moins une portée parmi celles que votre rôle permet.")
    expires_at = datetime.combine(expires_on, time.max, tzinfo=timezone.get_default_timezone())
    if not at < expires_at <= at + AT_MOST + timedelta(days=1):
        raise Refused("L'expiration d'un jeton est dans l'avenir, et dans un an au plus.")
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        organisation_id=by.organisation_id, role=by.role, created_by_id=by.user_id, name=name.strip(),
        scopes=sorted(scopes), token_hash=digest(secret), expires_at=expires_at,
    )
    journal.note_act(by, "token.created", "token", made.pk, at=at, scopes=sorted(scopes))
    return made, secret


@transaction.atomic
def revoke_token(*, token_id: UUID, by: Actor, at: datetime) -> ApiToken:
    """Revoke a key of one's own organisation; it opens nothing from the next request on."""
    _require_admin(by)
    token = ApiToken.objects.select_for_update().filter(pk=token_id, organisation_id=by.organisation_id).first()
    if token is None:
        raise Http404
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        journal.note_act(by, "token.revoked", "token", token.pk, at=at)
    return token


def _require_admin(actor: Actor) -> None:
    require(actor, "api_tokens", WRITE)
    if not actor.is_org_admin:
        raise Http404
