"""How often I am written to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from untoit.records.desk import selectors, services
from untoit.records.desk.models import DigestFrequency
from untoit.records.partners.rights import Actor
from untoit.web.access import access
from untoit.web.desk.forms import DigestForm


@access("desk", "W", methods=("GET", "POST"))
def notifications(request: HttpRequest) -> HttpResponse:
    """Show the choice, and keep it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        form = DigestForm(initial={"digest": selectors.digest_of(actor)})
        return render(request, "desk/notifications.html", {"form": form})
    form = DigestForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/notifications.html", {"form": form}, status=422)
    services.choose_digest(by=actor, digest=DigestFrequency(form.cleaned_data["digest"]), at=actor.at)
    messages.success(request, "Votre choix est enregistré.")
    return redirect("desk:notifications")
