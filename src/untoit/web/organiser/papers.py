"""The papers of an event: the page that lists them, and each of them as a file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.reporting import event_desk
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused


@access("registration")
def papers(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """List what may be printed, with the last print of each."""
    actor, _ = asked(request)
    event = event_desk.event_of(actor, event_id)
    return render(request, "organiser/papers.html", {
        "event": event, "current": "papers", "desk": event_desk.desk_of(actor, event),
    })


@access("registration")
def paper(
    request: HttpRequest, event_id: UUID, code: str, registration_id: UUID | None = None
) -> HttpResponse | StreamingHttpResponse:
    """Make one paper; ``?gros=1`` asks for large type. One file for each person is sent while it is made."""
    actor, now = asked(request)
    event = event_desk.event_of(actor, event_id)
    try:
        made = event_desk.make(
            actor, event, code, at=now, large=request.GET.get("gros") == "1", registration_id=registration_id
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:papers", args=[event.pk]))
    shown = "attachment" if made.content_type == event_desk.ZIP else "inline"
    headers = {"Content-Disposition": f'{shown}; filename="{made.name}"', "Cache-Control": "no-store"}
    if isinstance(made.content, bytes):
        return HttpResponse(made.content, content_type=made.content_type, headers=headers)
    return StreamingHttpResponse(made.content, content_type=made.content_type, headers=headers)
