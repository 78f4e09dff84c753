"""What the data protection officer decides: erasures that were asked for, and files that a procedure makes us keep."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from untoit.core.errors import Conflict, Refused
from untoit.core.retention.rules import THEN_NAMES, rules
from untoit.core.wording import typography
from untoit.records.followup.keeping import holds, requests
from untoit.records.followup.models import LegalHold
from untoit.records.partners.rights import Actor
from untoit.web.access import access


class HoldForm(forms.Form):
    """Which file is kept, and why."""

    household_id = forms.UUIDField(
        label="Dossier", help_text="L'identifiant du dossier, tel que le montrent les demandes et le journal."
    )
    ground = forms.ChoiceField(label="Motif", choices=LegalHold._meta.get_field("ground").flatchoices)


@access("rights_requests", "D", methods=("GET", "POST"))
def grant_erasure(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask once more, then erase: this cannot be taken back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = requests.asked(request_id=request_id, by=actor)
    if request.method == "POST":
        try:
            answer = requests.grant_erasure(request_id=request_id, by=actor, at=actor.at)
        except (Refused, Conflict) as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, answer)
        return redirect("platform:rights_requests")
    return render(request, "platform/grant_erasure.html", {"asked": asked, "held": requests.is_held(asked)})


@access("legal_hold", "R")
def kept(request: HttpRequest) -> HttpResponse:
    """Show what is kept how long, and the files that a procedure makes us keep."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _page(request, actor, HoldForm(), 200)


@access("legal_hold", "W", methods=("POST",))
def set_hold(request: HttpRequest) -> HttpResponse:
    """Keep a file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            holds.set_hold(**form.cleaned_data, by=actor, at=actor.at)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, "Conservation posée : rien de ce dossier ne sera effacé tant qu'elle tient.")
            return redirect("platform:kept")
    return _page(request, actor, form, 422)


@access("legal_hold", "W", methods=("POST",))
def lift_hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Let the periods run again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    holds.lift_hold(hold_id=hold_id, by=actor, at=actor.at)
    messages.success(request, typography("Conservation levée : ce qui est dû sera effacé la nuit prochaine."))
    return redirect("platform:kept")


def _page(request: HttpRequest, actor: Actor, form: forms.Form, status: int) -> HttpResponse:
    rows = LegalHold.objects.visible_to(actor).select_related("set_by", "lifted_by").order_by(
        "lifted_at", "-set_at"
    )[:200]
    context: dict[str, Any] = {
        "rows": rows, "form": form, "then": THEN_NAMES,
        "rules": [(one, THEN_NAMES[one.then]) for one in rules(actor.today)],
    }
    return render(request, "platform/kept.html", context, status=status)
