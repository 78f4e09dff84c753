"""The check-list of an event: what is due, by whom, done in one click, with what people add of their own."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.events import checklist as services
from untoit.records.events.models import ChecklistItem, Event
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.organiser.event_forms import number
from untoit.web.organiser.events import event_of

REMOVED = "checklist_removed"


class ItemForm(forms.Form):
    """Something of one's own to do."""

    use_required_attribute = False

    label = forms.CharField(label="À faire", max_length=200, help_text="Sans nom de personne.")
    day_offset = number(
        "Jour", services.FIRST_DAY, services.LAST_DAY,
        "-7 : une semaine avant. 0 : le jour même. 15 : quinze jours après.", initial=-7,
    )
    role = forms.ChoiceField(label="Par", choices=list(services.HOLDERS.items()))


@access("event")
def checklist(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show the check-list by period; ``?vue=moi`` keeps what one's own organisation holds."""
    return _page(request, event_of(request, event_id), ItemForm())


@access("event")
def checklist_item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Lead from a task of the desk to its line in the check-list."""
    actor, _ = asked(request)
    item = get_object_or_404(ChecklistItem.objects.filter(event__in=Event.objects.visible_to(actor)), pk=item_id)
    event_of(request, item.event_id)
    return redirect(f"{reverse('organiser:checklist', args=[item.event_id])}#point-{item.pk}")


def _page(request: HttpRequest, event: Event, form: ItemForm, status: int = 200) -> HttpResponse:
    actor, _ = asked(request)
    mine = request.GET.get("vue") == "moi"
    everything = list(services.items_of(actor, event))
    rows = [{
        "item": one, "day": services.day_words(one.day_offset),
        "late": one.done_at is None and one.due_on < actor.today,
        "ticks": services.may_tick(actor, one), "who": services.HOLDERS[Role(one.role)] if one.role else "",
    } for one in everything if not mine or one.organisation_id == actor.organisation_id]
    return render(request, "organiser/checklist.html", {
        "event": event, "current": "checklist", "form": form, "writes": actor.may("event", WRITE), "mine": mine,
        "periods": [(name, list(some)) for name, some in groupby(rows, key=_period)],
        "done": sum(one.done_at is not None for one in everything), "total": len(everything),
        "late": sum(one.done_at is None and one.due_on < actor.today for one in everything),
    }, status=status)


def _period(row: dict[str, Any]) -> str:
    offset = row["item"].day_offset
    if offset < -14:
        return "Avant les deux dernières semaines"
    if offset < 0:
        return "Les deux semaines d’avant"
    return "Le jour même" if offset == 0 else "Après"


@access("event", methods=("POST",))
def tick(request: HttpRequest, event_id: UUID, item_id: UUID, done: str) -> HttpResponse:
    """Say that an item is done, or is not after all."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    get_object_or_404(ChecklistItem, pk=item_id, event=event)
    back = reverse("organiser:checklist", args=[event_id])
    try:
        item = services.tick(item_id=item_id, done=done == "fait", by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    if done == "fait":
        say_with_undo(request, typography(f"Fait : {item.label}."),
                      reverse("organiser:tick", args=[event_id, item_id, "a-faire"]))
    return redirect(f"{back}#point-{item_id}")


@access("event", WRITE, methods=("POST",))
def add_item(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Add something to do."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _page(request, event, form, status=422)
    try:
        item = services.add_item(event_id=event_id, by=actor, at=now, **form.cleaned_data)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, event, form, status=422)
    messages.success(request, typography(f"Ajouté : {item.label}."))
    return redirect(f"{reverse('organiser:checklist', args=[event_id])}#point-{item.pk}")


@access("event", WRITE, methods=("POST",))
def remove_item(request: HttpRequest, event_id: UUID, item_id: UUID) -> HttpResponse:
    """Take an item away; the next page undoes it."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    get_object_or_404(ChecklistItem, pk=item_id, event=event)
    back = reverse("organiser:checklist", args=[event_id])
    try:
        kept = services.remove_item(item_id=item_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    request.session[REMOVED] = {**kept, "event_id": str(kept["event_id"])}
    say_with_undo(request, typography(f"Retiré : {kept['label']}."), reverse("organiser:restore_item", args=[event_id]))
    return redirect(back)


@access("event", WRITE, methods=("POST",))
def restore_item(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Put back the item that was just taken away."""
    actor, now = asked(request)
    event_of(request, event_id)
    kept = request.session.pop(REMOVED, None)
    back = reverse("organiser:checklist", args=[event_id])
    if not kept or kept["event_id"] != str(event_id):
        messages.error(request, "Ce point ne peut plus être remis : ajoutez-le de nouveau.")
        return redirect(back)
    try:
        services.add_item(
            event_id=event_id, label=kept["label"], day_offset=kept["day_offset"], role=kept["role"], code=kept["code"],
            by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, typography(f"Remis : {kept['label']}."))
    return redirect(back)
