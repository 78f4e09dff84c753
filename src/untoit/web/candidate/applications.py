"""My applications: where they stand, my card, withdrawing, and saying whether I still work there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.lifecycles import job_track
from untoit.records.followup.work import applications as services
from untoit.records.followup.work import own_side, statements
from untoit.records.followup.work.words import ends_for
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components import job_acts
from untoit.web.components.job_acts import ActForm
from untoit.web.components.refusals import refused

_WITHDRAW = "withdraw_person"


def _me(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role is not Role.CAND:
        raise Http404
    return actor


@access("job_application")
def applications(request: HttpRequest) -> HttpResponse:
    """List my applications."""
    return render(request, "candidate/applications.html", {"rows": own_side.own_applications(_me(request))})


@access("job_application")
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show one of my applications."""
    actor = _me(request)
    return _page(request, actor, own_side.own_application(actor, application_id))


def _page(
    request: HttpRequest, actor: Actor, row: own_side.OwnApplication, bound: ActForm | None = None, status: int = 200
) -> HttpResponse:
    end = bound if bound is not None and bound.action == "not_there" else _form("not_there", None, actor)
    return render(request, "candidate/application.html", {
        "row": row, "reasons": job_track.reasons(_WITHDRAW, actor.today), "end": end, "end_open": end is bound,
    }, status=status)


def _form(action: str, data: Any, actor: Actor) -> ActForm:
    reasons = job_track.reasons(_WITHDRAW, actor.today) if action == _WITHDRAW else ends_for(actor.today)
    return job_acts.form_of(action, data, reasons=reasons, contracts={})


@access("job_act", WRITE, methods=("POST",))
def application_withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Withdraw my application, with a reason."""
    actor = _me(request)
    row = own_side.own_application(actor, application_id)
    form = _form(_WITHDRAW, request.POST, actor)
    if not form.is_valid():
        messages.error(request, "Choisissez une raison de la liste.")
        return _page(request, actor, row, status=422)
    try:
        services.act(
            application_id=application_id, action=_WITHDRAW, given={"reason": form.cleaned_data["reason"]}, by=actor,
            at=actor.at, revision=form.cleaned_data["revision"],
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("candidate:application", args=[application_id]))
    messages.success(request, "Votre candidature est retirée. La personne qui vous suit peut la rouvrir.")
    return redirect("candidate:application", application_id)


@access("candidate_card", WRITE, methods=("POST",))
def application_card(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Agree to what my card says."""
    actor = _me(request)
    own_side.own_application(actor, application_id)
    try:
        sent = services.approve_card(application_id=application_id, by=actor, at=actor.at)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("candidate:application", args=[application_id]))
    messages.success(
        request, "Votre fiche est envoyée à l’employeur." if sent.sent_on else "Merci : votre fiche est approuvée."
    )
    return redirect("candidate:application", application_id)


@access("retention_followup", WRITE, methods=("POST",))
def application_say(request: HttpRequest, application_id: UUID, word: str) -> HttpResponse:
    """Say whether I still work there."""
    actor = _me(request)
    row = own_side.own_application(actor, application_id)
    present = word == "oui"
    if not present and word != "non":
        raise Http404
    form = _form("" if present else "not_there", request.POST, actor)
    if not form.is_valid():
        return _page(request, actor, row, form, status=422)
    try:
        statements.say(
            application_id=application_id, present=present, by=actor, at=actor.at,
            ended_on=form.cleaned_data.get("ended_on"), reason=form.cleaned_data.get("reason", ""),
            revision=form.cleaned_data["revision"],
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("candidate:application", args=[application_id]))
    messages.success(request, "Merci, c’est noté. La personne qui vous suit le voit.")
    return redirect("candidate:application", application_id)
