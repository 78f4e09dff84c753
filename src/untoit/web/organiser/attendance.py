"""The reception seen by the organiser: who is there, buttons for those who run the day, contradictions to settle."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse

from untoit.core.errors import UntoitError
from untoit.records.events import attendance as selector
from untoit.records.events import day, repairs
from untoit.records.events.models import DeviceAct, Event, Registration
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.organiser.events import event_of

_DONE = {
    "present": "La personne est notée présente.", "absent": "La personne est notée absente.",
    "late": "Le retard est noté.", "left": "Le départ est noté.",
}
_LATE_MIN = (10, 20, 30, 45)


class ReceptionFilter(forms.Form):
    """What is shown of the list."""

    q = forms.CharField(label="Badge, ou trois lettres du prénom", required=False, max_length=40)
    vague = forms.TypedChoiceField(label="Vague", required=False, coerce=int, empty_value=None)
    etat = forms.ChoiceField(label="État", required=False, choices=[
        ("", "Tous"), *selector.STATES.items(), ("walk_in", "Sans inscription"),
    ])

    def __init__(self, *args: object, event: Event, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["vague"].choices = [("", "Toutes"), *(  # type: ignore[attr-defined]
            (one.number, str(one)) for one in event.waves.order_by("number")
        )]


@access("attendance")
def attendance(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show who is there; the list asks again every twenty seconds."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    form = ReceptionFilter(request.GET, event=event)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = selector.reception(
        actor, event, wave=wanted.get("vague"), state=wanted.get("etat", ""), text=wanted.get("q", ""), at=now
    )
    return render(request, "organiser/attendance.html", {
        "event": event, "current": "attendance", "page": page, "form": form, "now": now, "late": _LATE_MIN,
        "query": request.GET.urlencode(), "proposal": repairs.waiting(event) if page.may_write else None,
        "refused": selector.refused_acts(actor, event) if page.refused else [], "papers": _papers(event),
    })


@access("attendance", WRITE, methods=("POST",))
def attendance_act(request: HttpRequest, event_id: UUID, registration_id: UUID, kind: str) -> HttpResponse:
    """Check somebody in, or say that she or he is absent, late or gone."""
    if kind not in _DONE:
        raise Http404
    actor, now = asked(request)
    get_object_or_404(Registration, event=event_of(request, event_id), pk=registration_id)
    back = reverse("organiser:attendance", args=[event_id])
    minutes = request.POST.get("minutes", "")
    try:
        done = day.act(
            event_id=event_id, kind=kind, registration_id=registration_id, by=actor, at=now,
            payload={"minutes": int(minutes)} if minutes.isdigit() else {},
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    say_with_undo(request, _DONE[kind], reverse("organiser:attendance_undo", args=[event_id, done.id]))
    return redirect(back)


@access("attendance", WRITE, methods=("POST",))
def attendance_undo(request: HttpRequest, event_id: UUID, act_id: UUID) -> HttpResponse:
    """Take back an act of the reception."""
    actor, now = asked(request)
    get_object_or_404(DeviceAct, event=event_of(request, event_id), pk=act_id)
    back = reverse("organiser:attendance", args=[event_id])
    try:
        day.act(event_id=event_id, kind="undo", undoes=act_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "C’est annulé.")
    return redirect(back)


@access("attendance", WRITE, methods=("POST",))
def settle(request: HttpRequest, event_id: UUID, registration_id: UUID) -> HttpResponse:
    """Settle a contradiction: present, or absent."""
    actor, now = asked(request)
    get_object_or_404(Registration, event=event_of(request, event_id), pk=registration_id)
    back = reverse("organiser:attendance", args=[event_id])
    try:
        day.settle(
            event_id=event_id, registration_id=registration_id, present=request.POST.get("presence") == "present",
            by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "C’est tranché. Ce que disait chaque poste reste écrit.")
    return redirect(back)


@access("attendance", WRITE, methods=("POST",))
def read_act(request: HttpRequest, event_id: UUID, act_id: UUID) -> HttpResponse:
    """Say that an act that could not be applied was read and dealt with."""
    actor, now = asked(request)
    get_object_or_404(DeviceAct, event=event_of(request, event_id), pk=act_id)
    day.note_read_act(act_id=act_id, by=actor, at=now)
    messages.success(request, "L’acte est marqué comme lu.")
    return redirect("organiser:attendance", event_id)


def _papers(event: Event) -> str:
    """Return the page of the lists to print, when the network or the tablets fail."""
    try:
        return reverse("organiser:papers", args=[event.pk])
    except NoReverseMatch:
        return ""
