"""One goal, action, obstacle or appointment of a pathway: its page, and each act on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from untoit.core.errors import Conflict, UntoitError
from untoit.core.lifecycles.pathway_track import APPOINTMENT, AppointmentState, ItemState
from untoit.core.wording import typography
from untoit.records.applicants.view import name_of
from untoit.records.followup.models import Appointment, Pathway, PathwayItem
from untoit.records.followup.pathway import appointments, items, page, words
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.adviser.pathway import act_page, pathway_or_404
from untoit.web.adviser.pathway_forms import act_form
from untoit.web.components.asking import asked, posted
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo

# What a button of the page of the pathway does at once, with what it needs by default.
_QUICK, _UNDO, _MOVED_FROM = "vite", "annuler", "retour"


def _item(request: HttpRequest, person_id: UUID, item_id: UUID) -> tuple[Pathway, PathwayItem]:
    actor, _ = asked(request)
    found = pathway_or_404(actor, person_id)
    return found, get_object_or_404(PathwayItem.objects.visible_to(actor), pk=item_id, pathway=found)


def _appointment(request: HttpRequest, person_id: UUID, appointment_id: UUID) -> tuple[Pathway, Appointment]:
    actor, _ = asked(request)
    found = pathway_or_404(actor, person_id)
    return found, get_object_or_404(Appointment.objects.visible_to(actor), pk=appointment_id, pathway=found)


@access("pathway")
def item(request: HttpRequest, person_id: UUID, item_id: UUID) -> HttpResponse:
    """Show one item and what can be done with it."""
    actor, _ = asked(request)
    found, row = _item(request, person_id, item_id)
    note_read(actor, "pathway", "pathway", found.pk)
    shown = page.page_of(actor, found)
    rows = [*shown.obstacles, *(one for group in shown.goals for one in (group.goal, *group.actions) if one)]
    one = next((one for one in rows if one.row.pk == row.pk), None)
    if one is None:
        raise Http404
    return render(request, "adviser/pathway_item.html", {
        "name": shown.name, "person_id": person_id, "acts": page.item_acts(actor, row), "one": one,
    })


@access("pathway", WRITE, methods=("GET", "POST"))
def item_act(request: HttpRequest, person_id: UUID, item_id: UUID, action: str) -> HttpResponse:
    """Ask what an act on an item needs, then record it; ``vite`` and ``annuler`` in the query do it at once."""
    actor, _ = asked(request)
    found, row = _item(request, person_id, item_id)
    table = words.TABLES[row.kind]
    if not any(one.action == action for one in table.transitions):
        raise Http404
    back = reverse("adviser:pathway", args=[person_id])
    if request.method == "POST" and (_QUICK in request.GET or _UNDO in request.GET):
        given = {"reason": words.MISTAKE} if _UNDO in request.GET else {}
        return _item_done(request, row, action, given, None, back)
    form = act_form(table, action, posted(request), reasons=words.item_reasons(action), revision=row.revision,
                    today=actor.today)
    if request.method == "POST" and form.is_valid():
        return _item_done(request, row, action, form.given, form.cleaned_data["revision"], back, form=form, found=found)
    return act_page(request, found, form, title=_label(table, action))


def _item_done(
    request: HttpRequest, row: PathwayItem, action: str, given: dict[str, Any], revision: int | None, back: str, *,
    form: Any = None, found: Pathway | None = None,
) -> HttpResponse:
    actor, now = asked(request)
    try:
        made = items.act_on_item(item_id=row.pk, action=action, given=given, revision=revision, by=actor, at=now)
    except Conflict as refusal:
        return refused(request, refusal, back=back)
    except UntoitError as refusal:
        if form is None or found is None:
            return refused(request, refusal, back=back)
        form.add_error(None, refusal.sentence)
        return act_page(request, found, form, title=_label(words.TABLES[row.kind], action))
    state = dict(words.TABLES[row.kind].state_names)[made.state]
    if made.state in (ItemState.DONE, ItemState.DROPPED) and _UNDO not in request.GET:
        say_with_undo(request, typography(f"Noté : {state}."),
                      reverse("adviser:pathway_item_undo", args=[row.pathway.person_id, row.pk]))
    else:
        messages.success(request, "C’est annulé." if _UNDO in request.GET else typography(f"Noté : {state}."))
    return redirect(back)


def _label(table: Any, action: str) -> str:
    return next(one.label for one in table.transitions if one.action == action)


@access("pathway", WRITE, methods=("POST",))
def item_undo(request: HttpRequest, person_id: UUID, item_id: UUID) -> HttpResponse:
    """Take back "done" or "dropped"."""
    actor, now = asked(request)
    _item(request, person_id, item_id)
    back = reverse("adviser:pathway", args=[person_id])
    try:
        items.take_back(item_id=item_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "C’est annulé.")
    return redirect(back)


@access("pathway")
def appointment(request: HttpRequest, person_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Show one appointment and what can be done with it."""
    actor, _ = asked(request)
    found, row = _appointment(request, person_id, appointment_id)
    note_read(actor, "pathway", "pathway", found.pk)
    return render(request, "adviser/pathway_appointment.html", {
        "name": name_of(found.person, actor), "person_id": person_id, "row": row,
        "kind": words.capital(words.activities(actor.today).get(row.kind, row.kind)),
        "state": dict(APPOINTMENT.state_names)[AppointmentState(row.state)],
        "acts": page.appointment_acts(actor, row), "missed": row.state == AppointmentState.MISSED,
    })


