"""The word on leaving, by the personal address of the registration: three faces, no account, in one's own language."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from untoit.core.errors import Refused
from untoit.core.wording.languages import OWN_NAMES
from untoit.records.events import feedback, links
from untoit.web.access import open_to_all


@open_to_all(methods=("GET", "POST"))
@never_cache
def opinion(request: HttpRequest, token: str) -> HttpResponse:
    """Ask how the half-day went, and thank."""
    now = request.now  # type: ignore[attr-defined]
    found = links.of_token(token, at=now)
    if found is None or now < links.starts_at(found.event):
        raise Http404
    sentence, status = "", 200
    if request.method == "POST":
        try:
            feedback.record(
                registration=found, face=int(request.POST.get("face", "") or 0),
                language=request.POST.get("language", "fr"), wants=request.POST.getlist("wants"),
                by=request.actor, at=now,  # type: ignore[attr-defined]
            )
        except (Refused, ValueError) as refusal:
            sentence, status = getattr(refusal, "sentence", "Choisissez l’un des trois visages."), 422
        else:
            return redirect("tablet:opinion", token)
    return render(request, "tablet/opinion.html", {
        "name": found.event.neutral_name, "given": getattr(found, "feedback", None), "sentence": sentence,
        "faces": tuple(feedback.FACES.items()), "languages": tuple(OWN_NAMES.items()),
        "wants": tuple(feedback.WANTS.items()),
    }, status=status)
