"""The review of an event: what came of it, what to do better next time, and the files that say so."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.lifecycles.event import EVENT, EventState
from untoit.records.events import review as settling
from untoit.records.events.models import Meeting
from untoit.records.partners import sheets
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE
from untoit.reporting import event_review, event_review_files
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused


@access("steering_report")
def review(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show the review of an event that is over, as the actor may read it."""
    actor, _ = asked(request)
    event = event_review.event_of(actor, event_id)
    over = event.state in settling.COUNTED
    may_settle = actor.may("event", WRITE) and EVENT.may("review", EventState(event.state), str(actor.role))
    return render(request, "organiser/review.html", {
        "event": event, "current": "review", "review": event_review.review_of(actor, event) if over else None,
        "may_settle": may_settle, "is_settled": event.state == EventState.REVIEWED,
    })


@access("attendance")
def meeting_of(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """
    Lead to where the outcome of a meeting is written, from a task that knows the meeting without its event.

    Whoever only reads the meetings of the person finds them on the page of the registration.
    """
    actor, _ = asked(request)
    meeting = get_object_or_404(Meeting.objects.visible_to(actor), pk=meeting_id)
    if actor.role is Role.CAND:  # who has a page of her own
        raise Http404
    if actor.role is Role.EMPL:
        return redirect("employer:event", meeting.event_id)
    if not actor.may("attendance", WRITE):
        return redirect("organiser:registration", meeting.event_id, meeting.registration_id)
    return redirect("organiser:outcomes", meeting.event_id)


@access("event", WRITE, methods=("POST",))
def settle(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Say that the review is done."""
    actor, now = asked(request)
    back = reverse("organiser:review", args=[event_id])
    revision = request.POST.get("revision", "")
    try:
        settling.settle(
            event_id=event_id, anyway=request.POST.get("anyway") == "1",
            revision=int(revision) if revision.isdecimal() else None, by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "Le bilan est arrêté. La journée se rouvre depuis la page de l’événement.")
    return redirect(back)


@access("steering_report")
def review_file(request: HttpRequest, event_id: UUID, form: str) -> HttpResponse:
    """Download the review as ``xlsx`` or ``pdf``: the very figures of the page."""
    actor, now = asked(request)
    event = event_review.event_of(actor, event_id)
    if event.state not in settling.COUNTED or form not in ("xlsx", "pdf"):
        raise Http404
    made = event_review.review_of(actor, event)
    content = event_review_files.pdf(made, now) if form == "pdf" else event_review_files.workbook(made)
    return HttpResponse(content, content_type="application/pdf" if form == "pdf" else sheets.XLSX_TYPE, headers={
        "Content-Disposition": f'attachment; filename="bilan-{event.on:%Y-%m-%d}.{form}"', "Cache-Control": "no-store",
    })
