"""
The tablet's page and what it asks of the server: pairing, its snapshot, its acts.

The page itself knows nobody and is the same for everybody: a service worker keeps it, and it works without a network.
What follows opens only to the token of a device, in a cookie that scripts cannot read and that no other site sends.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from untoit.core.errors import Refused
from untoit.records.events import day, devices, snapshots
from untoit.records.events.acts import MOST_ACTS, read_acts, skew_of
from untoit.records.events.models import Device
from untoit.records.partners.journal import note_read
from untoit.web.access import open_to_all
from untoit.web.middleware import DEVICE_COOKIE

MOST_BYTES = 1_000_000
_FILES = ("site.css", "tablet.css", "tablet-store.js", "tablet-screens.js", "tablet.js")


def _now(request: HttpRequest) -> datetime:
    now: datetime = request.now  # type: ignore[attr-defined]
    return now


@open_to_all()
@ensure_csrf_cookie
def app(request: HttpRequest) -> HttpResponse:
    """Show the shell: no personal data, and the camera for reading badges."""
    response = render(request, "tablet/app.html")
    response["Permissions-Policy"] = settings.PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")
    return response


@open_to_all()
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker; its version changes with the files that it keeps."""
    names = "|".join(static(f"site/{name}") for name in _FILES)
    version = hashlib.sha256(names.encode()).hexdigest()[:12]
    return render(request, "tablet/sw.js", {"version": version}, content_type="text/javascript; charset=utf-8")


@open_to_all(methods=("POST",))
@never_cache
def pair(request: HttpRequest) -> HttpResponse:
    """Pair a tablet by code and PIN: the token goes into the cookie, the secret to the page alone."""
    said, now = _json(request), _now(request)
    try:
        made = devices.pair(
            code=str(said.get("code", "")), pin=str(said.get("pin", "")), at=now,
            origin=request.META.get("REMOTE_ADDR", ""),
        )
    except Refused as refusal:
        return JsonResponse({"sentence": refusal.sentence}, status=422)
    device = made.device
    response = JsonResponse({
        "id": str(device.pk), "event_id": str(device.event_id), "kind": device.kind, "name": device.name,
        "event": device.event.neutral_name, "wipe_at": device.closes_at.isoformat(), "secret": made.secret,
        "now": now.isoformat(),
    })
    response.set_cookie(
        DEVICE_COOKIE, made.token, path="/tablette/", httponly=True, samesite="Strict", secure=settings.HTTPS,
        expires=device.closes_at + devices.DELIVERS_FOR,
    )
    return response


@open_to_all()
@never_cache
def data(request: HttpRequest) -> HttpResponse:
    """Return what the tablet keeps; 410 says that it must forget it, 409 that its day has not come."""
    device, now = _device(request), _now(request)
    if device.revoked_at is not None or now >= device.closes_at or device.event.state == "cancelled":
        return JsonResponse({"wipe": True}, status=410)
    if now < device.opens_at:
        return JsonResponse({"opens_at": device.opens_at.isoformat()}, status=409)
    actor = devices.as_actor(device, now)
    found = snapshots.snapshot(actor, device, at=now)
    stamp = json.dumps({**found, "at": ""}, sort_keys=True)
    tag = f'"{hashlib.sha256(stamp.encode()).hexdigest()[:24]}"'
    devices.seen(device, waiting=_whole(request.GET.get("attente", "")), at=now)
    known = request.headers.get("If-None-Match") == tag
    response: HttpResponse = HttpResponseNotModified() if known else JsonResponse(found)
    if not known:
        people = len(found.get("people", found.get("meetings", ())))
        note_read(actor, "registration", "event", device.event_id, count=people, reason=device.name)
    response["ETag"] = tag
    response["X-Now"] = now.isoformat()
    return response


@open_to_all(methods=("POST",))
@never_cache
def acts(request: HttpRequest) -> HttpResponse:
    """Take in acts and answer for each; a device whose day is over, or which was removed, still delivers its own."""
    device, now, said = _device(request), _now(request), _json(request)
    if now >= device.closes_at + devices.DELIVERS_FOR:
        raise Http404
    read = read_acts(said.get("acts"), received_at=now)
    answers = day.apply_acts(
        acts=read, by=devices.as_actor(device, now), at=now, skew=skew_of(said.get("sent_at"), received_at=now)
    )
    devices.seen(device, waiting=max(0, _whole(said.get("waiting")) - len(answers)), at=now)
    return JsonResponse({
        "now": now.isoformat(), "most": MOST_ACTS,
        "applied": [{"id": str(one.id), "status": one.status, "sentence": one.sentence} for one in answers],
    })


@open_to_all(methods=("POST",))
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Give the tablet back: the token opens nothing more."""
    devices.forget(token=request.COOKIES.get(DEVICE_COOKIE, ""), by_device_at=_now(request))
    response = JsonResponse({"left": True})
    response.delete_cookie(DEVICE_COOKIE, path="/tablette/", samesite="Strict")
    return response


def _device(request: HttpRequest) -> Device:
    device = devices.device_of(request.COOKIES.get(DEVICE_COOKIE, ""))
    if device is None:
        raise Http404
    return device


def _json(request: HttpRequest) -> dict[str, Any]:
    """Return the object of a message; anything else, or more than a megabyte, is an empty one."""
    if len(request.body) > MOST_BYTES:
        return {}
    try:
        found = json.loads(request.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
