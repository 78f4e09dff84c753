"""The letters of the housing track: what each says as it stood that day, and how it left."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core import parameters
from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.committee import documents, striking_off_due_on
from untoit.core.lifecycles.housing_track import CLOSED
from untoit.core.wording import typography
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.followup.housing.words import reasons_in_words
from untoit.records.followup.models import Letter, Proposal, TrackAct
from untoit.records.followup.tracks import owners
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require
from untoit.records.stock.selectors import commune_name, masked_home

# What a letter says no longer holds once the proposal took another way, and it had not left yet.
_OF_AN_OFFER = ("offer", "condition")
_OF_AN_END = ("not_allocated", "warning", "silence")
# How a letter leaves: code and words.
WAYS: list[tuple[str, str]] = list(Letter._meta.get_field("sent_how").choices or ())  # type: ignore[arg-type]
_REASONS_OF = {"not_allocated": "not_allocate", "warning": "reject"}


def facts_of(row: Proposal, kind: str, on: date) -> dict[str, Any]:
    """
    Return what a letter of this kind says, sealed with it: to whom, of which dwelling, by when, why.

    Amounts are in cents a month. ``to_check`` says that a rule it rests on has still to be checked by a person.
    """
    vacancy, law = row.vacancy, parameters.at("followup/committee", on)
    persons = list(row.household.persons.order_by("number").values_list("first_name", "last_name", "address"))
    facts: dict[str, Any] = {
        "names": [name for first, last, _ in persons if (name := f"{first} {last}".strip())],
        "address": next((address for _, _, address in persons if address), ""),
        "number": row.household.application_number, "fictitious": row.household.is_fictitious,
        "landlord": row.organisation.name, "on": on.isoformat(), "to_check": law.to_check, "source": law.source,
        "home": {
            "title": masked_home(vacancy).title, "reference": vacancy.reference, "building": vacancy.building_name,
            "address": vacancy.address, "commune": commune_name(vacancy.commune), "funding": vacancy.funding,
            "rent_cents": vacancy.rent_cents, "charges_cents": vacancy.charges_cents,
            "benefit_cents": row.snapshot.get("benefit_cents"), "available_on": vacancy.available_on.isoformat(),
        },
    }
    for name in ("decided_on", "notified_on", "answer_due_on", "document_due_on", "visit_on"):
        day = getattr(row, name)
        facts[name] = day.isoformat() if day else ""
    if kind == "condition":
        facts["document"] = documents(on).get(row.document, "")
    if kind in _REASONS_OF:
        codes = row.reasons or ([row.reason] if row.reason else [])
        facts["reasons"] = reasons_in_words(_REASONS_OF[kind], codes, on)
    if kind == "warning":
        facts |= {"stated": row.stated or "", "striking_off_on": striking_off_due_on(on).isoformat()}
    return facts


@transaction.atomic
def hand_over(*, letter_id: UUID, how: str, on: date, by: Actor, at: datetime) -> Letter:
    """Say that a letter left, how and when; the task that asked for it closes."""
    require(by, "housing_act", WRITE)
    letter = _locked(letter_id, by)
    if letter.cancelled_at is not None:
        raise Conflict("Ce courrier n'a plus lieu d'être : la proposition a changé depuis.")
    if letter.sent_on is not None:
        raise Conflict(typography(f"Ce courrier est déjà noté comme parti le {letter.sent_on:%d/%m/%Y}."))
    if not letter.written_on <= on <= timezone.localdate(at):
        raise Refused(typography(f"Le {on:%d/%m/%Y} n'est pas possible : vérifiez la date."))
    if how not in dict(WAYS):
        raise Refused("Dites comment le courrier est parti.")
    letter.sent_on, letter.sent_how, letter.sent_by_id = on, how, by.user_id
    letter.save(update_fields=["sent_on", "sent_how", "sent_by"])
    close_task(kind=TaskKind.LETTER_TO_SEND, subject_id=letter.pk, by=by, at=at, outcome="letter.sent")
    note_act(by, "letter.sent", "letter", letter.pk, at=at)
    return letter


@transaction.atomic
def take_back(*, letter_id: UUID, by: Actor, at: datetime) -> Letter:
    """Say that a letter had not left after all; it waits again."""
    require(by, "housing_act", WRITE)
    letter = _locked(letter_id, by)
    if letter.sent_on is None:
        return letter
    letter.sent_on, letter.sent_how, letter.sent_by = None, "", None
    letter.save(update_fields=["sent_on", "sent_how", "sent_by"])
    keeper = owners.of_organisation(letter.organisation, Role.LA)
    open_task(
        kind=TaskKind.LETTER_TO_SEND, organisation=keeper.organisation_id, role=keeper.role, subject_kind="letter",
        subject_id=letter.pk, why="Un courrier est prêt : à remettre ou à poster.", due_on=timezone.localdate(at),
        at=at,
    )
    note_act(by, "letter.taken_back", "letter", letter.pk, at=at)
    return letter


def printed(letter: Letter, *, by: Actor, at: datetime) -> None:
    """Note when a colleague of the landlord printed the letter first."""
    if letter.printed_at is None and by.role is not Role.CAND:
        Letter.objects.filter(pk=letter.pk, printed_at__isnull=True).update(printed_at=at)


def take_away_outdated(row: Proposal, act: TrackAct, *, at: datetime) -> None:
    """Cancel the letters of a proposal that had not left when it took another way, with the tasks that they gave."""
    if act.from_state == act.to_state:
        return
    kinds = _OF_AN_OFFER if act.to_state in CLOSED else _OF_AN_END
    waiting = Letter.objects.filter(
        proposal=row, kind__in=kinds, sent_on__isnull=True, cancelled_at__isnull=True
    )
    for letter_id in waiting.values_list("pk", flat=True):
        close_task(kind=TaskKind.LETTER_TO_SEND, subject_id=letter_id, at=at, outcome="letter.cancelled")
    waiting.update(cancelled_at=at)


def _locked(letter_id: UUID, by: Actor) -> Letter:
    found: Letter = get_object_or_404(
        Letter.objects.visible_to(by).select_for_update(of=("self",)).select_related("organisation"), pk=letter_id
    )
    return found
