"""Keys: who asks, from ``Authorization: Bearer …``."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from untoit.records.partners.models import ApiToken, OrganisationKind, Role
from untoit.records.partners.rights import Actor, require
from untoit.records.partners.tokens import SCOPES, digest

# Enough to say that a key is still in use, without one write a request.
_NOTED_EVERY = timedelta(minutes=10)


class Denied(Exception):
    """The key is valid and does not open this."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class KeyAuth(HttpBearer):
    """Find the key by its hash and set ``request.actor``: it acts for the whole of its organisation, in its role."""

    openapi_bearerFormat = "utue_…"  # noqa: N815 -- the name that ninja reads

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the key, ``None`` when it opens nothing (unknown, expired, revoked: the answer is the same)."""
        now = timezone.now()
        key = (
            ApiToken.objects.select_related("organisation")
            .filter(token_hash=digest(token), organisation__is_active=True)
            .first()
        )
        if key is None or not key.is_open(now):
            return None
        if key.last_used_at is None or now - key.last_used_at > _NOTED_EVERY:
            ApiToken.objects.filter(pk=key.pk).update(last_used_at=now)
        request.now = now  # type: ignore[attr-defined]
        request.actor = actor_of_key(key, now)  # type: ignore[attr-defined]
        return key


def actor_of_key(key: ApiToken, at: datetime) -> Actor:
    """Return who a key acts for. It has no caseload: like the head of the service, it sees all of its links."""
    return Actor(
        role=Role(key.role), at=at, user_id=key.created_by_id, user_name=key.name,
        organisation_id=key.organisation_id, organisation_name=key.organisation.name,
        organisation_kind=OrganisationKind(key.organisation.kind), is_org_admin=True, scopes=frozenset(key.scopes),
    )


def acting(request: HttpRequest, scope: str) -> Actor:
    """
    Return the actor, once the key has the scope and its role the right behind it.

    Raises ``Denied`` (403) when the key lacks the scope, which its owner knows; a role without the right meets a 404.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.scopes is None or scope not in actor.scopes:
        raise Denied(scope)
    resource, action, _ = SCOPES[scope]
    require(actor, resource, action)
    return actor
