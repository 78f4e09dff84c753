"""The committee: its sessions, the page of one of them, its members, and what moves it from one state to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.lifecycles import committee as law
from untoit.core.wording import typography
from untoit.records.followup.committee import decisions, members, selectors, sessions
from untoit.records.followup.models import Session
from untoit.records.followup.models.committee import SessionState
from untoit.records.partners.rights import DECIDE, WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.lists import Column, Listing
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.landlord.committee_forms import MemberFormSet, SessionFilter, SessionForm, seats_of

STATE_KINDS = {
    SessionState.DRAFT: "info", SessionState.AGENDA_CLOSED: "warn", SessionState.HELD: "warn",
    SessionState.MINUTED: "ok", SessionState.CANCELLED: "quiet",
}
_COLUMNS = (
    Column("on", "Séance", sort="on,starts_min"), Column("place", "Lieu", narrow=False),
    Column("homes", "Logements", numeric=True), Column("state", "État"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act on a session: the service, what it says once done, the act that undoes it, and what it asks first."""

    service: Callable[..., Session]
    said: str
    undo: str = ""
    title: str = ""
    warning: str = ""


STEPS = {
    "clore": Step(sessions.close_agenda, "L'ordre du jour est clos.", "rouvrir"),
    "rouvrir": Step(sessions.reopen_agenda, "L'ordre du jour est rouvert."),
    "ouvrir": Step(sessions.hold, "La séance est ouverte : les décisions peuvent s'inscrire.", "refermer"),
    "refermer": Step(sessions.unhold, "L'ouverture de la séance est annulée."),
    "arreter": Step(
        decisions.settle_minutes, "Le procès-verbal est arrêté.", title="Arrêter le procès-verbal",
        warning="Plus aucune décision de cette séance ne pourra être reprise. Les offres se notifient ensuite.",
    ),
    "annuler": Step(
        sessions.cancel, "La séance est annulée, ses candidats sont revenus à leur dossier.",
        title="Annuler la séance",
        warning="Ses candidats quittent l'ordre du jour et reviennent à leur dossier. Une séance annulée ne revient "
                "pas : vous en créerez une autre.",
    ),
}


@access("committee")
def committee_sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions of one's committee."""
    actor, _ = asked(request)
    writes = actor.may("committee", WRITE)
    listing = Listing(
        request, Session.objects.visible_to(actor).annotate(homes=Count("lines")), columns=_COLUMNS,
        row_template="landlord/_session_row.html", caption="Séances de la commission", filters=SessionFilter,
        default_sort="-on", noun=("séance", "séances"),
        present=lambda rows: [{"session": one, "kind": STATE_KINDS[SessionState(one.state)]} for one in rows],
        empty=("Aucune séance pour l’instant", "Créez la prochaine : les membres de la dernière y sont repris.",
               reverse("landlord:new_session") if writes else "", "Préparer une séance"),
    )
    return listing.respond("landlord/sessions.html", {"writes": writes})


@access("committee", WRITE, methods=("GET", "POST"))
def new_session(request: HttpRequest) -> HttpResponse:
    """Write down a session."""
    actor, now = asked(request)
    if request.method != "POST":
        return render(request, "landlord/session_form.html", {"form": SessionForm()})
    form = SessionForm(request.POST)
    if not form.is_valid():
        return render(request, "landlord/session_form.html", {"form": form}, status=422)
    data = form.cleaned_data
    try:
        made = sessions.create(
            on=data["on"], starts_min=data["starts_min"], place=data["place"], by=actor, at=now
        )
    except UntoitError as refusal:
        return _again(request, "landlord/session_form.html", {"form": form}, refusal)
    messages.success(request, "Séance créée. Ajoutez les logements à l’ordre du jour.")
    return redirect("landlord:session", made.pk)


