"""The task that stands for each action of a pathway: whose it is, for which day, and when it goes away."""

from __future__ import annotations

from datetime import datetime, timedelta

from untoit.core.lifecycles.pathway_track import ItemState, Stage
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.followup.models import Pathway, PathwayItem
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.tracks import owners
from untoit.records.followup.tracks.owners import Keeper
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

STILL = (ItemState.OPEN, ItemState.STARTED)
# What waits about the pathway itself; closed with it.
_OF_PATHWAY = (TaskKind.FIRST_STEPS, TaskKind.PATHWAY_PAUSED, TaskKind.PATHWAY_ACTION)
_OWN_WHY = "Une action du parcours est à faire."
_PERSON_WHY = "Une action que la personne prend en charge est passée : faire le point avec elle."


def keeper_of(pathway: Pathway, *, at: datetime) -> Keeper:
    """Return who follows the pathway: the colleague, else the service; never a landlord, who reads nothing of it."""
    return owners.following(pathway.household_id, Role.DEP, at) or owners.of_organisation(
        pathway.organisation, Role.DEP
    )


def follow(item: PathwayItem, pathway: Pathway, *, at: datetime) -> None:
    """
    Open the task of an action that is still to be done.

    What the person takes on is looked at the day after by whoever follows her: nothing is left without an owner.
    """
    if item.kind != ItemKind.ACTION or item.state not in STILL or item.due_on is None or pathway.stage == Stage.EXITED:
        return
    owner = item.owner
    keeper = Keeper(owner.organisation_id, Role(owner.role), owner) if owner else keeper_of(pathway, at=at)
    open_task(
        kind=TaskKind.PATHWAY_ACTION, organisation=keeper.organisation_id, role=keeper.role, owner=keeper.member,
        subject_kind="pathway_item", subject_id=item.pk, why=_OWN_WHY if owner else _PERSON_WHY,
        due_on=item.due_on if owner else item.due_on + timedelta(days=1), at=at,
    )


def unfollow(item: PathwayItem, *, by: Actor | None, at: datetime, outcome: str) -> None:
    """Close the task of an action."""
    close_task(kind=TaskKind.PATHWAY_ACTION, subject_id=item.pk, by=by, at=at, outcome=outcome)


def close_all(pathway: Pathway, *, by: Actor | None, at: datetime) -> None:
    """Close what waits about a pathway that ends; its actions stay as they are, for the day it is opened again."""
    for kind in _OF_PATHWAY:
        close_task(kind=kind, subject_id=pathway.pk, by=by, at=at, outcome="pathway.exit")
    for item in pathway.items.filter(kind=ItemKind.ACTION, state__in=STILL):
        unfollow(item, by=by, at=at, outcome="pathway.exit")


def follow_all(pathway: Pathway, *, at: datetime) -> None:
    """Open the tasks of the actions that are still to be done."""
    for item in pathway.items.filter(kind=ItemKind.ACTION, state__in=STILL).select_related("owner"):
        follow(item, pathway, at=at)
