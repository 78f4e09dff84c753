"""Who made a change, beside each line of the history: the user and the organisation acted for, never what was sent."""

from __future__ import annotations

from typing import Any

import pghistory.middleware
from django.http import HttpRequest


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Attach the actor to the history of whatever a request changes; its address is left out, it may hold a search."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what is kept with each change."""
        actor = getattr(request, "actor", None)
        return {
            "user": str(actor.user_id) if actor and actor.user_id else None,
            "organisation": str(actor.organisation_id) if actor and actor.organisation_id else None,
            "role": str(actor.role) if actor else None,
        }
