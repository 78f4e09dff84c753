"""An import taken back as a whole, when nothing has touched what it wrote; otherwise a sentence says what stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from django.db.models.deletion import ProtectedError, RestrictedError
from django.utils import timezone
from pghistory.models import Event

from untoit.core.errors import Refused
from untoit.core.exchange import Kind
from untoit.core.exchange.sheets import counted
from untoit.core.wording import typography
from untoit.records.applicants.models import Assignment, Consent, Link
from untoit.records.intake.applying import count_uses
from untoit.records.intake.judging import actor_of_batch
from untoit.records.intake.models import Batch, BatchState, Row, RowDone
from untoit.records.intake.processing import Clock, locked
from untoit.records.intake.readings import MODELS
from untoit.records.partners import journal

_BESIDE: dict[str, type[Model]] = {"assignment": Assignment, "consent": Consent, "link": Link}
_CHUNK = 1_000
UNDO_FOR = timedelta(hours=24)
_LINES_SHOWN = 5


def undo_batch(batch_id: UUID, *, clock: Clock = timezone.now) -> None:
    """Take a whole import back in one transaction, or leave it recorded with the reason why it could not be."""
    try:
        with transaction.atomic():
            batch = locked(batch_id)
            if batch is None or batch.state != BatchState.UNDOING:
                return
            _undo(batch, clock())
    except Refused as refusal:
        with transaction.atomic():
            batch = locked(batch_id)
            if batch is not None and batch.state == BatchState.UNDOING:
                batch.state, batch.sentence = BatchState.APPLIED, refusal.sentence[:500]
                batch.undone_by, batch.progress_at = None, clock()
                batch.save(update_fields=["state", "sentence", "undone_by", "progress_at"])


def _undo(batch: Batch, at: datetime) -> None:
    model = MODELS[Kind(batch.kind)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"intake.{batch.kind}"])
    for rows in _chunks(batch):
        _undo_rows(model, rows, at)
    batch.state, batch.undone_at, batch.progress_at, batch.sentence = BatchState.UNDONE, at, at, ""
    batch.save(update_fields=["state", "undone_at", "progress_at", "sentence"])
    journal.note_act(actor_of_batch(batch, at), "import.undone", "import", batch.pk, at=at, **batch.counts)


def _chunks(batch: Batch) -> Iterator[list[Row]]:
    """Yield the rows that wrote something, the last first."""
    rows = batch.rows.filter(done__in=(RowDone.CREATED, RowDone.UPDATED), undone_at__isnull=True).order_by("-line")
    line = None
    while True:
        chunk = list((rows if line is None else rows.filter(line__lt=line))[:_CHUNK])
        if not chunk:
            return
        yield chunk
        line = chunk[-1].line


def _undo_rows(model: type[Any], rows: Sequence[Row], at: datetime) -> None:
    records = {
        one.pk: one
        for one in model.objects.select_for_update(of=("self",)).filter(pk__in=[row.target_id for row in rows])
    }
    _refuse(rows, lambda row: row.target_id in records and records[row.target_id].revision == row.target_revision,
            "ont été modifiées depuis")
    updated = [row for row in rows if row.done == RowDone.UPDATED]
    created = [row for row in rows if row.done == RowDone.CREATED]
    uses = count_uses(model, [row.target_id for row in rows if row.target_id])
    _refuse(rows, lambda row: uses.get(row.target_id, 0) <= (row.before or {}).get("uses", 0),  # type: ignore[arg-type]
            "ont servi à un calcul depuis")
    taken = _taken_up(model, created)
    _refuse(created, lambda row: row.target_id not in taken,
            "ont été complétées depuis (personne, justificatif, partage…)")
    for row in updated:
        _restore(records[row.target_id], row.before or {})
    _remove_beside(rows)
    try:
        model.objects.filter(pk__in=[row.target_id for row in created]).delete()
    except (ProtectedError, RestrictedError) as used:
        raise Refused("Annulation impossible : des fiches de cet import servent ailleurs.") from used
    Row.objects.filter(pk__in=[row.pk for row in rows]).update(undone_at=at)


def _refuse(rows: Sequence[Row], is_free: Callable[[Row], bool], what: str) -> None:
    held = [row.line for row in rows if not is_free(row)]
    if held:
        shown = ", ".join(map(str, sorted(held)[:_LINES_SHOWN])) + ("…" if len(held) > _LINES_SHOWN else "")
        raise Refused(typography(
            f"Annulation impossible : {counted(len(held), 'fiche écrite', 'fiches écrites')} par cet import {what} "
            f"({'ligne' if len(held) == 1 else 'lignes'} {shown}). Rien n'a été annulé."
        ))


def _restore(record: Any, before: dict[str, Any]) -> None:
    """Give a record back the columns that the row had changed; its revision goes on growing."""
    for name, value in before.get("columns", {}).items():
        setattr(record, name, record._meta.get_field(name).to_python(value))
    record.revision += 1
    record.save(update_fields=[*before.get("columns", {}), "revision", "updated_at"])


def _remove_beside(rows: Sequence[Row]) -> None:
    """Take back the links, assignments and consents that the rows added, and the days of expiry that they moved."""
    made: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name, pk in (row.before or {}).get("made", ()):
            made[name].append(pk)
        for pk, expiry in (row.before or {}).get("moved", {}).items():
            Link.objects.filter(pk=pk).update(expires_on=date.fromisoformat(expiry))
    for name, model in _BESIDE.items():
        model._base_manager.filter(pk__in=made[name]).delete()


def _taken_up(model: type[Model], created: Sequence[Row]) -> set[UUID]:
    """Return which of the records made by these rows somebody has added something to since."""
    pks = [row.target_id for row in created]
    ours = {pk for row in created for _, pk in (row.before or {}).get("made", ())}
    taken: set[UUID] = set()
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not pks or issubclass(other, Event):
            continue
        name = relation.field.name
        for pk, subject in other._base_manager.filter(**{f"{name}__in": pks}).values_list("pk", name):
            if str(pk) not in ours:
                taken.add(subject)
    return taken


def may_undo(batch: Batch, at: datetime) -> bool:
    """Whether an import is recent enough to be taken back; what it wrote is looked at only when it is asked."""
    return batch.state == BatchState.APPLIED and batch.applied_at is not None and at - batch.applied_at <= UNDO_FOR

