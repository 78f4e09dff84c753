"""
Appointments of a pathway: set, moved, attended, missed, cancelled.

One that was missed is written so that somebody calls the person. It goes nowhere else: no task, message, letter, act of
the case nor figure is made of it (tests/records/followup/pathway/test_appointments.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.pathway_track import APPOINTMENT, AppointmentState, Stage
from untoit.core.wording import typography
from untoit.records.desk.models import Task, TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.followup.models import Appointment, Pathway, TrackAct
from untoit.records.followup.pathway import steps, words
from untoit.records.followup.pathway.items import holders
from untoit.records.followup.querysets import SUPPORT
from untoit.records.followup.tracks import acts
from untoit.records.followup.tracks.owners import Keeper
from untoit.records.partners.editing import require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require

SHORTEST, LONGEST = 5, 600
AHEAD_AT_MOST, BEHIND_AT_MOST = timedelta(days=365), timedelta(days=60)


@transaction.atomic
def plan(
    *, pathway_id: UUID, starts_at: datetime, by: Actor, at: datetime, kind: str = "APPOINTMENT", minutes: int = 60,
    place: str = "", with_whom_id: UUID | None = None,
) -> Appointment:
    """Set an appointment; one of the last two months may be written afterwards, to note that it took place."""
    require(by, "pathway", WRITE)
    pathway = acts.locked(Pathway, pathway_id, by)
    if by.role not in SUPPORT:
        raise Http404
    if pathway.stage == Stage.EXITED:
        raise Refused("Ce parcours est terminé : rouvrez-le d'abord.")
    if kind not in words.activities(timezone.localdate(at)):
        raise Refused("Choisissez dans la liste.")
    _check_length(minutes)
    if not at - BEHIND_AT_MOST <= starts_at <= at + AHEAD_AT_MOST:
        raise Refused("Choisissez un jour des deux derniers mois, ou de l'année qui vient.")
    wanted = with_whom_id or by.membership_id
    member = next((one for one in holders(pathway.household_id, at=at) if one.pk == wanted), None)
    if with_whom_id and member is None:
        raise Refused("Cette personne ne suit plus le dossier : choisissez quelqu'un qui le suit.")
    made = Appointment.objects.create(
        pathway=pathway, kind=kind, at=starts_at, minutes=minutes, place=place.strip()[:200], with_whom=member,
        created_by_id=by.user_id, created_at=at,
    )
    note_act(by, "pathway.appointment_planned", "appointment", made.pk, at=at)
    return made


def _check_length(minutes: int) -> None:
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused(typography(f"Indiquez une durée de {SHORTEST} minutes à {LONGEST // 60} heures."))


def locked_appointment(appointment_id: UUID, by: Actor, *, revision: int | None = None) -> Appointment:
    """Return an appointment, locked, when the actor sees its pathway."""
    if not Appointment.objects.visible_to(by).filter(pk=appointment_id).exists():
        raise Http404
    found: Appointment = Appointment.objects.select_for_update(of=("self",)).select_related(
        "pathway__organisation"
    ).get(pk=appointment_id)
    if revision is not None:
        require_revision(found, revision, by=by)
    return found


@transaction.atomic
def act_on_appointment(
    *, appointment_id: UUID, action: str, by: Actor, at: datetime, given: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> Appointment:
    """
    Move an appointment by its table: another time, took place (``minutes``), missed, cancelled, set again, corrected.

    Raises
    ------
    Http404
        When the actor does not see it; the person asks to move it (:func:`ask_to_move`).
    Refused
        When the table does not allow it, or an appointment to come is said to be over.
    """
    require(by, "pathway", WRITE)
    found = locked_appointment(appointment_id, by, revision=revision)
    if by.role not in SUPPORT:
        raise Http404
    values = dict(given or {})
    if action in ("move", "plan_again") and values.get("new_at") and not at < values["new_at"] <= at + AHEAD_AT_MOST:
        raise Refused("Choisissez un moment à venir, dans l'année.")
    if action in ("attend", "miss") and found.at > at:
        raise Refused("Ce rendez-vous est à venir : notez-le quand il aura eu lieu.")
    if action == "attend" and values.get("minutes"):
        _check_length(values["minutes"])
    if values.get("reason") and values["reason"] not in words.appointment_reasons(action):
        raise Refused("Choisissez une raison de la liste.")
    return _moved(found, action, values, by, at)


def _moved(
    found: Appointment, action: str, values: Mapping[str, Any], by: Actor, at: datetime
) -> Appointment:
    found.state = APPOINTMENT.move(action, found.state, str(by.role), dict(values))
    found.at = values.get("new_at") or found.at
    found.minutes = values.get("minutes") or found.minutes
    found.reason = values.get("reason", "") if found.state == AppointmentState.CANCELLED else ""
    found.revision += 1
    found.save()
    note_act(by, f"pathway.appointment_{action}", "appointment", found.pk, at=at)
    _answered(found.pathway, by, at)
    return found


@transaction.atomic
def take_back(*, appointment_id: UUID, by: Actor, at: datetime) -> Appointment:
    """Undo "took place", "missed" or "cancelled" that was just said: the appointment stands again as it was set."""
    require(by, "pathway", WRITE)
    found = locked_appointment(appointment_id, by)
    if by.role not in SUPPORT:
        raise Http404
    if found.state == AppointmentState.ATTENDED:
        return _moved(found, "correct", {"reason": words.MISTAKE}, by, at)
    return _moved(found, "plan_again", {"new_at": found.at}, by, at)


@transaction.atomic
def put_back(*, appointment_id: UUID, before: datetime, by: Actor, at: datetime) -> Appointment:
    """Undo a move: the appointment is again when it was."""
    require(by, "pathway", WRITE)
    found = locked_appointment(appointment_id, by)
    if by.role not in SUPPORT:
        raise Http404
    if not at - BEHIND_AT_MOST <= before <= at + AHEAD_AT_MOST:
        raise Refused("Choisissez un moment à venir, dans l'année.")
    return _moved(found, "move", {"new_at": before}, by, at)


@transaction.atomic
def ask_to_move(*, appointment_id: UUID, wish: str, by: Actor, at: datetime) -> TrackAct:
    """
    Record that the person asks for another moment: whoever it is with gets a task, and the appointment stands.

    Raises
    ------
    Conflict
        When the same was asked and nobody has answered yet.
    """
    require(by, "pathway", WRITE)
    found = locked_appointment(appointment_id, by)
    if by.role is not Role.CAND:
        raise Http404
    if wish not in words.WISHES:
        raise Refused("Choisissez dans la liste.")
    if found.state != AppointmentState.PLANNED or found.at <= at:
        raise Refused("Ce rendez-vous n'est plus à venir : appelez la personne qui vous suit.")
    pathway = found.pathway
    if _asked(pathway).exists():
        raise Conflict("Votre demande est déjà partie : la personne qui vous suit va vous répondre.")
    member = found.with_whom
    keeper = (
        Keeper(member.organisation_id, Role(member.role), member) if member else steps.keeper_of(pathway, at=at)
    )
    open_task(
        kind=TaskKind.PATHWAY_ACTION, organisation=keeper.organisation_id, role=keeper.role, owner=keeper.member,
        subject_kind="pathway", subject_id=pathway.pk, why="La personne demande à déplacer un rendez-vous.",
        due_on=min(timezone.localdate(at) + timedelta(days=2), timezone.localdate(found.at)), at=at,
    )
    note_act(by, "pathway.ask_move", "pathway", pathway.pk, at=at)
    return TrackAct.objects.create(
        household_id=pathway.household_id, person_id=pathway.person_id, track="pathway", subject_id=pathway.pk,
        action=words.ASK_MOVE, from_state=pathway.stage, to_state=pathway.stage,
        given={"appointment": str(found.pk), "wish": wish}, on=timezone.localdate(at), at=at, user_id=by.user_id,
        role=str(by.role),
    )


@transaction.atomic
def take_back_ask(*, appointment_id: UUID, by: Actor, at: datetime) -> None:
    """Undo the request of another moment."""
    require(by, "pathway", WRITE)
    found = locked_appointment(appointment_id, by)
    if by.role is not Role.CAND:
        raise Http404
    _answered(found.pathway, None, at)
    note_act(by, "pathway.ask_move_taken_back", "pathway", found.pathway_id, at=at)


def _asked(pathway: Pathway) -> Any:
    return Task.objects.open().filter(
        kind=TaskKind.PATHWAY_ACTION, subject_kind="pathway", subject_id=pathway.pk
    )


def _answered(pathway: Pathway, by: Actor | None, at: datetime) -> None:
    close_task(
        kind=TaskKind.PATHWAY_ACTION, subject_id=pathway.pk, at=at, by=by, outcome="pathway.appointment_answered"
    )


def asked_of(pathway: Pathway) -> tuple[UUID, str] | None:
    """Return the appointment that the person asks to move, and when she would rather come, until somebody answers."""
    if not _asked(pathway).exists():
        return None
    last = TrackAct.objects.filter(subject_id=pathway.pk, track="pathway", action=words.ASK_MOVE).first()
    return (UUID(last.given["appointment"]), words.WISHES[last.given["wish"]]) if last else None
