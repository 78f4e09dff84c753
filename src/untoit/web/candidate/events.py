"""The meetings that the person is invited to, in her own space: the same answers as by the link of a message."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.wording import typography
from untoit.records.events.models import Registration
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.reporting import event_ics
from untoit.web.access import access
from untoit.web.components.answering import answer, page_of
from untoit.web.components.own_papers import own_paper, own_papers

# In the space, everything else is in French.
_LANGUAGE = "fr"


def _me(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role is not Role.CAND:
        raise Http404
    return actor


def _mine(request: HttpRequest, registration_id: UUID) -> Registration:
    found: Registration = get_object_or_404(
        Registration.objects.visible_to(_me(request)).select_related("event__organisation", "person", "wave"),
        pk=registration_id,
    )
    return found


@access("registration")
def events(request: HttpRequest) -> HttpResponse:
    """List the meetings that my household is invited to."""
    rows = Registration.objects.visible_to(_me(request)).select_related("event", "person", "wave").order_by(
        "-event__on", "person__number"
    )
    return render(request, "candidate/events.html", {"rows": list(rows)})


@access("registration", WRITE, methods=("GET", "POST"))
def event(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """Show one meeting, and take the answer."""
    row = _mine(request, registration_id)
    at = request.now  # type: ignore[attr-defined]
    if request.method == "POST":
        sentence, done = answer(row, request.POST, by=_me(request), at=at, language=_LANGUAGE)
        (messages.success if done else messages.warning)(request, typography(sentence))
        return redirect("candidate:event", registration_id)
    page = page_of(row, language=_LANGUAGE, at=at)
    return render(request, "candidate/event.html", {
        "page": page, "event": row.event, "registration": row,
        "calendar_url": reverse("candidate:event_calendar", args=[row.pk]) if page.state == "coming" else "",
        "papers": own_papers(row, lambda code: reverse("candidate:event_paper", args=[row.pk, code])),
    })


@access("registration")
def event_paper(request: HttpRequest, registration_id: UUID, code: str) -> HttpResponse:
    """Make my convocation or my booklet."""
    return own_paper(request, _mine(request, registration_id), code)


@access("registration")
def event_calendar(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """Send the appointment for a calendar."""
    row = _mine(request, registration_id)
    body = event_ics.calendar(row, at=request.now)  # type: ignore[attr-defined]
    return HttpResponse(body, content_type=event_ics.CONTENT_TYPE, headers={
        "Content-Disposition": 'attachment; filename="rendez-vous.ics"', "Cache-Control": "no-store",
    })
