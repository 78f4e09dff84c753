"""
Nothing without an owner: tasks come back to the role, or go to who follows, when whoever had them no longer can.

Each function reads everything again: it may be run at any time, twice or after an interruption.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from untoit.core.wording import counted
from untoit.records.applicants.models import Assignment
from untoit.records.applicants.querysets import BY_CASELOAD, BY_LINK
from untoit.records.desk.models import Task, TaskKind
from untoit.records.desk.services import open_tasks
from untoit.records.events.contacts import open_links_at
from untoit.records.followup.cases.worklist import ABOUT
from untoit.records.followup.tracks import owners
from untoit.records.partners.models import Membership, OrganisationKind, Role

LATE_AFTER = timedelta(days=7)
TOLD_EVERY = timedelta(days=7)
_AT_ONCE = 1000
_FOLLOWED = ("household", *ABOUT)


def active_members(at: datetime) -> set[tuple[UUID, str]]:
    """Return the roles that somebody holds now, by organisation."""
    held = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=at), user__is_active=True)
    return set(held.values_list("organisation_id", "role").distinct())


@transaction.atomic
def give_back(*, at: datetime) -> int:
    """
    Give tasks back and return how many there were.

    To the role: those of a member who left, and those of one who follows the household no more. To another organisation
    that follows: those of an organisation whose link closed, or where nobody holds the role any more.
    """
    return _of_those_who_left(at) + _of_those_who_follow_no_more(at) + _of_closed_links(at)


def _of_those_who_left(at: datetime) -> int:
    gone = Membership.objects.filter(Q(until__lte=at) | Q(user__is_active=False))
    open_now = Task.objects.open().filter(owner__in=gone)
    # What tells a head of service is opened again for whoever is the head now.
    told = open_now.filter(kind=TaskKind.LATE_TASKS).update(done_at=at, outcome="owner_left")
    return told + _to_the_role(open_now)


def _to_the_role(tasks: object) -> int:
    role = Subquery(Membership.objects.filter(pk=OuterRef("owner_id")).values("role")[:1])
    rows: int = tasks.update(  # type: ignore[attr-defined]
        role=Coalesce(NullIf(F("role"), Value("")), role), owner=None, revision=F("revision") + 1
    )
    return rows


def _of_those_who_follow_no_more(at: datetime) -> int:
    """A case manager or a coach owns tasks of the households that she or he follows; a head of service, of all."""
    today, count = timezone.localdate(at), 0
    owned = Task.objects.open().filter(
        owner__isnull=False, owner__role__in=BY_CASELOAD, owner__is_org_admin=False, subject_kind__in=_FOLLOWED
    )
    for some in _chunks(owned.values_list("pk", "owner_id", "subject_kind", "subject_id")):
        households = _households({(kind, subject) for _pk, _owner, kind, subject in some})
        following = set(
            Assignment.objects.filter(
                Q(until__isnull=True) | Q(until__gte=today), since__lte=today,
                link__household_id__in=set(households.values()), link__closed_at__isnull=True,
            ).values_list("membership_id", "link__household_id")
        )
        over = [
            pk for pk, owner, _kind, subject in some
            if subject in households and (owner, households[subject]) not in following
        ]
        count += _to_the_role(Task.objects.filter(pk__in=over)) if over else 0
    return count


def _of_closed_links(at: datetime) -> int:
    staffed, count = active_members(at), 0
    waiting = Task.objects.open().filter(subject_kind__in=_FOLLOWED)
    for some in _chunks(waiting.select_related("organisation")):
        households = _households({(one.subject_kind, one.subject_id) for one in some})
        linked = set(
            open_links_at(at).filter(household_id__in=set(households.values()))
            .values_list("organisation_id", "household_id")
        )
        for task in some:
            household = households.get(task.subject_id)
            role = task.role or (task.owner.role if task.owner else "")
            needs_link = Role(role) in BY_LINK
            reads = household is None or not needs_link or (task.organisation_id, household) in linked
            if reads and (task.organisation_id, role) in staffed:
                continue
            _hand_on(task, Role(role), household, at, staffed)
            count += 1
    return count


def _hand_on(task: Task, role: Role, household: UUID | None, at: datetime, staffed: set[tuple[UUID, str]]) -> None:
    """Close a task that nobody there can do, and open it where somebody can; a landlord's home is nobody else's."""
    keeper = None if household is None or task.subject_kind in ("proposal", "letter") else _other(
        role, household, at, staffed
    )
    task.done_at, task.outcome = at, "handed_on" if keeper else "nobody_follows"
    task.save(update_fields=["done_at", "outcome"])
    if keeper is None:
        return
    about, subject = task.subject_kind, task.subject_id
    if keeper.role in (Role.LA, Role.LM, Role.PART) and household is not None:
        # A landlord reads neither application nor pathway: its task is about the case.
        about, subject = "household", household
    open_tasks([Task(
        kind=task.kind, organisation_id=keeper.organisation_id, role=keeper.role, owner=keeper.member,
        subject_kind=about, subject_id=subject, why=task.why, due_on=task.due_on, created_at=at,
    )])


def _other(role: Role, household: UUID, at: datetime, staffed: set[tuple[UUID, str]]) -> owners.Keeper | None:
    wanted = {Role.PART: Role.LA, Role.EMPL: Role.EMPP}.get(role, role)
    for one in dict.fromkeys((wanted, Role.EMPP, Role.DEP, Role.LA)):
        keeper = owners.following(household, one, at)
        if keeper is not None and (keeper.organisation_id, keeper.role) in staffed:
            return keeper
    return None


def _households(wanted: set[tuple[str, UUID]]) -> dict[UUID, UUID]:
    """Return the household of each subject, a query a kind."""
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for kind, subject in wanted:
        by_kind[kind].add(subject)
    found = {subject: subject for subject in by_kind.pop("household", set())}
    for kind, ids in by_kind.items():
        model, household = ABOUT[kind]
        found.update(model._default_manager.filter(pk__in=ids).values_list("pk", household))
    return found


def _chunks(rows: object) -> Iterator[list]:
    # The keys are taken first: tasks close while the list is read.
    keys = iter(list(rows.order_by("pk").values_list("pk", flat=True)))  # type: ignore[attr-defined]
    while some := list(islice(keys, _AT_ONCE)):
        yield list(rows.filter(pk__in=some))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _Service:
    organisation_id: UUID
    kind: str
    late: int


@transaction.atomic
def tell_heads(*, at: datetime) -> int:
    """
    Tell the head of each service, once a week, how many of its tasks are a week late; return how many were told.

    The head is who manages the accounts of the organisation; at a landlord, the project manager.
    """
    today = timezone.localdate(at)
    late = Task.objects.open().filter(due_on__lte=today - LATE_AFTER).exclude(kind=TaskKind.LATE_TASKS)
    told = set(
        Task.objects.filter(kind=TaskKind.LATE_TASKS).filter(
            Q(done_at__isnull=True) | Q(created_at__gt=at - TOLD_EVERY)
        ).values_list("organisation_id", flat=True)
    )
    services = [
        _Service(*row) for row in
        late.order_by().values_list("organisation_id", "organisation__kind").annotate(Count("pk"))
        if row[0] not in told
    ]
    heads = _heads([one.organisation_id for one in services], at)
    found = [
        Task(
            kind=TaskKind.LATE_TASKS, organisation_id=one.organisation_id, role=head.role, owner=head,
            subject_kind="organisation", subject_id=one.organisation_id, due_on=today, created_at=at,
            why=f"{counted(one.late, 'tâche de votre service a', 'tâches de votre service ont')} plus de sept jours "
            "de retard.",
        )
        for one in services if (head := heads.get(one.organisation_id)) is not None
    ]
    open_tasks(found)
    return len(found)


def _heads(organisations: list[UUID], at: datetime) -> dict[UUID, Membership]:
    rows = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), user__is_active=True, organisation_id__in=organisations
    ).filter(Q(is_org_admin=True) | Q(role=Role.LM)).select_related("organisation")
    found: dict[UUID, Membership] = {}
    for one in sorted(rows, key=lambda one: (not one.is_org_admin, one.since, one.pk)):
        if one.organisation.kind == OrganisationKind.PLATFORM:
            continue
        found.setdefault(one.organisation_id, one)
    return found
