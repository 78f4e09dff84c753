"""The events: their list, the page of one, its form, and the acts that lead it from preparation to review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.lifecycles.event import EVENT, EventState
from untoit.core.wording import typography
from untoit.records.events import overview, plans
from untoit.records.events.models import Event
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.lists import Column, Listing
from untoit.web.components.refusals import refused
from untoit.web.organiser.event_forms import EventFilter, EventForm, ReasonForm, rebase

_COLUMNS = (
    Column("on", "Date", sort="on"),
    Column("title", "Événement", sort="title"),
    Column("place", "Lieu", narrow=False),
    Column("comes", "Viennent", numeric=True),
    Column("state", "État"),
)
# Acts that have a page of their own: it says who will be told what before.
_ELSEWHERE = {"publish": "organiser:timetable"}
_ELSEWHERE_ROLES = frozenset({Role.EMPL, Role.CAND, Role.TAB})
_ASKS_WHY = frozenset({"cancel", "restore", "reopen"})
_DONE = {
    "invite": "Les invitations sont ouvertes : choisissez qui inviter.", "open": "La journée est ouverte.",
    "end": "La journée est terminée.", "review": "Le bilan est arrêté.", "reopen": "La journée est rouverte.",
    "cancel": "L’événement est annulé. Les personnes invitées ou inscrites vont être prévenues.",
    "restore": "L’événement est rétabli, en préparation.",
}


def event_of(request: HttpRequest, event_id: UUID) -> Event:
    """
    Return the event of a page, when the actor may open it; 404 otherwise.

    Employers, candidates and devices have pages of their own: these bear the name of the scheme.
    """
    actor, _ = asked(request)
    if actor.role in _ELSEWHERE_ROLES:
        raise Http404
    event: Event = get_object_or_404(Event.objects.visible_to(actor).select_related("organisation"), pk=event_id)
    return event


@access("event")
def events(request: HttpRequest) -> HttpResponse:
    """List the events that the actor may open."""
    actor, _ = asked(request)
    if actor.role in _ELSEWHERE_ROLES:
        raise Http404
    writes = actor.may("event", WRITE)
    listing = Listing(
        request, overview.with_counts(actor, Event.objects.visible_to(actor)), columns=_COLUMNS, filters=EventFilter,
        default_sort="-on", row_template="organiser/_event_row.html", caption="Événements",
        noun=("événement", "événements"),
        empty=(
            "Aucun événement pour l’instant",
            "Un événement complet se prépare en une page : date, lieu, vagues. Les stands et les personnes viennent "
            "ensuite." if writes else "Ceux que vous pouvez ouvrir apparaîtront ici dès qu’ils seront préparés.",
            *((reverse("organiser:new_event"), "Préparer un événement") if writes else ("", "")),
        ),
    )
    return listing.respond("organiser/events.html", {"writes": writes})


@access("event")
def event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show what is essential of an event, and the next step."""
    actor, _ = asked(request)
    found = event_of(request, event_id)
    return render(request, "organiser/event.html", {
        "event": found, "current": "event", "writes": actor.may("event", WRITE),
        "page": overview.page_of(actor, found), "steps": list(_steps(actor, found)),
    })


def _steps(actor: Actor, found: Event) -> Any:
    """Yield the acts that the table allows now: the button, where it leads, and whether it asks why."""
    if not actor.may("event", WRITE):
        return
    for one in EVENT.possible(found.state, str(actor.role)):
        if one.action in _ELSEWHERE:
            try:
                yield {"step": one, "link": reverse(_ELSEWHERE[one.action], args=[found.pk])}
            except NoReverseMatch:
                continue
        elif one.action in _ASKS_WHY:
            yield {"step": one, "link": reverse("organiser:event_act", args=[found.pk, one.action])}
        else:
            yield {"step": one, "post": reverse("organiser:event_act", args=[found.pk, one.action])}


