"""Goals, actions and obstacles: added in few taps, moved by their table, taken back; each act is in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.lifecycles.pathway_track import ItemState, PathwayAction, Stage, check_action
from untoit.core.wording import typography
from untoit.records.applicants.models import Assignment
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.events.contacts import open_links_of
from untoit.records.followup.models import Pathway, PathwayItem
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.pathway import steps, words
from untoit.records.followup.querysets import SUPPORT
from untoit.records.followup.tracks import acts
from untoit.records.partners.editing import require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Membership, Role
from untoit.records.partners.rights import WRITE, Actor, require

WORDS_AT_MOST, MINUTES_AT_MOST = 200, 40 * 60
AHEAD_AT_MOST = timedelta(days=730)
# The person says of an action that it is begun or done, and takes it back; the rest is talked over with her.
_BY_PERSON = frozenset({"start", "finish", "reopen"})


def holders(household_id: UUID, *, at: datetime) -> list[Membership]:
    """Return the colleagues who follow the household today, case managers and coaches, who may hold an action."""
    today = timezone.localdate(at)
    rows = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), link__in=open_links_of(household_id, at), since__lte=today,
        membership__role__in=SUPPORT,
    ).select_related("membership__user", "membership__organisation").order_by("membership__organisation__name", "since")
    return list({one.membership_id: one.membership for one in rows}.values())


@transaction.atomic
def add_item(
    *, pathway_id: UUID, kind: str, code: str, by: Actor, at: datetime, wording: str = "", due_on: date | None = None,
    owner_id: UUID | None = None, by_person: bool = False, goal_id: UUID | None = None,
) -> PathwayItem:
    """
    Add a goal, an action (with who takes it on and its day) or an obstacle (a code, without its cause).

    Raises
    ------
    Refused
        When the code is none of the list, when an action has nobody or no day, when the pathway is over.
    """
    require(by, "pathway", WRITE)
    pathway = acts.locked(Pathway, pathway_id, by)
    if by.role not in SUPPORT:
        raise Http404
    _still_going(pathway)
    today = timezone.localdate(at)
    if kind not in ItemKind.values or code not in words.codes(kind, today):
        raise Refused("Choisissez dans la liste.")
    owner = _holder(owner_id, pathway, at) if owner_id else None
    if kind == ItemKind.ACTION:
        _check_action(code, owner, by_person, due_on, today)
    goal = pathway.items.filter(pk=goal_id, kind=ItemKind.GOAL).first() if goal_id else None
    if goal_id and goal is None:
        raise Http404
    item = PathwayItem.objects.create(
        pathway=pathway, kind=kind, code=code, due_on=due_on, goal=goal if kind == ItemKind.ACTION else None,
        # An obstacle is a code alone: a sentence would soon tell its cause.
        words="" if kind == ItemKind.OBSTACLE else wording.strip()[:WORDS_AT_MOST],
        owner=owner if kind == ItemKind.ACTION else None, by_person=by_person and kind == ItemKind.ACTION,
        created_by_id=by.user_id, created_at=at,
    )
    note_act(by, f"pathway.{kind}_added", "pathway_item", item.pk, at=at)
    if kind in (ItemKind.GOAL, ItemKind.ACTION):
        close_task(kind=TaskKind.FIRST_STEPS, subject_id=pathway.pk, by=by, at=at, outcome="pathway.item_added")
    steps.follow(item, pathway, at=at)
    return item


def _still_going(pathway: Pathway) -> None:
    if pathway.stage == Stage.EXITED:
        raise Refused("Ce parcours est terminé : rouvrez-le d'abord.")


def _holder(owner_id: UUID, pathway: Pathway, at: datetime) -> Membership:
    found = next((one for one in holders(pathway.household_id, at=at) if one.pk == owner_id), None)
    if found is None:
        raise Refused("Cette personne ne suit plus le dossier : choisissez quelqu'un qui le suit.")
    return found


def _check_action(code: str, owner: Membership | None, by_person: bool, due_on: date | None, today: date) -> None:
    if due_on is None:
        raise Refused("Une action a quelqu'un qui s'en charge et une date.")
    if not today <= due_on <= today + AHEAD_AT_MOST:
        raise Refused(typography("Choisissez un jour à partir d'aujourd'hui, dans les deux ans."))
    check_action(PathwayAction(code, str(owner.pk) if owner else "person" if by_person else "", due_on))


def locked_item(item_id: UUID, by: Actor, *, revision: int | None = None) -> PathwayItem:
    """Return an item, locked, when the actor sees its pathway."""
    if not PathwayItem.objects.visible_to(by).filter(pk=item_id).exists():
        raise Http404
    item: PathwayItem = PathwayItem.objects.select_for_update(of=("self",)).select_related(
        "pathway__organisation", "owner"
    ).get(pk=item_id)
    if revision is not None:
        require_revision(item, revision, by=by)
    return item


@transaction.atomic
def act_on_item(
    *, item_id: UUID, action: str, by: Actor, at: datetime, given: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> PathwayItem:
    """
    Move an item by its table: begun, done (``done_on``, ``minutes`` of activity), dropped or taken up again.

    Raises
    ------
    Http404
        When the actor does not see it, or is a person who would change anything but an action.
    Refused
        When the table, the day, the length or the reason does not allow it.
    """
    require(by, "pathway", WRITE)
    item = locked_item(item_id, by, revision=revision)
    if by.role is Role.CAND and (item.kind != ItemKind.ACTION or action not in _BY_PERSON):
        raise Http404
    today = timezone.localdate(at)
    values = dict(given or {})
    if action == "finish":
        values.setdefault("done_on", today)
        _check_done(values, today)
    if values.get("reason") and values["reason"] not in words.item_reasons(action):
        raise Refused("Choisissez une raison de la liste.")
    item.state = words.TABLES[item.kind].move(action, item.state, str(by.role), values)
    item.done_on = values.get("done_on") if item.state == ItemState.DONE else None
    item.minutes = values.get("minutes") if item.state == ItemState.DONE else None
    item.reason = values.get("reason", "") if action in ("drop", "reopen") else ""
    item.revision += 1
    item.save()
    note_act(by, f"pathway.{item.kind}_{action}", "pathway_item", item.pk, at=at)
    if item.state in steps.STILL:
        steps.follow(item, item.pathway, at=at)
    else:
        steps.unfollow(item, by=by, at=at, outcome=f"pathway.{action}")
    return item


def _check_done(values: Mapping[str, Any], today: date) -> None:
    if values["done_on"] > today:
        raise Refused(typography(f"Le {values['done_on']:%d/%m/%Y} est à venir : notez ce qui est fait."))
    minutes = values.get("minutes")
    if minutes is not None and not 1 <= minutes <= MINUTES_AT_MOST:
        raise Refused(typography("Indiquez une durée de 1 minute à 40 heures."))


def take_back(*, item_id: UUID, by: Actor, at: datetime) -> PathwayItem:
    """Undo "done" or "dropped" that was just said."""
    return act_on_item(item_id=item_id, action="reopen", given={"reason": words.MISTAKE}, by=by, at=at)
