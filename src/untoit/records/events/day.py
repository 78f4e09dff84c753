"""
What devices and people at the reception report, applied exactly once, in whatever order it arrives.

An act is kept before anything else: known ones are recognised by the identifier that the device drew, those that cannot
be applied stay with the sentence that says why. Each act has a transaction of its own, so that a server killed in the
middle of a message keeps what it had answered for; the device sends the rest again.

Presence is computed from all the acts of the person (:mod:`untoit.records.events.presence`), never from the last
message. What is written of an absence stays with the event: it opens the repair of the timetable, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404
from procrastinate.exceptions import AlreadyEnqueued

from untoit.core.errors import Refused, UntoitError
from untoit.core.lifecycles.event import EventState, RegistrationState
from untoit.core.wording import typography
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.events import feedback, outcomes, registrations, timetable, walk_ins
from untoit.records.events.acts import KNOWN, PRESENCE, SETTLING, Reported, day_of
from untoit.records.events.models import Device, DeviceAct, Event, Registration
from untoit.records.events.presence import Presence, Said, presence_of
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, grant

log = logging.getLogger(__name__)
_AT_THE_DESK = PRESENCE | {"walk_in", "feedback"}
_AT_A_STAND = frozenset({"employer_outcome", "housing_outcome", "missed"})
_RUN_BY = frozenset({Role.LA, Role.EMPP})
_ARRIVING = frozenset({RegistrationState.INVITED, RegistrationState.WAITING, RegistrationState.DECLINED,
                       RegistrationState.CANCELLED, RegistrationState.PROPOSED})
_OVER = frozenset({EventState.REVIEWED, EventState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one act: ``applied``, ``known`` (sent before), or ``refused`` with the sentence."""

    id: UUID
    status: str
    sentence: str = ""


@dataclass(slots=True)
class _Context:
    """What all the acts of a message share."""

    event: Event
    by: Actor
    device: Device | None
    received_at: datetime
    changed: bool = False


def apply_acts(
    *, acts: Sequence[Reported], by: Actor, at: datetime, event_id: UUID | None = None, skew: timedelta = timedelta(0),
) -> list[Applied]:
    """
    Apply the acts of a device (or of somebody of the reception, at ``event_id``), each once; answer for each of them.

    Raises ``Http404`` when the actor does not run the event; no act ever raises.
    """
    event = _event(by, event_id)
    device = Device.objects.filter(pk=by.device_id, event=event).first() if by.device_id else None
    context = _Context(event, by, device, at)
    answers = [_once(context, one, skew) for one in acts]
    if context.changed and event.state == EventState.OPEN and event.published_version:
        repair_soon(event)
    return answers


def act(
    *, event_id: UUID, kind: str, by: Actor, at: datetime, registration_id: UUID | None = None,
    undoes: UUID | None = None, act_id: UUID | None = None, payload: dict[str, Any] | None = None,
) -> Applied:
    """
    Do one act of the reception from a page, under the same rules as a tablet.

    Raises
    ------
    Refused
        With the sentence that a tablet would keep.
    """
    one = Reported(
        id=act_id or uuid4(), kind=kind, at=at, registration_id=registration_id, undoes=undoes, payload=payload or {},
        offset_ms=0,
    )
    answer = apply_acts(acts=[one], by=by, at=at, event_id=event_id)[0]
    if answer.status == "refused":
        raise Refused(answer.sentence)
    return answer


def repair_soon(event: Event) -> None:
    """Ask for the repair of the timetable in the background, once for all that happens meanwhile."""
    from untoit.records.events import tasks_day

    with suppress(AlreadyEnqueued), transaction.atomic():
        tasks_day.repair_day.configure(queueing_lock=f"events.repair_day:{event.pk}").defer(event_id=str(event.pk))