@access("pathway", WRITE, methods=("GET", "POST"))
def appointment_act(request: HttpRequest, person_id: UUID, appointment_id: UUID, action: str) -> HttpResponse:
    """Ask what an act on an appointment needs, then record it; ``vite`` and ``annuler`` do it at once."""
    actor, _ = asked(request)
    found, row = _appointment(request, person_id, appointment_id)
    if not any(one.action == action for one in APPOINTMENT.transitions):
        raise Http404
    if request.method == "POST" and (_QUICK in request.GET or _UNDO in request.GET):
        given: dict[str, Any] = {"reason": words.MISTAKE} if _UNDO in request.GET else {"minutes": row.minutes}
        return _appointment_done(request, found, row, action, given, None)
    local = timezone.localtime(row.at)
    form = act_form(
        APPOINTMENT, action, posted(request), reasons=words.appointment_reasons(action), revision=row.revision,
        today=actor.today, initial={"minutes": row.minutes, "new_on": local.date(), "new_hour": local.time()},
    )
    if request.method == "POST" and form.is_valid():
        return _appointment_done(request, found, row, action, form.given, form.cleaned_data["revision"], form=form)
    return act_page(request, found, form, title=_label(APPOINTMENT, action))


def _appointment_done(
    request: HttpRequest, found: Pathway, row: Appointment, action: str, given: dict[str, Any], revision: int | None,
    *, form: Any = None,
) -> HttpResponse:
    actor, now = asked(request)
    back, before = reverse("adviser:pathway", args=[found.person_id]), row.at
    try:
        made = appointments.act_on_appointment(
            appointment_id=row.pk, action=action, given=given, revision=revision, by=actor, at=now
        )
    except Conflict as refusal:
        return refused(request, refusal, back=back)
    except UntoitError as refusal:
        if form is None:
            return refused(request, refusal, back=back)
        form.add_error(None, refusal.sentence)
        return act_page(request, found, form, title=_label(APPOINTMENT, action))
    undo = reverse("adviser:pathway_appointment_undo", args=[found.person_id, row.pk])
    if action == "move":
        undo += f"?{_MOVED_FROM}={before:%Y-%m-%dT%H:%M}Z"
        say_with_undo(request, "Le rendez-vous est déplacé.", undo)
    elif made.state != AppointmentState.PLANNED and _UNDO not in request.GET:
        say_with_undo(request, _SAID[AppointmentState(made.state)], undo)
    else:
        messages.success(request, "C’est annulé." if _UNDO in request.GET else "Le rendez-vous est fixé.")
    return redirect(back)


_SAID = {
    AppointmentState.ATTENDED: "Le rendez-vous a eu lieu : c’est noté.",
    AppointmentState.MISSED: "Rendez-vous manqué : noté ici seulement, rien n’est transmis. Appelez la personne.",
    AppointmentState.CANCELLED: "Le rendez-vous est annulé.",
}


@access("pathway", WRITE, methods=("POST",))
def appointment_undo(request: HttpRequest, person_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Take back what was just said of an appointment, or put it back when it was."""
    actor, now = asked(request)
    _appointment(request, person_id, appointment_id)
    back = reverse("adviser:pathway", args=[person_id])
    try:
        if _MOVED_FROM in request.GET:
            before = datetime.fromisoformat(request.GET[_MOVED_FROM])
            if before.tzinfo is None:
                raise Http404
            appointments.put_back(appointment_id=appointment_id, before=before, by=actor, at=now)
        else:
            appointments.take_back(appointment_id=appointment_id, by=actor, at=now)
    except ValueError as unread:
        raise Http404 from unread
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "C’est annulé.")
    return redirect(back)
