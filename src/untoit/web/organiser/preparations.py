"""The preparation sessions: opened, filled, marked, printed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from untoit.core.errors import UntoitError
from untoit.core.wording import counted, typography
from untoit.records.events import names
from untoit.records.events import preparations as services
from untoit.records.events.models import Event, Preparation, PreparationSeat
from untoit.records.events.preparations import SessionPlan
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.forms import DayInput
from untoit.web.components.refusals import refused
from untoit.web.organiser.event_forms import HourField, number
from untoit.web.organiser.events import event_of

_KINDS: Any = Preparation._meta.get_field("kind").choices
_CAME = {"venue": True, "absente": False, "effacer": None}


class SessionForm(forms.Form):
    """A session."""

    use_required_attribute = False

    kind = forms.ChoiceField(label="Nature", choices=_KINDS)
    day = forms.DateField(label="Jour", widget=DayInput)
    starts_min = HourField(label="Heure", help_text="Par exemple 14 h.")
    length_min = number("Durée en minutes", 15, 480, initial=90)
    place = forms.CharField(label="Lieu", max_length=200)
    capacity = number("Places", 1, 200, initial=12)

    def clean_starts_min(self) -> int:
        """Require an hour."""
        value: int | None = self.cleaned_data["starts_min"]
        if value is None or value >= 24 * 60:
            raise forms.ValidationError("Écrivez une heure, par exemple 14 h.")
        return value

    @property
    def plan(self) -> SessionPlan:
        """Return what was typed, in the words of the service."""
        data = self.cleaned_data
        local = datetime.combine(data["day"], time(data["starts_min"] // 60, data["starts_min"] % 60))
        return SessionPlan(
            data["kind"], timezone.make_aware(local), data["length_min"], data["place"], data["capacity"]
        )

    @classmethod
    def of(cls, session: Preparation) -> SessionForm:
        """Return the form that shows a session as it is."""
        local = timezone.localtime(session.starts_at)
        return cls(initial={
            "kind": session.kind, "day": local.date(), "starts_min": local.hour * 60 + local.minute,
            "length_min": session.length_min, "place": session.place, "capacity": session.capacity,
        })


@access("registration")
def preparations(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """List the sessions with who is expected."""
    return _page(request, event_of(request, event_id))


def _page(request: HttpRequest, event: Event, form: SessionForm | None = None, status: int = 200) -> HttpResponse:
    actor, now = asked(request)
    sessions = list(services.sessions_of(actor, event))
    seats = [seat for one in sessions for seat in one.seats.all()]
    visible = names.seen(actor, [one.registration for one in seats])
    shown = [{
        "session": one, "left": one.capacity - len(one.seats.all()), "past": one.starts_at <= now,
        "mine": one.organisation_id == actor.organisation_id or actor.may("event", WRITE),
        "came": sum(seat.came is True for seat in one.seats.all()),
        "seats": [{
            "seat": seat, "name": names.name(actor, seat.registration, visible),
            "marks": seat.registration_id in visible and actor.may("registration", WRITE),
        } for seat in one.seats.all()],
    } for one in sessions]
    free: list[dict[str, Any]] = [
        {"row": row, "name": names.name(actor, row, {row.pk})}
        for row in services.seatable(actor, event).select_related("person").order_by("rank")
    ]
    seated = {seat.registration_id for seat in seats}
    note_read(actor, "registration", "event", event.pk, count=len(visible), reason="séances de préparation")
    usual = {"day": event.on - timedelta(days=7), "starts_min": 14 * 60, "place": event.place_name}
    return render(request, "organiser/preparations.html", {
        "event": event, "current": "preparations", "sessions": shown, "holds": services.holds(actor),
        "writes": actor.may("registration", WRITE), "form": form or SessionForm(initial=usual),
        "free": free, "unseated": sum(one["row"].pk not in seated for one in free),
    }, status=status)


@access("registration", methods=("POST",))
def new_session(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Open a session."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    form = SessionForm(request.POST)
    if not form.is_valid():
        return _page(request, event, form, status=422)
    try:
        made = services.open_session(event_id=event_id, plan=form.plan, by=actor, at=now)
    except UntoitError as refusal:
        form.add_error("day", refusal.sentence)
        return _page(request, event, form, status=422)
    messages.success(request, typography(f"Séance ouverte : {made.get_kind_display()}."))
    return redirect(f"{reverse('organiser:preparations', args=[event_id])}#seance-{made.pk}")


@access("registration", methods=("GET", "POST"))
def edit_session(request: HttpRequest, event_id: UUID, session_id: UUID) -> HttpResponse:
    """Change a session."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    session = get_object_or_404(Preparation, pk=session_id, event=event)
    if not services.holds(actor):
        raise Http404
    form = SessionForm(request.POST) if request.method == "POST" else SessionForm.of(session)
    context = {"event": event, "session": session, "form": form}
    if request.method != "POST":
        return render(request, "organiser/session_form.html", context)
    if not form.is_valid():
        return render(request, "organiser/session_form.html", context, status=422)
    try:
        services.change_session(session_id=session_id, plan=form.plan, by=actor, at=now)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return render(request, "organiser/session_form.html", context, status=422)
    messages.success(request, "Séance enregistrée.")
    return redirect(f"{reverse('organiser:preparations', args=[event_id])}#seance-{session_id}")


@access("registration", WRITE, methods=("POST",))
def seat(request: HttpRequest, event_id: UUID, session_id: UUID) -> HttpResponse:
    """Expect the people ticked at a session."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    get_object_or_404(Preparation, pk=session_id, event=event)
    back = f"{reverse('organiser:preparations', args=[event_id])}#seance-{session_id}"
    chosen = []
    for text in request.POST.getlist("registration"):
        try:
            chosen.append(UUID(text))
        except ValueError:
            continue
    try:
        added = services.seat(session_id=session_id, registration_ids=chosen, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, f"{counted(added, 'personne ajoutée', 'personnes ajoutées')} à la séance.")
    return redirect(back)


@access("registration", WRITE, methods=("POST",))
def seat_act(request: HttpRequest, event_id: UUID, seat_id: UUID, action: str) -> HttpResponse:
    """Say who came, who did not, or that somebody is no longer expected."""
    if action not in (*_CAME, "retirer"):
        raise Http404
    actor, now = asked(request)
    event = event_of(request, event_id)
    get_object_or_404(PreparationSeat, pk=seat_id, preparation__event=event)
    back = reverse("organiser:preparations", args=[event_id])
    try:
        if action == "retirer":
            row = services.unseat(seat_id=seat_id, by=actor, at=now)
        else:
            row = services.mark(seat_id=seat_id, came=_CAME[action], by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    return redirect(f"{back}#seance-{row.preparation_id}")


@access("registration", methods=("POST",))
def remove_session(request: HttpRequest, event_id: UUID, session_id: UUID) -> HttpResponse:
    """Take away a session that nobody came to."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    get_object_or_404(Preparation, pk=session_id, event=event)
    back: Any = reverse("organiser:preparations", args=[event_id])
    try:
        services.close_session(session_id=session_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "Séance retirée.")
    return redirect(back)
