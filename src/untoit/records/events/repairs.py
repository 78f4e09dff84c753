"""
The timetable repaired while people wait: an absence, a delay, a stand that leaves or comes late, somebody new.

Facts are written first (who is absent, until when a stand is there), then the repair follows from them: asking twice
changes nothing. Who was told keeps the slot whenever it can be kept. What a repair knows of an absence goes nowhere
else: no task, no message and no file of this module speaks of it outside the event.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.http import Http404

from untoit.core import timetabling as core
from untoit.core.errors import Conflict, Refused
from untoit.core.wording import counted, listed, typography
from untoit.records.events import publishing, seating, timetable
from untoit.records.events.models import Event, Registration, RepairProposal, Stand
from untoit.records.events.timetable import Problem
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

AUTOMATIC = "auto"
SECONDS = 2.0
_GONE = "person_cancelled"


@dataclass(frozen=True, slots=True)
class RepairOutcome:
    """What a repair did, or proposes: how many meetings it adds, moves and cancels, and the sentence that says so."""

    applied: bool
    summary: str
    added: int = 0
    moved: int = 0
    cancelled: int = 0
    told: int = 0
    proposal_id: UUID | None = None


@transaction.atomic
def repair(
    *, event_id: UUID, at: datetime, by: Actor | None, absent: Collection[UUID | str] = (),
    late: Mapping[UUID | str, int] | None = None, closed_stands: Mapping[UUID | str, int] | None = None,
    apply: bool | None = None, seconds: float = SECONDS,
) -> RepairOutcome:
    """
    Repair the timetable after what happened, at once or as a proposal for one click.

    ``late`` gives the first slot at which somebody can be met, ``closed_stands`` the slot from which a stand is gone;
    ``absent`` adds to those whom the reception marked. ``apply`` is up to the setting ``repair`` of the event when it
    is ``None``. Nothing is repaired before a timetable was published, or after the day.
    """
    event = timetable.locked_event(event_id, by, devices=True)
    if event.state not in timetable.PREPARING or not event.published_version:
        return RepairOutcome(False, "")
    _note_facts(event, late or {}, closed_stands or {})
    problem = timetable.problem_of(event, at=at, on_the_day=True)
    away = problem.absent | {str(one) for one in absent}
    found = core.repair(
        problem.event, problem.given, now=problem.now, absent=tuple(sorted(away)),
        late={str(one): slot for one, slot in (late or {}).items()},
        closed_stands={
            key: one.left_slot for key, one in problem.stands.items() if one.left_slot is not None
        }, seconds=seconds,
    )
    changes = _changes(problem, found)
    if not changes:
        _close(event, at)
        return RepairOutcome(False, "")
    summary = _summary(changes)
    if apply if apply is not None else event.settings.get("repair") == AUTOMATIC:
        _close(event, at)
        return _apply(problem, changes, summary, by=by, at=at)
    return _propose(problem, changes, summary, at)


@transaction.atomic
def apply_proposal(*, proposal_id: UUID, by: Actor, at: datetime) -> RepairOutcome:
    """
    Do what was proposed, exactly; when it can no longer be done, propose again and say so (``applied`` is false).

    Raises
    ------
    Conflict
        When somebody applied or dismissed it, or when a newer one took its place.
    """
    proposal = RepairProposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise Http404
    event = timetable.locked_event(proposal.event_id, by)
    proposal = RepairProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    if proposal.applied_at is not None:
        raise Conflict(typography("Cette réparation vient d'être appliquée par quelqu'un d'autre."))
    if proposal.dismissed_at is not None:
        raise Conflict(typography("Cette proposition n'est plus d'actualité : relisez celle qui l'a remplacée."))
    problem = timetable.problem_of(event, at=at, on_the_day=True)
    if proposal.version != event.planned_version or not _still_possible(problem, proposal.changes):
        return repair(event_id=event.pk, at=at, by=by, apply=False)
    done = _apply(problem, proposal.changes, proposal.summary, by=by, at=at)
    proposal.applied_at, proposal.applied_by_id = at, by.user_id
    proposal.save(update_fields=["applied_at", "applied_by"])
    return done


@transaction.atomic
def dismiss(*, proposal_id: UUID, by: Actor, at: datetime) -> None:
    """Leave the timetable as it is: the proposal goes away until something else happens."""
    proposal = RepairProposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise Http404
    event = timetable.locked_event(proposal.event_id, by)
    if _close(event, at, only=proposal_id):
        note_act(by, "timetable.repair_dismissed", "event", event.pk, at=at)


@transaction.atomic
def stand_hours(
    *, event_id: UUID, stand_id: UUID, by: Actor, at: datetime, arrives_slot: int | None = None,
    left_slot: int | None = None, stays: bool = False,
) -> RepairOutcome:
    """Say that a stand comes late (``arrives_slot``), leaves (``left_slot``) or stays after all; then repair."""
    event = timetable.locked_event(event_id, by)
    stand = event.stands.select_for_update(of=("self",)).filter(pk=stand_id).first()
    if stand is None:
        raise Http404
    for slot in (arrives_slot, left_slot):
        if slot is not None and not 0 <= slot <= event.slots:
            raise Refused("Choisissez une heure de la demi-journée.")
    if arrives_slot is not None:
        stand.arrives_slot = arrives_slot
    stand.left_slot = None if stays else left_slot if left_slot is not None else stand.left_slot
    stand.revision += 1
    with recorded(by):
        stand.save(update_fields=["arrives_slot", "left_slot", "revision"])
    note_act(
        by, "stand.hours", "stand", stand.pk, at=at, event=str(event.pk), arrives=stand.arrives_slot,
        left=stand.left_slot,
    )
    return repair(event_id=event_id, at=at, by=by)


@transaction.atomic
def person_late(*, event_id: UUID, registration_id: UUID, slot: int, by: Actor, at: datetime) -> RepairOutcome:
    """Say that somebody on the way cannot be met before a slot; then repair."""
    event = timetable.locked_event(event_id, by)
    person = Registration.objects.filter(event=event, pk=registration_id).first()
    if person is None:
        raise Http404
    if not 0 <= slot < event.slots:
        raise Refused("Choisissez une heure de la demi-journée.")
    note_act(by, "registration.late", "registration", person.pk, at=at, slot=slot)
    return repair(event_id=event_id, at=at, by=by, late={registration_id: slot})


def waiting(event: Event) -> RepairProposal | None:
    """Return the repair that waits for one click, if any."""
    return event.repair_proposals.filter(applied_at__isnull=True, dismissed_at__isnull=True).first()


def _note_facts(event: Event, late: Mapping[UUID | str, int], closed: Mapping[UUID | str, int]) -> None:
    for person, slot in late.items():
        Registration.objects.filter(event=event, pk=person, arrives_slot__lt=slot).update(
            arrives_slot=slot, revision=F("revision") + 1
        )
    for stand, slot in closed.items():
        Stand.objects.filter(event=event, pk=stand).update(left_slot=slot, revision=F("revision") + 1)


def _changes(problem: Problem, found: core.Repair) -> list[dict[str, Any]]:
    """Return what changes, identifiers and slots only; the places of people who no longer come are freed too."""
    changes = [
        {
            "code": one.code, "reason": one.reason, "registration": one.candidate, "stand": one.stand,
            "before": _place(problem, one.before), "after": _place(problem, one.after), "informed": one.informed,
        }
        for one in (*found.cancelled, *found.moved, *found.added)
    ]
    return changes + [
        {
            "code": "cancelled", "reason": _GONE, "registration": str(row.registration_id), "stand": str(row.stand_id),
            "before": [row.table, row.slot], "after": None, "informed": row.informed_at is not None,
        }
        for row in problem.gone if row.state == "planned" and row.slot >= problem.now
    ]


def _place(problem: Problem, one: core.Meeting | None) -> list[int] | None:
    return None if one is None else [problem.number(one.stand, one.table), one.slot]


def _summary(changes: Sequence[Mapping[str, Any]]) -> str:
    """Return « 6 absents : 9 créneaux réattribués, 0 rencontre déplacée »."""
    people: dict[str, set[str]] = {}
    stands = set()
    for one in changes:
        if one["reason"] == "stand_closed":
            stands.add(one["stand"])
        else:
            people.setdefault(one["reason"], set()).add(one["registration"])
    causes = [
        counted(len(people[reason]), one, several)
        for reason, one, several in (
            ("absent", "absent", "absents"), ("late", "retard", "retards"),
            (_GONE, "personne ne vient plus", "personnes ne viennent plus"),
        ) if reason in people
    ]
    if stands:
        causes.append(counted(len(stands), "stand fermé", "stands fermés"))
    codes = [one["code"] for one in changes]
    lost = sum(one["code"] == "cancelled" and one["reason"] not in ("absent", _GONE) for one in changes)
    said = [
        counted(codes.count("added"), "créneau réattribué", "créneaux réattribués"),
        counted(codes.count("moved"), "rencontre déplacée", "rencontres déplacées"),
    ]
    if lost:
        said.append(counted(lost, "rencontre annulée", "rencontres annulées"))
    return typography(f"{listed(causes) or 'Places libres'} : {', '.join(said)}")[:300]


def _still_possible(problem: Problem, changes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nothing that was proposed is past, or impossible, now."""
    if any(one["after"] is not None and one["after"][1] < problem.now for one in changes):
        return False
    if any((one["registration"] in problem.absent) for one in changes if one["code"] == "added"):
        return False
    wanted = _wanted(problem, changes)
    people = {one["registration"] for one in changes if one["after"] is not None}
    return not any(
        one.level is core.Level.IMPOSSIBLE and people & {one.candidate, one.other}
        for one in core.check(problem.event, wanted)
    )


