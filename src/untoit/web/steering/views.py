"""The steering page: figures of the whole scheme, never anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from untoit.reporting.event_steering import events_summary
from untoit.reporting.steering import steering_report
from untoit.web.access import access


@access("steering_report", "R")
def overview(request: HttpRequest) -> HttpResponse:
    """Show the report of today."""
    return render(request, "steering/overview.html", {
        "report": steering_report(request.actor), "events": events_summary(request.actor),  # type: ignore[attr-defined]
    })
