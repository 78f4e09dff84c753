"""The stands of an event: added in one go, changed, put in order, removed and put back; and the rooms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.wording import counted, typography
from untoit.records.events import stands as services
from untoit.records.events.models import Event, Stand
from untoit.records.events.stand_cards import cards
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.organiser.event_forms import rebase
from untoit.web.organiser.events import event_of
from untoit.web.organiser.stand_forms import DeskForm, EmployersForm, HousingForm, RoomsForm, StandForm

REMOVED = "stand_removed"


@access("event")
def stands(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show the stands, and the forms that add some."""
    return _page(request, event_of(request, event_id))


def _page(request: HttpRequest, event: Event, bound: forms.Form | None = None, status: int = 200) -> HttpResponse:
    actor, _ = asked(request)
    writes = actor.may("event", WRITE)
    made: dict[str, Any] = {}
    if writes:
        for name, form in (("employers", EmployersForm), ("housing", HousingForm), ("desk", DeskForm)):
            made[name] = bound if isinstance(bound, form) else form(**_given(form, actor, event))
        made["rooms"] = bound if isinstance(bound, RoomsForm) else RoomsForm(event=event)
    shown = cards(actor, event)
    return render(request, "organiser/stands.html", {
        "event": event, "current": "stands", "writes": writes, "cards": shown, "forms": made, "bound": bound,
        "warnings": sum(one.warnings for one in shown), "openings": sum(one.openings for one in shown),
    }, status=status)


def _given(form: Any, actor: Any, event: Event) -> dict[str, Any]:
    return {} if form is DeskForm else {"actor": actor, "event": event}


@access("event", WRITE, methods=("POST",))
def add_stands(request: HttpRequest, event_id: UUID, kind: str) -> HttpResponse:
    """Add the employers ticked, a landlord's tables, or a desk."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    found = {"employeurs": EmployersForm, "logement": HousingForm, "information": DeskForm}.get(kind)
    if found is None:
        raise Http404
    form: Any = found(request.POST, **_given(found, actor, event))
    if not form.is_valid():
        return _page(request, event, form, status=422)
    try:
        said = _added(form, event, actor, now)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, event, form, status=422)
    messages.success(request, typography(said))
    return redirect("organiser:stands", event_id)


def _added(form: Any, event: Event, actor: Any, now: Any) -> str:
    data = form.cleaned_data
    if isinstance(form, EmployersForm):
        made = services.add_employers(event_id=event.pk, names=form.chosen, by=actor, at=now)
        return f"{counted(len(made), 'stand ajouté', 'stands ajoutés')}." if made else "Aucun employeur n'était coché."
    if isinstance(form, HousingForm):
        stand = services.add_housing(
            event_id=event.pk, organisation_id=UUID(data["organisation"]), tables=data["tables"],
            vacancies=[UUID(pk) for pk in data.get("vacancies", [])], by=actor, at=now,
        )
    else:
        stand = services.add_desk(event_id=event.pk, name=data["name"], presents=data["presents"], by=actor, at=now)
    return f"Stand {stand.number} ajouté : {stand.name}."


@access("event", WRITE, methods=("GET", "POST"))
def edit_stand(request: HttpRequest, event_id: UUID, stand_id: UUID) -> HttpResponse:
    """Change a stand: who receives, pauses, languages, what it shows."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    stand = get_object_or_404(Stand.objects.visible_to(actor).select_related("event"), pk=stand_id, event=event)
    context = {"event": event, "stand": stand, "current": "stands"}
    if request.method != "POST":
        return render(request, "organiser/stand_form.html", {**context, "form": StandForm(actor=actor, stand=stand)})
    form = StandForm(request.POST, actor=actor, stand=stand)
    if not form.is_valid():
        return render(request, "organiser/stand_form.html", {**context, "form": form}, status=422)
    try:
        services.change_stand(
            stand_id=stand_id, plan=form.plan, revision=form.cleaned_data["revision"] or 0, by=actor, at=now
        )
    except Conflict as conflict:
        form.add_error(None, conflict.sentence)
        stand.refresh_from_db()
        rebase(form, stand.revision)
        return render(request, "organiser/stand_form.html", {**context, "form": form, "conflict": True}, status=409)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return render(request, "organiser/stand_form.html", {**context, "form": form}, status=422)
    messages.success(request, typography(f"Stand {stand.number} enregistré."))
    return redirect("organiser:stands", event_id)


@access("event", WRITE, methods=("POST",))
def stand_act(request: HttpRequest, event_id: UUID, stand_id: UUID, action: str) -> HttpResponse:
    """Move a stand up or down the list, or take it away; one click, and one to undo."""
    if action not in ("monter", "descendre", "retirer"):
        raise Http404
    actor, now = asked(request)
    event = event_of(request, event_id)
    stand = get_object_or_404(Stand.objects.visible_to(actor), pk=stand_id, event=event)
    back = reverse("organiser:stands", args=[event_id])
    try:
        if action == "retirer":
            # Kept in the session of whoever removed it: undoing is theirs, and the page holds nothing of it.
            request.session[REMOVED] = services.remove_stand(stand_id=stand_id, by=actor, at=now)
            say_with_undo(
                request, typography(f"Stand {stand.number} retiré : {stand.name}."),
                reverse("organiser:restore_stand", args=[event_id]),
            )
        else:
            services.move_stand(stand_id=stand_id, up=action == "monter", by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    return redirect(back)


@access("event", WRITE, methods=("POST",))
def restore_stand(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Put back the stand that was just removed."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    was = request.session.get(REMOVED)
    if not was or was["event"] != str(event.pk):
        messages.error(request, "Ce stand ne peut plus être remis : ajoutez-le de nouveau.")
        return redirect("organiser:stands", event_id)
    try:
        stand = services.restore_stand(was=was, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:stands", args=[event_id]))
    del request.session[REMOVED]
    messages.success(request, typography(f"Stand {stand.number} remis : {stand.name}."))
    return redirect("organiser:stands", event_id)


@access("event", WRITE, methods=("POST",))
def rooms(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Write the rooms and the walking between them."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    form = RoomsForm(request.POST, event=event)
    if not form.is_valid():
        return _page(request, event, form, status=422)
    try:
        services.save_rooms(
            event_id=event_id, rooms=form.rooms, walking=form.cleaned_data["walking"], by=actor, at=now
        )
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, event, form, status=422)
    messages.success(request, "Salles enregistrées.")
    return redirect("organiser:stands", event_id)
