"""
The employer's applications: who was sent, what comes of it, who is still there. Cards and dates, and nothing else.

Everything comes through ``employer_side``: these pages know neither a household, a home nor a resource.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.followup.work import employer_side
from untoit.records.followup.work.employer_side import EmployerApplication
from untoit.records.partners.journal import note_read
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components import job_acts
from untoit.web.components.job_acts import ActForm, say_done
from untoit.web.components.refusals import refused


def _asked(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role is not Role.EMPL:
        raise Http404
    return actor


@access("job_application")
def applications(request: HttpRequest) -> HttpResponse:
    """Show the questions that wait, then the applications of one group."""
    actor = _asked(request)
    asked, group = request.GET.get("page", "1"), request.GET.get("groupe", "suivre")
    if group not in employer_side.GROUPS:
        group = "suivre"
    number = int(asked) if asked.isdigit() and len(asked) < 6 else 1
    found = employer_side.applications_of(actor, group=group, page=number)
    if found.rows or found.waiting:
        note_read(actor, "job_application", "application", None, count=len({
            one.id for one in (*found.rows, *found.waiting)
        }))
    return render(request, "employer/applications.html", {
        "found": found, "group": group,
        "groups": [(code, label, found.counts[code]) for code, label in employer_side.GROUPS.items()],
        "waiting": [_with_question(one, actor) for one in found.waiting],
        "cards": [_card(one, actor, questions=False) for one in found.rows],
    })


@access("job_application")
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show one application."""
    actor = _asked(request)
    return _page(request, actor, employer_side.application_of(actor, application_id))


def _page(
    request: HttpRequest, actor: Actor, one: EmployerApplication, bound: ActForm | None = None, status: int = 200
) -> HttpResponse:
    note_read(actor, "job_application", "application", one.id)
    return render(
        request, "employer/application.html", {"card": _card(one, actor, questions=True, bound=bound)}, status=status
    )


def _card(
    one: EmployerApplication, actor: Actor, *, questions: bool, bound: ActForm | None = None
) -> dict[str, Any]:
    """Return a card with its acts; the check that is due is a question of its own, asked once on a page."""
    asks = bool(one.question)
    acts = [(act.action, act.label) for act in one.acts if not (asks and act.action.startswith("hold_"))]
    facts = job_acts.Facts(
        actor.today, one.offered_contract, _code(one.contract), one.interview_on, one.last_day, one.trial_ends_on
    )
    shown = job_acts.shown(
        acts, facts, reasons_of=employer_side.reasons_for, contracts=employer_side.CONTRACTS, revision=one.revision,
        key=one.id, bound=bound,
    )
    return {"row": one, "acts": shown, **(_question(one, actor, bound) if asks and questions else {})}


def _with_question(one: EmployerApplication, actor: Actor) -> dict[str, Any]:
    return {"row": one, **_question(one, actor, None)}


def _question(one: EmployerApplication, actor: Actor, bound: ActForm | None) -> dict[str, Any]:
    reasons = employer_side.ends_for(actor.today)
    no = bound if bound is not None and bound.action == "not_there" else job_acts.form_of(
        "not_there", None, reasons=reasons, contracts={}, key=f"q{one.id}"
    )
    return {"no": no, "no_open": no is bound}


def _code(contract: str) -> str:
    return next((code for code, label in employer_side.CONTRACTS.items() if label == contract), "")


@access("job_act", WRITE, methods=("POST",))
def application_act(request: HttpRequest, application_id: UUID, action: str) -> HttpResponse:
    """Do one act of the table."""
    actor = _asked(request)
    one = employer_side.application_of(actor, application_id)
    label = next((act.label for act in one.acts if act.action == action), None)
    form = job_acts.form_of(
        action, job_acts.sent(request), reasons=employer_side.reasons_for(action, actor.today),
        contracts=employer_side.CONTRACTS, key=one.id,
    )
    if not form.is_valid() and label is not None:
        return _page(request, actor, one, form, status=422)
    if not form.is_valid():
        messages.error(request, "Cet acte n’est plus possible : relisez la candidature.")
        return redirect(_back(request, actor, application_id))
    try:
        employer_side.act(
            application_id=application_id, action=action, given=form.given(actor.today), by=actor, at=actor.at,
            revision=form.cleaned_data["revision"],
        )
    except ValueError as unknown:
        raise Http404 from unknown
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("employer:application", args=[application_id]))
    sentence = typography(f"Noté : {employer_side.done_words(action).lower()}.")
    say_done(request, action, sentence, reverse("employer:application_act", args=[application_id, "reopen"]))
    return redirect(_back(request, actor, application_id))


@access("retention_followup", WRITE, methods=("POST",))
def application_say(request: HttpRequest, application_id: UUID, word: str) -> HttpResponse:
    """Say whether the person is still there."""
    actor = _asked(request)
    one = employer_side.application_of(actor, application_id)
    present = word == "oui"
    if not present and word != "non":
        raise Http404
    form = job_acts.form_of(
        "" if present else "not_there", request.POST, reasons=employer_side.ends_for(actor.today), contracts={},
        key=f"q{one.id}",
    )
    if not form.is_valid():
        return _page(request, actor, one, form, status=422)
    try:
        employer_side.say(
            application_id=application_id, present=present, by=actor, at=actor.at,
            ended_on=form.cleaned_data.get("ended_on"), reason=form.cleaned_data.get("reason", ""),
            revision=form.cleaned_data["revision"],
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("employer:application", args=[application_id]))
    messages.success(request, "Merci, c’est noté.")
    return redirect(_back(request, actor, application_id))


def _back(request: HttpRequest, actor: Actor, application_id: UUID) -> str:
    """Return where to go after an act: the group that was being read, else the page, as long as it is to be read."""
    group = request.POST.get("retour", "")
    if group in employer_side.GROUPS:
        return f"{reverse('employer:applications')}?groupe={group}"
    try:
        employer_side.application_of(actor, application_id)
    except Http404:
        # A contract that ended more than a month ago leaves these pages as soon as its end is noted.
        return reverse("employer:applications")
    return reverse("employer:application", args=[application_id])
