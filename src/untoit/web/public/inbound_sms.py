"""Where the operator of the SMS hands over what people answer: signed, and there only when the secret is set."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from untoit.records.events import replies
from untoit.web.access import open_to_all

SIGNATURE = "X-Signature"
_LONGEST, _LONGEST_ID = 20_000, 80


# No cookie here: the signature of the operator is the right.
@csrf_exempt
@open_to_all(methods=("POST",))
def inbound_sms(request: HttpRequest) -> HttpResponse:
    """
    Take one answer: ``{"id": …, "from": …, "text": …}``, signed by ``X-Signature: sha256=<hmac of the body>``.

    The same ``id`` twice counts once. The answer says nothing of whether the number is known.
    """
    body = request.body[:_LONGEST]
    if not _is_signed(body, request.headers.get(SIGNATURE, "")):
        raise Http404
    said = _message(body)
    if said is None:
        return JsonResponse({"erreur": "Attendu : un objet JSON avec id, from et text."}, status=422)
    replies.receive(provider_id=said[0], sender=said[1], text=said[2], at=request.now)  # type: ignore[attr-defined]
    return JsonResponse({"recu": True})


def _is_signed(body: bytes, given: str) -> bool:
    secret: str = settings.SMS_INBOUND_SECRET
    if not secret:
        return False
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={expected}".encode(), given.strip().encode())


def _message(body: bytes) -> tuple[str, str, str] | None:
    try:
        document: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    values = [document.get(name) for name in ("id", "from", "text")]
    known = [one.replace("\x00", "") for one in values if isinstance(one, str)]
    if len(known) != len(values) or not known[0] or len(known[0]) > _LONGEST_ID:
        return None
    return known[0], known[1], known[2]
