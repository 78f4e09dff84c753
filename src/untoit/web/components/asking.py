"""Who asks for a page, and when: what the middleware has put on every request."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from untoit.records.partners.rights import Actor


def asked(request: HttpRequest) -> tuple[Actor, datetime]:
    """Return who asks, and when."""
    return request.actor, request.now  # type: ignore[attr-defined]
