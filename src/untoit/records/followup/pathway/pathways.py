"""
The pathway itself: opened, moved from stage to stage, its hours agreed, handed over from one case manager to another.

Every move goes through the table of ``core.lifecycles.pathway_track`` (:mod:`untoit.records.followup.tracks.acts`).
Hours are shown; nothing here sends or triggers anything from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles import effects as core_effects
from untoit.core.lifecycles import pathway_track as core
from untoit.core.wording import typography
from untoit.records.applicants import sharing
from untoit.records.applicants.models import Assignment, Person
from untoit.records.desk.services import open_task
from untoit.records.events.contacts import open_links_of
from untoit.records.followup.models import Appointment, Pathway, TrackAct
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.pathway import steps, words
from untoit.records.followup.querysets import SUPPORT
from untoit.records.followup.tracks import acts
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Membership, Role
from untoit.records.partners.rights import WRITE, Actor, require

HOURS_AT_MOST = 39


@transaction.atomic
def open_pathway(*, person_id: UUID, by: Actor, at: datetime) -> Pathway:
    """
    Open the pathway of somebody that the service or the coach follows; the organisation that opens it signs it.

    Raises
    ------
    Http404
        When the actor does not follow the person.
    Conflict
        When the person has a pathway already.
    """
    require(by, "pathway", WRITE)
    person = Person.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None or by.role not in SUPPORT or by.organisation_id is None:
        raise Http404
    if Pathway.objects.filter(person=person).exists():
        raise Conflict("Cette personne a déjà un parcours : ouvrez-le depuis la liste.")
    row = Pathway(
        person=person, household_id=person.household_id, organisation_id=by.organisation_id,
        opened_on=timezone.localdate(at),
    )
    acts.opened(row=row, action=words.OPEN, by=by, at=at)
    return row


@transaction.atomic
def act(
    *, pathway_id: UUID, action: str, by: Actor, at: datetime, given: Mapping[str, Any] | None = None,
    revision: int | None = None, on: date | None = None,
) -> TrackAct:
    """
    Record one act on a pathway, by whoever the table allows.

    Raises
    ------
    Http404
        When the actor does not see it.
    Conflict
        When somebody changed it since ``revision``.
    Refused
        When the table, a date or a reason does not allow it.
    """
    require(by, "pathway", WRITE)
    row = acts.locked(Pathway, pathway_id, by, revision=revision)
    if not any(one.action == action for one in core.PATHWAY.transitions):
        raise Http404
    day = on or timezone.localdate(at)
    made = acts.record(row=row, action=action, by=by, at=at, on=on, given=_checked(action, dict(given or {}), day))
    if action == "exit":
        steps.close_all(row, by=by, at=at)
    elif action == "reopen":
        steps.follow_all(row, at=at)
    return made


def _checked(action: str, given: dict[str, Any], day: date) -> dict[str, Any]:
    known = words.reasons(action, day)
    if given.get("reason") and given["reason"] not in known:
        raise Refused("Choisissez une raison de la liste.")
    if action == "consent":
        consented = given.get("consented_on") or day
        if consented > day:
            raise Refused(typography(f"Le {consented:%d/%m/%Y} est à venir : un accord se note une fois donné."))
        return {"consented_on": consented}
    # Without an agreement there is no day of one.
    return {"consented_on": None} if action == "withdraw_consent" else {
        name: value for name, value in given.items() if name == "reason" and value
    }


@transaction.atomic
def agree_hours(
    *, pathway_id: UUID, weekly_hours: int | None, waived: bool, by: Actor, at: datetime, revision: int | None = None
) -> Pathway:
    """
    Note the hours a week agreed with the person: the usual ones (``None``), fewer, or none for now.

    The number is a mark to talk about (law of 18 December 2023: adaptable, waivable); nothing follows from it.
    """
    require(by, "pathway", WRITE)
    row = acts.locked(Pathway, pathway_id, by, revision=revision)
    if by.role not in SUPPORT:
        raise Http404
    if weekly_hours is not None and not 1 <= weekly_hours <= HOURS_AT_MOST:
        raise Refused(typography(f"Indiquez de 1 à {HOURS_AT_MOST} heures par semaine."))
    row.weekly_hours, row.hours_waived = (None if waived else weekly_hours), waived
    row.revision += 1
    with recorded(by):
        row.save(update_fields=["weekly_hours", "hours_waived", "revision"])
    note_act(by, "pathway.hours_agreed", "pathway", row.pk, at=at)
    return row


@transaction.atomic
def hand_over(
    *, pathway_id: UUID, to_membership_id: UUID, by: Actor, at: datetime, from_membership_id: UUID | None = None,
    revision: int | None = None,
) -> Assignment:
    """
    Pass the pathway on to a colleague: both follow it for the overlap, then only the new one.

    The actions that are still to be done change hands today, and the appointments set after the overlap; the new case
    manager gets a task to meet with the person and the one before. ``from_membership_id`` is for the head of the
    service, who hands over somebody else's.
    """
    require(by, "pathway", WRITE)
    row = acts.locked(Pathway, pathway_id, by, revision=revision)
    link = open_links_of(row.household_id, at).filter(organisation_id=by.organisation_id).order_by("opened_at").first()
    source = from_membership_id if from_membership_id and by.is_org_admin else by.membership_id
    if by.role not in SUPPORT or link is None or source is None:
        raise Http404
    today = timezone.localdate(at)
    standing = [
        core.Assignment(str(one.membership_id), one.since, one.until) for one in link.assignments.all()
    ]
    after = core.hand_over(standing, str(to_membership_id), today)
    # Whoever had set an earlier end keeps it; the overlap is the one of the core for the others.
    until = max((one.until for one in after if one.until is not None), default=today)
    made = sharing.hand_over(
        link_id=link.pk, from_membership_id=source, to_membership_id=to_membership_id, both_until=until, by=by, at=at,
    )
    TrackAct.objects.create(
        household_id=row.household_id, person_id=row.person_id, track="pathway", subject_id=row.pk,
        action=words.HAND_OVER, from_state=row.stage, to_state=row.stage, on=today, at=at, user_id=by.user_id,
        organisation_id=by.organisation_id, role=str(by.role),
    )
    note_act(by, "pathway.hand_over", "pathway", row.pk, at=at)
    _pass_on(row, source, made.membership, until, by, at)
    event = core_effects.Event(core_effects.Track.PATHWAY, words.HAND_OVER, str(row.pk), today)
    for effect in core_effects.effects(event):
        open_task(
            kind=effect.code, organisation=made.membership.organisation_id, role=Role(made.membership.role),
            owner=made.membership, subject_kind="pathway", subject_id=row.pk, why=effect.sentence,
            due_on=effect.due_on or until, at=at,
        )
    return made


def _pass_on(
    row: Pathway, source: UUID, to: Membership, until: date, by: Actor, at: datetime
) -> None:
    for item in row.items.filter(kind=ItemKind.ACTION, state__in=steps.STILL, owner_id=source):
        item.owner = to
        item.revision += 1
        item.save(update_fields=["owner", "revision"])
        steps.unfollow(item, by=by, at=at, outcome="pathway.hand_over")
        steps.follow(item, row, at=at)
    Appointment.objects.filter(
        pathway=row, with_whom_id=source, state=core.AppointmentState.PLANNED, at__date__gt=until
    ).update(with_whom=to)