@access("event", WRITE, methods=("GET", "POST"))
def new_event(request: HttpRequest) -> HttpResponse:
    """Prepare an event in one form; ``?copie=`` starts from another one, without its people."""
    actor, now = asked(request)
    if request.method != "POST":
        like, copied = _like(request, actor)
        form = EventForm.new(actor=actor, today=actor.today, like=like, copied=copied)
        return _form_page(request, form, None, like=like if copied else None)
    form = EventForm(request.POST, actor=actor)
    if not form.is_valid():
        return _form_page(request, form, None, status=422)
    data = form.cleaned_data
    try:
        made = plans.create_event(
            plan=form.plan, by=actor, at=now, event_id=data["event_id"], copy_of=data["copy_of"],
            organisation_id=UUID(data["organisation"]) if data.get("organisation") else None,
        )
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _form_page(request, form, None, status=422)
    messages.success(request, typography(f"« {made.title} » est prêt à recevoir ses stands."))
    return redirect("organiser:event", made.pk)


def _like(request: HttpRequest, actor: Actor) -> tuple[Event | None, bool]:
    """Return the event whose values fill the form, and whether all of it is copied."""
    visible = plans.writable(actor).exclude(state=EventState.CANCELLED)
    try:
        wanted = UUID(request.GET.get("copie", ""))
    except ValueError:
        return visible.filter(organisation_id=actor.organisation_id).first(), False
    return get_object_or_404(visible, pk=wanted), True


@access("event", WRITE, methods=("GET", "POST"))
def edit_event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Change an event; whoever comes second keeps what was typed and is told."""
    actor, now = asked(request)
    found = event_of(request, event_id)
    if request.method != "POST":
        return _form_page(request, EventForm.of(found, actor=actor), found)
    form = EventForm(request.POST, actor=actor, editing=True)
    if not form.is_valid():
        return _form_page(request, form, found, status=422)
    try:
        plans.change_event(
            event_id=event_id, plan=form.plan, revision=form.cleaned_data["revision"] or 0, by=actor, at=now
        )
    except Conflict as conflict:
        form.add_error(None, conflict.sentence)
        found.refresh_from_db()
        rebase(form, found.revision)
        return _form_page(request, form, found, status=409, conflict=True)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _form_page(request, form, found, status=422)
    messages.success(request, "Vos changements sont enregistrés.")
    return redirect("organiser:event", event_id)


def _form_page(
    request: HttpRequest, form: EventForm, found: Event | None, *, like: Event | None = None, status: int = 200,
    conflict: bool = False,
) -> HttpResponse:
    actor, _ = asked(request)
    others = Event.objects.visible_to(actor).exclude(state=EventState.CANCELLED)[:8] if found is None else []
    return render(request, "organiser/event_form.html", {
        "form": form, "event": found, "like": like, "others": others, "conflict": conflict,
    }, status=status)


@access("event", WRITE, methods=("GET", "POST"))
def event_act(request: HttpRequest, event_id: UUID, action: str) -> HttpResponse:
    """Lead an event one step further; cancelling, restoring and reopening ask why first."""
    if action not in _DONE:
        raise Http404
    actor, now = asked(request)
    found = event_of(request, event_id)
    back = reverse("organiser:event", args=[event_id])
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"revision": found.revision})
    if action in _ASKS_WHY and (request.method != "POST" or not form.is_valid()):
        label = next((one.label for one in EVENT.transitions if one.action == action), action)
        context = {"event": found, "form": form, "action": action, "label": label,
                   "told": overview.told_if_cancelled(found) if action == "cancel" else 0}
        return render(request, "organiser/event_act.html", context, status=422 if form.is_bound else 200)
    if request.method != "POST":
        return redirect(back)
    asks = action in _ASKS_WHY
    try:
        plans.move_event(
            event_id=event_id, action=action, by=actor, at=now, reason=form.cleaned_data["reason"] if asks else "",
            revision=form.cleaned_data["revision"] if asks else None,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, _DONE[action])
    return redirect(back)
