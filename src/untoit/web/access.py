"""
Every view says which resource it opens: ``@access("income", "R")``.

The declaration is checked before the view runs: without the grant, the answer is the same 404 as for a page that does
not exist. Which rows are open is up to ``visible_to``. A view without a declaration fails the tests (tests/security).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from untoit.records.partners.models import Role
from untoit.records.partners.rights import READ, broken_glass, require

# A page, or a file that is sent while it is made.
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a view opens; ``resource`` is ``None`` for a page that is open to everybody."""

    resource: str | None
    action: str
    methods: tuple[str, ...]
    glass: str = ""


def access(
    resource: str, action: str = READ, *, methods: tuple[str, ...] = ("GET",), glass: str = ""
) -> Callable[[View], View]:
    """
    Declare what a view opens. A visitor who has not signed in is sent to the sign-in page, whatever the URL.

    ``glass`` names the argument of the URL that holds a household: an emergency access to that one household then
    reads the page, and changes nothing (``records.partners.break_glass``).
    """
    return _declare(Declaration(resource, action, methods, glass))


def open_to_all(*, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Declare a page without personal data, open to everybody."""
    return _declare(Declaration(None, READ, methods))


def _declare(declaration: Declaration) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if declaration.resource is not None:
                actor = request.actor  # type: ignore[attr-defined]
                if actor.role is Role.PUB:
                    return redirect_to_login(request.get_full_path())
                through_glass = bool(declaration.glass) and broken_glass(actor, kwargs.get(declaration.glass))
                if not (through_glass and request.method in ("GET", "HEAD")):
                    require(actor, declaration.resource, declaration.action)
            if request.method not in (*declaration.methods, *(("HEAD",) if "GET" in declaration.methods else ())):
                return HttpResponseNotAllowed(declaration.methods)
            return view(request, *args, **kwargs)

        guarded.access = declaration  # type: ignore[attr-defined]
        return guarded

    return decorate
