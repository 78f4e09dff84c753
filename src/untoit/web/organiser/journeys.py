"""Whether everybody can be there on time: asked for, followed, read on the list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.records.events import access as journeys
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.organiser.events import event_of


@access("event", WRITE, methods=("POST",))
def check_journeys(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Ask the worker to check the journeys."""
    actor, now = asked(request)
    event_of(request, event_id)
    back = reverse("organiser:registrations" if actor.may("registration") else "organiser:event", args=[event_id])
    try:
        journeys.ask(event_id=event_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "Les trajets sont en cours de vérification : le résultat apparaîtra ici.")
    return redirect(back)


@access("registration")
def journeys_progress(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Answer how far the check is, for the page that waits."""
    event = event_of(request, event_id)
    return render(request, "organiser/_journeys_progress.html", {"event": event, "journeys": journeys.state_of(event)})
