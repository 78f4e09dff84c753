"""
The screen of the hall: who is expected where in the next half-hour, by first name and initial, in big letters.

It asks again every twenty seconds; when the network is gone it keeps what it shows and says since when.
"""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from untoit.records.events import boards
from untoit.records.events.models import Device, Event
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.web.access import access

# How big the letters are, by how many lines there are to show.
_SIZES = ((14, "few"), (30, "some"), (45, "many"))


@access("event")
def hall(request: HttpRequest) -> HttpResponse:
    """Show the hall of the event of a device of this kind; any other is told that there is no such page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role is not Role.TAB:
        raise Http404
    device = get_object_or_404(Device, pk=actor.device_id, event_id=actor.event_id, kind="hall")
    event = get_object_or_404(Event.objects.visible_to(actor), pk=device.event_id)
    return hall_page(request, event, reverse("tablet:hall"))


def hall_page(request: HttpRequest, event: Event, url: str, *, preview: bool = False) -> HttpResponse:
    """Return the page, or what it shows alone when it asks again."""
    now = request.now  # type: ignore[attr-defined]
    actor: Actor = request.actor  # type: ignore[attr-defined]
    coming = boards.hall_of(event, at=now, by=actor if preview else None)
    template = "tablet/_hall.html" if request.headers.get("HX-Request") else "tablet/hall.html"
    return render(request, template, {
        "name": event.neutral_name, "url": url,
        "hours": [(minute, list(lines)) for minute, lines in groupby(coming, key=lambda one: one.minute)],
        "size": next((name for most, name in _SIZES if len(coming) <= most), "crowd"),
        "clock": timezone.localtime(now).time(), "preview": preview, "event_id": event.pk,
        "published": event.published_version > 0,
    })
