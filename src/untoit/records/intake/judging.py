"""
What each row of an import would do: new, changed, unchanged, refused, possible duplicate, or known elsewhere.

Nothing is written to the records here. Rows are judged in the order of the file, a chunk at a time; the judgement of a
row depends on the rows before it by their identifiers only, so that a judge that starts again in the middle says the
same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from untoit.core.exchange import Kind
from untoit.core.exchange.cells import Cell, Unreadable, is_blank, plain_text
from untoit.core.exchange.single import key_columns_of
from untoit.core.model.problem import Severity
from untoit.core.wording import typography
from untoit.records.applicants.models import Consent, Purpose
from untoit.records.intake.models import Batch, BatchState, Row, RowOutcome
from untoit.records.intake.readings import Reading, overlaid, read
from untoit.records.intake.sources import cells_by_column, problem
from untoit.records.intake.targets import TARGETS, Found, Persons, Target
from untoit.records.partners.models import Membership, OrganisationKind, Role
from untoit.records.partners.rights import Actor

# A dwelling that was let, an offer that was filled: a file does not open them again.
_CLOSED = {"let": "est noté comme loué", "withdrawn": "est noté comme retiré", "filled": "est notée comme pourvue"}
_KNOWN = (
    "Ce dossier est déjà connu d'une autre organisation : il sera relié à la vôtre après accord. Rien n'en est montré "
    "ni modifié ici."
)


def actor_of_batch(batch: Batch, at: Any) -> Actor:
    """Return who handed the file over, acting now: the rows are judged with that person's rights."""
    membership = Membership.objects.select_related("user", "organisation").get(pk=batch.membership_id)
    organisation = membership.organisation
    return Actor(
        role=Role(membership.role), at=at, user_id=membership.user_id, user_name=str(membership.user),
        organisation_id=organisation.pk, organisation_name=organisation.name,
        organisation_kind=OrganisationKind(organisation.kind), membership_id=membership.pk,
        is_org_admin=membership.is_org_admin,
    )


def key_hash(organisation_id: Any, kind: Kind, key: Iterable[object]) -> str:
    """Return a keyed hash of an identifier, blank when any part of it is: a blank identifier never matches."""
    parts = [str(part).strip() for part in key]
    if not all(parts):
        return ""
    return salted_hmac(f"intake.{organisation_id}.{kind}", "\x1f".join(parts), algorithm="sha256").hexdigest()