def _wanted(problem: Problem, changes: Sequence[Mapping[str, Any]]) -> list[core.Meeting]:
    meetings = {(one.candidate, one.stand): one for one in problem.given}
    for change in changes:
        key = (change["registration"], change["stand"])
        if change["after"] is None:
            meetings.pop(key, None)
        else:
            table, slot = change["after"]
            meetings[key] = core.Meeting(*key, problem.index(key[1], table), slot)
    return list(meetings.values())


def _apply(
    problem: Problem, changes: Sequence[Mapping[str, Any]], summary: str, *, by: Actor | None, at: datetime
) -> RepairOutcome:
    reasons = {(one["registration"], one["stand"]): one["reason"] for one in changes if one["code"] == "cancelled"}
    past = {row.pk for row in problem.gone if row.slot < problem.now}
    wanted = [*_wanted(problem, changes), *(
        timetable.in_core(problem, row) for row in problem.gone if row.pk in past
    )]
    if by is not None:
        with recorded(by):
            written = seating.write(problem, wanted, because="repair")
    else:
        written = seating.write(problem, wanted, because="repair")
    for row in written.cancelled:
        row.cancelled_because = reasons.get((str(row.registration_id), str(row.stand_id)), "repair")
        row.save(update_fields=["cancelled_because"])
    added, moved, cancelled = len(written.added), len(written.moved), len(written.cancelled)
    note_act(
        by, "timetable.repaired", "event", problem.row.pk, at=at, added=added, moved=moved, cancelled=cancelled
    )
    told = publishing.tell(problem.row, by=by, at=at)
    return RepairOutcome(True, summary, added, moved, cancelled, told)


