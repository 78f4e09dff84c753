"""The platform's own pages: organisations, journals, rights, emergency access. No file is read here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from untoit.core.errors import Refused
from untoit.records.partners import break_glass, rosters, services
from untoit.records.partners.models import Role
from untoit.reporting import protection
from untoit.web.access import access
from untoit.web.organisation import invitations
from untoit.web.organisation.forms import GlassForm, OrganisationForm
from untoit.web.organisation.views import members_context, older, page_of


@access("platform_console", "R")
def overview(request: HttpRequest) -> HttpResponse:
    """Show the organisations and what waits for a second person."""
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "organisations": rosters.organisations(actor),
        "waiting": rosters.waiting_invitations(actor),
        "asked": [one for one in rosters.emergency_accesses(actor)[:20] if one.granted_at is None],
        "may_create": actor.role is Role.ADM,
    }
    return render(request, "platform/overview.html", context)


@access("organisation_users", "W", methods=("GET", "POST"))
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Create an organisation; its first account is then invited by one person and approved by another."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.role is not Role.ADM:
        raise Http404
    form = OrganisationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.create_organisation(**form.cleaned_data, by=actor, at=actor.at)
            except Refused as refusal:
                form.add_error("name", refusal.sentence)
            else:
                messages.success(request, "Organisation créée. Invitez maintenant la personne qui gérera ses comptes.")
                return redirect("platform:organisation", organisation_id=made.pk)
    return render(request, "platform/new_organisation.html", {"form": form}, status=status)


@access("platform_console", "R", methods=("GET", "POST"))
def organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Show the accounts of an organisation; the administration invites, another person approves."""
    actor = request.actor  # type: ignore[attr-defined]
    found = rosters.organisation_for(actor, organisation_id)
    if found is None or (request.method == "POST" and not rosters.can_manage(actor, found)):
        raise Http404
    return invitations.page(
        request, found, "platform/organisation.html", "platform:organisation", members_context(request, found),
        organisation_id=organisation_id,
    )


@access("platform_console", "R")
def journal(request: HttpRequest) -> HttpResponse:
    """Show the acts: the technical ones for the administration, all of them for the DPO."""
    rows = rosters.acts(request.actor, before=page_of(request))  # type: ignore[attr-defined]
    return render(request, "platform/journal.html", {"rows": rows, "older": older(rows)})


@access("platform_console", "R")
def reads(request: HttpRequest) -> HttpResponse:
    """Show the reads of restricted data, for the DPO."""
    _dpo_only(request)
    rows = rosters.reads(request.actor, before=page_of(request))  # type: ignore[attr-defined]
    return render(request, "platform/reads.html", {"rows": rows, "older": older(rows)})


@access("consents_links", "R")
def consents(request: HttpRequest) -> HttpResponse:
    """Show how many consents and links are open, by purpose and organisation: no name."""
    _dpo_only(request)
    actor = request.actor  # type: ignore[attr-defined]
    context = {"consents": protection.consents(actor), "links": protection.links(actor)}
    return render(request, "platform/consents.html", context)


@access("rights_requests", "R")
def rights_requests(request: HttpRequest) -> HttpResponse:
    """Show the requests for access and erasure, with their due dates."""
    _dpo_only(request)
    rows = protection.rights_requests(request.actor)  # type: ignore[attr-defined]
    return render(request, "platform/rights_requests.html", {"rows": rows})


@access("platform_console", "R", methods=("GET", "POST"))
def glass(request: HttpRequest) -> HttpResponse:
    """Show the emergency accesses, and ask for one."""
    actor = request.actor  # type: ignore[attr-defined]
    form = GlassForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                break_glass.ask(**form.cleaned_data, by=actor, at=actor.at)
            except Refused as refusal:
                form.add_error("reason", refusal.sentence)
            else:
                messages.success(request, "Demande enregistrée. Une deuxième personne doit l'approuver.")
                return redirect("platform:glass")
    rows = [
        {"access": one, "mine": one.user_id == actor.user_id, "asked": one.granted_at is None,
         "open": one.until is not None and one.until > actor.at}
        for one in rosters.emergency_accesses(actor)[:50]
    ]
    return render(request, "platform/glass.html", {"form": form, "rows": rows}, status=status)


@access("platform_console", "W", methods=("POST",))
def approve_glass(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve somebody else's emergency access: it opens for sixty minutes."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        break_glass.approve(request_id=request_id, by=actor, at=actor.at)
        messages.success(request, "Accès ouvert pour soixante minutes. La protection des données est prévenue.")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("platform:glass")


@access("platform_console", "W", methods=("POST",))
def close_glass(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Close an emergency access before its time."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        break_glass.close(request_id=request_id, by=actor, at=actor.at)
        messages.success(request, "Accès fermé.")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("platform:glass")


def _dpo_only(request: HttpRequest) -> None:
    if request.actor.role is not Role.DPO:  # type: ignore[attr-defined]
        raise Http404
