"""Who asks for a page, and when: what the middleware has put on every request."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, QueryDict

from untoit.records.partners.rights import Actor


def asked(request: HttpRequest) -> tuple[Actor, datetime]:
    """Return who asks, and when."""
    return request.actor, request.now  # type: ignore[attr-defined]


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, even when nothing was filled in; ``None`` for a page that is only read."""
    return request.POST if request.method == "POST" else None
