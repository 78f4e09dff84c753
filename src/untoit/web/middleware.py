"""Who asks: one user acting for one organisation at a time, in a session that ends, with a second factor."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from untoit.records.events.devices import actor_of_device
from untoit.records.partners import selectors
from untoit.records.partners.models import Role

GetResponse = Callable[[HttpRequest], HttpResponse]

# The token of a tablet, sent to the pages of the tablets only.
DEVICE_COOKIE = "tablette"
IDLE_S = 30 * 60
ABSOLUTE_S = 10 * 3600
# The instant of the last page is written once a minute at most: a session is not a write a click.
_SEEN_EVERY_S = 60


class SessionLimitMiddleware:
    """Close a session after 30 minutes without a page, or 10 hours, and say so in French."""

    def __init__(self, get_response: GetResponse) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if not request.user.is_authenticated:
            return self._next(request)
        now = int(timezone.now().timestamp())
        session = request.session
        opened, seen = session.get("opened_at", now), session.get("seen_at", now)
        if now - seen > IDLE_S or now - opened > ABSOLUTE_S:
            logout(request)
            messages.info(request, "Votre session a été fermée par sécurité. Reconnectez-vous pour continuer.")
            # A form that was sent meanwhile cannot be replayed by a link: go back to a page, not to its address.
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if "opened_at" not in session:
            session["opened_at"] = now
        if "seen_at" not in session or now - seen > _SEEN_EVERY_S:
            session["seen_at"] = now
        return self._next(request)


class ActorMiddleware:
    """Set ``request.actor`` (:class:`untoit.records.partners.rights.Actor`) and ``request.now`` for every view."""

    def __init__(self, get_response: GetResponse) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        request.now = timezone.now()  # type: ignore[attr-defined]
        request.actor = selectors.actor_of(  # type: ignore[attr-defined]
            request.user, at=request.now, membership_id=request.session.get("membership")  # type: ignore[attr-defined]
        )
        # A device acts instead of whoever may be signed in on the same tablet: rights never add up.
        if request.path.startswith("/tablette/") and DEVICE_COOKIE in request.COOKIES:
            device = actor_of_device(request.COOKIES[DEVICE_COOKIE], request.now)  # type: ignore[attr-defined]
            request.actor = device or request.actor  # type: ignore[attr-defined]
        return self._next(request)


class SecondFactorMiddleware:
    """Send a professional who has no second factor to set one up before any other page."""

    def __init__(self, get_response: GetResponse) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if settings.SECOND_FACTOR_REQUIRED and not self._is_open(request.path) and self._lacks_one(request):
            messages.info(
                request, "Avant de continuer, protégez votre compte : il lui faut un deuxième facteur."
            )
            return redirect("mfa_index")
        return self._next(request)

    @staticmethod
    def _is_open(path: str) -> bool:
        """Whether the page is needed to set a second factor up, or to leave."""
        allowed = (
            reverse("mfa_index"), reverse("account_logout"), reverse("account_reauthenticate"), settings.STATIC_URL,
            "/healthz", "/readyz", "/api/",
        )
        return path.startswith(allowed)

    @staticmethod
    def _lacks_one(request: HttpRequest) -> bool:
        actor = request.actor  # type: ignore[attr-defined]
        if actor.role in (Role.PUB, Role.CAND, Role.TAB) or request.session.get("second_factor"):
            return False
        has_one = Authenticator.objects.filter(
            user_id=actor.user_id, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exists()
        if has_one:
            request.session["second_factor"] = True
        return not has_one
