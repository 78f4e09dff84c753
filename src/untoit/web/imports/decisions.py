"""The acts on an import: decide on a duplicate, confirm, undo, abandon, take up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from untoit.core.errors import Refused
from untoit.records.intake import selectors, services
from untoit.records.partners.rights import Actor
from untoit.web.access import access
from untoit.web.components.refusals import refused
from untoit.web.imports.forms import DecisionForm
from untoit.web.imports.views import row_fragment


@access("import", "W", methods=("POST",))
def decide(request: HttpRequest, batch_id: UUID, line: int) -> HttpResponse:
    """Settle one possible duplicate."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    back = f"{reverse('imports:batch', args=[batch_id])}?onglet=duplicate"
    form = DecisionForm(request.POST)
    found = selectors.import_of(actor, batch_id)
    if not form.is_valid():
        return refused(request, Refused("Choisissez ce que devient cette ligne."), back=back)
    decision, _, chosen = form.cleaned_data["decision"].partition(":")
    try:
        one = services.decide(
            batch_id=batch_id, line=line, decision=decision, chosen_id=UUID(chosen) if chosen else None,
            revision=form.cleaned_data["revision"], by=actor, at=actor.at,
        )
    except (Refused, ValueError) as refusal:
        told = refusal if isinstance(refusal, Refused) else Refused("Cette fiche n'existe pas.")
        return refused(request, told, back=back)
    if request.htmx:  # type: ignore[attr-defined]
        found = selectors.import_of(actor, batch_id)
        return row_fragment(request, actor, found, one)
    return redirect(back)


@access("import", "W", methods=("POST",))
def decide_rest(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Give one answer for all the possible duplicates that have none."""
    return _act(request, batch_id, lambda actor: services.decide_rest(
        batch_id=batch_id, decision=request.POST.get("decision", ""), by=actor, at=actor.at
    ), "Votre réponse vaut pour toutes les lignes qui n'en avaient pas.")


@access("import", "W", methods=("POST",))
def confirm(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Record what the preview showed."""
    text = request.POST.get("revision", "")
    revision = int(text) if text.isascii() and text.isdigit() else -1
    return _act(request, batch_id, lambda actor: services.confirm(
        batch_id=batch_id, revision=revision, by=actor, at=actor.at
    ))


@access("import", "W", methods=("POST",))
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Take a whole import back."""
    return _act(request, batch_id, lambda actor: services.undo(batch_id=batch_id, by=actor, at=actor.at))


@access("import", "W", methods=("POST",))
def abandon(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Drop an import that was not recorded."""
    return _act(request, batch_id, lambda actor: services.abandon(batch_id=batch_id, by=actor, at=actor.at),
                "L'import est abandonné : le fichier et ses lignes sont effacés, rien n'a été enregistré.")


@access("import", "W", methods=("POST",))
def take_up_again(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Make a new import of the rows left aside."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    selectors.import_of(actor, batch_id)
    try:
        made = services.take_up_again(batch_id=batch_id, by=actor, at=actor.at)
    except Refused as refusal:
        return refused(request, refusal, back=reverse("imports:batch", args=[batch_id]))
    return redirect("imports:batch", made.pk)


def _act(request: HttpRequest, batch_id: UUID, act: Callable[[Actor], Any], sentence: str = "") -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    selectors.import_of(actor, batch_id)
    try:
        act(actor)
    except Refused as refusal:
        return refused(request, refusal, back=reverse("imports:batch", args=[batch_id]))
    if sentence:
        messages.success(request, sentence)
    return redirect("imports:batch", batch_id)
