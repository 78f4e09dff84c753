"""Runs: their list, the form that launches one, its page with progress or result, and the acts on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, Refused, UntoitError
from untoit.core.wording import typography
from untoit.records.pairings import choices, releases, services
from untoit.records.pairings.lifecycle import RUN
from untoit.records.pairings.models import Feed, Review, Run, RunState
from untoit.records.pairings.policies import usual_policy, with_share
from untoit.records.pairings.snapshot import said
from untoit.records.partners.rights import DECIDE, WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.lists import Column, Listing
from untoit.web.components.refusals import refused
from untoit.web.landlord import run_result
from untoit.web.landlord.run_forms import ReasonForm, RunForm

STATE_KINDS = {
    RunState.DRAFT: "info", RunState.COMPUTING: "info", RunState.COMPUTED: "warn", RunState.REVIEWED: "warn",
    RunState.RELEASED: "ok", RunState.CLOSED: "quiet", RunState.FAILED: "stop",
}
_STEPS = (
    (RunState.COMPUTING, "Calcul"), (RunState.COMPUTED, "Relecture"), (RunState.REVIEWED, "Prêt à diffuser"),
    (RunState.RELEASED, "Diffusé"), (RunState.CLOSED, "Clos"),
)
_COLUMNS = (
    Column("title", "Calcul", sort="title"),
    Column("on", "Date", sort="on"),
    Column("created", "Lancé le", sort="created_at", narrow=False),
    Column("tandems", "Tandems", numeric=True),
    Column("state", "État"),
)
_UNDER_WAY = (RunState.DRAFT, RunState.COMPUTING)
# What each act calls, which right it takes, and what it says once done.
_ACTS = {
    "finish_review": (releases.finish_review, WRITE, "La relecture est terminée : le calcul peut être diffusé."),
    "reopen_review": (releases.reopen_review, WRITE, "La relecture est reprise."),
    "release": (releases.release_run, DECIDE, "Le calcul est diffusé : chaque personne peut voir son tandem."),
    "close": (releases.close_run, DECIDE, "Le calcul est clos."),
}


def run_of(request: HttpRequest, run_id: UUID) -> Run:
    """Return a run that the actor may see, or the 404 of everything that does not exist."""
    actor, _ = asked(request)
    found: Run = get_object_or_404(
        Run.objects.visible_to(actor).select_related(
            "policy", "parent", "created_by__user", "reviewed_by", "released_by"
        ).defer("certificate"), pk=run_id,
    )
    return found


@access("matching_run")
def runs(request: HttpRequest) -> HttpResponse:
    """List the runs of the landlord."""
    actor, _ = asked(request)
    found = Run.objects.visible_to(actor).defer("result", "certificate").annotate(
        placed=Count("tandems"), left=Count("tandems", filter=Q(tandems__review=Review.TO_REVIEW))
    )
    listing = Listing(
        request, found, columns=_COLUMNS, default_sort="-created", row_template="landlord/_run_row.html",
        search=lambda rows, text: rows.filter(title__icontains=text), search_label="Titre du calcul",
        caption="Calculs de votre organisation", noun=("calcul", "calculs"),
        present=lambda rows: [{"run": one, "kind": STATE_KINDS[RunState(one.state)]} for one in rows],
        empty=(
            "Aucun calcul pour l’instant",
            "Un calcul propose ensemble un logement et un emploi à portée, à partir des fiches de vos partenaires.",
            reverse("landlord:new_run"), "Lancer un calcul",
        ) if actor.may("matching_run", WRITE) else ("Aucun calcul pour l’instant", "", "", ""),
    )
    return listing.respond("landlord/runs.html", {"writes": actor.may("matching_run", WRITE)})


@access("matching_run", WRITE, methods=("GET", "POST"))
def new_run(request: HttpRequest) -> HttpResponse:
    """Choose what a run is computed on, look at what that gives, launch it."""
    actor, now = asked(request)
    has_feeds = Feed.objects.visible_to(actor).filter(retired_at__isnull=True).exists()
    if request.method != "POST":
        form = RunForm(actor=actor, initial=_prefilled(request))
        return render(request, "landlord/run_form.html", {"form": form, "has_feeds": has_feeds})
    form = RunForm(request.POST, actor=actor)
    context: dict[str, Any] = {"form": form, "has_feeds": has_feeds}
    if not form.is_valid():
        return render(request, "landlord/run_form.html", context, status=422)
    given = form.cleaned_data
    feeds = list(given["feeds"])
    if "launch" not in request.POST:
        context["preview"] = services.preview(perimeter=form.perimeter, on=given["on"], feeds=feeds, by=actor)
        return render(request, "landlord/run_form.html", context)
    try:
        policy = given["policy"] or usual_policy(by=actor, at=now)
        if form.per_mille is not None:
            policy = with_share(policy=policy, priority_per_mille=form.per_mille, by=actor, at=now)
        made = services.create_run(
            title=given["title"], on=given["on"], mode=given["mode"], perimeter=form.perimeter, feeds=feeds,
            policy=policy, seed=given["seed"] or 0, run_id=given["run_id"], by=actor, at=now,
        )
    except Refused as refusal:
        form.add_error(None, typography(refusal.sentence))
        return render(request, "landlord/run_form.html", context, status=409)
    return redirect("landlord:run", made.pk)


def _prefilled(request: HttpRequest) -> dict[str, Any]:
    """Return the share of priority groups that a link asks for (``?part=333``, in thousandths)."""
    text = request.GET.get("part", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= 1000):
        return {}
    return {"priority": Decimal(text) / 10, "title": "Tenir l’engagement envers les publics prioritaires"}


@access("matching_run")
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show a run: its progress while it is computed, then what came out, part by part."""
    actor, _ = asked(request)
    found = run_of(request, run_id)
    context = page_of(actor, found)
    if found.state in _UNDER_WAY or found.state == RunState.FAILED:
        return render(request, "landlord/run_wait.html", context)
    return run_result.part(request, actor, found, context)


