"""What the DPO reads of consents, links and requests: counts and dates, no name."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Count, Q

from untoit.records.applicants.models import Consent, Link, RightsRequest
from untoit.records.partners.rights import Actor, require


def consents(actor: Actor) -> list[dict[str, Any]]:
    """Return, for each purpose and way, the consents in force and withdrawn."""
    require(actor, "consents_links")
    rows = Consent.objects.values("purpose", "how").annotate(
        open=Count("pk", filter=Q(withdrawn_at__isnull=True)),
        withdrawn=Count("pk", filter=Q(withdrawn_at__isnull=False)),
    )
    purposes, ways = (dict(cast(Any, Consent._meta.get_field(name)).choices) for name in ("purpose", "how"))
    return [
        {**row, "purpose": purposes[row["purpose"]], "how": ways[row["how"]]} for row in rows.order_by("purpose", "how")
    ]


def links(actor: Actor) -> list[dict[str, Any]]:
    """Return, for each organisation, the links that are open, those that expired without being closed, the closed."""
    require(actor, "consents_links")
    unclosed = Q(closed_at__isnull=True)
    rows = Link.objects.values("organisation__name").annotate(
        open=Count("pk", filter=unclosed & Q(expires_on__gte=actor.today)),
        expired=Count("pk", filter=unclosed & Q(expires_on__lt=actor.today)),
        closed=Count("pk", filter=~unclosed),
    )
    return [dict(row) for row in rows.order_by("organisation__name")]


def rights_requests(actor: Actor) -> list[dict[str, Any]]:
    """Return the requests for access or erasure: what, when, due when, decided or not; late ones first."""
    require(actor, "rights_requests")
    return [
        {"id": one.pk, "kind": one.get_kind_display(), "asked_at": one.asked_at, "due_on": one.due_on,
         "decided_at": one.decided_at, "late": one.decided_at is None and one.due_on < actor.today,
         "household_id": one.household_id, "may_erase": one.kind == "erasure" and one.decided_at is None}
        for one in RightsRequest.objects.order_by("decided_at", "due_on")[:200]
    ]
