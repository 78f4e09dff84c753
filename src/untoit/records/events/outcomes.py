"""
What was said at each table: the employer's sheet and the sheet of a housing talk, changed until the review is closed.

Whoever writes, on a tablet, on the employer's page or on the organiser's, writes through here. Every version is kept as
an act (:class:`DeviceAct`, sealed); the row holds the last one said. A device at an employer's stand writes employers'
sheets only, one at a housing table housing sheets only, and neither reads any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import check_documents, documents
from untoit.core.lifecycles.event import EventState
from untoit.core.lifecycles.housing_track import refusal_families
from untoit.core.wording import typography
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.events.models import DeviceAct, EmployerOutcome, HousingOutcome, Meeting, StandKind
from untoit.records.events.models.meetings import MeetingState
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, grant

EMPLOYER, HOUSING = "employer_outcome", "housing_outcome"
EMPLOYER_DECISIONS = {"hire": "Embauche", "second": "Deuxième entretien", "pool": "Vivier", "no": "Pas de suite"}
HOUSING_DECISIONS = {"interested": "Intéressé·e", "visit": "Visite prévue", "later": "À revoir", "refused": "Refus"}
_RESOURCE = {StandKind.EMPLOYER: "job_application", StandKind.HOUSING: "housing_proposal"}


@dataclass(frozen=True, slots=True)
class Family:
    """Reasons of refusal that go together: two taps, the family then the reason."""

    code: str
    label: str
    reasons: Mapping[str, str]


def employer_reasons(on: date) -> dict[str, str]:
    """Return why an employer may say no, code to words."""
    return dict(parameters.at("followup/job_reasons", on)["not_retained"])


def refusal_reasons(on: date) -> list[Family]:
    """Return why somebody may refuse a home, by family."""
    known = parameters.at("followup/refusal_reasons", on)
    return [
        Family(code, label, {
            reason: words["label"] for reason, words in known["reasons"].items() if words["family"] == code
        })
        for code, label in known["families"].items()
    ]


def missing_documents(on: date) -> dict[str, str]:
    """Return the documents that may be asked for, code to words; asking for another one is illegal."""
    return documents(on)


def writable(by: Actor, kind: str) -> QuerySet[Meeting]:
    """Return the meetings of which this actor may write the sheet; nothing for a role that writes none."""
    found = Meeting.objects.visible_to(by).active().filter(stand__kind=kind)
    if by.role is Role.TAB:
        return found.filter(stand_id=by.stand_id) if by.stand_id is not None else found.none()
    return found if grant(by.role, _RESOURCE[StandKind(kind)], WRITE) is not None else found.none()


@transaction.atomic
def record_employer(
    *, meeting_id: UUID, decision: str, reason_code: str = "", next_on: date | None = None, by: Actor, at: datetime,
    revision: int | None = None, act: DeviceAct | None = None,
) -> EmployerOutcome:
    """
    Write what the employer said of an interview; the last word said stands, even when it arrives first.

    ``act`` is the act of the device that reports it; any other writer leaves one of its own.

    Raises
    ------
    Refused
        For an unknown decision or reason, a « no » without a reason, or an event whose review is closed.
    Conflict
        When somebody changed the sheet since ``revision``.
    """
    meeting = _meeting(by, meeting_id, StandKind.EMPLOYER)
    if decision not in EMPLOYER_DECISIONS:
        raise Refused("Choisissez embauche, deuxième entretien, vivier ou pas de suite.")
    if decision == "no" and reason_code not in employer_reasons(meeting.event.on):
        raise Refused("Choisissez une raison de la liste.")
    values = {
        "decision": decision, "reason_code": reason_code if decision == "no" else "",
        "next_on": next_on if decision in ("hire", "second") else None,
    }
    return _write(EmployerOutcome, EMPLOYER, meeting, values, by=by, at=at, revision=revision, act=act)


@transaction.atomic
def record_housing(
    *, meeting_id: UUID, decision: str, visit_on: date | None = None, documents_missing: Sequence[str] = (),
    refusal_codes: Sequence[str] = (), by: Actor, at: datetime, revision: int | None = None,
    act: DeviceAct | None = None,
) -> HousingOutcome:
    """
    Write what came of a housing talk; documents only from the limitative list, refusals only with fine codes.

    Raises
    ------
    Refused
        For an unknown decision, a visit without a day, a refusal without a reason, a document that may not be asked.
    Conflict
        When somebody changed the sheet since ``revision``.
    """
    meeting = _meeting(by, meeting_id, StandKind.HOUSING)
    if decision not in HOUSING_DECISIONS:
        raise Refused("Choisissez intéressé·e, visite prévue, à revoir ou refus.")
    if decision == "visit" and visit_on is None:
        raise Refused("Indiquez le jour de la visite.")
    if decision == "refused":
        refusal_families(refusal_codes, meeting.event.on)
    check_documents(documents_missing, meeting.event.on)
    values = {
        "decision": decision, "visit_on": visit_on if decision == "visit" else None,
        "missing_documents": list(dict.fromkeys(documents_missing)),
        "refusal_codes": list(dict.fromkeys(refusal_codes)) if decision == "refused" else [],
    }
    return _write(HousingOutcome, HOUSING, meeting, values, by=by, at=at, revision=revision, act=act)


@transaction.atomic
def record_missed(*, meeting_id: UUID, by: Actor, at: datetime) -> Meeting:
    """Say that nobody came to the table at the hour; a sheet written later says that it was held after all."""
    rows = writable(by, StandKind.EMPLOYER) | writable(by, StandKind.HOUSING)
    key = rows.filter(pk=meeting_id).values_list("pk", flat=True).first()
    if key is None:
        raise Http404
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=key)
    if meeting.state == MeetingState.PLANNED:
        _set_state(meeting, MeetingState.MISSED, by)
        note_act(by, "meeting.missed", "meeting", meeting.pk, at=at)
    return meeting


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a sheet: what it said, who wrote it (a person, or a device by name), when."""

    words: str
    by: str
    at: datetime


