"""What a device reports, read with suspicion: one act, its shape, its hour by our clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

PRESENCE = frozenset({"present", "absent", "late", "left"})
SETTLING = frozenset({"settle_present", "settle_absent"})
KNOWN = PRESENCE | SETTLING | {"undo", "walk_in", "employer_outcome", "housing_outcome", "missed", "feedback"}
MOST_ACTS, MOST_PAYLOAD = 200, 4_000
_LATEST_MIN = 240


@dataclass(frozen=True, slots=True)
class Reported:
    """
    One act as the device tells it.

    ``offset_ms`` is what the device knew, when the act was done, of the distance between its clock and ours.
    """

    id: UUID
    kind: str
    at: datetime
    sequence: int = 0
    offset_ms: int | None = None
    registration_id: UUID | None = None
    meeting_id: UUID | None = None
    undoes: UUID | None = None
    payload: Mapping[str, Any] | None = None
    fault: str = ""

    @property
    def minutes(self) -> int:
        """Return the delay that was announced, within the half-day."""
        return max(0, min(_whole((self.payload or {}).get("minutes")) or 0, _LATEST_MIN))

    def happened(self, *, skew: timedelta, received_at: datetime) -> datetime:
        """Return when it happened by our clock: never after it was received."""
        offset = skew if self.offset_ms is None else timedelta(milliseconds=self.offset_ms)
        return min(self.at + offset, received_at)


def read_acts(raw: Any, *, received_at: datetime) -> list[Reported]:
    """Return the acts of a message, in the order of the device; what cannot be read is kept with its fault."""
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        return []
    read = [_read(one, received_at) for one in raw[:MOST_ACTS]]
    return sorted(read, key=lambda one: (one.sequence, one.at))


def skew_of(sent_at: Any, *, received_at: datetime) -> timedelta:
    """Return how far the clock of a device is behind ours, from the hour that it wrote on its message."""
    sent = _instant(sent_at)
    return received_at - sent if sent is not None else timedelta(0)


def _read(one: Any, received_at: datetime) -> Reported:
    if not isinstance(one, Mapping):
        return Reported(_stand_in(one), "", received_at, fault="Acte illisible.", payload={"raw": str(one)[:1000]})
    key, at = _uuid(one.get("id")), _instant(one.get("at"))
    payload = one.get("payload") if isinstance(one.get("payload"), Mapping) else {}
    kind = str(one.get("kind", ""))[:20]
    fault = ""
    if key is None or at is None:
        fault = "Acte sans identifiant ou sans heure."
    elif kind not in KNOWN:
        fault = "Acte inconnu de cette version."
    elif len(json.dumps(payload, default=str)) > MOST_PAYLOAD:
        payload, fault = {}, "Acte trop long."
    return Reported(
        id=key or _stand_in(one), kind=kind, at=at or received_at,
        sequence=max(0, min(_whole(one.get("seq")) or 0, 2**31 - 1)),
        offset_ms=_whole(one.get("offset_ms")), registration_id=_uuid(one.get("registration")),
        meeting_id=_uuid(one.get("meeting")), undoes=_uuid(one.get("undoes")), payload=payload, fault=fault,
    )


def _stand_in(one: Any) -> UUID:
    """Return an identifier for what has none: the same each time it is sent again."""
    text = json.dumps(one, sort_keys=True, default=str)
    return uuid5(NAMESPACE_URL, f"untoit:act:{hashlib.sha256(text.encode()).hexdigest()}")


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e12:
        return None
    return int(value)


def _instant(value: Any) -> datetime | None:
    """Return an instant written in ISO 8601 with its zone, as JavaScript does."""
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.tzinfo is None or not 2000 <= found.year <= 2200:
        return None
    return found.astimezone(UTC)


def day_of(value: Any) -> date | None:
    """Return a date written in ISO 8601, ``None`` for anything else."""
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
