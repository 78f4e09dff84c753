"""« Mon agenda » of a member: own appointments, visits, sessions and tasks, and the address that a calendar reads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components import calendars


@access("desk")
def agenda(request: HttpRequest) -> HttpResponse:
    """Show my dates, and the address that a calendar may read."""
    return calendars.page(request, template="desk/agenda.html")


@access("desk", WRITE, methods=("POST",))
def open_feed(request: HttpRequest) -> HttpResponse:
    """Make a new address."""
    return calendars.renew(request, back="desk:agenda")


@access("desk", WRITE, methods=("POST",))
def close_feed(request: HttpRequest) -> HttpResponse:
    """Close the address."""
    return calendars.shut(request, back="desk:agenda")
