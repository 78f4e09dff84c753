"""Striking an application off, by the landlord's project lead, and taking it back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from untoit.core.errors import Refused
from untoit.core.wording import typography
from untoit.records.applicants.models import Household
from untoit.records.applicants.selectors import household_seen_by
from untoit.records.followup.keeping import striking_off
from untoit.records.partners.rights import Actor
from untoit.web.access import access


class StrikingOffForm(forms.Form):
    """When, and why."""

    because = forms.ChoiceField(
        label="Raison", choices=[
            (code, words[0].upper() + words[1:])
            for code, words in Household._meta.get_field("struck_off_because").flatchoices
        ],
    )
    on = forms.DateField(label="Le", widget=forms.DateInput(attrs={"type": "date"}))


@access("housing_application", "D", methods=("GET", "POST"))
def strike_off(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Say what a striking off does, then do it; it is taken back on the same page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    household = household_seen_by(actor, household_id)
    form = StrikingOffForm(request.POST or None, initial={"on": actor.today})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                striking_off.strike_off(household_id=household.pk, **form.cleaned_data, by=actor, at=actor.at)
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, typography("Demande radiée. Vous pouvez revenir sur cette décision ici."))
                return redirect("landlord:strike_off", household_id=household.pk)
    return render(request, "landlord/striking_off.html", {"household": household, "form": form}, status=status)


@access("housing_application", "D", methods=("POST",))
def reinstate(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Take a striking off back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    striking_off.reinstate(household_id=household_id, by=actor, at=actor.at)
    messages.success(request, typography("Radiation annulée : la demande est de nouveau active, ancienneté comprise."))
    return redirect("desk:case", household_id)
