"""
What people do with an import: hand it over, say which column is which, mend a cell, decide, confirm, undo, abandon.

Each act locks the import, so that of two people who act at the same instant exactly one wins and the other reads why
not. The long work is done after commit by the jobs of :mod:`untoit.records.intake.tasks`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.exchange import Kind
from untoit.core.exchange.cells import clean
from untoit.core.exchange.columns import columns_of, missing_columns, recognise
from untoit.core.exchange.sheets import MOST_COLUMNS
from untoit.core.wording import typography
from untoit.core.wording.moments import clock_at
from untoit.records.desk import services as desk
from untoit.records.desk.models import TaskKind
from untoit.records.intake.downloads import rows_as_csv
from untoit.records.intake.judging import Judge, actor_of_batch
from untoit.records.intake.kinds import kinds_of
from untoit.records.intake.models import Batch, BatchState, ColumnMapping, Row, RowOutcome
from untoit.records.intake.processing import counted_outcomes, remembered
from untoit.records.intake.sources import LARGEST_FILE, PASTED, as_text, cells_by_column, safe_name
from untoit.records.intake.targets import Found
from untoit.records.intake.undoing import UNDO_FOR, may_undo
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor, require

KEPT_DAYS = 30
STALLED = timedelta(seconds=60)
_WORKING = {BatchState.READING: "read_batch", BatchState.RECEIVED: "read_batch", BatchState.APPLYING: "apply_batch",
            BatchState.UNDOING: "undo_batch"}
_DECISIONS = ("create", "update", "skip")


@transaction.atomic
def receive(
    *, file_name: str = "", content: bytes = b"", text: str = "", kind: Kind | str = "", by: Actor, at: datetime
) -> Batch:
    """
    Take a file, or the text of a table copied from a spreadsheet, and have it read in the background.

    Raises
    ------
    Refused
        When it is empty or too large; everything else that may be wrong is said once it was read.
    """
    require(by, "import", WRITE)
    if by.organisation_id is None or by.membership_id is None:
        raise Http404
    if kind and kind not in kinds_of(by):
        raise Refused("Votre organisation n'importe pas ce type de fichier.")
    name = safe_name(file_name) if content else PASTED
    content = content or text.encode()
    if not content.strip():
        raise Refused("Le fichier est vide. Choisissez un fichier, ou collez un tableau avec sa ligne d'en-têtes.")
    if len(content) > LARGEST_FILE:
        raise Refused(typography(
            f"{name} : fichier trop volumineux. Attendu : {LARGEST_FILE // 2**20} Mio au plus ; partagez-le en deux."
        ))
    batch = Batch.objects.create(
        organisation_id=by.organisation_id, membership_id=by.membership_id, kind=kind, file_name=name, file=content,
        sha256=hashlib.sha256(content).hexdigest(), received_at=at, progress_at=at,
    )
    journal.note_act(by, "import.received", "import", batch.pk, at=at, size=len(content))
    _defer(batch)
    return batch


@transaction.atomic
def set_columns(
    *, batch_id: UUID, kind: Kind | str, mapping: Sequence[str], blank_erases: bool, revision: int, by: Actor,
    at: datetime,
) -> Batch:
    """Say what the file is and which column is which, and read it again; cells mended on screen are kept."""
    batch = _locked(batch_id, by)
    _needs(batch, {BatchState.MAPPING, BatchState.READY}, revision, by)
    if kind not in kinds_of(by):
        raise Refused("Votre organisation n'importe pas ce type de fichier.")
    kind = Kind(kind)
    if kind != batch.kind:
        guesses = recognise(kind, batch.headers, remembered(batch, kind))
        mapping = [guess.column for guess in guesses]
    if len(mapping) != len(batch.headers) or len(mapping) > MOST_COLUMNS:
        raise Refused("Les colonnes ne sont plus celles de ce fichier : rechargez la page.")
    chosen = [column for column in mapping if column]
    if not set(chosen) <= set(columns_of(kind)):
        raise Refused("Une colonne choisie n'existe pas dans ce type de fichier.")
    twice = sorted({column for column in chosen if chosen.count(column) > 1})
    if twice:
        raise Refused(typography(f"« {twice[0]} » est choisie pour deux colonnes. Gardez-en une, ignorez l'autre."))
    batch.kind, batch.mapping = kind, list(mapping)
    batch.options = {**batch.options, "blank_erases": blank_erases, "to_check": []}
    batch.position = batch.rows_done = 0
    missing = missing_columns(kind, mapping)
    batch.state = BatchState.MAPPING if missing else BatchState.READING
    _touch(batch, by, at, "kind", "mapping", "options", "position", "rows_done", "state")
    journal.note_act(by, "import.columns_set", "import", batch.pk, at=at)
    if not missing:
        _defer(batch)
    return batch


@transaction.atomic
def edit_row(
    *, batch_id: UUID, line: int, cells: Mapping[str, str], revision: int, by: Actor, at: datetime
) -> Row:
    """Replace cells of one row, by column of the format, and judge it again with those of the same identifier."""
    batch = _locked(batch_id, by)
    _needs(batch, {BatchState.READY}, None, by)
    row = _row(batch, line)
    _same_row(batch, row, revision)
    places = {column: index for index, column in enumerate(batch.mapping) if column}
    row.raw = [*row.raw, *[""] * (len(batch.headers) - len(row.raw))]
    for column, text in cells.items():
        # A cell that was left as it is keeps its type: a time of a spreadsheet is no text.
        if column in places and clean(text) != as_text(row.raw[places[column]]):
            row.raw[places[column]] = text[:2_000]
    row.edited = True
    before = row.key
    judge = Judge(batch, actor_of_batch(batch, at), announced=_Announced(batch))
    judge.judge([row])
    keys = {before, row.key} - {""}
    same = [row, *batch.rows.select_for_update().filter(key__in=keys).exclude(pk=row.pk)]
    if len(same) > 1:
        judge.accepted = {}
        judge.judge(sorted(same, key=lambda one: one.line))
    for one in same:
        one.revision += 1
        one.save()
    _recount(batch, by, at)
    return row


@transaction.atomic
def decide(
    *, batch_id: UUID, line: int, decision: str, chosen_id: UUID | None = None, revision: int, by: Actor, at: datetime
) -> Row:
    """Say whether a row that looks like a record is another one, the same, or is to be left out."""
    batch = _locked(batch_id, by)
    _needs(batch, {BatchState.READY}, None, by)
    row = _row(batch, line)
    _same_row(batch, row, revision)
    if row.outcome != RowOutcome.DUPLICATE or decision not in _DECISIONS:
        raise Refused("Cette ligne n'est plus un doublon possible.")
    if decision == "update" and str(chosen_id) not in row.candidates:
        raise Refused("Cette fiche n'est pas parmi celles proposées : rechargez la page.")
    _decide(batch, row, decision, chosen_id, at)
    row.revision += 1
    row.save()
    _recount(batch, by, at)
    if not batch.counts.get("undecided"):
        desk.close_task(kind=TaskKind.DUPLICATES_TO_DECIDE, subject_id=batch.pk, at=at, by=by, outcome="decided")
    return row


def _decide(batch: Batch, row: Row, decision: str, chosen_id: UUID | None, at: datetime) -> None:
    judge = Judge(batch, actor_of_batch(batch, at), announced=_Announced(batch))
    reading = judge.read(row)
    row.decision, row.chosen_id, row.target_id, row.target_revision, row.changes = decision, None, None, None, {}
    if decision != "update":
        return
    record = judge.target.known([UUID(str(chosen_id))]).get(UUID(str(chosen_id)))
    if record is None:
        raise Refused("Cette fiche n'est plus accessible à votre organisation.")
    candidates = row.candidates
    merged = judge.lay_over(row, cells_by_column(row.raw, batch.mapping), reading, Found(record))
    if merged.value is None:
        raise Refused("Cette ligne ne peut pas mettre à jour la fiche : corrigez d'abord ses cases.")
    row.outcome, row.decision, row.chosen_id, row.candidates = RowOutcome.DUPLICATE, decision, record.pk, candidates


@transaction.atomic
def decide_rest(*, batch_id: UUID, decision: str, by: Actor, at: datetime) -> int:
    """Give the same answer, create or leave out, for every possible duplicate that has none yet."""
    batch = _locked(batch_id, by)
    _needs(batch, {BatchState.READY}, None, by)
    if decision not in ("create", "skip"):
        raise Refused("Choisissez de créer ces fiches ou de laisser ces lignes de côté.")
    changed = batch.rows.filter(outcome=RowOutcome.DUPLICATE, decision="").update(decision=decision)
    _recount(batch, by, at)
    desk.close_task(kind=TaskKind.DUPLICATES_TO_DECIDE, subject_id=batch.pk, at=at, by=by, outcome="decided")
    return changed


@transaction.atomic
def confirm(*, batch_id: UUID, revision: int, by: Actor, at: datetime) -> Batch:
    """Have the rows recorded, as the preview showed them; the columns are remembered for the next file."""
    batch = _locked(batch_id, by)
    _needs(batch, {BatchState.READY}, revision, by)
    if batch.membership.until is not None and batch.membership.until <= at:
        raise Refused(typography(
            f"{batch.membership.user} a déposé ce fichier et n'a plus de compte ouvert : déposez-le de nouveau."
        ))
    batch.state, batch.confirmed_by_id, batch.confirmed_at = BatchState.APPLYING, by.user_id, at
    batch.position = batch.rows_done = 0
    batch.rows_total = batch.rows.count()
    _touch(batch, by, at, "state", "confirmed_by", "confirmed_at", "position", "rows_done", "rows_total")
    ColumnMapping.objects.bulk_create(
        [ColumnMapping(organisation_id=batch.organisation_id, kind=batch.kind, header=header[:120], column=column,
                       used_at=at)
         for header, column in {h[:120]: c for h, c in zip(batch.headers, batch.mapping, strict=True) if h}.items()],
        update_conflicts=True, unique_fields=["organisation", "kind", "header"], update_fields=["column", "used_at"],
    )
    _close_tasks(batch, by, at, "confirmed")
    journal.note_act(by, "import.confirmed", "import", batch.pk, at=at, sha256=batch.sha256, **batch.counts)
    _defer(batch)
    return batch


@transaction.atomic
def undo(*, batch_id: UUID, by: Actor, at: datetime) -> Batch:
    """Have a whole import taken back, within a day and if nothing has touched what it wrote."""
    batch = _locked(batch_id, by)
    if batch.state in (BatchState.UNDOING, BatchState.UNDONE):
        raise Conflict(typography(f"Cet import a déjà été annulé {_who(batch.undone_by, batch.changed_at)}."))
    if not may_undo(batch, at):
        raise Refused(typography(
            f"Un import s'annule dans les {UNDO_FOR.total_seconds() / 3600:.0f} heures qui suivent son enregistrement."
        ))
    batch.state, batch.undone_by_id, batch.sentence = BatchState.UNDOING, by.user_id, ""
    _touch(batch, by, at, "state", "undone_by", "sentence")
    journal.note_act(by, "import.undo_asked", "import", batch.pk, at=at)
    _defer(batch)
    return batch


@transaction.atomic
def abandon(*, batch_id: UUID, by: Actor, at: datetime) -> Batch:
    """Drop a file that was not recorded; its rows are deleted at once, since they name people."""
    batch = _locked(batch_id, by)
    _needs(batch, {BatchState.RECEIVED, BatchState.READING, BatchState.MAPPING, BatchState.READY,
                   BatchState.UNUSABLE}, None, by)
    batch.state, batch.file = BatchState.ABANDONED, None
    batch.rows.all().delete()
    _touch(batch, by, at, "state", "file")
    _close_tasks(batch, by, at, "abandoned")
    journal.note_act(by, "import.abandoned", "import", batch.pk, at=at)
    return batch


@transaction.atomic
def take_up_again(*, batch_id: UUID, by: Actor, at: datetime) -> Batch:
    """Make a new import of the rows that a recorded one left aside: refused, to review, undecided."""
    batch = _locked(batch_id, by)
    if batch.state != BatchState.APPLIED:
        raise Refused("Seul un import enregistré laisse des lignes à reprendre.")
    rows = left_aside(batch)
    if not rows:
        raise Refused("Toutes les lignes de cet import sont enregistrées.")
    made = receive(file_name=f"à reprendre - {batch.file_name}.csv", content=rows_as_csv(batch, rows).encode(),
                   kind=batch.kind if batch.kind in kinds_of(by) else "", by=by, at=at)
    # The columns that a person settled once are not asked again.
    made.mapping, made.headers = batch.mapping, batch.headers
    made.options = {name: batch.options[name] for name in ("blank_erases",) if name in batch.options}
    made.save(update_fields=["mapping", "headers", "options"])
    return made


def left_aside(batch: Batch) -> list[Row]:
    """Return the rows that an import did not record and that somebody may want to take up again."""
    undecided = batch.rows.filter(outcome=RowOutcome.DUPLICATE, decision="")
    wrong = batch.rows.filter(outcome__in=(RowOutcome.REFUSED, RowOutcome.REVIEW))
    return sorted([*undecided, *wrong], key=lambda row: row.line)


# --- the clock ------------------------------------------------------------------------------------------------------


def resume_stalled(*, at: datetime) -> int:
    """Start again the work of imports that has stood still, as after a process was killed."""
    stalled = Batch.objects.filter(state__in=_WORKING, progress_at__lt=at - STALLED).defer("file")
    count = 0
    for batch in stalled:
        with transaction.atomic():
            # Whoever moves the mark first starts the job; a second one would find nothing to do anyway.
            count += Batch.objects.filter(pk=batch.pk, progress_at=batch.progress_at).update(progress_at=at)
            _defer(batch)
    return count


def purge(*, at: datetime) -> int:
    """Delete files and rows after thirty days; the hash, the counts and who confirmed stay as the receipt."""
    old = Batch.objects.filter(received_at__lt=at - timedelta(days=KEPT_DAYS))
    open_ones = (BatchState.RECEIVED, BatchState.READING, BatchState.MAPPING, BatchState.READY)
    count = 0
    working = (BatchState.APPLYING, BatchState.UNDOING)
    for batch in old.filter(file__isnull=False).exclude(state__in=working).defer("file"):
        with transaction.atomic():
            Row.objects.filter(batch=batch).delete()
            state = BatchState.ABANDONED if batch.state in open_ones else batch.state
            Batch.objects.filter(pk=batch.pk).update(file=None, state=state)
            for kind in (TaskKind.IMPORT_TO_CONFIRM, TaskKind.DUPLICATES_TO_DECIDE):
                desk.close_task(kind=kind, subject_id=batch.pk, at=at, outcome="purged")
            journal.note_act(None, "import.purged", "import", batch.pk, at=at)
            count += 1
    return count


# --- what every act asks --------------------------------------------------------------------------------------------


class _Announced(Collection[str]):
    """The identifiers of an import, asked of the database one at a time: few rows are judged again."""

    def __init__(self, batch: Batch) -> None:
        self._rows = batch.rows.exclude(key="")

    def __contains__(self, key: object) -> bool:
        return self._rows.filter(key=key).exists()

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows.values_list("key", flat=True))

    def __len__(self) -> int:
        return self._rows.count()


def _locked(batch_id: UUID, by: Actor) -> Batch:
    require(by, "import", WRITE)
    found = Batch.objects.visible_to(by).defer("file").select_for_update(of=("self",)).select_related(
        "membership__user", "changed_by", "confirmed_by", "undone_by"
    ).filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


def _needs(batch: Batch, states: Collection[BatchState], revision: int | None, by: Actor) -> None:
    """Refuse with who did what when the import is no longer where the page showed it."""
    if batch.state not in states:
        if batch.confirmed_at is not None:
            first = _who(batch.confirmed_by, batch.confirmed_at)
            raise Conflict(typography(f"Cet import a déjà été confirmé {first}."))
        if batch.state == BatchState.ABANDONED:
            raise Conflict(typography(f"Cet import a été abandonné {_who(batch.changed_by, batch.changed_at)}."))
        raise Conflict("Cet import est en cours de lecture : attendez la fin, puis recommencez.")
    if revision is not None and revision != batch.revision:
        who = "par vous, dans une autre fenêtre" if batch.changed_by_id == by.user_id else f"par {batch.changed_by}"
        raise Conflict(typography(
            f"Cet import a été modifié {_hour(batch.changed_at)} {who} : relisez l'aperçu, puis recommencez."
        ))


def _same_row(batch: Batch, row: Row, revision: int) -> None:
    if row.revision != revision:
        raise Conflict(typography(
            f"La ligne {row.line} a été modifiée {_hour(batch.changed_at)} par {batch.changed_by} : vos changements "
            "n'ont pas été enregistrés, relisez-la."
        ))


def _row(batch: Batch, line: int) -> Row:
    row = batch.rows.select_for_update().filter(line=line).first()
    if row is None:
        raise Http404
    return row


def _who(user: object, moment: datetime | None) -> str:
    return f"{_hour(moment)} par {user}" if user else _hour(moment)


def _hour(moment: datetime | None) -> str:
    if moment is None:
        return "entre-temps"
    local = timezone.localtime(moment)
    return f"le {local:%d/%m/%Y} à {clock_at(local.time())}"


def _touch(batch: Batch, by: Actor, at: datetime, *fields: str) -> None:
    batch.revision += 1
    batch.changed_by_id, batch.changed_at, batch.progress_at = by.user_id, at, at
    batch.save(update_fields=[*fields, "revision", "changed_by", "changed_at", "progress_at"])


def _recount(batch: Batch, by: Actor, at: datetime) -> None:
    batch.counts = counted_outcomes(batch)
    _touch(batch, by, at, "counts")


def _close_tasks(batch: Batch, by: Actor, at: datetime, outcome: str) -> None:
    for kind in (TaskKind.IMPORT_TO_CONFIRM, TaskKind.DUPLICATES_TO_DECIDE):
        desk.close_task(kind=kind, subject_id=batch.pk, at=at, by=by, outcome=outcome)


def _defer(batch: Batch) -> None:
    """Ask for the long work of the state that the import is now in; the job leaves with this transaction."""
    from untoit.records.intake import tasks

    getattr(tasks, _WORKING[BatchState(batch.state)]).defer(batch_id=str(batch.pk))