def late_people(event: Event) -> dict[UUID | str, int]:
    """Return the slot before which people who said that they are late cannot be met."""
    rows = Registration.objects.filter(
        event=event, device_acts__kind="late", present_at__isnull=True, absent_at__isnull=True
    ).distinct().values_list("pk", "arrives_slot")
    return dict(rows)


def _event(by: Actor, event_id: UUID | None) -> Event:
    if by.role is not Role.TAB and (by.role not in _RUN_BY or grant(by.role, "attendance", WRITE) is None):
        raise Http404
    found = Event.objects.visible_to(by)
    event: Event | None = found.filter(pk=event_id or by.event_id).select_related("organisation").first()
    if event is None:
        raise Http404
    return event


def _once(context: _Context, one: Reported, skew: timedelta) -> Applied:
    """Keep an act and apply it, in one transaction; one that is known is only acknowledged."""
    try:
        with transaction.atomic():
            kept, is_new = _keep(context, one, skew)
            if not is_new:
                return Applied(one.id, "known", kept.refused)
            try:
                with transaction.atomic():
                    _apply(context, kept, one)
            except OperationalError:
                # A deadlock, a lost connection: nothing is kept, the device sends it again.
                raise
            except Exception as refusal:
                # One act that cannot be read must not hold up all the others for ever: it is kept, and said.
                if not isinstance(refusal, UntoitError | Http404):
                    log.exception("act of a device not applied")
                kept.refused = _sentence(refusal)
                kept.save(update_fields=["refused"])
                return Applied(one.id, "refused", kept.refused)
    except IntegrityError:
        # Two messages with the same act at the same instant: the other one kept it.
        return Applied(one.id, "known")
    return Applied(one.id, "applied")


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, UntoitError):
        return refusal.sentence[:200]
    if isinstance(refusal, Http404):
        return typography("Cette personne ou cette rencontre n'est pas de cet événement, ou pas de cet appareil.")
    return typography("L'acte n'a pas pu être appliqué : il est gardé, à relire par quelqu'un.")


def _keep(context: _Context, one: Reported, skew: timedelta) -> tuple[DeviceAct, bool]:
    known = DeviceAct.objects.filter(pk=one.id).first()
    if known is not None:
        return known, False
    return DeviceAct.objects.create(
        id=one.id, event=context.event, device=context.device, user_id=context.by.user_id, sequence=one.sequence,
        kind=one.kind, payload=dict(one.payload or {}), at=one.at, undoes=one.undoes,
        happened_at=one.happened(skew=skew, received_at=context.received_at), received_at=context.received_at,
        refused=one.fault,
    ), True


def _apply(context: _Context, kept: DeviceAct, one: Reported) -> None:
    if one.fault:
        raise Refused(one.fault)
    if context.event.state in _OVER:
        raise Refused(typography("Cet événement est annulé ou son bilan est arrêté : l'acte est gardé sans effet."))
    _may(context, kept)
    if one.kind in _AT_A_STAND:
        _outcome(context, kept, one)
    elif one.kind == "walk_in":
        _walk_in(context, kept, one)
    elif one.kind == "undo":
        _undo(context, kept, one)
    else:
        registration = _registration(context, one.registration_id)
        kept.registration = registration
        if one.kind == "late":
            # What an undo gives back: the hour that the bus or the childcare had set before.
            kept.payload = {**kept.payload, "before": registration.arrives_slot}
        kept.save(update_fields=["registration", "payload"])
        if one.kind == "feedback":
            payload = one.payload or {}
            feedback.record(
                registration=registration, face=payload.get("face", 0), language=str(payload.get("language", "fr")),
                wants=[str(want) for want in payload.get("wants", ())], by=context.by, at=kept.happened_at or kept.at,
            )
        else:
            refresh(registration, context.by, at=context.received_at)
            context.changed |= one.kind != "present"


