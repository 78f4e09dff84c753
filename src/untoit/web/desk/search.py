"""One search over everything that I may open."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from untoit.records.applicants import selectors as applicants
from untoit.records.desk.found import LIMIT, Found
from untoit.records.jobs import selectors as jobs
from untoit.records.pairings.models import Run
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.stock import selectors as stock
from untoit.web.access import access

SHORTEST, LONGEST = 2, 100


@access("desk", "R")
def search(request: HttpRequest) -> HttpResponse:
    """Show what a few words find; a page of its own, that works by a link."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    text = request.GET.get("q", "").strip()[:LONGEST]
    found = [one for finder in FINDERS for one in finder(actor, text)] if len(text) >= SHORTEST else []
    return render(request, "desk/search.html", {
        "text": text, "too_short": 0 < len(text) < SHORTEST, "count": len(found), "limit": LIMIT,
        "groups": [
            (kind, [(one, _url(actor, one)) for one in some]) for kind, some in groupby(found, lambda one: one.kind)
        ],
    })


def _runs(actor: Actor, text: str) -> list[Found]:
    runs = Run.objects.visible_to(actor).filter(title__icontains=text).order_by("-created_at")[:LIMIT]
    return [Found("Calcul", run.title, run.get_state_display(), "landlord:run", run.pk) for run in runs]


FINDERS: tuple[Callable[[Actor, str], list[Found]], ...] = (applicants.search, stock.search, jobs.search, _runs)


def _url(actor: Actor, one: Found) -> str:
    name = "employer:offer" if one.url_name == "adviser:offer" and actor.role is Role.EMPL else one.url_name
    try:
        return reverse(name, args=[one.pk])
    except NoReverseMatch:
        return ""
