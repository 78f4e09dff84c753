"""What the pages of imports read: tabs, rows with their problems and differences, as the viewer may know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from untoit.core.exchange import Kind
from untoit.core.exchange.cells import is_blank
from untoit.core.exchange.columns import SUPPOSED_COLUMN, columns_of
from untoit.core.exchange.formats import format_of
from untoit.core.exchange.single import key_columns_of
from untoit.core.territory.communes import commune
from untoit.core.wording import number, typography
from untoit.records.applicants.models import Household, Person
from untoit.records.intake.kinds import kinds_of, reads_back
from untoit.records.intake.models import Batch, BatchKind, BatchState, Row, RowOutcome
from untoit.records.intake.sources import as_text, cells_by_column
from untoit.records.intake.undoing import may_undo
from untoit.records.jobs.models import Offer
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy

NOT_SHOWN = "valeur non affichée"
WORKING = (BatchState.RECEIVED, BatchState.READING, BatchState.APPLYING, BatchState.UNDOING)
# The tabs of a preview, what asks for a person first.
TABS: tuple[tuple[str, str, str], ...] = (
    (RowOutcome.REVIEW, "À revoir", "stop"), (RowOutcome.REFUSED, "Refusées", "stop"),
    (RowOutcome.DUPLICATE, "Doublons possibles", "warn"), (RowOutcome.CHANGED, "Modifiées", "info"),
    (RowOutcome.NEW, "Nouvelles", "ok"), (RowOutcome.KNOWN, "Déjà connus", "warn"),
    (RowOutcome.UNCHANGED, "Inchangées", "quiet"),
)
NOTED = "noted"
_KINDS = {code: kind for code, _, kind in TABS}
_LABELS = {
    RowOutcome.NEW: "nouvelle", RowOutcome.CHANGED: "modifiée", RowOutcome.UNCHANGED: "inchangée",
    RowOutcome.REFUSED: "refusée", RowOutcome.DUPLICATE: "doublon possible", RowOutcome.KNOWN: "dossier déjà connu",
    RowOutcome.REVIEW: "à revoir",
}
# What tells a row from another at a glance, beside its identifier.
_SHOWN = {
    Kind.HOUSEHOLDS: ("date_demande", "ages_adultes", "ages_enfants"), Kind.PERSONS: ("prenom", "nom", "metiers"),
    Kind.DWELLINGS: ("adresse", "typologie", "loyer"), Kind.OFFERS: ("intitule", "employeur", "contrat"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One column that a row changes; ``before`` says so when its value is not for the viewer."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same as a row."""

    pk: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class EditCell:
    """One cell of a row while it is corrected."""

    column: str
    header: str
    text: str
    problems: tuple[str, ...]
    is_required: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One row as a page shows it."""

    pk: int
    line: int
    label: str
    about: str
    outcome: str
    outcome_label: str
    badge: str
    edited: bool
    revision: int
    decision: str
    done: str
    problems: list[dict[str, Any]] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a preview."""

    code: str
    label: str
    count: int
    is_current: bool


def imports(actor: Actor) -> QuerySet[Batch]:
    """Return the imports that the actor may see, without their files."""
    found: QuerySet[Batch] = Batch.objects.visible_to(actor).defer("file").select_related("membership__user")
    return found


def import_of(actor: Actor, batch_id: UUID) -> Batch:
    """Return one import, or the 404 of a page that does not exist."""
    found = imports(actor).select_related("confirmed_by", "undone_by", "changed_by").filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


def received_before(actor: Actor, batch: Batch) -> Batch | None:
    """Return the last import of the very same file, when one was recorded or waits."""
    return imports(actor).filter(sha256=batch.sha256, received_at__lte=batch.received_at).exclude(pk=batch.pk).exclude(
        state__in=(BatchState.ABANDONED, BatchState.UNDONE, BatchState.UNUSABLE)
    ).order_by("-received_at").first()


