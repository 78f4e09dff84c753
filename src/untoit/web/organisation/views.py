"""Members, keys, and one's own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from untoit.core.errors import Refused
from untoit.records.applicants.models import Household
from untoit.records.partners import rosters, selectors, services, tokens
from untoit.records.partners.models import ROLES_OF, Organisation
from untoit.records.partners.rights import grant
from untoit.web.access import access
from untoit.web.organisation.forms import AccountForm, TokenForm
from untoit.web.organisation.session import act_under


def organisation_of(request: HttpRequest) -> Organisation:
    """Return the organisation acted for, or the 404 of a page that does not exist."""
    actor = request.actor  # type: ignore[attr-defined]
    found = rosters.organisation_for(actor, actor.organisation_id)
    if found is None:
        raise Http404
    return found


@access("organisation_users", "R")
def members(request: HttpRequest) -> HttpResponse:
    """Show who has an account in the organisation."""
    organisation = organisation_of(request)
    return render(request, "organisation/members.html", members_context(request, organisation))


def members_context(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """Return what the list of members shows, here and on the platform's page of an organisation."""
    actor = request.actor  # type: ignore[attr-defined]
    manages = rosters.can_manage(actor, organisation)
    allowed = ROLES_OF[organisation.kind]
    rows = [
        {"membership": one, "lower": list(allowed[allowed.index(one.role) + 1:]),
         "is_me": one.pk == actor.membership_id}
        for one in rosters.members_of(actor, organisation)
    ]
    return {
        "organisation": organisation, "rows": rows, "manages": manages,
        "waiting": rosters.invitations_of(actor, organisation).count() if manages else 0,
    }


@access("organisation_users", "W", methods=("POST",))
def end_member(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Close the access of a member."""
    try:
        ended = services.end_membership(
            membership_id=membership_id, by=request.actor, at=request.now  # type: ignore[attr-defined]
        )
        messages.success(request, f"L'accès de {ended.user} est fermé. Une invitation peut le rouvrir.")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return back(request)


@access("organisation_users", "W", methods=("POST",))
def lower_member(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Give a member fewer rights."""
    try:
        lowered = services.lower_membership(
            membership_id=membership_id, role=request.POST.get("role", ""),
            is_org_admin=request.POST.get("is_org_admin") == "on",
            by=request.actor, at=request.now,  # type: ignore[attr-defined]
        )
        messages.success(request, f"{lowered.user} : {lowered.get_role_display()}.")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """Go back to the page of this site that the form was on, or to the members."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect("organisation:members")


@never_cache
@access("api_tokens", "R", methods=("GET", "POST"))
def api_tokens(request: HttpRequest) -> HttpResponse:
    """Show the keys of the HTTP interface; a new one is shown once, on the answer to the form."""
    actor = request.actor  # type: ignore[attr-defined]
    may_write = actor.may("api_tokens", "W") and actor.is_org_admin
    form = TokenForm(request.POST or None, scopes=tokens.scopes_for(actor))
    secret, status = "", 200
    if request.method == "POST":
        if not may_write:
            raise Http404
        status = 422
        if form.is_valid():
            try:
                _, secret = tokens.create_token(
                    **form.cleaned_data, by=actor, at=request.now  # type: ignore[attr-defined]
                )
                form, status = TokenForm(scopes=tokens.scopes_for(actor)), 200
            except Refused as refusal:
                form.add_error(None, refusal.sentence)
    rows = [{"token": one, "open": one.is_open(actor.at)} for one in rosters.tokens_of(actor)]
    context = {"form": form if may_write else None, "rows": rows, "secret": secret}
    return render(request, "organisation/tokens.html", context, status=status)


@access("api_tokens", "W", methods=("POST",))
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Revoke a key."""
    token = tokens.revoke_token(token_id=token_id, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    messages.success(request, f"Le jeton « {token.name} » n'ouvre plus rien.")
    return redirect("organisation:tokens")


@access("own_account", "W", methods=("POST",))
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another organisation of one's own from now on."""
    try:
        wanted = UUID(request.POST.get("membership", ""))
    except ValueError:
        raise Http404 from None
    membership = services.switch_organisation(
        user=request.user, membership_id=wanted, at=request.now  # type: ignore[arg-type, attr-defined]
    )
    act_under(request, membership)
    messages.success(request, f"Vous agissez maintenant pour {membership.organisation}.")
    # The page one was on may not exist for the other organisation: start again from the first one.
    return redirect("/")


@access("own_account", "R", methods=("GET", "POST"))
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: name, organisations, second factor, password."""
    user: Any = request.user
    actor = request.actor  # type: ignore[attr-defined]
    form = AccountForm(request.POST or None, initial={"full_name": user.full_name})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            services.rename_user(
                user=user, full_name=form.cleaned_data["full_name"], by=actor, at=actor.at
            )
            messages.success(request, "Votre nom est enregistré.")
            return redirect("organisation:account")
        status = 422
    factors = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    context = {
        "form": form, "user": user, "memberships": selectors.open_memberships(user, at=actor.at),
        "has_application": Authenticator.Type.TOTP in factors,
        "keys": sum(one == Authenticator.Type.WEBAUTHN for one in factors),
        "has_codes": Authenticator.Type.RECOVERY_CODES in factors,
    }
    return render(request, "organisation/account.html", context, status=status)


@access("audit_log", "R")
def reads(request: HttpRequest) -> HttpResponse:
    """Show who read the files that the organisation follows: masked."""
    actor = request.actor  # type: ignore[attr-defined]
    given = grant(actor.role, "audit_log")
    if given is None or not given.masked:
        raise Http404  # the platform and the DPO have their own journal, candidates their own page
    files = Household.objects.visible_to(actor).values("pk")
    rows = rosters.reads_of_files(actor, subjects=files, before=page_of(request))
    return render(request, "organisation/reads.html", {"rows": rows, "older": older(rows)})


def page_of(request: HttpRequest) -> int | None:
    """Return the number before which a journal is read, ``None`` for its last page."""
    text = request.GET.get("avant", "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


def older(rows: list[Any]) -> int | None:
    """Return where the next, older, page of a journal starts, ``None`` on the last one."""
    if len(rows) < rosters.PAGE:
        return None
    last = rows[-1]
    return last["id"] if isinstance(last, dict) else last.pk