def _may(context: _Context, kept: DeviceAct) -> None:
    """Refuse what this actor does not do: a desk writes no sheet, a stand checks nobody in, people settle."""
    device = context.device
    if kept.kind not in KNOWN:
        raise Refused("Acte inconnu de cette version.")
    if device is None:
        if context.by.role is Role.TAB:
            raise Refused("Appareil inconnu.")
        return
    if device.revoked_at is not None:
        raise Refused(typography("Cet appareil a été retiré : l'acte est gardé, à relire par quelqu'un."))
    happened = kept.happened_at or kept.at
    if not device.opens_at <= happened < device.closes_at:
        raise Refused(typography("L'heure de cet acte est hors de la journée : il est gardé, à relire par quelqu'un."))
    allowed = {"desk": _AT_THE_DESK | {"undo"}, "stand": _AT_A_STAND | {"undo"}}.get(device.kind, frozenset())
    if kept.kind not in allowed or kept.kind in SETTLING:
        raise Refused("Cet appareil ne fait pas cet acte.")


def _registration(context: _Context, key: UUID | None) -> Registration:
    rows = Registration.objects
    seen = rows.visible_to(context.by) if context.by.role is Role.TAB else rows.at_the_event(context.by)
    # By key first: the condition of rights joins tables that a lock does not reach.
    if not seen.filter(pk=key, event=context.event).exists():
        raise Http404
    found = rows.select_for_update(of=("self",)).select_related("event__organisation").filter(pk=key).first()
    if found is None:
        raise Http404
    registration: Registration = found
    return registration


def _walk_in(context: _Context, kept: DeviceAct, one: Reported) -> None:
    said = dict(one.payload or {})
    made = walk_ins.register(
        event=context.event, registration_id=one.id, said=said, by=context.by, at=kept.happened_at or kept.at
    )
    kept.registration = made
    kept.save(update_fields=["registration"])
    refresh(made, context.by, at=context.received_at)
    context.changed = True


def _outcome(context: _Context, kept: DeviceAct, one: Reported) -> None:
    payload, at = one.payload or {}, kept.happened_at or kept.at
    if one.meeting_id is None:
        raise Http404
    if one.kind == "missed":
        kept.meeting = outcomes.record_missed(meeting_id=one.meeting_id, by=context.by, at=at)
    elif one.kind == "employer_outcome":
        kept.meeting = outcomes.record_employer(
            meeting_id=one.meeting_id, decision=str(payload.get("decision", "")),
            reason_code=str(payload.get("reason", "")), next_on=day_of(payload.get("next_on")), by=context.by, at=at,
            act=kept,
        ).meeting
    else:
        kept.meeting = outcomes.record_housing(
            meeting_id=one.meeting_id, decision=str(payload.get("decision", "")),
            visit_on=day_of(payload.get("visit_on")), documents_missing=_texts(payload.get("documents")),
            refusal_codes=_texts(payload.get("reasons")), by=context.by, at=at, act=kept,
        ).meeting
    kept.registration_id = kept.meeting.registration_id
    kept.save(update_fields=["meeting", "registration"])


def _undo(context: _Context, kept: DeviceAct, one: Reported) -> None:
    """Take back an act of presence; one that has not arrived yet is without effect when it does."""
    if one.undoes is None:
        raise Refused("Il manque l'acte à annuler.")
    target = DeviceAct.objects.filter(pk=one.undoes, event=context.event).first()
    if target is None:
        return
    if target.kind not in PRESENCE | {"walk_in"} | SETTLING:
        raise Refused(typography("Cet acte ne s'annule pas : notez plutôt ce qu'il en est."))
    if context.device is not None and target.device_id != context.device.pk:
        raise Refused("Cet acte vient d'un autre appareil.")
    if target.registration_id is None:
        return
    registration = _registration(context, target.registration_id)
    kept.registration = registration
    kept.save(update_fields=["registration"])
    if target.kind == "late" and presence_now(registration).expected_at is None:
        registration.arrives_slot = target.payload.get("before", registration.arrives_slot)
        registration.save(update_fields=["arrives_slot"])
    refresh(registration, context.by, at=context.received_at)
    context.changed = True


