"""
Rows that leave the runs unless somebody confirms them now and then: job offers and vacant dwellings.

One way to create, change, move and expire them. A :class:`Confirmed` says what is proper to one kind of row: its words
in the journal, its table of states, the columns that a form may fill beside the exchange format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles import CLOCK, Lifecycle
from untoit.core.wording import typography
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One kind of row: ``taken`` is the sentence when ``reference_constraint`` refuses a reference already used."""

    subject: str
    task: TaskKind
    lifecycle: Lifecycle
    confirmed_for: timedelta
    extras: frozenset[str]
    reference_constraint: str
    taken: str

    def until(self, at: datetime) -> date:
        """Return until when a row confirmed now stays in the runs."""
        return timezone.localdate(at) + self.confirmed_for

    def checked(self, extras: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return what a form says beside the exchange format; another column is a fault of the caller."""
        unknown = set(extras or {}) - self.extras
        if unknown:
            raise ValueError(f"not a column that a form may fill: {sorted(unknown)}")
        return dict(extras or {})

    def create(self, row: Any, *, by: Actor, at: datetime, **detail: Any) -> None:
        """Save a new row, open and confirmed now; raise ``Conflict`` when its reference is already used."""
        row.confirmed_at, row.expires_on = at, self.until(at)
        self._save(row, by, force_insert=True)
        note_act(by, f"{self.subject}.created", self.subject, row.pk, at=at, **detail)

    def change(
        self, row: Any, columns: Mapping[str, Any], *, revision: int, by: Actor, at: datetime,
        then: Callable[[set[str]], None] = lambda changed: None,
    ) -> None:
        """
        Change a row locked by the caller; ``then`` sees the names of what changed, before the row is saved.

        Raises
        ------
        Conflict
            When somebody changed it since ``revision``, or when the reference is already used.
        """
        require_revision(row, revision, by=by)
        changed = sorted(name for name, wanted in columns.items() if getattr(row, name) != wanted)
        if not changed:
            return
        for name in changed:
            setattr(row, name, columns[name])
        then(set(changed))
        row.revision += 1
        self._save(row, by)
        note_act(by, f"{self.subject}.changed", self.subject, row.pk, at=at, fields=changed)

    def move(self, row: Any, action: str, *, by: Actor, at: datetime) -> None:
        """Do an act of the table to a row locked by the caller, and close the task that asked for it."""
        leads_to = self.lifecycle.move(action, row.state, by.role)
        # A confirmation changes no field of the form, so it does not send back whoever is filling it in.
        if row.state != leads_to:
            row.state = leads_to
            row.revision += 1
        if leads_to == self.lifecycle.initial:
            row.confirmed_at, row.expires_on = at, self.until(at)
        with recorded(by):
            row.save()
        note_act(by, f"{self.subject}.{action}", self.subject, row.pk, at=at)
        close_task(kind=self.task, subject_id=row.pk, at=at, by=by, outcome=action)

    @transaction.atomic
    def expire(self, rows: Any, *, on: date, at: datetime) -> int:
        """Mark the open rows whose date has passed as to be confirmed again; the clock does it every night."""
        open_state = self.lifecycle.initial
        late = rows.select_for_update(skip_locked=True).filter(state=open_state, expires_on__lt=on)
        ids = list(late.order_by("pk").values_list("pk", flat=True))
        rows.filter(pk__in=ids).update(state=self.lifecycle.move("expire", open_state, CLOCK), updated_at=at)
        if ids:
            note_act(None, f"{self.subject}.expired", self.subject, at=at, count=len(ids))
        return len(ids)

    def _save(self, row: Any, by: Actor, *, force_insert: bool = False) -> None:
        try:
            with recorded(by), transaction.atomic():
                row.save(force_insert=force_insert)
        except IntegrityError as refusal:
            raise self._taken(row, refusal) from refusal

    def _taken(self, row: Any, refusal: IntegrityError) -> Refused:
        """Return the sentence for a reference already used; any other broken constraint is a fault and surfaces."""
        if self.reference_constraint not in str(refusal):
            raise refusal
        return Conflict(typography(self.taken.format(reference=row.reference)))