@dataclass
class Judge:
    """
    Judges the rows of one import.

    ``accepted`` is the first line of each identifier among the rows judged so far; ``announced`` every identifier that
    the file has anywhere.
    """

    batch: Batch
    actor: Actor
    accepted: dict[str, int] = field(default_factory=dict)
    announced: Collection[str] = frozenset()

    def __post_init__(self) -> None:
        self.kind = Kind(self.batch.kind)
        self.target: Target = TARGETS[self.kind](self.actor)
        self.blank_erases = bool(self.batch.options.get("blank_erases"))

    # --- one chunk

    def judge(self, rows: Sequence[Row]) -> None:
        """Judge these rows, in the order of the file, and write the outcome on each."""
        given = {row.line: cells_by_column(row.raw, self.batch.mapping) for row in rows}
        readings = {row.line: self.read(row) for row in rows}
        good = {line: reading for line, reading in readings.items() if reading.value is not None}
        found = self.target.find({reading.key for reading in good.values()})
        withdrawn = self.withdrawals(one.record.pk for one in found.values())
        for row in rows:
            reading = readings[row.line]
            row.decision, row.chosen_id, row.candidates = "", None, []
            row.target_id, row.target_revision, row.changes = None, None, {}
            row.key = raw_key(self.batch, given[row.line])
            if reading.value is None:
                self._settle(row, RowOutcome.REFUSED, reading.problems)
                continue
            row.key = key_hash(self.batch.organisation_id, self.kind, reading.key)
            first = self.accepted.setdefault(row.key, row.line)
            if first != row.line:
                self._settle(row, RowOutcome.REFUSED, (*reading.problems, self._twice(first)))
                continue
            self._compare(row, given[row.line], reading, found.get(reading.key), withdrawn)
        self._look_for_households(rows, good)
        self._look_for_twins(rows, good)

    def read(self, row: Row) -> Reading:
        """Return the row as it reads now; what was wrong before its cells could be read stands until it is edited."""
        said = () if row.edited else row.said
        if any(one["refused"] for one in said):
            return Reading(self.kind, None, {}, tuple(said))
        cells = cells_by_column(row.raw, self.batch.mapping)
        reading = read(self.kind, cells, file=self.batch.file_name, line=row.line)
        return Reading(self.kind, reading.value, reading.extra, (*said, *reading.problems))

    def _twice(self, first: int) -> dict[str, Any]:
        columns = key_columns_of(self.kind)
        return problem(columns[0], None, f"Cet identifiant est déjà à la ligne {first}. Attendu : une seule ligne par "
                       f"{' et '.join(columns)}.", Severity.REFUSED)

    def _compare(self, row: Row, cells: Mapping[str, Cell], reading: Reading, found: Found | None,
                 withdrawn: Mapping[Any, date]) -> None:
        if found is None:
            self._settle(row, RowOutcome.NEW, reading.problems)
            return
        if not found.is_ours:
            self._settle(row, RowOutcome.KNOWN, (*reading.problems, problem(None, None, _KNOWN, Severity.NOTICE)))
            return
        self.lay_over(row, cells, reading, found, withdrawn.get(found.record.pk))

    def lay_over(self, row: Row, cells: Mapping[str, Cell], reading: Reading, found: Found,
                 withdrawn_on: date | None = None) -> Reading:
        """Compare a row with the record that it changes, write the differences, and return the record to be."""
        record = found.record
        stored = self.target.stored(record)
        row.target_id, row.target_revision = record.pk, record.revision
        problems = list(reading.problems)
        given, said = _without_withdrawn(cells, reading, withdrawn_on)
        problems += said
        merged = read(
            self.kind, overlaid(self.kind, stored, given, blank_erases=self.blank_erases),
            file=self.batch.file_name, line=row.line,
        )
        problems += [one for one in merged.problems if one["refused"]]
        if merged.value is None:
            self._settle(row, RowOutcome.REFUSED, problems)
            return merged
        after = merged.cells()
        row.changes = {
            column: [stored.get(column, "") if found.is_open else None, after[column]]
            for column in after if stored.get(column, "") != after[column]
        }
        if not found.is_open:
            row.changes["partage"] = ["expiré", "rouvert"]
        state = getattr(record, "state", "")
        if state == "expired":
            row.changes["état"] = ["à reconfirmer", "ouvert"]
        elif state in _CLOSED:
            problems.append(problem(None, None, f"La fiche {_CLOSED[state]} : ce fichier ne la rouvre pas.",
                                    Severity.NOTICE))
        # A notice about a blank cell says nothing once the record fills it.
        problems = [one for one in problems if one["refused"] or one["seen"] or one["column"] not in after
                    or not after[one["column"]]]
        self._settle(row, RowOutcome.CHANGED if row.changes else RowOutcome.UNCHANGED, problems)
        return merged

    def _settle(self, row: Row, outcome: RowOutcome, problems: Sequence[dict[str, Any]]) -> None:
        row.outcome = outcome
        row.problems = [{**one, "text": typography(one["text"])} for one in problems]
        row.has_notice = any(not one["refused"] for one in problems)

    # --- what a chunk asks of the records at once

    def withdrawals(self, pks: Iterable[Any]) -> dict[Any, date]:
        """Return the last day on which these households took back their consent to be matched."""
        if self.kind is not Kind.HOUSEHOLDS:
            return {}
        rows = Consent.objects.filter(
            household_id__in=list(pks), purpose=Purpose.MATCHING, withdrawn_at__isnull=False,
        ).order_by("withdrawn_at").values_list("household_id", "withdrawn_at")
        return {pk: timezone.localdate(at) for pk, at in rows}

    def _look_for_twins(self, rows: Sequence[Row], good: Mapping[int, Reading]) -> None:
        new = {row.line: good[row.line] for row in rows if row.outcome == RowOutcome.NEW}
        twins = self.target.twins(new)
        for row in rows:
            others = [one for one in twins.get(row.line, ()) if self._hash_of(one) not in self.announced]
            if row.outcome == RowOutcome.NEW and others:
                row.outcome = RowOutcome.DUPLICATE
                row.candidates = [str(one.pk) for one in others[:5]]

    def _hash_of(self, record: Any) -> str:
        """Return the hash of a record's identifier: a record that has its own row in this file is no duplicate."""
        if self.kind is Kind.PERSONS:
            key: tuple[object, ...] = (record.household.application_number, record.number)
        else:
            key = (getattr(record, "reference", None) or getattr(record, "application_number", ""),)
        return key_hash(self.batch.organisation_id, self.kind, key) or "-"

    def _look_for_households(self, rows: Sequence[Row], good: Mapping[int, Reading]) -> None:
        """A person goes to a household in sight, or to one that another import of ours is about to bring."""
        if not isinstance(self.target, Persons):
            return
        new = [row for row in rows if row.outcome == RowOutcome.NEW]
        known = self.target.households({good[row.line].key for row in new})
        lost = {row.line: str(good[row.line].key[0]) for row in new if str(good[row.line].key[0]) not in known}
        if not lost:
            return
        hashes = {
            number: key_hash(self.batch.organisation_id, Kind.HOUSEHOLDS, (number,)) for number in lost.values()
        }
        waiting = set(Row.objects.filter(
            key__in=hashes.values(), batch__in=Batch.objects.visible_to(self.actor).filter(
                kind=Kind.HOUSEHOLDS,
                state__in=(BatchState.READING, BatchState.READY, BatchState.APPLYING),
            ), outcome__in=(RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.DUPLICATE),
        ).values_list("key", flat=True))
        for row in new:
            if row.line not in lost:
                continue
            if hashes[lost[row.line]] in waiting:
                text = "Son ménage est dans un autre import, qui n'est pas encore enregistré : à confirmer d'abord."
                notice = problem("numero_unique", None, text, Severity.NOTICE)
                self._settle(row, RowOutcome.NEW, (*row.problems, notice))
            else:
                text = ("n'est le numéro d'aucun ménage que vous suivez. Attendu : importer d'abord le fichier des "
                        "ménages, ou corriger le numéro.")
                row.changes = {}
                self._settle(row, RowOutcome.REFUSED, (
                    *row.problems, problem("numero_unique", lost[row.line], text, Severity.REFUSED)
                ))


def raw_key(batch: Batch, cells: Mapping[str, Cell]) -> str:
    """Return the hash of the identifier as the cells write it, blank when one of its cells is."""
    kind = Kind(batch.kind)
    parts = []
    for column in key_columns_of(kind):
        cell = cells.get(column, "")
        if is_blank(cell):
            return ""
        try:
            parts.append(plain_text(cell))
        except Unreadable:
            return ""
    return key_hash(batch.organisation_id, kind, parts)


def _without_withdrawn(
    cells: Mapping[str, Cell], reading: Reading, withdrawn_on: date | None
) -> tuple[Mapping[str, Cell], list[dict[str, Any]]]:
    """Leave out a consent that the household took back since: a file does not give it again."""
    given_on = getattr(reading.value, "consented_on", None)
    if withdrawn_on is None or given_on is None or given_on > withdrawn_on:
        return cells, []
    text = f"est antérieur au retrait du consentement, le {withdrawn_on:%d/%m/%Y} : cette date n'est pas reprise."
    return (
        {column: cell for column, cell in cells.items() if column != "date_consentement"},
        [problem("date_consentement", f"{given_on:%d/%m/%Y}", text, Severity.NOTICE)],
    )
