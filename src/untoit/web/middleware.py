"""Who asks: one user acting for one organisation at a time."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from untoit.records.partners import selectors


class ActorMiddleware:
    """Set ``request.actor`` (:class:`untoit.records.partners.rights.Actor`) and ``request.now`` for every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        request.now = timezone.now()  # type: ignore[attr-defined]
        request.actor = selectors.actor_of(  # type: ignore[attr-defined]
            request.user, at=request.now, membership_id=request.session.get("membership")  # type: ignore[attr-defined]
        )
        return self._next(request)
