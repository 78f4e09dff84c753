"""
The long acts of an import: reading, recording, undoing. In chunks, each one transaction, so that a process killed at
any row and started again ends in the same state, and a page can say how far it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import perf_counter
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from untoit.core.errors import UnusableInput
from untoit.core.exchange import Kind
from untoit.core.exchange.cells import folded
from untoit.core.exchange.columns import How, likely_kind, missing_columns, recognise
from untoit.core.wording import typography
from untoit.records.desk import services as desk
from untoit.records.desk.models import TaskKind
from untoit.records.intake.applying import Application
from untoit.records.intake.judging import Judge, actor_of_batch, raw_key
from untoit.records.intake.kinds import kinds_of
from untoit.records.intake.models import Batch, BatchState, ColumnMapping, Row, RowDone, RowOutcome
from untoit.records.intake.sources import Source, SourceRow, cells_by_column, open_source
from untoit.records.partners import journal

# Rows of one transaction at most: a fraction of a second, so that progress is seen and a kill loses little.
CHUNK = 200
_FEWEST = 10
Clock = Callable[[], datetime]
_JUDGED = [
    "raw", "said", "key", "edited", "outcome", "problems", "has_notice", "changes", "target_id", "target_revision",
    "candidates", "decision", "chosen_id",
]
_APPLIED = ["outcome", "problems", "has_notice", "changes", "target_id", "target_revision", "done", "before",
            "applied_at"]


class Pace:
    """How many rows the next transaction takes: fewer when the last one was slow, on a busy or an old machine."""

    def __init__(self) -> None:
        self.rows = max(_FEWEST, CHUNK // 4) if CHUNK > _FEWEST else CHUNK
        self._since = perf_counter()

    def note(self) -> None:
        """Measure the chunk that has just been committed."""
        now = perf_counter()
        if now - self._since > 0.7:
            self.rows = max(min(_FEWEST, CHUNK), self.rows // 2)
        elif now - self._since < 0.25:
            self.rows = min(CHUNK, self.rows * 2)
        self._since = now


def read_batch(batch_id: UUID, *, clock: Clock = timezone.now) -> None:
    """Read the file of an import and judge its rows; calling it again goes on where it stopped."""
    batch = _taken(batch_id, {BatchState.RECEIVED, BatchState.READING}, BatchState.READING, clock())
    if batch is None:
        return
    actor = actor_of_batch(batch, clock())
    source: Source | None = None
    if not batch.is_unpacked:
        try:
            content = Batch.objects.values_list("file", flat=True).get(pk=batch_id)
            source = open_source(batch.file_name, bytes(content or b""))
            _recognise(batch, source, clock())
        except UnusableInput as refusal:
            _stop(batch, BatchState.UNUSABLE, refusal.sentence, clock())
            return
    if not batch.kind or missing_columns(Kind(batch.kind), batch.mapping):
        _stop(batch, BatchState.MAPPING, "", clock())
        return
    judge = Judge(batch, actor, accepted=accepted_before(batch, batch.position))
    judge.announced = set(_announced(batch, source))
    rows, pace = _source_rows(batch, source) if source else _stored_rows(batch), Pace()
    while chunk := rows(judge.batch.position, pace.rows):
        if not _judge_chunk(judge, chunk, clock()):
            return
        pace.note()
    _finish_reading(batch, clock())


def _taken(batch_id: UUID, from_states: set[BatchState], to: BatchState, at: datetime) -> Batch | None:
    """Return the import, moved to its working state, or ``None`` when there is nothing of the kind left to do."""
    with transaction.atomic():
        batch = locked(batch_id)
        if batch is None or batch.state not in from_states:
            return None
        batch.state, batch.progress_at = to, at
        batch.save(update_fields=["state", "progress_at"])
        return batch


def locked(batch_id: UUID) -> Batch | None:
    """Return an import locked until the end of the transaction, without its file."""
    return Batch.objects.defer("file").select_for_update(of=("self",)).filter(pk=batch_id).first()


def _recognise(batch: Batch, source: Source, at: datetime) -> None:
    """Find what the file is and which column is which, unless a person has already said it."""
    batch.rows_total = len(source.rows)
    if batch.mapping and batch.kind:
        batch.save(update_fields=["rows_total"])
        return
    allowed = kinds_of(actor_of_batch(batch, at))
    if source.kind is not None and source.kind not in allowed:
        raise UnusableInput(f"{batch.file_name} : ce fichier n'est pas de ceux que votre organisation importe ici.")
    chosen = Kind(batch.kind) if batch.kind else source.kind or likely_kind(source.headers, allowed)
    if chosen is None and len(allowed) == 1:
        chosen = allowed[0]
    batch.headers, batch.notices = list(source.headers), [typography(one) for one in source.notices]
    if chosen is not None:
        guesses = recognise(chosen, source.headers, remembered(batch, chosen))
        batch.kind, batch.mapping = chosen, [guess.column for guess in guesses]
        batch.options = {**batch.options, "to_check": [one.header for one in guesses if one.how is How.CLOSE]}
    batch.progress_at = at
    batch.save(update_fields=["headers", "notices", "rows_total", "kind", "mapping", "options", "progress_at"])


def remembered(batch: Batch, kind: Kind) -> dict[str, str]:
    """Return what the organisation called each column at its last import, by folded header."""
    rows = ColumnMapping.objects.filter(organisation_id=batch.organisation_id, kind=kind)
    return {folded(one.header): one.column for one in rows}


def _stop(batch: Batch, state: BatchState, sentence: str, at: datetime) -> None:
    """Leave the import where a person must act, or nothing can be done."""
    with transaction.atomic():
        batch.state, batch.sentence, batch.progress_at = state, typography(sentence)[:500], at
        batch.save(update_fields=["state", "sentence", "progress_at"])
        if state == BatchState.UNUSABLE:
            journal.note_act(actor_of_batch(batch, at), "import.unusable", "import", batch.pk, at=at)


def accepted_before(batch: Batch, line: int) -> dict[str, int]:
    """Return the line of each identifier among the rows that stand before this one and are not refused."""
    rows = batch.rows.filter(line__lte=line).exclude(outcome=RowOutcome.REFUSED).exclude(key="")
    return dict(rows.order_by("-line").values_list("key", "line"))


def _announced(batch: Batch, source: Source | None) -> Iterator[str]:
    """Yield the hash of every identifier that the file has."""
    if source is None:
        yield from batch.rows.exclude(key="").values_list("key", flat=True)
        return
    for row in source.rows:
        yield raw_key(batch, cells_by_column(row.raw, batch.mapping))


def _source_rows(batch: Batch, source: Source) -> Callable[[int, int], list[Row]]:
    """Return what gives so many of the rows that follow a line of the file."""
    waiting: list[SourceRow] = [row for row in source.rows if row.line > batch.position]
    waiting.reverse()

    def after(line: int, count: int) -> list[Row]:
        taken = [waiting.pop() for _ in range(min(count, len(waiting)))]
        return [Row(batch_id=batch.pk, line=one.line, raw=one.raw, said=list(one.problems)) for one in taken]

    return after


def _stored_rows(batch: Batch) -> Callable[[int, int], list[Row]]:
    return lambda line, count: list(batch.rows.filter(line__gt=line).order_by("line")[:count])


def _judge_chunk(judge: Judge, rows: list[Row], at: datetime) -> bool:
    """Judge and keep these rows; ``False`` when another process has taken over, or the import was abandoned."""
    with transaction.atomic():
        batch = locked(judge.batch.pk)
        if batch is None or batch.state != BatchState.READING or batch.position != judge.batch.position:
            return False
        judge.judge(rows)
        Row.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["batch", "line"], update_fields=_JUDGED
        )
        _advance(batch, rows, at)
    judge.batch.position = batch.position
    return True


def _advance(batch: Batch, rows: list[Row], at: datetime) -> None:
    batch.position, batch.progress_at = rows[-1].line, at
    batch.rows_done += len(rows)
    batch.save(update_fields=["position", "rows_done", "progress_at"])


@transaction.atomic
def _finish_reading(batch: Batch, at: datetime) -> None:
    found = locked(batch.pk)
    if found is None or found.state != BatchState.READING:
        return
    found.state, found.is_unpacked, found.progress_at = BatchState.READY, True, at
    found.counts = counted_outcomes(found)
    found.save(update_fields=["state", "is_unpacked", "progress_at", "counts"])
    actor = actor_of_batch(found, at)
    journal.note_act(actor, "import.read", "import", found.pk, at=at, **found.counts)
    if not found.rows.exists():
        return
    desk.open_task(
        kind=TaskKind.IMPORT_TO_CONFIRM, organisation=found.organisation_id, subject_kind="import",
        subject_id=found.pk, why="Un fichier est lu : vérifiez ce qu'il changera, puis confirmez ou abandonnez.",
        due_on=actor.today + timedelta(days=2), at=at, owner=found.membership,
    )
    if found.counts.get(RowOutcome.DUPLICATE):
        desk.open_task(
            kind=TaskKind.DUPLICATES_TO_DECIDE, organisation=found.organisation_id, subject_kind="import",
            subject_id=found.pk, why="Des lignes ressemblent à des fiches existantes : dites si ce sont les mêmes.",
            due_on=actor.today + timedelta(days=2), at=at, owner=found.membership,
        )


def counted_outcomes(batch: Batch) -> dict[str, int]:
    """Return how many rows have each outcome, and how many have something to note."""
    rows: QuerySet[Row] = batch.rows.order_by()
    counts = Counter(dict(rows.values_list("outcome").annotate(Count("id"))))
    noted = rows.filter(has_notice=True).count()
    undecided = rows.filter(outcome=RowOutcome.DUPLICATE, decision="").count()
    return {**counts, **({"noted": noted} if noted else {}), **({"undecided": undecided} if undecided else {})}


# --- recording ------------------------------------------------------------------------------------------------------


def apply_batch(batch_id: UUID, *, clock: Clock = timezone.now) -> None:
    """Record the rows of a confirmed import; calling it again goes on where it stopped."""
    batch = _taken(batch_id, {BatchState.APPLYING}, BatchState.APPLYING, clock())
    if batch is None:
        return
    pace = Pace()
    while _apply_chunk(batch, pace.rows, clock()):
        pace.note()
    _finish_applying(batch, clock())


def _apply_chunk(batch: Batch, count: int, at: datetime) -> bool:
    """Record one chunk; somebody who creates the same record on screen at this instant makes us look again."""
    for attempt in range(5):
        try:
            return _apply_once(batch, count, at)
        except IntegrityError:
            if attempt == 4:
                raise
    return False


@transaction.atomic
def _apply_once(batch: Batch, count: int, at: datetime) -> bool:
    found = locked(batch.pk)
    if found is None or found.state != BatchState.APPLYING:
        return False
    rows = list(found.rows.filter(line__gt=found.position).order_by("line")[:count])
    if not rows:
        return False
    with connection.cursor() as cursor:
        # Two imports of one kind take turns: the second finds what the first wrote instead of writing it twice.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"intake.{found.kind}"])
    Application(found, actor_of_batch(found, at), at).apply(rows)
    Row.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["batch", "line"], update_fields=_APPLIED
    )
    _advance(found, rows, at)
    return True


@transaction.atomic
def _finish_applying(batch: Batch, at: datetime) -> None:
    found = locked(batch.pk)
    if found is None or found.state != BatchState.APPLYING:
        return
    done = Counter(dict(found.rows.order_by().exclude(done="").values_list("done").annotate(Count("id"))))
    found.state, found.applied_at, found.progress_at = BatchState.APPLIED, at, at
    found.counts = {**counted_outcomes(found), **{name: done[name] for name in RowDone.values if done[name]}}
    found.save(update_fields=["state", "applied_at", "progress_at", "counts"])
    journal.note_act(actor_of_batch(found, at), "import.applied", "import", found.pk, at=at, **found.counts)
