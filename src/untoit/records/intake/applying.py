"""One chunk of a confirmed import written to the records, and what each row must remember to be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Model
from django.db.models.deletion import PROTECT

from untoit.core.exchange import Kind
from untoit.core.model.problem import Severity
from untoit.core.wording import typography
from untoit.records.intake.judging import Judge
from untoit.records.intake.models import Batch, Row, RowDone, RowOutcome
from untoit.records.intake.readings import MODELS, Reading
from untoit.records.intake.relations import ask_the_holders, share
from untoit.records.intake.sources import cells_by_column, problem
from untoit.records.intake.targets import Found, Persons
from untoit.records.partners.rights import Actor

# How long a dwelling or an offer stays in runs before somebody is asked whether it is still there.
STANDS_DAYS = 45
_OWNED = (Kind.DWELLINGS, Kind.OFFERS)
_SINCE = {
    "created": "Une fiche de même identifiant a été créée depuis l'aperçu : rien n'est écrit, la ligne est à revoir.",
    "changed": "La fiche a été modifiée depuis l'aperçu : rien n'est écrit, la ligne est à revoir.",
    "gone": "La fiche n'est plus accessible à votre organisation : rien n'est écrit.",
    "homeless": "Le ménage de cette personne n'est pas encore enregistré : rien n'est écrit, la ligne est à revoir.",
}


class Application:
    """Writes rows of one import, in the caller's transaction."""

    def __init__(self, batch: Batch, actor: Actor, at: datetime) -> None:
        self._batch = batch
        self._actor = actor
        self._at = at
        self._judge = Judge(batch, actor)
        self._kind = self._judge.kind
        self._target = self._judge.target

    def apply(self, rows: Sequence[Row]) -> None:
        """Write these rows; one that the records have overtaken is put back to be reviewed, and does nothing."""
        wanted = [row for row in rows if _is_wanted(row)]
        readings = {row.line: self._judge.read(row) for row in wanted}
        good = {line: one for line, one in readings.items() if one.value is not None}
        found = self._target.find({one.key for one in good.values()})
        records = self._target.known({pk for row in wanted for pk in (_target_of(row),) if pk is not None})
        self._withdrawn = self._judge.withdrawals({*records, *(one.record.pk for one in found.values())})
        creating: list[tuple[Row, Reading]] = []
        updating: list[tuple[Row, Reading, Any]] = []
        for row in wanted:
            reading = good.get(row.line)
            if reading is None:
                self._review(row, "gone")
            elif row.outcome == RowOutcome.KNOWN:
                self._request(row, found.get(reading.key))
            elif (target := _target_of(row)) is None:
                self._meet(row, reading, found.get(reading.key), creating)
            else:
                self._overtake(row, reading, records.get(target), found, updating)
        self._create(creating)
        self._update(updating)
        self._confirm([row for row in rows if row.outcome == RowOutcome.UNCHANGED and row.target_id])

    # --- which way each row goes

    def _meet(self, row: Row, reading: Reading, found: Found | None, creating: list[tuple[Row, Reading]]) -> None:
        """Create, unless a record of the same identifier has appeared since the preview."""
        if found is None:
            creating.append((row, reading))
        elif not found.is_ours:
            row.outcome = RowOutcome.KNOWN
            self._request(row, found)
        else:
            self._lay_over(row, reading, found)
            if row.outcome != RowOutcome.UNCHANGED:
                self._review(row, "created")

    def _overtake(self, row: Row, reading: Reading, record: Any, found: dict[Any, Found],
                  updating: list[tuple[Row, Reading, Any]]) -> None:
        """Update, unless the record changed since the preview."""
        if record is None:
            self._review(row, "gone")
            return
        seen, decision, chosen = row.target_revision, row.decision, row.chosen_id
        same = found.get(reading.key)
        if decision == "update" and same is not None and same.record.pk != record.pk:
            self._review(row, "created")
            return
        is_open = same.is_open if same is not None else True
        merged = self._lay_over(row, reading, Found(record, True, is_open))
        row.decision, row.chosen_id = decision, chosen
        if row.outcome == RowOutcome.UNCHANGED:
            return
        if record.revision != seen or merged.value is None:
            self._review(row, "changed")
            return
        if decision:
            row.outcome = RowOutcome.DUPLICATE
        updating.append((row, merged, record))

    def _lay_over(self, row: Row, reading: Reading, found: Found) -> Reading:
        cells = cells_by_column(row.raw, self._batch.mapping)
        return self._judge.lay_over(row, cells, reading, found, self._withdrawn.get(found.record.pk))

    def _review(self, row: Row, why: str) -> None:
        row.outcome, row.has_notice = RowOutcome.REVIEW, True
        row.problems = [*row.problems, problem(None, None, typography(_SINCE[why]), Severity.NOTICE)]

    def _request(self, row: Row, found: Found | None) -> None:
        if found is not None:
            ask_the_holders(found.record, by=self._actor, at=self._at)
            row.done, row.applied_at = RowDone.REQUESTED, self._at

    # --- writing

    def _create(self, creating: list[tuple[Row, Reading]]) -> None:
        records: list[Any] = []
        rows: list[Row] = []
        homes = self._target.households({one.key for _, one in creating}) if isinstance(self._target, Persons) else {}
        for row, reading in creating:
            columns = {**reading.columns(), **self._standing()}
            if self._kind is Kind.PERSONS:
                home = homes.get(str(reading.key[0]))
                if home is None:
                    self._review(row, "homeless")
                    continue
                columns["household"] = home
            elif self._kind is Kind.HOUSEHOLDS:
                columns["is_fictitious"] = settings.DEMO
            else:
                columns["organisation_id"] = self._batch.organisation_id
            records.append(MODELS[self._kind](**columns))
            rows.append(row)
        MODELS[self._kind].objects.bulk_create(records)  # type: ignore[attr-defined]
        for row, record in zip(rows, records, strict=True):
            row.target_id, row.target_revision = record.pk, record.revision
            row.done, row.applied_at, row.before = RowDone.CREATED, self._at, {}
        self._share(list(zip(rows, records, strict=True)))

    def _update(self, updating: list[tuple[Row, Reading, Any]]) -> None:
        uses = count_uses(MODELS[self._kind], [record.pk for _, _, record in updating])
        for row, reading, record in updating:
            columns = {**reading.columns(), **self._standing(record)}
            if self._kind is Kind.PERSONS:
                del columns["number"]  # the person stays who she is in her household
            row.before = {
                "columns": {name: getattr(record, name) for name in columns}, "uses": uses.get(record.pk, 0),
            }
            for name, value in columns.items():
                setattr(record, name, value)
            record.revision += 1
            record.save(update_fields=[*columns, "revision", "updated_at"])
            row.target_id, row.target_revision = record.pk, record.revision
            row.done, row.applied_at = RowDone.UPDATED, self._at
        self._share([(row, record) for row, _, record in updating])

    def _standing(self, record: Any = None) -> dict[str, Any]:
        """Return what a file says of a dwelling or an offer by listing it: it is there today."""
        if self._kind not in _OWNED:
            return {}
        columns: dict[str, Any] = {
            "confirmed_at": self._at, "expires_on": self._actor.today + timedelta(days=STANDS_DAYS),
        }
        if record is None or record.state == "expired":
            columns["state"] = "open"
        return columns

    def _confirm(self, rows: list[Row]) -> None:
        """A dwelling or an offer still in the file is still there: its day of asking moves, nothing else."""
        if self._kind not in _OWNED or not rows:
            return
        MODELS[self._kind].objects.filter(  # type: ignore[attr-defined]
            pk__in=[row.target_id for row in rows], organisation_id=self._batch.organisation_id, state="open",
        ).update(**self._standing(record=_OPEN))
        for row in rows:
            row.done, row.applied_at = RowDone.CONFIRMED, self._at

    def _share(self, written: list[tuple[Row, Any]]) -> None:
        if self._kind is Kind.HOUSEHOLDS and written:
            added = share([record for _, record in written], by=self._actor, at=self._at)
            for row, record in written:
                row.before = {**(row.before or {}), **added.get(record.pk, {})}


class _Open:
    state = "open"


_OPEN = _Open()


def _is_wanted(row: Row) -> bool:
    if row.outcome == RowOutcome.DUPLICATE:
        return row.decision in ("create", "update")
    return row.outcome in (RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.KNOWN)


def _target_of(row: Row) -> UUID | None:
    if row.outcome == RowOutcome.DUPLICATE:
        return row.chosen_id if row.decision == "update" else None
    return row.target_id if row.outcome == RowOutcome.CHANGED else None


def count_uses(model: type[Model], pks: Collection[UUID]) -> dict[UUID, int]:
    """Return how many rows lean on each of these records (runs, tandems): those that forbid deleting it."""
    uses: dict[UUID, int] = defaultdict(int)
    for relation in model._meta.related_objects:
        if pks and getattr(relation, "on_delete", None) is PROTECT:
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": list(pks)})
            for pk, count in rows.order_by().values_list(name).annotate(Count("pk")):
                uses[pk] += count
    return uses


