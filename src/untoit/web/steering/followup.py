"""What became of people: figures of the whole scheme, never anybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from untoit.reporting import figures_files, followup_steering
from untoit.web.access import access
from untoit.web.components.asking import asked


@access("steering_report")
def followup(request: HttpRequest) -> HttpResponse:
    """Show the report of today."""
    actor, _ = asked(request)
    return render(request, "steering/followup.html", {"report": followup_steering.followup_report(actor)})


@access("steering_report")
def followup_file(request: HttpRequest, form: str) -> HttpResponse:
    """Download the figures of the page as ``xlsx``, ``csv`` or ``pdf``."""
    actor, now = asked(request)
    if form not in figures_files.FORMS:
        raise Http404
    paper = followup_steering.paper_of(followup_steering.followup_report(actor))
    return HttpResponse(figures_files.content_of(paper, form, now), content_type=figures_files.FORMS[form], headers={
        "Content-Disposition": f'attachment; filename="resultats-{actor.today:%Y-%m-%d}.{form}"',
        "Cache-Control": "no-store",
    })
