"""
The page behind the personal link of a message: no account, no menu, big buttons, in the language of the reader.

The token is the right: it opens one registration, until two days after the event. One that opens nothing, unknown or
shut, gives the same page, which says whom to call.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from untoit.core.wording import typography
from untoit.records.events import invitations
from untoit.records.events.links import ALPHABET
from untoit.records.events.models import Registration
from untoit.records.events.sms_text import TOKEN_LENGTH
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.reporting import event_ics
from untoit.web.access import open_to_all
from untoit.web.components.answering import answer, language_of, page_of
from untoit.web.components.own_papers import own_paper, own_papers


@open_to_all(methods=("GET", "POST"))
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what one is invited to, and take the answer: a wave, not coming, a call, silence."""
    registration = _registration(request, token)
    if registration is None:
        return _closed(request)
    language = language_of(request.POST.get("lang", request.GET.get("lang", "")), registration)
    if request.method == "POST":
        at = request.now  # type: ignore[attr-defined]
        by = Actor(role=Role.PUB, at=at, household_id=registration.person.household_id)
        sentence, done = answer(registration, request.POST, by=by, at=at, language=language)
        (messages.success if done else messages.warning)(request, typography(sentence))
        return _private(redirect(f"{reverse('public:invitation', args=[token])}?lang={language}"))
    page = page_of(registration, language=language, at=request.now)  # type: ignore[attr-defined]
    return _private(render(request, "public/invitation.html", {
        "page": page, "event": registration.event, "token": token,
        "calendar_url": reverse("public:invitation_calendar", args=[token]) if page.state == "coming" else "",
        "papers": own_papers(registration, lambda code: reverse("public:invitation_paper", args=[token, code])),
    }))


@open_to_all()
def paper(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """Make the convocation or the booklet of the person."""
    registration = _registration(request, token)
    if registration is None:
        return _closed(request)
    return _private(own_paper(request, registration, code))


@open_to_all()
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Send the appointment for the calendar of a telephone."""
    registration = _registration(request, token)
    if registration is None:
        return _closed(request)
    body = event_ics.calendar(registration, at=request.now)  # type: ignore[attr-defined]
    return _private(HttpResponse(body, content_type=event_ics.CONTENT_TYPE, headers={
        "Content-Disposition": 'attachment; filename="rendez-vous.ics"'
    }))


def _registration(request: HttpRequest, token: str) -> Registration | None:
    if len(token) != TOKEN_LENGTH or not set(token) <= set(ALPHABET):
        raise Http404
    return invitations.of_token(token, at=request.now)  # type: ignore[attr-defined]


def _closed(request: HttpRequest) -> HttpResponse:
    legal: Any = settings.LEGAL
    return _private(render(
        request, "public/invitation_closed.html", {"contact": legal.get("contact", "")}, status=404
    ))


def _private(answered: HttpResponse) -> HttpResponse:
    """Keep the page out of caches, of search engines, and its address out of what the next site reads."""
    add_never_cache_headers(answered)
    answered["X-Robots-Tag"] = "noindex, nofollow"
    answered["Referrer-Policy"] = "same-origin"
    return answered
