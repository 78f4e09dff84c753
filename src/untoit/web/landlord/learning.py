"""What outcomes teach: a person compares, adopts or takes back; nothing changes by itself."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.records.followup.learning import adoption
from untoit.records.partners.rights import DECIDE
from untoit.reporting.learning_report import learning_of
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused


class AdoptForm(forms.Form):
    """Which lines are adopted, and why; the lines are boxes of the table."""

    note = forms.CharField(
        label="Pourquoi les adopter", max_length=300, required=False,
        help_text="Se relira avec la version de la politique : « décision du comité du 12 janvier ».",
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)


@access("learning")
def learning(request: HttpRequest) -> HttpResponse:
    """Show what is assumed, what outcomes say, and how well each announces."""
    actor, _ = asked(request)
    found = learning_of(actor)
    return render(request, "landlord/learning.html", {
        "found": found, "form": AdoptForm(initial={"seen": found.seen}), "decides": actor.may("learning", DECIDE),
    })


@access("learning", DECIDE, methods=("POST",))
def adopt(request: HttpRequest) -> HttpResponse:
    """Adopt the chosen lines."""
    actor, now = asked(request)
    form = AdoptForm(request.POST)
    if not form.is_valid():
        context = {"found": learning_of(actor), "form": form, "decides": True}
        return render(request, "landlord/learning.html", context, status=422)
    try:
        made = adoption.adopt(
            paths=request.POST.getlist("path"), seen=form.cleaned_data["seen"], note=form.cleaned_data["note"],
            by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:learning"))
    messages.success(request, f"Adopté : les prochains calculs prennent « {made.policy} ».")
    return redirect("landlord:learning")


@access("learning", DECIDE, methods=("POST",))
def withdraw(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """Take the adopted lines back."""
    actor, now = asked(request)
    try:
        adoption.withdraw(set_id=set_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:learning"))
    messages.success(request, "Les valeurs d’avant sont remises pour les prochains calculs.")
    return redirect("landlord:learning")
