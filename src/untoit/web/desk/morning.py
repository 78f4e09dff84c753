"""The morning page: what waits for me, the most urgent first, and one click to act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from untoit.core.errors import Refused
from untoit.records.desk import selectors, services
from untoit.records.desk.models import Task, TaskKind
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.undo import say_with_undo
from untoit.web.desk.forms import PostponeForm
from untoit.web.desk.news import news_since
from untoit.web.desk.subjects import Subject, arrivals, subjects

# What the button of a task says, and the page of those that are not about one record.
ACTIONS = {
    TaskKind.IMPORT_TO_CONFIRM: "Vérifier l’import", TaskKind.DUPLICATES_TO_DECIDE: "Trancher",
    TaskKind.OFFER_TO_CONFIRM: "Ouvrir l’offre", TaskKind.VACANCY_TO_CONFIRM: "Ouvrir le logement",
    TaskKind.RUN_TO_REVIEW: "Relire", TaskKind.RUN_TO_RELEASE: "Ouvrir le calcul",
    TaskKind.TANDEM_TO_PRESENT: "Ouvrir le tandem", TaskKind.LINK_EXPIRES: "Ouvrir le dossier",
    TaskKind.CONSENT_MISSING: "Ouvrir le dossier", TaskKind.GROUND_WITHOUT_EVIDENCE: "Ouvrir le dossier",
    TaskKind.INVITATION_TO_APPROVE: "Voir l’invitation", TaskKind.RIGHTS_REQUEST: "Voir la demande",
    TaskKind.EVENT_CHECKLIST: "Ouvrir l’événement", TaskKind.EVENT_REPLY: "Lire la réponse",
    TaskKind.EVENT_CONFLICT: "Trancher", TaskKind.EVENT_PAPER: "Voir le courrier",
    TaskKind.OUTCOME_MISSING: "Noter la suite", TaskKind.AFTER_EVENT: "Reprendre contact",
    TaskKind.VISIT_TO_PLAN: "Fixer la visite", TaskKind.VISIT_OUTCOME: "Noter la visite",
    TaskKind.OFFER_TO_NOTIFY: "Notifier l’offre", TaskKind.ANSWER_AWAITED: "Noter la réponse",
    TaskKind.DOCUMENT_AWAITED: "Voir la pièce", TaskKind.NEXT_RANK: "Appeler le rang",
    TaskKind.STRIKING_OFF: "Décider", TaskKind.LEASE_TO_SIGN: "Fixer la signature",
    TaskKind.INVENTORY: "Fixer l’état des lieux", TaskKind.HOUSING_BENEFIT: "Ouvrir la proposition",
    TaskKind.LOCA_PASS: "Ouvrir la proposition", TaskKind.CALL_1M: "Noter l’appel",
    TaskKind.CHECK_3M: "Noter le maintien", TaskKind.CHECK_6M: "Noter le maintien",
    TaskKind.AGENDA_TO_CLOSE: "Ouvrir l’ordre du jour", TaskKind.MINUTES_TO_SETTLE: "Ouvrir le procès-verbal",
    TaskKind.LETTER_TO_SEND: "Ouvrir le courrier", TaskKind.INTERVIEW_OUTCOME: "Dire la suite",
    TaskKind.OFFER_ANSWER: "Noter la réponse", TaskKind.HOLD_1M: "Répondre", TaskKind.HOLD_3M: "Répondre",
    TaskKind.HOLD_6M: "Répondre", TaskKind.TRIAL_ENDS: "Ouvrir la candidature",
    TaskKind.OTHER_APPLICATIONS: "Ouvrir la candidature", TaskKind.RESOURCES_TO_UPDATE: "Ouvrir le dossier",
    TaskKind.JOB_TO_RESUME: "Ouvrir la candidature", TaskKind.FIRST_STEPS: "Ouvrir le parcours",
    TaskKind.PATHWAY_PAUSED: "Ouvrir le parcours", TaskKind.HANDOVER_MEETING: "Ouvrir le parcours",
    TaskKind.PATHWAY_ACTION: "Ouvrir le parcours", TaskKind.OTHER_HALF: "Ouvrir le suivi",
    TaskKind.LATE_TASKS: "Voir les retards",
}
# Tasks about a household that are done on the page of its case rather than in its file.
ABOUT_THE_CASE = frozenset(TaskKind) - {
    TaskKind.LINK_EXPIRES, TaskKind.CONSENT_MISSING, TaskKind.GROUND_WITHOUT_EVIDENCE, TaskKind.RESOURCES_TO_UPDATE,
    TaskKind.AFTER_EVENT,
}
LISTS = {
    TaskKind.INVITATION_TO_APPROVE: "organisation:invitations", TaskKind.RIGHTS_REQUEST: "platform:rights_requests",
    # A partner reviews the tandems of a run without seeing the run.
    TaskKind.RUN_TO_REVIEW: "adviser:tandems", TaskKind.TANDEM_TO_PRESENT: "adviser:tandems",
    TaskKind.LATE_TASKS: "desk:cases",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One task as the page shows it."""

    id: UUID
    kind: str
    label: str
    why: str
    about: str
    url: str
    action: str
    due_on: date
    late: bool
    today: bool
    mine: bool
    may_release: bool
    owner: str