def _propose(
    problem: Problem, changes: list[dict[str, Any]], summary: str, at: datetime
) -> RepairOutcome:
    """Keep the proposal; the same one as before stays where it is, so that a page read meanwhile can be applied."""
    event = problem.row
    codes = [one["code"] for one in changes]
    added, moved, cancelled = (codes.count(name) for name in ("added", "moved", "cancelled"))
    already = waiting(event)
    if already is not None and already.changes == changes and already.version == event.planned_version:
        return RepairOutcome(False, summary, added, moved, cancelled, proposal_id=already.pk)
    _close(event, at)
    made = RepairProposal.objects.create(
        event=event, version=event.planned_version, made_at=at, summary=summary, changes=changes
    )
    return RepairOutcome(False, summary, added, moved, cancelled, proposal_id=made.pk)


def _close(event: Event, at: datetime, only: UUID | None = None) -> int:
    rows = event.repair_proposals.filter(applied_at__isnull=True, dismissed_at__isnull=True)
    if only is not None:
        rows = rows.filter(pk=only)
    return rows.update(dismissed_at=at)


@transaction.atomic
def set_automatic(*, event_id: UUID, automatic: bool, by: Actor, at: datetime) -> None:
    """Say whether the repairs of the day are applied by themselves or wait for a click."""
    event = timetable.locked_event(event_id, by)
    event.settings = {**event.settings, "repair": AUTOMATIC if automatic else "click"}
    event.save(update_fields=["settings"])
    note_act(by, "timetable.repair_setting", "event", event.pk, at=at, automatic=automatic)