def _texts(value: Any) -> list[str]:
    return [str(one)[:30] for one in value[:30]] if isinstance(value, list) else []


def presence_now(registration: Registration) -> Presence:
    """Return what the acts kept so far say of somebody."""
    kept = list(DeviceAct.objects.filter(registration=registration, refused=""))
    undone = set(
        DeviceAct.objects.filter(event_id=registration.event_id, refused="", undoes__in=[one.pk for one in kept])
        .values_list("undoes", flat=True)
    )
    return presence_of(_said(kept), {key for key in undone if key is not None})


def _said(kept: Iterable[DeviceAct]) -> list[Said]:
    found = []
    for one in kept:
        kind = "present" if one.kind == "walk_in" else one.kind
        if kind in PRESENCE | SETTLING:
            minutes = one.payload.get("minutes") if kind == "late" else 0
            found.append(Said(
                one.pk, kind, one.happened_at or one.at, str(one.device_id or one.user_id or ""), one.sequence,
                Reported(one.pk, kind, one.at, payload={"minutes": minutes}).minutes,
            ))
    return found


def refresh(registration: Registration, by: Actor, *, at: datetime) -> None:
    """Write what the acts say of somebody, locked by the caller; open or close the task of a contradiction."""
    now = presence_now(registration)
    if now.present_at is not None and registration.state in _ARRIVING:
        # She or he is here: whatever was answered before, the person comes.
        registrations.move(registration, "confirm", by=by, at=at)
    values: dict[str, Any] = {
        "present_at": now.present_at, "absent_at": now.absent_at, "left_at": now.left_at,
        "presence_conflict": bool(now.conflict),
    }
    event = registration.event
    if now.expected_at is not None:
        values["arrives_slot"] = min(
            max(timetable.slot_at(event, now.expected_at), registration.arrives_slot), max(event.slots - 1, 0)
        )
    registrations.write(registration, values, by=by)
    _flag(registration, now, by, at)


def _flag(registration: Registration, now: Presence, by: Actor, at: datetime) -> None:
    """Keep the sentence on the acts that contradict each other, and the task that asks for somebody."""
    acts = DeviceAct.objects.filter(registration=registration, kind__in=[*PRESENCE, "walk_in"])
    acts.exclude(pk__in=now.between).exclude(conflict="").filter(settled_at__isnull=True).update(
        settled_at=at, settled_by_id=by.user_id
    )
    event = registration.event
    if now.conflict:
        acts.filter(pk__in=now.between).update(conflict=now.conflict[:200], settled_at=None, settled_by=None)
        open_task(
            kind=TaskKind.EVENT_CONFLICT, organisation=event.organisation_id, subject_kind="registration",
            subject_id=registration.pk, why=typography("Deux appareils ne disent pas la même chose d'une présence."),
            due_on=event.on, at=at, role=Role.LA if event.organisation.kind == "landlord" else Role.EMPP,
        )
    else:
        close_task(
            kind=TaskKind.EVENT_CONFLICT, subject_id=registration.pk, at=at, by=by, outcome="conflict_settled"
        )


@transaction.atomic
def settle(*, event_id: UUID, registration_id: UUID, present: bool, by: Actor, at: datetime) -> None:
    """Say which of two contradictory acts is right; both stay written."""
    kind = "settle_present" if present else "settle_absent"
    act(event_id=event_id, kind=kind, registration_id=registration_id, by=by, at=at)
    note_act(by, "attendance.settled", "registration", registration_id, at=at)


@transaction.atomic
def note_read_act(*, act_id: UUID, by: Actor, at: datetime) -> None:
    """Say that somebody read an act that could not be applied; it stays written."""
    done = DeviceAct.objects.visible_to(by).filter(pk=act_id, settled_at__isnull=True).exclude(refused="").update(
        settled_at=at, settled_by_id=by.user_id
    )
    if not done:
        raise Http404
