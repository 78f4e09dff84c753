"""Preparing an agenda: dwellings, candidates and who could be one, the exception that the law allows."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.followup.committee import selectors, sessions
from untoit.records.followup.housing import proposals
from untoit.records.followup.models.committee import SessionState
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.landlord.committee_forms import ExceptionForm


def _uuid(text: str) -> UUID:
    """Return the identifier that a form sends back, or the 404 of what does not exist."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@access("committee", WRITE, methods=("POST",))
def add_line(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Put a dwelling on the agenda, then show who could be a candidate for it."""
    actor, now = asked(request)
    selectors.session_of(actor, session_id)
    back = reverse("landlord:session", args=[session_id])
    if not request.POST.get("logement"):
        messages.error(request, "Choisissez d’abord un logement.")
        return redirect(back)
    try:
        line = sessions.add_dwelling(
            session_id=session_id, vacancy_id=_uuid(request.POST["logement"]), by=actor, at=now
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    return redirect("landlord:session_line", session_id, line.pk)


@access("committee", WRITE)
def session_line(request: HttpRequest, session_id: UUID, line_id: UUID) -> HttpResponse:
    """Show a dwelling of an agenda: its candidates, who could be one, and the exception."""
    actor, _ = asked(request)
    session = selectors.session_of(actor, session_id)
    (line,) = selectors.agenda_of(actor, session, line_id=line_id)
    drafts = session.state == SessionState.DRAFT
    return render(request, "landlord/session_line.html", {
        "session": session, "line": line, "drafts": drafts,
        "suggestions": selectors.suggestions(actor, session, line) if drafts else None,
        "form": ExceptionForm(session=session, initial={"exception": line.exception}),
        "full": len(line.candidates) >= line.vacancy.max_candidates,
    })


@access("committee", WRITE, methods=("POST",))
def remove_line(request: HttpRequest, session_id: UUID, line_id: UUID) -> HttpResponse:
    """Take a dwelling without candidates off the agenda."""
    actor, now = asked(request)
    selectors.session_of(actor, session_id)
    try:
        sessions.remove_dwelling(session_id=session_id, line_id=line_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:session_line", args=[session_id, line_id]))
    messages.success(request, "Logement retiré de l’ordre du jour : il se remet par « Ajouter un logement ».")
    return redirect("landlord:session", session_id)


@access("committee", WRITE, methods=("POST",))
def line_exception(request: HttpRequest, session_id: UUID, line_id: UUID) -> HttpResponse:
    """Write down the exception, or take it away."""
    actor, now = asked(request)
    session = selectors.session_of(actor, session_id)
    back = reverse("landlord:session_line", args=[session_id, line_id])
    form = ExceptionForm(request.POST, session=session)
    if not form.is_valid():
        messages.error(request, "Choisissez une exception de la liste.")
        return redirect(back)
    chosen = form.cleaned_data["exception"]
    try:
        sessions.write_exception(session_id=session_id, line_id=line_id, exception=chosen, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "Exception écrite, sous votre nom." if chosen else "Exception retirée.")
    return redirect(back)


@access("committee", WRITE, methods=("POST",))
def line_candidate(
    request: HttpRequest, session_id: UUID, line_id: UUID, proposal_id: UUID, action: str
) -> HttpResponse:
    """Put a candidate on the agenda, or take one off; one click, and one to undo."""
    if action not in ("ajouter", "retirer"):
        raise Http404
    actor, now = asked(request)
    selectors.check_candidate(selectors.session_of(actor, session_id), line_id, proposal_id)
    back = reverse("landlord:session_line", args=[session_id, line_id])
    add = action == "ajouter"
    service = sessions.add_candidate if add else sessions.remove_candidate
    try:
        service(session_id=session_id, proposal_id=proposal_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    other = reverse(
        "landlord:line_candidate", args=[session_id, line_id, proposal_id, "retirer" if add else "ajouter"]
    )
    said = "Candidat mis à l'ordre du jour." if add else "Candidat retiré de l'ordre du jour."
    say_with_undo(request, typography(said), other)
    return redirect(back)


@access("housing_act", WRITE, methods=("POST",))
def line_propose(request: HttpRequest, session_id: UUID, line_id: UUID) -> HttpResponse:
    """Propose the dwelling of a line to a household that could be a candidate; its file is looked at next."""
    actor, now = asked(request)
    session = selectors.session_of(actor, session_id)
    (line,) = selectors.agenda_of(actor, session, line_id=line_id)
    tandem = request.POST.get("tandem", "")
    try:
        proposals.propose(
            household_id=_uuid(request.POST.get("menage", "")), vacancy_id=line.vacancy.pk, by=actor, at=now,
            tandem_id=_uuid(tandem) if tandem else None,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:session_line", args=[session_id, line_id]))
    messages.success(request, "Logement proposé. Notez les pièces du dossier : il pourra passer en commission.")
    return redirect("landlord:session_line", session_id, line_id)