@access("matching_run")
def run_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Answer how far a computation is, for the page that asks every second; reload that page once it has ended."""
    found = run_of(request, run_id)
    answer = render(request, "landlord/_run_progress.html", {"run": found, "under_way": found.state in _UNDER_WAY})
    if found.state not in _UNDER_WAY:
        answer["HX-Refresh"] = "true"
    return answer


@access("matching_run", WRITE, methods=("POST",))
def run_act(request: HttpRequest, run_id: UUID, action: str) -> HttpResponse:
    """End the review, take it up again, release, close: each refused with a sentence when the state has changed."""
    if action not in _ACTS:
        raise Http404
    actor, now = asked(request)
    act, right, done = _ACTS[action]
    run_of(request, run_id)
    if not actor.may("matching_run", right):
        raise Http404
    try:
        act(run_id=run_id, revision=_revision(request), by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:run", args=[run_id]))
    messages.success(request, done)
    return redirect("landlord:run", run_id)


@access("matching_run", WRITE, methods=("POST",))
def run_stop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Stop a computation."""
    return _simple(request, run_id, services.cancel_run, "L’arrêt est demandé : il prend quelques secondes.")


@access("matching_run", WRITE, methods=("POST",))
def run_retry(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Start a stopped computation again."""
    return _simple(request, run_id, services.retry_run, "Le calcul recommence sur les mêmes données.")


def _simple(request: HttpRequest, run_id: UUID, act: Any, done: str) -> HttpResponse:
    actor, now = asked(request)
    run_of(request, run_id)
    try:
        act(run_id=run_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:run", args=[run_id]))
    messages.success(request, done)
    return redirect("landlord:run", run_id)


@access("matching_run", DECIDE, methods=("GET", "POST"))
def run_retract(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Take a release back, with a reason."""
    actor, now = asked(request)
    found = run_of(request, run_id)
    form = ReasonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "landlord/run_retract.html", {"run": found, "form": form}, status=status)
    try:
        releases.retract_run(
            run_id=run_id, revision=_revision(request), reason=form.cleaned_data["reason"], by=actor, at=now
        )
    except Conflict as conflict:
        return refused(request, conflict, back=reverse("landlord:run", args=[run_id]))
    except Refused as refusal:
        form.add_error("reason", typography(refusal.sentence))
        return render(request, "landlord/run_retract.html", {"run": found, "form": form}, status=422)
    messages.success(request, "La diffusion est retirée : les personnes ne voient plus ces tandems.")
    return redirect("landlord:run", run_id)


@access("matching_run", WRITE, methods=("GET", "POST"))
def run_again(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Solve again with the pins and interdictions of the review; inherited ones can be lifted."""
    actor, now = asked(request)
    found = run_of(request, run_id)
    if request.method != "POST":
        return render(request, "landlord/run_again.html", {"child_id": uuid4(), **run_result.choices_of(actor, found)})
    try:
        child = services.solve_again(
            run_id=run_id, revision=_revision(request), by=actor, at=now, without=request.POST.getlist("lift"),
            child_id=_uuid(request.POST.get("child_id", "")),
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:run", args=[run_id]))
    return redirect("landlord:run", child.pk)


def page_of(actor: Actor, run: Run) -> dict[str, Any]:
    """Return what every part of the page of a run shows."""
    states = [state for state, _ in _STEPS]
    here = states.index(RunState(run.state)) if run.state in states else 0
    writes = actor.may("matching_run", WRITE)
    tandems = run.tandems.aggregate(
        placed=Count("pk"), left=Count("pk", filter=Q(review=Review.TO_REVIEW)),
        kept=Count("pk", filter=Q(review=Review.ACCEPTED)), aside=Count("pk", filter=Q(review=Review.SET_ASIDE)),
        marked=Count("pk", filter=Q(is_pinned=True) | Q(is_forbidden=True)),
    )
    return {
        "run": run, "kind": STATE_KINDS[RunState(run.state)], "writes": writes,
        "decides": actor.may("matching_run", DECIDE), "counts": tandems, "under_way": run.state in _UNDER_WAY,
        "steps": [
            {"label": label, "done": number < here, "current": number == here and run.state != RunState.FAILED}
            for number, (_, label) in enumerate(_STEPS)
        ],
        "possible": {one.action for one in RUN.possible(run.state, actor.role)} if writes else set(),
        "imposed": choices.count(run.choices),
        "children": run.children.only("pk", "title", "state", "created_at").order_by("created_at"),
    }


@access("matching_run", WRITE)
def run_changes(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Say what changed in the records since the run was frozen, before somebody tries to release it."""
    actor, _ = asked(request)
    found = run_of(request, run_id)
    changes = said(releases.changes_of(found, actor))
    return render(request, "landlord/run_changes.html", {"run": found, "changes": changes})


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
