"""The session of a user who has proved who she is: how it opens, and for which organisation."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest

from untoit.records.partners.models import Membership, User


def enter(request: HttpRequest, user: User, membership: Membership | None) -> None:
    """Open the session of this user, acting under this membership (``None`` for a candidate)."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    act_under(request, membership)


def act_under(request: HttpRequest, membership: Membership | None) -> None:
    """Act under this membership from the next request on; nothing else of the session changes."""
    if membership is None:
        request.session.pop("membership", None)
    else:
        request.session["membership"] = str(membership.pk)
