"""The page of one's own dates and of the secret address that a calendar reads, for members and for persons."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import add_never_cache_headers

from untoit.records.followup.pathway import agenda, feeds
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.web.components.asking import asked

SHOWN = 60
_FRESH = "calendar_address"
# The page of each kind of date: for a member, for the person herself. Without a key: a list.
_PAGES = {
    "pathway": ("adviser:pathway", "candidate:pathway"), "proposal": ("landlord:proposal", "candidate:proposal"),
    "application": ("adviser:application", "candidate:application"), "session": ("landlord:session", ""),
    "event": ("", "candidate:event"), "task": ("desk:morning", ""),
}
_LISTS = frozenset({"desk:morning", "candidate:pathway"})


def page_url(actor: Actor, about: tuple[str, UUID]) -> str:
    """Return the path of the page that a date is about, "" when this reader has none."""
    kind, key = about
    name = _PAGES[kind][actor.role is Role.CAND]
    if kind == "application" and actor.role is Role.EMPL:
        name = "employer:application"
    for args in ([],) if name in _LISTS else ([key], []):
        try:
            return reverse(name, args=args) if name else ""
        except NoReverseMatch:
            continue
    return ""


def page(request: HttpRequest, *, template: str) -> HttpResponse:
    """Show the dates to come and the state of the address; a new address is shown this once."""
    actor, _ = asked(request)
    token = request.session.pop(_FRESH, "")
    address = request.build_absolute_uri(reverse("public:calendar_feed", args=[token])) if token else ""
    coming = [one for one in agenda.entries_of(actor) if one.on >= actor.today]
    answer = render(request, template, {
        "rows": [{"one": one, "url": page_url(actor, one.page)} for one in coming[:SHOWN]], "more": len(coming) > SHOWN,
        "feed": feeds.feed_of(actor), "address": address,
    })
    add_never_cache_headers(answer)
    return answer


def renew(request: HttpRequest, *, back: str) -> HttpResponse:
    """Make a new address; the one before stops."""
    actor, now = asked(request)
    had = feeds.feed_of(actor) is not None
    request.session[_FRESH] = feeds.open_feed(by=actor, at=now)
    messages.success(request, "Votre nouvelle adresse est prête ; l’ancienne ne répond plus." if had
                     else "Votre adresse est prête.")
    return redirect(back)


def shut(request: HttpRequest, *, back: str) -> HttpResponse:
    """Close the address."""
    actor, now = asked(request)
    request.session.pop(_FRESH, None)
    feeds.close_feed(by=actor, at=now)
    messages.success(request, "L’adresse est fermée : elle ne répond plus. Vous pouvez en créer une autre.")
    return redirect(back)
