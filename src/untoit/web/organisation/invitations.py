"""Invitations: one person asks, another approves, the guest opens the link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from untoit.core.errors import Refused
from untoit.records.desk import services as desk
from untoit.records.desk.models import TaskKind
from untoit.records.partners import invitations as services
from untoit.records.partners import rosters
from untoit.records.partners.models import Invitation, Organisation, OrganisationKind, Role
from untoit.records.partners.rights import Actor
from untoit.web.access import access, open_to_all
from untoit.web.organisation.forms import InvitationForm, WelcomeForm
from untoit.web.organisation.session import enter
from untoit.web.organisation.views import back, organisation_of


@access("organisation_users", "W", methods=("GET", "POST"))
def invitations(request: HttpRequest) -> HttpResponse:
    """Show what waits, and invite somebody to the organisation acted for."""
    organisation = organisation_of(request)
    if not rosters.can_manage(request.actor, organisation):  # type: ignore[attr-defined]
        raise Http404
    return page(request, organisation, "organisation/invitations.html", "organisation:invitations", {})


def page(
    request: HttpRequest, organisation: Organisation, template: str, done: str, context: dict[str, Any], **kwargs: Any
) -> HttpResponse:
    """Answer a page that holds the form of an invitation, here or on the platform's page of an organisation."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = InvitationForm(request.POST or None, organisation=organisation)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.invite(organisation_id=organisation.pk, **form.cleaned_data, by=actor, at=actor.at)
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
            else:
                _ask_second_person(made, actor)
                messages.success(request, "Invitation enregistrée. Une deuxième personne doit maintenant l'approuver.")
                return redirect(done, **kwargs)
    rows = [
        {"invitation": one, "mine": one.invited_by_id == actor.user_id, "role": Role(one.role).label,
         "expired": one.expires_at <= actor.at, "sent": one.approved_by_id is not None}
        for one in rosters.invitations_of(actor, organisation)
    ]
    return render(
        request, template, {**context, "organisation": organisation, "form": form, "invitations": rows}, status=status
    )


@access("organisation_users", "W", methods=("POST",))
def approve(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Approve somebody else's invitation, which sends the link."""
    return _decide(request, lambda actor: services.approve(
        invitation_id=invitation_id, link=_link(request), by=actor, at=actor.at
    ), "approved", "Invitation approuvée : le lien est parti, il expire dans sept jours.")


@access("organisation_users", "W", methods=("POST",))
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    return _decide(request, lambda actor: services.withdraw(
        invitation_id=invitation_id, by=actor, at=actor.at
    ), "withdrawn", "Invitation retirée.")


@never_cache
@open_to_all(methods=("GET", "POST"))
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Open the account that an invitation offers."""
    now = request.now  # type: ignore[attr-defined]
    invitation = services.of_token(token, at=now)
    if invitation is None:
        return render(request, "organisation/welcome_closed.html", status=410)
    signed_in: Any = request.user if request.user.is_authenticated else None
    is_theirs = signed_in is not None and signed_in.email.lower() == invitation.email
    form = None if is_theirs else WelcomeForm(
        request.POST or None, email=invitation.email, initial={"full_name": invitation.full_name}
    )
    status = 200
    if request.method == "POST" and form is not None and not form.is_valid():
        status = 422
    elif request.method == "POST":
        answers = form.cleaned_data if form is not None else {"full_name": signed_in.full_name, "password": ""}
        try:
            user, membership = services.accept(token=token, **answers, signed_in=signed_in, at=now)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return redirect(f"{reverse('account_login')}?next={request.path}")
        enter(request, user, membership)
        return redirect("/")
    context = {
        "invitation": invitation, "form": form, "role": Role(invitation.role).label,
        "neutral": invitation.organisation.kind == OrganisationKind.EMPLOYER,
    }
    return render(request, "organisation/welcome.html", context, status=status)


def _decide(request: HttpRequest, act: Callable[[Actor], Invitation], outcome: str, said: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        invitation = act(actor)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return back(request)
    desk.close_task(
        kind=TaskKind.INVITATION_TO_APPROVE, subject_id=invitation.pk, at=actor.at, by=actor, outcome=outcome
    )
    messages.success(request, said)
    return back(request)


def _ask_second_person(invitation: Invitation, actor: Actor) -> None:
    """Open the task of the other managers: those of the same role, in the organisation of whoever invites."""
    assert actor.organisation_id is not None
    desk.open_task(
        kind=TaskKind.INVITATION_TO_APPROVE, organisation=actor.organisation_id, subject_kind="invitation",
        subject_id=invitation.pk, why=f"Un accès « {Role(invitation.role).label} » attend une deuxième personne.",
        due_on=actor.today + timedelta(days=3), at=actor.at, role=actor.role,
    )


def _link(request: HttpRequest) -> Callable[[str], str]:
    return lambda token: request.build_absolute_uri(reverse("organisation:welcome", args=[token]))
