"""What every template may read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from untoit.records.partners.models import Role


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the actor, and whether this is the demonstration; ``neutral`` hides the scheme's name from an employer."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "demo": settings.DEMO,
        "neutral": actor is not None and actor.role is Role.EMPL,
        "broken_glass": actor is not None and actor.glass is not None,
    }
