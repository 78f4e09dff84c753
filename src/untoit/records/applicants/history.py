"""What happened to a household: its timeline, and its edits field by field; only what the reader sees on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps

from untoit.core.wording import listed, typography
from untoit.records.applicants import wording as fr
from untoit.records.applicants.facts import FULL, HOUSEHOLD_COLUMNS, PERSON_COLUMNS
from untoit.records.applicants.models import Household, SocialNote
from untoit.records.applicants.view import every_link, name_of
from untoit.records.partners.models import AuditEntry, Role, User
from untoit.records.partners.rights import Actor

MOST_ENTRIES = 60
# A contact that the landlord's manager reads only for a reason is not read through the history either.
_ON_REQUEST = frozenset({"contact"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    title: str
    detail: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One field that changed: from what to what, when, by whom."""

    at: datetime
    who: str
    subject: str
    label: str
    before: str
    after: str


def timeline(actor: Actor, household: Household, more: Iterable[Entry] = ()) -> tuple[Entry, ...]:
    """
    Return what happened, the latest first: consents, shares, evidence, edits, notes, and what the caller adds.

    ``more`` are the entries of records that stand above this one (tandems), already narrowed to what the actor sees.
    """
    entries = [Entry(household.created_at, "Dossier créé"), *more]
    if actor.may("consents_links") or actor.glass is not None:
        entries += _consents(household)
        entries += _links(household, actor)
    if actor.sees("housing_stage") in FULL:
        entries += _evidence(household)
    if actor.role is Role.DEP:
        own = SocialNote.objects.filter(household=household, organisation_id=actor.organisation_id)
        entries += [Entry(one.written_at, "Note sociale écrite", "", str(one.author))
                    for one in own.select_related("author")]
    entries += _acts(household, actor)
    return tuple(sorted(entries, key=lambda one: one.at, reverse=True)[:MOST_ENTRIES])


def edits(actor: Actor, household: Household) -> tuple[Edit, ...]:
    """Return the edits of the fields that the actor sees, the latest first."""
    found = _edits_of("HouseholdEvent", {household.pk: "Ménage"}, HOUSEHOLD_COLUMNS, actor)
    persons = {one.pk: name_of(one, actor) for one in household.persons.all()}
    found += _edits_of("PersonEvent", persons, PERSON_COLUMNS, actor)
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _edits_of(
    model: str, subjects: Mapping[UUID, str], columns: Mapping[str, tuple[str, str]], actor: Actor
) -> list[Edit]:
    events = apps.get_model("applicants", model)._default_manager.filter(pgh_obj_id__in=list(subjects))
    rows = list(events.select_related("pgh_context").order_by("pgh_id"))
    people = _people(rows)
    seen = {
        name: label for name, (field, label) in columns.items()
        if actor.sees(field) in FULL and not (actor.role is Role.LM and field in _ON_REQUEST)
    }
    last: dict[UUID, Any] = {}
    made: list[Edit] = []
    for row in rows:
        before = last.get(row.pgh_obj_id)
        last[row.pgh_obj_id] = row
        if before is None:
            continue
        for name, label in seen.items():
            old, new = getattr(before, name), getattr(row, name)
            if old != new:
                who = _author(row, people)
                shown = ("", "") if name == "finances" else (_words(name, old), _words(name, new))
                made.append(Edit(row.pgh_created_at, who, subjects[row.pgh_obj_id], label, *shown))
    return made


def _people(rows: Iterable[Any]) -> dict[str, str]:
    """Return the names of who wrote, by identifier: one query."""
    keys = {str(row.pgh_context.metadata.get("user")) for row in rows if row.pgh_context_id and row.pgh_context}
    keys.discard("None")
    return {str(one.pk): str(one) for one in User.objects.filter(pk__in=[key for key in keys if len(key) == 36])}


def _author(row: Any, people: Mapping[str, str]) -> str:
    context = row.pgh_context if row.pgh_context_id else None
    return people.get(str(context.metadata.get("user")), "") if context else ""


def _words(name: str, value: Any) -> str:
    """Return the value of a column as the history writes it."""
    if value is None or value == "" or value == [] or value == {}:
        return "vide"
    if isinstance(value, bool):
        return fr.yes_no(value)
    if name.endswith("_cents"):
        return fr.cents(value)
    if name in ("leaves_no_earlier_min", "back_no_later_min"):
        return fr.clock(value)
    if name in ("wished_communes",):
        return fr.places(value)
    if name == "current_commune":
        return fr.place(value)
    if name == "occupations":
        return fr.trades(value)
    if name == "experience":
        return fr.experience(value)
    if name == "workable_days":
        return fr.days(value)
    if isinstance(value, list):
        return listed(value)
    return fr.day(value) if hasattr(value, "isoformat") else str(value)


def _consents(household: Household) -> list[Entry]:
    made = []
    for one in household.consents.all():
        purpose = f"« {one.get_purpose_display()} »"
        who = str(one.recorded_by or "")
        made.append(Entry(one.recorded_at, "Accord donné", typography(f"{purpose}, {one.get_how_display()}"), who))
        if one.withdrawn_at:
            made.append(Entry(one.withdrawn_at, "Accord retiré", typography(purpose)))
    return made


def _links(household: Household, actor: Actor) -> list[Entry]:
    made = []
    for one in every_link(household, actor):
        until = f"jusqu'au {one.expires_on:%d/%m/%Y}"
        made.append(Entry(one.opened_at, f"Dossier partagé avec {one.organisation}", until, str(one.opened_by or "")))
        if one.closed_at:
            made.append(Entry(one.closed_at, f"Partage fermé avec {one.organisation}", "", str(one.closed_by or "")))
    return made


def _evidence(household: Household) -> list[Entry]:
    made = []
    for one in household.evidence.all():
        detail = typography(f"motif {one.ground} : {one.document}")
        made.append(Entry(one.seen_at, "Justificatif vu", detail, str(one.seen_by)))
        if one.withdrawn_at:
            made.append(Entry(one.withdrawn_at, "Justificatif retiré", detail, str(one.withdrawn_by or "")))
    return made


def _acts(household: Household, actor: Actor) -> list[Entry]:
    """Return the edits from the journal of acts, with the names of the fields that the actor sees."""
    people = {one.pk: name_of(one, actor) for one in household.persons.all()}
    acts = AuditEntry.objects.filter(
        subject_id__in=[household.pk, *people], action__in=("household.changed", "person.changed", "person.added")
    ).select_related("user", "organisation").order_by("-at")[:MOST_ENTRIES]
    made = []
    for one in acts:
        columns = HOUSEHOLD_COLUMNS if one.action == "household.changed" else PERSON_COLUMNS
        labels = [
            columns[name][1].lower() for name in one.detail.get("fields", ())
            if name in columns and actor.sees(columns[name][0]) in FULL
        ]
        if not labels and one.action != "person.added":
            continue
        subject = people.get(one.subject_id, "") if one.subject_id else ""
        title = "Personne ajoutée" if one.action == "person.added" else "Fiche modifiée"
        detail = typography(" : ".join(filter(None, (subject, listed(labels)))))
        made.append(Entry(one.at, title, detail, _who(one, actor)))
    return made


def _who(entry: AuditEntry, actor: Actor) -> str:
    if entry.organisation is None:
        return "la personne elle-même" if entry.role == Role.CAND else ""
    return str(entry.user) if entry.organisation_id == actor.organisation_id else str(entry.organisation)