@access("desk", "R")
def morning(request: HttpRequest) -> HttpResponse:
    """Show what waits for the actor."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    since = services.note_visit(by=actor, at=actor.at)
    kind = request.GET.get("nature", "")
    counts = selectors.counts_by_kind(actor)
    tasks = selectors.for_me(actor)
    if kind in TaskKind.values:
        tasks = tasks.filter(kind=kind)
    lines = lines_of(actor, tasks[: selectors.SHOWN])
    return render(request, "desk/morning.html", {
        "late": [line for line in lines if line.late], "next": [line for line in lines if not line.late],
        "counts": counts, "total": sum(one.count for one in counts), "kind": kind, "shown": selectors.SHOWN,
        "hidden": max(0, sum(one.count for one in counts if kind in ("", one.kind)) - len(lines)),
        "colleagues": lines_of(actor, selectors.of_colleagues(actor)[:20]) if actor.is_org_admin else [],
        "done": [(task, task.get_kind_display()) for task in selectors.lately_done(actor)[:5]],
        "postpone_to": selectors.tomorrow(actor), "since": since, "news": news_since(actor, since, limit=5),
        "may_write": actor.may("desk", WRITE),
    })


def lines_of(actor: Actor, tasks: Any) -> list[Line]:
    """Return tasks as the page shows them, names read under the actor's rights: a query a kind of subject."""
    rows = list(tasks)
    known = subjects(actor, ((task.subject_kind, task.subject_id) for task in rows))
    # A contradiction is settled at the reception, whoever follows the person.
    doors = arrivals(actor, [task.subject_id for task in rows if task.kind == TaskKind.EVENT_CONFLICT])
    return [
        _line(actor, task, (doors if task.kind == TaskKind.EVENT_CONFLICT else known).get(task.subject_id))
        for task in rows
    ]


def _line(actor: Actor, task: Task, subject: Subject | None) -> Line:
    kind = TaskKind(task.kind)
    url = subject.url if subject else list_url(kind)
    if subject and task.subject_kind == "household" and kind in ABOUT_THE_CASE and actor.may("case"):
        url = reverse("desk:case", args=[task.subject_id])
    return Line(
        id=task.pk, kind=kind, label=kind.label, why=task.why, about=subject.label if subject else "", url=url,
        action=ACTIONS[kind], due_on=task.due_on, late=task.due_on < actor.today, today=task.due_on == actor.today,
        mine=task.owner_id == actor.membership_id, may_release=bool(task.role),
        owner=str(task.owner.user) if task.owner else "",
    )


def list_url(kind: TaskKind) -> str:
    """Return the page of the tasks that are not about one record that the reader sees, "" when there is none."""
    try:
        return reverse(LISTS[kind]) if kind in LISTS else ""
    except NoReverseMatch:
        return ""


@access("desk", "W", methods=("POST",))
def claim(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take a task of one's role."""
    return _do(request, task_id, services.claim_task, "Cette tâche est à vous.", undo="desk:release")


@access("desk", "W", methods=("POST",))
def release(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Give a task back to the others."""
    return _do(request, task_id, services.release_task, "La tâche est remise à votre équipe.", undo="desk:claim")


@access("desk", "W", methods=("POST",))
def finish(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Say that a task is done."""
    return _do(request, task_id, services.finish_task, "La tâche est terminée.", undo="desk:reopen")


@access("desk", "W", methods=("POST",))
def reopen(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Take back a "done"."""
    return _do(request, task_id, services.reopen_task, "La tâche est de nouveau à faire.")


@access("desk", "W", methods=("POST",))
def postpone(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Put a task off."""
    form = PostponeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["due_on"])))
        return redirect("desk:morning")
    due_on: date = form.cleaned_data["due_on"]
    return _do(
        request, task_id, services.postpone_task, f"La tâche est reportée au {due_on:%d/%m/%Y}.",
        undo="desk:undo_postpone", due_on=due_on,
    )


@access("desk", "W", methods=("POST",))
def undo_postpone(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Give a task its due date back."""
    return _do(request, task_id, services.undo_postpone, "La tâche a retrouvé son échéance.")


def _do(
    request: HttpRequest, task_id: UUID, act: Callable[..., Task], sentence: str, undo: str = "", **values: Any
) -> HttpResponse:
    """Do one act on a task, say so with the way to undo it, and go back to the page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        act(task_id=task_id, by=actor, at=actor.at, **values)
    except Task.DoesNotExist as absent:
        raise Http404 from absent
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("desk:morning")
    if undo:
        say_with_undo(request, sentence, reverse(undo, args=[task_id]))
    else:
        messages.success(request, sentence)
    return redirect("desk:morning")
