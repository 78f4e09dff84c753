"""Choosing who comes: a selection run on what the stands show, what it proposes, and the list that comes of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import counted, percentage, typography
from untoit.records.applicants.view import name_of
from untoit.records.events import capacities, options, proposals
from untoit.records.events import selection as services
from untoit.records.events.models import Event
from untoit.records.pairings.models import Run
from untoit.records.pairings.perimeter import ALL, IN_SCHEME
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.organiser.events import event_of


@access("event", WRITE)
def selection(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show the run of the event and what it proposes, before anything is written on the list."""
    actor, _ = asked(request)
    event = event_of(request, event_id)
    runs = services.runs_for(actor, event)
    run = next((one for one in runs if one.pk == event.run_id), None)
    context: dict[str, Any] = {
        "event": event, "current": "selection", "runs": runs, "run": run, "reads_runs": actor.may("matching_run"),
        "launches": actor.may("matching_run", WRITE), "run_id": uuid4(), "banner": None,
        "feeds": services.feeds_for(actor, event), "reads_people": actor.may("registration"),
    }
    if actor.may("registration"):
        context["banner"] = capacities.banner(event)
    if run is not None and run.state in proposals.USABLE and actor.may("tandem"):
        context |= _proposed(actor, event, run)
        context["searching"] = options.searching(event, run)
    return render(request, "organiser/selection.html", context)


def _proposed(actor: Actor, event: Event, run: Run) -> dict[str, Any]:
    """Return what the run proposes, as the page shows it."""
    found = proposals.proposals(event, run, actor)
    stands = {one.pk: one for one in event.stands.all()}
    there = {one.person_id: one for one in event.registrations.all()}
    note_read(actor, "registration", "event", event.pk, count=len(found), reason="proposition d'un calcul")
    rows: list[dict[str, Any]] = [{
        "name": name_of(one.person, actor), "probability": percentage(one.probability),
        "interviews": [{"stand": stands[seat.stand_id], "seat": seat} for seat in one.interviews],
        "talk": stands[one.talk.stand_id] if one.talk else None, "registration": there.get(one.person.pk),
        "useful": sum(seat.wanted for seat in one.interviews),
    } for one in found]
    least = int(event.settings.get("employers_min", 2))
    return {
        "rows": rows, "expected": proposals.expectation(found),
        "new": sum(one["registration"] is None for one in rows),
        "short": sum(len(one["interviews"]) < least for one in rows), "least": least,
        "no_talk": sum(one["talk"] is None for one in rows),
        "interviews": sum(one["useful"] for one in rows),
    }


@access("event", WRITE, methods=("POST",))
def launch(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Ask for a selection on what the stands show."""
    actor, now = asked(request)
    event_of(request, event_id)
    back = reverse("organiser:selection", args=[event_id])
    try:
        run_id: UUID | None = UUID(request.POST.get("run_id", ""))
    except ValueError:
        run_id = None
    candidates = IN_SCHEME if request.POST.get("candidates") == IN_SCHEME else ALL
    try:
        services.launch(event_id=event_id, by=actor, at=now, candidates=candidates, run_id=run_id)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "Le calcul est lancé : sa proposition apparaîtra ici.")
    return redirect(back)


@access("matching_run", methods=("POST",))
def pick(request: HttpRequest, event_id: UUID, run_id: UUID) -> HttpResponse:
    """Take a run that is already there."""
    actor, now = asked(request)
    event_of(request, event_id)
    get_object_or_404(Run.objects.visible_to(actor), pk=run_id)
    back = reverse("organiser:selection", args=[event_id])
    try:
        services.pick(event_id=event_id, run_id=run_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    return redirect(back)


@access("matching_run", methods=("POST",))
def propose(request: HttpRequest, event_id: UUID, run_id: UUID) -> HttpResponse:
    """Put what the run proposes on the list."""
    actor, now = asked(request)
    event_of(request, event_id)
    get_object_or_404(Run.objects.visible_to(actor), pk=run_id)
    try:
        done = services.propose(event_id=event_id, run_id=run_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:selection", args=[event_id]))
    told = [counted(done.added, "personne ajoutée", "personnes ajoutées")]
    if done.standby:
        told.append(f"dont {done.standby} en réserve")
    if done.kept:
        told.append(f"{counted(done.kept, 'déjà sur la liste', 'déjà sur la liste')}")
    if done.removed:
        told.append(counted(done.removed, "n'est plus proposée", "ne sont plus proposées"))
    messages.success(request, typography(f"{', '.join(told)}. Personne n'est encore prévenu."))
    return redirect("organiser:registrations", event_id)


@access("matching_run")
def selection_progress(request: HttpRequest, event_id: UUID, run_id: UUID) -> HttpResponse:
    """Answer how far the computation is, for the page that waits."""
    actor, _ = asked(request)
    event = event_of(request, event_id)
    run = get_object_or_404(Run.objects.visible_to(actor), pk=run_id)
    return render(request, "organiser/_selection_progress.html", {
        "event": event, "run": run, "searching": options.searching(event, run),
    })
