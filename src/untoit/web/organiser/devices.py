"""The devices of a day: added, paired by code or QR, removed; when each was last heard of and what it still keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.records.events import devices as service
from untoit.records.events import snapshots
from untoit.records.events.models import Device, Event
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused

# Where the code waits for the page that shows it: the server keeps its hash only.
_PAIRING = "pairing"


class DeviceForm(forms.Form):
    """A device."""

    use_required_attribute = False

    kind = forms.ChoiceField(label="Cet appareil servira", choices=[
        ("desk", "à l’accueil"), ("stand", "à un stand"), ("hall", "d’écran dans la salle"),
    ])
    stand = forms.ChoiceField(label="Stand", required=False, help_text="Pour un appareil posé sur un stand.")
    name = forms.CharField(label="Nom", max_length=60, required=False, help_text="Par exemple : Accueil, porte A.")

    def __init__(self, *args: object, event: Event, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["stand"].choices = [("", "—"), *(  # type: ignore[attr-defined]
            (str(one.pk), f"{one.number}. {one.name}") for one in event.stands.order_by("number")
        )]


@access("attendance", WRITE, methods=("GET", "POST"))
def devices(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """List the devices of an event and add one."""
    actor, now = asked(request)
    event, rows = service.of_event(actor, event_id)
    form = DeviceForm(request.POST if request.method == "POST" else None, event=event)
    if request.method == "POST" and form.is_valid():
        try:
            made, code = service.add_device(
                event_id=event_id, kind=form.cleaned_data["kind"], name=form.cleaned_data["name"],
                stand_id=UUID(form.cleaned_data["stand"]) if form.cleaned_data["stand"] else None, by=actor, at=now,
            )
        except UntoitError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return _show_code(request, made, code)
    opens, closes = service.hours_of(event)
    return render(request, "organiser/devices.html", {
        "event": event, "current": "devices", "form": form, "pairing": _pairing(request, event, now),
        "devices": [_line(one, now) for one in rows], "pin": snapshots.pin_words(event), "opens": opens,
        "closes": closes,
    }, status=422 if form.is_bound else 200)


@access("attendance", WRITE, methods=("POST",))
def new_code(request: HttpRequest, event_id: UUID, device_id: UUID) -> HttpResponse:
    """Give a new code to a device."""
    actor, now = asked(request)
    _event, rows = service.of_event(actor, event_id)
    if device_id not in {one.pk for one in rows}:
        raise Http404
    try:
        device, code = service.new_code(device_id=device_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:devices", args=[event_id]))
    return _show_code(request, device, code)


@access("attendance", WRITE, methods=("GET", "POST"))
def revoke(request: HttpRequest, event_id: UUID, device_id: UUID) -> HttpResponse:
    """Ask first, then shut a device for good."""
    actor, now = asked(request)
    event, rows = service.of_event(actor, event_id)
    found = next((one for one in rows if one.pk == device_id), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        service.revoke(device_id=device_id, by=actor, at=now)
        messages.success(request, "L’appareil est retiré : il oublie ce qu’il savait à son prochain contact.")
        return redirect("organiser:devices", event_id)
    return render(request, "organiser/device_revoke.html", {"event": event, "current": "devices", "device": found})


def _show_code(request: HttpRequest, device: Device, code: str) -> HttpResponse:
    request.session[_PAIRING] = {"device": str(device.pk), "code": code, "event": str(device.event_id)}
    return redirect("organiser:devices", device.event_id)


def _pairing(request: HttpRequest, event: Event, now: datetime) -> dict[str, object] | None:
    """Return the code to show, while it still pairs a tablet."""
    kept = request.session.get(_PAIRING)
    if not kept or kept["event"] != str(event.pk):
        return None
    device = event.devices.filter(pk=kept["device"], pairing_until__gt=now).exclude(pairing_hash="").first()
    if device is None or device.pairing_hash != service.digest(kept["code"]):
        del request.session[_PAIRING]
        return None
    # After « # »: no server writes it in its journal.
    link = f"{request.build_absolute_uri(reverse('tablet:app'))}#{kept['code']}"
    return {
        "device": device, "code": f"{kept['code'][:3]} {kept['code'][3:]}", "link": link, "until": device.pairing_until,
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff"),
    }


def _line(device: Device, now: datetime) -> dict[str, object]:
    if device.revoked_at is not None:
        state, kind = "Retiré", "quiet"
    elif device.paired_at is None:
        state, kind = "À associer", "warn"
    elif device.last_seen_at is not None and (now - device.last_seen_at).total_seconds() < 120:
        state, kind = "En ligne", "ok"
    else:
        state, kind = "Hors ligne", "info"
    return {"row": device, "state": state, "kind": kind}