@access("committee", WRITE, methods=("GET", "POST"))
def edit_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Change a session."""
    actor, now = asked(request)
    session = selectors.session_of(actor, session_id)
    context: dict[str, Any] = {"session": session}
    if request.method != "POST":
        return render(request, "landlord/session_form.html", {**context, "form": SessionForm.of(session)})
    form = context["form"] = SessionForm(request.POST)
    if not form.is_valid():
        return render(request, "landlord/session_form.html", context, status=422)
    data = form.cleaned_data
    try:
        sessions.change(
            session_id=session_id, on=data["on"], starts_min=data["starts_min"], place=data["place"],
            remarks=data["remarks"], revision=data["revision"] or 0, by=actor, at=now,
        )
    except UntoitError as refusal:
        return _again(request, "landlord/session_form.html", context, refusal)
    messages.success(request, "Séance enregistrée.")
    return redirect("landlord:session", session_id)


def _again(request: HttpRequest, template: str, context: dict[str, Any], refusal: UntoitError) -> HttpResponse:
    context["form"].add_error(None, typography(refusal.sentence))
    return render(request, template, context, status=409 if isinstance(refusal, Conflict) else 422)


@access("committee")
def session_page(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Show a session: its agenda with the candidates, what is missing, and what comes next."""
    actor, _ = asked(request)
    session = selectors.session_of(actor, session_id)
    lines = selectors.agenda_of(actor, session)
    writes = actor.may("committee", WRITE)
    drafts = session.state == SessionState.DRAFT
    return render(request, "landlord/session.html", {
        "session": session, "lines": lines, "kind": STATE_KINDS[SessionState(session.state)], "writes": writes,
        "decides": actor.may("committee", DECIDE), "members": list(session.members.all()),
        "homes": list(selectors.homes_to_add(actor, session)[:300]) if writes and drafts else [],
        "missing": [one for one in lines if not one.is_ready], "waiting": sum(one.waiting for one in lines),
        "candidates": sum(len(one.candidates) for one in lines), "is_day": session.on <= actor.today,
        "held": session.state in (SessionState.HELD, SessionState.MINUTED),
        "due_on": law.agenda_due_on(session.on), "least": law.least_candidates(session.on),
    })


@access("committee", WRITE, methods=("GET", "POST"))
def session_members(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Write who sits at a session, and who is present."""
    actor, now = asked(request)
    session = selectors.session_of(actor, session_id)
    context: dict[str, Any] = {"session": session}
    if request.method != "POST":
        fields = ("name", "quality", "commune", "votes", "is_present")
        initial = [{name: getattr(one, name) for name in fields} for one in session.members.all()]
        return render(request, "landlord/session_members.html", {**context, "formset": MemberFormSet(initial=initial)})
    formset = MemberFormSet(request.POST)
    context["formset"] = formset
    if not formset.is_valid():
        return render(request, "landlord/session_members.html", context, status=422)
    revision = request.POST.get("revision", "")
    try:
        members.write_members(
            session_id=session_id, seats=seats_of(formset), by=actor, at=now,
            revision=int(revision) if revision.isdigit() else 0,
        )
    except UntoitError as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        context["refusal"] = refusal.sentence
        return render(request, "landlord/session_members.html", context, status=status)
    messages.success(request, "Membres enregistrés.")
    return redirect("landlord:session", session_id)


@access("committee", WRITE, methods=("GET", "POST"))
def session_act(request: HttpRequest, session_id: UUID, action: str) -> HttpResponse:
    """Move a session on, or back; what cannot be undone is asked first."""
    actor, now = asked(request)
    step = STEPS.get(action)
    session = selectors.session_of(actor, session_id)
    if step is None:
        raise Http404
    back = reverse("landlord:session", args=[session_id])
    if request.method != "POST":
        if not step.title:
            return redirect(back)
        return render(request, "landlord/session_confirm.html", {"session": session, "step": step, "action": action})
    revision = request.POST.get("revision", "")
    try:
        step.service(
            session_id=session_id, by=actor, at=now, revision=int(revision) if revision.isdigit() else session.revision
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    said = typography(step.said)
    if step.undo:
        say_with_undo(request, said, reverse("landlord:session_act", args=[session_id, step.undo]))
    else:
        messages.success(request, said)
    return redirect(back)
