"""The same write sent twice is done once: the second answer is the first one, kept for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from ninja import Header, Schema, Status
from ninja.errors import HttpError

from untoit.records.partners.models import ApiToken, IdempotentRequest

KEPT_FOR = timedelta(hours=24)
Key = Annotated[str, Header(
    alias="Idempotency-Key", min_length=8, max_length=80, pattern=r"^[!-~]+$",
    description="Une clé neuve par écriture voulue ; la même pour réessayer sans risque de doublon",
)]


def once(request: HttpRequest, key: str, write: Callable[[], tuple[int, Schema]]) -> Status:
    """
    Do the write unless this key already did it, and answer what it answered.

    The mark and the write are one transaction: a request cut short leaves neither. The same key with another body is
    a mistake of the caller (422); the same key at the same instant waits for the first one.
    """
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    content = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    IdempotentRequest.objects.filter(token=token, created_at__lt=request.now - KEPT_FOR).delete()  # type: ignore[attr-defined]
    with transaction.atomic():
        try:
            with transaction.atomic():
                mark = IdempotentRequest.objects.create(token=token, key=key, request_hash=content)
        except IntegrityError:
            # The unique constraint made this request wait until the first one was through.
            mark = IdempotentRequest.objects.select_for_update().get(token=token, key=key)
        if mark.request_hash != content:
            raise HttpError(422, "Cette clé d'idempotence a déjà servi à une autre requête. Attendu : une clé neuve.")
        if mark.status is not None:
            return Status(mark.status, mark.body)
        status, answer = write()
        mark.status, mark.body = status, answer.model_dump(mode="json")
        mark.save(update_fields=["status", "body"])
        return Status(status, mark.body)
