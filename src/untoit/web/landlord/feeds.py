"""Timetables: received, asked of their address, retired, put back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.pairings import timetables
from untoit.records.pairings.models import Feed, FeedFetch
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo

_ACTS = {"retirer": timetables.retire_feed, "remettre": timetables.restore_feed}


class FeedForm(forms.Form):
    """A GTFS archive and the name that runs will show."""

    archive = forms.FileField(
        label="Fichier GTFS (.zip)", help_text="Celui que publie le réseau, par exemple sur transport.data.gouv.fr.",
        widget=forms.FileInput({"accept": ".zip,application/zip"}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )
    name = forms.CharField(
        label="Nom", max_length=120, required=False, help_text="Vide : le nom du réseau, lu dans le fichier."
    )


@access("run_settings", methods=("GET", "POST"))
def feeds(request: HttpRequest) -> HttpResponse:
    """List the timetables with their validity; receive one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        return _page(request, actor, FeedForm())
    if not actor.may("run_settings", WRITE):
        raise Http404
    form = FeedForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    try:
        feed = timetables.add_feed(
            name=form.cleaned_data["name"], content=form.cleaned_data["archive"].chunks(), by=actor,
            at=request.now,  # type: ignore[attr-defined]
        )
    except UntoitError as refusal:
        form.add_error("archive", typography(refusal.sentence))
        return _page(request, actor, form, status=422)
    messages.success(request, f"« {feed.name} » est prêt : valable du {feed.valid_from:%d/%m/%Y} au "
                              f"{feed.valid_until:%d/%m/%Y}.")
    return redirect("landlord:feeds")


@access("run_settings", WRITE, methods=("POST",))
def fetch_feed(request: HttpRequest) -> HttpResponse:
    """Ask the worker to bring the timetable of an address of the installation."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        timetables.ask_fetch(name=request.POST.get("name", ""), by=actor, at=request.now)  # type: ignore[attr-defined]
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:feeds"))
    messages.success(request, "Les horaires sont demandés : ils apparaîtront ici dans quelques minutes.")
    return redirect("landlord:feeds")


@access("run_settings", WRITE, methods=("POST",))
def feed_act(request: HttpRequest, feed_id: UUID, action: str) -> HttpResponse:
    """Take a timetable off the list of new runs, or put it back."""
    if action not in _ACTS:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    get_object_or_404(Feed.objects.visible_to(actor), pk=feed_id)
    try:
        feed = _ACTS[action](feed_id=feed_id, by=actor, at=request.now)  # type: ignore[attr-defined]
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:feeds"))
    if action == "retirer":
        say_with_undo(request, f"« {feed.name} » est retiré de la liste. Les calculs déjà faits le gardent.",
                      reverse("landlord:feed_act", args=[feed_id, "remettre"]))
    else:
        messages.success(request, f"« {feed.name} » est de nouveau dans la liste.")
    return redirect("landlord:feeds")


def _page(request: HttpRequest, actor: Actor, form: FeedForm, status: int = 200) -> HttpResponse:
    found = list(Feed.objects.visible_to(actor).select_related("added_by"))
    return render(request, "landlord/feeds.html", {
        "form": form, "writes": actor.may("run_settings", WRITE),
        "feeds": [_row(one, actor.today) for one in found if one.retired_at is None],
        "retired": [one for one in found if one.retired_at is not None],
        "addresses": settings.TIMETABLE_URLS,
        "fetches": FeedFetch.objects.visible_to(actor).order_by("-asked_at")[:5],
    }, status=status)


def _row(feed: Feed, today: date) -> dict[str, Any]:
    """Return a timetable with what its validity means today."""
    monday = today - timedelta(days=today.weekday())
    if feed.valid_until < today:
        words, kind = f"Périmé depuis le {feed.valid_until:%d/%m/%Y}", "stop"
    elif feed.valid_from > today:
        words, kind = f"Pas encore valable, à partir du {feed.valid_from:%d/%m/%Y}", "info"
    elif feed.valid_until - today < timedelta(days=21):
        words, kind = f"Bientôt périmé : il s’arrête le {feed.valid_until:%d/%m/%Y}", "warn"
    else:
        words, kind = f"Couvre la semaine du {monday:%d/%m/%Y}", "ok"
    return {"feed": feed, "words": words, "kind": kind}
