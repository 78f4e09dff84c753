"""
Rows that two people may change: who made each change, who came first, and what the row said before.

The database writes the history by itself (pghistory); this says under whose name, and reads it back for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

import pghistory
from django.utils import timezone

from untoit.core.errors import Conflict
from untoit.core.wording import typography
from untoit.core.wording.moments import clock_at
from untoit.records.partners.models import AuditEntry, Organisation, User
from untoit.records.partners.rights import Actor

Words = Callable[[Any], str]


def recorded(by: Actor) -> AbstractContextManager[Any]:
    """Attach the actor to the history of whatever is changed inside, wherever the change comes from (screen, API)."""
    return pghistory.context(
        user=str(by.user_id) if by.user_id else None,
        organisation=str(by.organisation_id) if by.organisation_id else None,
        role=str(by.role),
    )


def in_words(at: datetime, *, now: datetime) -> str:
    """Return « à 10 h 42 », with the day when it is not today's."""
    local, today = timezone.localtime(at), timezone.localdate(now)
    hour = f"à {clock_at(local.time())}"
    return hour if local.date() == today else f"le {local:%d/%m/%Y} {hour}"


def require_revision(row: Any, revision: int, *, by: Actor) -> None:
    """
    Raise ``Conflict`` when the row, locked by the caller, is no longer the one that the form was made from.

    The sentence names the last person who changed it: somebody of the same organisation, since only it may.
    """
    if row.revision == revision:
        return
    last = AuditEntry.objects.filter(subject_id=row.pk).select_related("user").order_by("-at", "-pk").first()
    who = f" par {last.user}" if last is not None and last.user is not None else ""
    when = f" {in_words(last.at, now=by.at)}" if last is not None else ""
    raise Conflict(typography(
        f"Cette fiche a été modifiée{when}{who} : vos changements n'ont pas été enregistrés, relisez-la."
    ))


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one edit, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody did to a row at one instant; the first has no change, it made the row."""

    at: datetime
    who: str
    changes: tuple[Change, ...]


def edits_of(actor: Actor, row: Any, fields: Mapping[str, tuple[str, Words]], *, limit: int = 30) -> list[Edit]:
    """
    Return the last edits of a row, newest first; ``fields`` gives the label and the wording of each column shown.

    People of another organisation are shown as their organisation. Edits that touch none of ``fields`` are left out.
    """
    # One more than shown, to compare the oldest with what was there before.
    events = list(row.events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    names = _names(actor, [event.pgh_context.metadata for event in events if event.pgh_context])
    edits = []
    for event, before in zip_longest(events, events[1:]):
        if before is None and event.pgh_label != "insert":
            break
        changes = () if before is None else tuple(_changes(before, event, fields))
        if changes or before is None:
            who = names.get(_author(event.pgh_context.metadata), "") if event.pgh_context else ""
            edits.append(Edit(event.pgh_created_at, who, changes))
    return edits


def _changes(before: Any, after: Any, fields: Mapping[str, tuple[str, Words]]) -> Iterable[Change]:
    for field, (label, words) in fields.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield Change(label, _or_blank(words, old), _or_blank(words, new))


def _or_blank(words: Words, value: Any) -> str:
    return "non renseigné" if value in (None, "", []) else words(value)


def _author(metadata: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return metadata.get("user"), metadata.get("organisation")


def _names(actor: Actor, contexts: list[Mapping[str, Any]]) -> dict[tuple[str | None, str | None], str]:
    authors = {_author(context) for context in contexts}
    people = User.objects.in_bulk({UUID(user) for user, _ in authors if user})
    organisations = Organisation.objects.in_bulk({UUID(organisation) for _, organisation in authors if organisation})
    return {
        (user, organisation): str(
            people.get(UUID(user)) if user and organisation == str(actor.organisation_id)
            else organisations.get(UUID(organisation)) if organisation else ""
        )
        for user, organisation in authors
    }
