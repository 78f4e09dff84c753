"""What every template may read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the actor, and whether this is the demonstration."""
    return {"actor": getattr(request, "actor", None), "demo": settings.DEMO}
