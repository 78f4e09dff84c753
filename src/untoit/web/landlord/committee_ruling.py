"""During the session: one dwelling at a time, the decision of each candidate, its votes, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.lifecycles.committee import DECISION_NAMES, Decision
from untoit.core.wording import typography
from untoit.records.followup.committee import decisions, members, selectors, sessions
from untoit.records.followup.committee.selectors import Candidate, Line
from untoit.records.followup.housing.words import reasons_for
from untoit.records.followup.models import Session
from untoit.records.followup.models.committee import SessionState
from untoit.records.partners.rights import DECIDE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.landlord.committee_forms import RulingForm


@access("committee", DECIDE)
def ruling(request: HttpRequest, session_id: UUID, line_id: UUID | None = None) -> HttpResponse:
    """Show a dwelling with its candidates and what may be decided; without one, the first that waits."""
    actor, _ = asked(request)
    session = _held(actor, session_id)
    if line_id is None:
        lines = selectors.agenda_of(actor, session)
        if not lines:
            raise Http404
        first = next((one for one in lines if one.waiting), lines[0])
        return redirect("landlord:ruling", session_id, first.id)
    return _page(request, actor, session, line_id)


def _held(actor: Actor, session_id: UUID) -> Session:
    session = selectors.session_of(actor, session_id)
    if session.state not in (SessionState.HELD, SessionState.MINUTED):
        raise Http404
    return session


def _page(
    request: HttpRequest, actor: Actor, session: Session, line_id: UUID, bound: RulingForm | None = None,
    proposal_id: UUID | None = None, status: int = 200,
) -> HttpResponse:
    (line,) = selectors.agenda_of(actor, session, line_id=line_id, ruling=True)
    order = list(session.lines.values_list("pk", flat=True))
    place = order.index(line_id)
    there = list(session.members.all())
    commune = line.vacancy.commune
    voters = len(members.voters(there, commune))
    rows = [
        {
            "candidate": one, "offered": _offered(one), "form": bound if one.proposal_id == proposal_id and bound else
            RulingForm(session=session, candidate=one, voters=voters, rank=_next_rank(line)),
            "is_bound": bound is not None and one.proposal_id == proposal_id,
        }
        for one in line.candidates
    ]
    return render(request, "landlord/ruling.html", {
        "session": session, "line": line, "rows": rows, "voters": voters, "number": place + 1, "count": len(order),
        "mayor": members.mayor_sits(there, commune), "open": session.state == SessionState.HELD,
        "previous": order[place - 1] if place else None, "next": order[place + 1] if place + 1 < len(order) else None,
        "postponed_for": reasons_for("postpone", session.on),
    }, status=status)


def _offered(candidate: Candidate) -> dict[str, dict[str, Any]]:
    return {
        decision.value: {"name": name, "why": candidate.refusals.get(decision, "")}
        for decision, name in DECISION_NAMES.items()
    }


def _next_rank(line: Line) -> int:
    """Return the rank that the next candidate of this dwelling would have."""
    found = [one.outcome.decision for one in line.candidates if one.outcome is not None]
    ranked = sum(one is Decision.ALLOCATED_RANKED for one in found)
    return ranked + (2 if Decision.ALLOCATED in found else 1)


def _candidate(line: Line, proposal_id: UUID) -> Candidate:
    found = next((one for one in line.candidates if one.proposal_id == proposal_id), None)
    if found is None:
        raise Http404
    return found


@access("committee", DECIDE, methods=("POST",))
def rule(request: HttpRequest, session_id: UUID, line_id: UUID, proposal_id: UUID) -> HttpResponse:
    """Write down the decision of one candidate."""
    actor, now = asked(request)
    session = _held(actor, session_id)
    (line,) = selectors.agenda_of(actor, session, line_id=line_id)
    candidate = _candidate(line, proposal_id)
    form = RulingForm(request.POST, session=session, candidate=candidate)
    if not form.is_valid():
        return _page(request, actor, session, line_id, form, proposal_id, 422)
    here = reverse("landlord:ruling", args=[session_id, line_id])
    try:
        decisions.rule(session_id=session_id, proposal_id=proposal_id, by=actor, at=now, **form.given)
    except Conflict as conflict:
        return refused(request, conflict, back=here)
    except UntoitError as refusal:
        form.add_error(None, typography(refusal.sentence))
        return _page(request, actor, session, line_id, form, proposal_id, 422)
    name = DECISION_NAMES[Decision(form.cleaned_data["decision"])]
    say_with_undo(
        request, typography(f"{line.vacancy.reference}, candidat {candidate.number} : {name}."),
        reverse("landlord:unrule", args=[session_id, line_id, proposal_id]),
    )
    following = next((
        one for one in line.candidates if one.is_waiting and one.proposal_id != proposal_id
    ), None)
    return redirect(f"{here}#candidat-{following.number}" if following else here)


@access("committee", DECIDE, methods=("POST",))
def unrule(request: HttpRequest, session_id: UUID, line_id: UUID, proposal_id: UUID) -> HttpResponse:
    """Take a decision back, until the minutes are settled."""
    actor, now = asked(request)
    selectors.check_candidate(_held(actor, session_id), line_id, proposal_id)
    here = reverse("landlord:ruling", args=[session_id, line_id])
    try:
        decisions.take_back(session_id=session_id, proposal_id=proposal_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=here)
    messages.success(request, "La décision est reprise : ce candidat attend de nouveau. La première reste tracée.")
    return redirect(here)


@access("committee", DECIDE, methods=("POST",))
def leave(request: HttpRequest, session_id: UUID, line_id: UUID, proposal_id: UUID) -> HttpResponse:
    """Leave a candidate for another session."""
    actor, now = asked(request)
    selectors.check_candidate(_held(actor, session_id), line_id, proposal_id)
    here = reverse("landlord:ruling", args=[session_id, line_id])
    try:
        sessions.postpone(
            session_id=session_id, proposal_id=proposal_id, reason=request.POST.get("reason", ""), by=actor, at=now
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=here)
    messages.success(request, "Candidat reporté : son dossier l’attend pour une autre séance.")
    return redirect(here)
