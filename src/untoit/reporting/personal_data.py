"""
The copy of everything about one person: as JSON for a machine, as a PDF to read (GDPR art. 15 and 20; scenario 25).

Each score is there with its reasons. Every table from which a household is reached is in :data:`COVERED` or in
:data:`EXCLUDED` with the reason, and a test walks the models to find one that is in neither.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from uuid import UUID

import typst
from django.utils import timezone

from untoit.core.wording import typography
from untoit.records.applicants.models import Person
from untoit.records.applicants.own_space import RESOURCE_WORDS
from untoit.records.partners.models import AuditEntry, ReadLog, Role
from untoit.records.partners.rights import Actor
from untoit.reporting import personal_events, personal_followup, personal_household, personal_tandems
from untoit.reporting.personal_source import Row, Rows, Source, Subject
from untoit.reporting.personal_words import plain, shown

# In the order of the copy.
SOURCES: tuple[Source, ...] = (
    personal_household.SOURCE, personal_tandems.SOURCE, personal_events.SOURCE, personal_followup.SOURCE,
)

# Where the rows of each table go in the copy.
COVERED = {table: part for source in SOURCES for table, part in source.covered.items()}
# Tables that reach a household and hold nothing more about the person than what the copy says.
EXCLUDED = {table: reason for source in SOURCES for table, reason in source.excluded.items()}
_ACTS = {code: words for source in SOURCES for code, words in source.acts.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the copy: what it is, in words, and its rows as labels and values."""

    code: str
    title: str
    says: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """The whole copy of one person on one day."""

    name: str
    made_at: datetime
    fictitious: bool
    parts: tuple[Part, ...]


def collect(actor: Actor, person: Person, *, at: datetime) -> Copy:
    """Return everything about a person: her or his own lines, and what concerns the whole household."""
    subject = Subject(actor, person, person.household, at)
    return Copy(
        name=f"{person.first_name} {person.last_name}".strip() or f"Personne {person.number}", made_at=at,
        fictitious=person.household.is_fictitious,
        parts=tuple(
            Part(code, title, typography(says), tuple(rows(subject))) for code, title, says, rows in _PARTS
        ),
    )


def read_about(actor: Actor, person: Person, *, at: datetime) -> list[UUID]:
    """Return every row about a person that somebody may have read: what « who read my file » goes by."""
    return _subjects(Subject(actor, person, person.household, at))


def as_json(copy: Copy) -> bytes:
    """Return the copy for a machine, in UTF-8, with the labels of the PDF."""
    document = {
        "copie_des_donnees_de": copy.name, "etablie_le": copy.made_at.isoformat(),
        "personnes_fictives": copy.fictitious,
        "parties": {
            part.code: {"titre": part.title, "precision": part.says, "lignes": [plain(row) for row in part.rows]}
            for part in copy.parts
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def as_pdf(copy: Copy) -> bytes:
    """Return the copy to read, as an accessible PDF (PDF/UA-1)."""
    data = {
        "name": copy.name, "made": f"{timezone.localtime(copy.made_at):%d/%m/%Y}", "fictitious": copy.fictitious,
        "parts": [
            {"title": part.title, "says": part.says, "rows": [
                [[label, shown(value)] for label, value in row.items() if shown(value)] for row in part.rows
            ]}
            for part in copy.parts
        ],
    }
    template = (resources.files("untoit.reporting") / "templates" / "personal_data.typ").read_bytes()
    return typst.compile(template, sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"])


def _subjects(of: Subject) -> list[UUID]:
    """Return every row that somebody may have read or changed."""
    return [of.household.pk, of.person.pk, *(key for source in SOURCES for key in source.subjects(of))]


def _readings(of: Subject) -> list[Row]:
    logs = ReadLog.objects.filter(subject_id__in=_subjects(of)).select_related("organisation").order_by("at")
    return [
        {
            "Le": one.at, "Organisation": str(one.organisation or ""), "Fonction": Role(one.role).label,
            "Partie lue": RESOURCE_WORDS.get(one.resource, "votre dossier"), "Raison donnée": one.reason,
        }
        for one in logs
    ]


def _acts(of: Subject) -> list[Row]:
    acts = AuditEntry.objects.filter(subject_id__in=_subjects(of)).select_related("organisation")
    return [
        {"Le": one.at, "Organisation": _who(one), "Acte": _ACTS.get(one.action, one.action)}
        for one in acts.order_by("at")
    ]


def _who(act: AuditEntry) -> str:
    """Return who acted: an organisation, the person, or nobody but a date that had come."""
    if act.organisation is not None:
        return str(act.organisation)
    return "vous" if act.role == Role.CAND else "l'application, à l'échéance"


def _edits(of: Subject) -> list[Row]:
    """Return each state that the rows have had, from the history that the database keeps."""
    return [row for source in SOURCES for row in source.edits(of)]


_PARTS: tuple[tuple[str, str, str, Rows], ...] = (
    *(part for source in SOURCES for part in source.parts),
    ("lectures", "Qui a lu votre dossier", "Une organisation et une fonction, jamais un nom.", _readings),
    ("actes", "Ce qui a été fait sur votre dossier", "Qui a agi, et quand.", _acts),
    ("modifications", "Historique de vos informations", "La première ligne est l'état de départ.", _edits),
)