def kind_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the kinds of file that the actor may hand over."""
    return [(str(kind), BatchKind(kind).label) for kind in kinds_of(actor)]


def column_choices(kind: Kind) -> list[tuple[str, str]]:
    """Return the columns that a header may stand for, the required ones said."""
    required = format_of(kind).required
    return [("", "— ignorer cette colonne —")] + [
        (column, f"{column} (obligatoire)" if column in required else column)
        for column in columns_of(kind) if column != SUPPOSED_COLUMN
    ]


def tabs_of(batch: Batch, asked: str) -> list[Tab]:
    """Return the tabs that have rows; the one asked for, or the first, is current."""
    found = [(code, label, batch.counts.get(code, 0)) for code, label, _ in TABS if batch.counts.get(code)]
    if batch.counts.get(NOTED):
        found.append((NOTED, "À noter", batch.counts[NOTED]))
    codes = [code for code, _, _ in found]
    current = asked if asked in codes else codes[0] if codes else ""
    return [Tab(str(code), label, count, code == current) for code, label, count in found]


def rows_of(batch: Batch, tab: str) -> QuerySet[Row]:
    """Return the rows of a tab."""
    rows: QuerySet[Row] = batch.rows.all()
    return rows.filter(has_notice=True) if tab == NOTED else rows.filter(outcome=tab)


def present(actor: Actor, batch: Batch, rows: Sequence[Row]) -> list[RowView]:
    """Return rows as the actor may read them; the records that they resemble are asked for at once."""
    kind = Kind(batch.kind)
    texts = _candidate_texts(actor, kind, {UUID(pk) for row in rows for pk in row.candidates})
    return [_present(actor, batch, kind, row, texts) for row in rows]


def _present(actor: Actor, batch: Batch, kind: Kind, row: Row, texts: dict[str, str]) -> RowView:
    cells = {column: as_text(value) for column, value in zip(batch.mapping, row.raw, strict=False) if column}
    label = " / ".join(filter(None, (cells.get(column, "") for column in key_columns_of(kind))))
    return RowView(
        pk=row.pk, line=row.line, label=label or "sans identifiant",
        about=", ".join(filter(None, (cells.get(column, "") for column in _SHOWN[kind]))),
        outcome=row.outcome, outcome_label=_LABELS.get(RowOutcome(row.outcome), ""), badge=_KINDS[row.outcome],
        edited=row.edited, revision=row.revision, decision=row.decision, done=row.get_done_display(),
        problems=row.problems,
        differences=_differences(actor, kind, row),
        candidates=[Candidate(pk, texts[pk], pk == str(row.chosen_id)) for pk in row.candidates if pk in texts],
    )


def _differences(actor: Actor, kind: Kind, row: Row) -> list[Difference]:
    """Return what a row changes in a record; for a new record there is nothing to compare."""
    if row.outcome == RowOutcome.NEW or (row.outcome == RowOutcome.DUPLICATE and row.decision != "update"):
        return []
    found = []
    for column, (before, after) in row.changes.items():
        about_rights = column in ("partage", "état")
        hidden = before is None or not (about_rights or reads_back(actor, kind, column))
        found.append(Difference(column, NOT_SHOWN if hidden else before or "vide", after or "vide"))
    return found


def edit_cells(batch: Batch, row: Row) -> list[EditCell]:
    """Return the cells of a row to correct, those that have a problem first."""
    kind = Kind(batch.kind)
    given = cells_by_column(row.raw, batch.mapping)
    headers = {column: header for column, header in zip(batch.mapping, batch.headers, strict=False) if column}
    raw = {column: value for column, value in zip(batch.mapping, row.raw, strict=False) if column}
    found = []
    for column in columns_of(kind):
        if column not in headers or column == SUPPOSED_COLUMN:
            continue
        problems = tuple(
            (f"« {one['seen']} » " if one["seen"] else "") + one["text"]
            for one in row.problems if one["column"] == column and one["refused"]
        )
        text = as_text(raw[column]) if column in given and not is_blank(given[column]) else ""
        found.append(EditCell(column, headers[column], text, tuple(map(typography, problems)),
                              column in format_of(kind).required))
    return sorted(found, key=lambda cell: not cell.problems)


def _candidate_texts(actor: Actor, kind: Kind, pks: set[UUID]) -> dict[str, str]:
    """Return how to name each record that a row resembles, among those that the viewer sees."""
    if not pks:
        return {}
    if kind is Kind.DWELLINGS:
        rows: Any = Vacancy.objects.visible_to(actor).filter(pk__in=pks)
        return {
            str(one.pk): f"{one.reference}, {one.address}, T{one.rooms} de {number(one.surface_m2)} m²" for one in rows
        }
    if kind is Kind.OFFERS:
        rows = Offer.objects.visible_to(actor).filter(pk__in=pks)
        return {str(one.pk): f"{one.reference}, {one.title}, {one.employer}, {_place(one.commune)}" for one in rows}
    if kind is Kind.PERSONS:
        rows = Person.objects.visible_to(actor).filter(pk__in=pks)
        return {str(one.pk): _named(actor, one) for one in rows}
    rows = Household.objects.visible_to(actor).filter(pk__in=pks).prefetch_related("persons")
    return {
        str(one.pk): ", ".join(filter(None, (
            " et ".join(f"{p.first_name} {p.last_name}".strip() for p in one.persons.all()),
            f"demande du {one.applied_on:%d/%m/%Y}",
        ))) for one in rows
    }


def _place(code: str) -> str:
    known = commune(code)
    return known.name if known else code


def _named(actor: Actor, person: Person) -> str:
    name = f"{person.first_name} {person.last_name}".strip() or "personne sans nom"
    if person.birth_date and actor.sees("birth_date") == "F":
        return f"{name}, née le {person.birth_date:%d/%m/%Y}".replace("née", "né·e")
    return name


def progress_of(batch: Batch) -> float:
    """Return how far the work of an import is, between 0 and 1."""
    return batch.rows_done / batch.rows_total if batch.rows_total else 0.0


def may_be_undone(batch: Batch, at: datetime) -> bool:
    """Whether the receipt offers to take the import back."""
    return may_undo(batch, at) and any(batch.counts.get(name) for name in ("created", "updated"))


def left_out(batch: Batch) -> int:
    """Return how many rows an import leaves aside."""
    return sum(batch.counts.get(name, 0) for name in (RowOutcome.REFUSED, RowOutcome.REVIEW, "undecided"))
