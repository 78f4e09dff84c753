"""The homes that are proposed to me: where each stands, my answer in two taps, my letters."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.records.followup.housing import own_side
from untoit.records.followup.housing import proposals as services
from untoit.records.followup.housing.words import reasons_for, refusal_families
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.reporting import housing_letters
from untoit.web.access import access
from untoit.web.components.refusals import refused

_DONE = {
    "accept": "Votre oui est noté. Le bailleur vous appelle pour fixer la signature du bail.",
    "refuse": "Votre non est noté. Votre demande de logement reste active.",
    "withdraw_person": "C’est noté. Votre demande de logement reste active.",
}


def _me(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role is not Role.CAND:
        raise Http404
    return actor


@access("housing_proposal")
def proposals(request: HttpRequest) -> HttpResponse:
    """List the homes that are proposed to me."""
    return render(request, "candidate/proposals.html", {"rows": own_side.own_proposals(_me(request))})


@access("housing_proposal")
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show one of them."""
    actor = _me(request)
    return render(request, "candidate/proposal.html", {
        "row": own_side.own_proposal(actor, proposal_id), "families": refusal_families(actor.today),
        "withdrawals": reasons_for("withdraw_person", actor.today),
    })


@access("housing_act", WRITE, methods=("POST",))
def proposal_answer(request: HttpRequest, proposal_id: UUID, action: str) -> HttpResponse:
    """Accept, refuse or withdraw: the second tap, the first one having opened the choice."""
    actor = _me(request)
    if action not in _DONE:
        raise Http404
    own_side.own_proposal(actor, proposal_id)
    revision = request.POST.get("revision", "")
    try:
        services.act(
            proposal_id=proposal_id, action=action, by=actor, at=actor.at,
            given={"reasons": request.POST.getlist("reasons"), "reason": request.POST.get("reason", "")},
            revision=int(revision) if revision.isdecimal() else None,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("candidate:proposal", args=[proposal_id]))
    messages.success(request, _DONE[action])
    return redirect("candidate:proposal", proposal_id)


@access("housing_proposal")
def proposal_letter(request: HttpRequest, proposal_id: UUID, letter_id: UUID) -> HttpResponse:
    """Send one of my letters."""
    found = own_side.own_letter(_me(request), proposal_id, letter_id)
    answer = HttpResponse(housing_letters.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="courrier-{str(letter_id)[:8]}.pdf"'
    return answer