def history(meeting: Meeting, kind: str) -> list[Version]:
    """Return the versions of the sheet of a meeting that the caller may write, the newest first."""
    acts = (
        DeviceAct.objects.filter(meeting=meeting, kind=kind, refused="").select_related("user", "device")
        .order_by("-happened_at")
    )
    names = EMPLOYER_DECISIONS if kind == EMPLOYER else HOUSING_DECISIONS
    return [
        Version(
            names.get(str(one.payload.get("decision")), ""),
            str(one.user or one.device or ""), one.happened_at or one.at,
        )
        for one in acts
    ]


def _meeting(by: Actor, meeting_id: UUID, kind: StandKind) -> Meeting:
    key = writable(by, kind).filter(pk=meeting_id).values_list("pk", flat=True).first()
    if key is None:
        raise Http404
    meeting: Meeting = Meeting.objects.select_for_update(of=("self",)).select_related("event", "stand").get(pk=key)
    if meeting.event.state == EventState.REVIEWED:
        raise Refused(typography("Le bilan de cet événement est arrêté : ses suites ne changent plus ici."))
    return meeting


def _write(
    model: Any, kind: str, meeting: Meeting, values: dict[str, Any], *, by: Actor, at: datetime,
    revision: int | None, act: DeviceAct | None,
) -> Any:
    row = model.objects.select_for_update(of=("self",)).filter(meeting=meeting).first()
    if row is not None and revision is not None:
        require_revision(row, revision, by=by)
    before = {name: getattr(row, name) for name in values} if row is not None else None
    if before == values:
        return row
    if act is None:
        act = DeviceAct.objects.create(
            id=uuid4(), event=meeting.event, user_id=by.user_id, device_id=by.device_id, kind=kind, meeting=meeting,
            registration_id=meeting.registration_id, payload={"decision": values["decision"]}, at=at, happened_at=at,
            received_at=at,
        )
    if row is not None and row.device_id is not None and by.device_id is not None and row.device_id != by.device_id:
        act.conflict = typography("Deux appareils ont noté cette rencontre : la dernière fiche est retenue.")
        act.save(update_fields=["conflict"])
    if row is not None and row.at > at:
        # Said before what is already known: kept as an act, it changes nothing.
        return row
    if row is None:
        row = model(meeting=meeting, revision=0)
    for name, value in values.items():
        setattr(row, name, value)
    row.by_id, row.device_id, row.at, row.revision = by.user_id, by.device_id, at, row.revision + 1
    row.save()
    if meeting.state in (MeetingState.PLANNED, MeetingState.MISSED):
        meeting.started_at = meeting.started_at or at
        _set_state(meeting, MeetingState.HELD, by)
    close_task(kind=TaskKind.OUTCOME_MISSING, subject_id=meeting.pk, at=at, by=by, outcome="outcome_recorded")
    note_act(by, f"outcome.{kind.removesuffix('_outcome')}", "meeting", meeting.pk, at=at)
    return row


def _set_state(meeting: Meeting, state: str, by: Actor) -> None:
    meeting.state = state
    meeting.revision += 1
    with recorded(by):
        meeting.save(update_fields=["state", "started_at", "revision"])
