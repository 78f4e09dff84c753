"""What waits for somebody, and since when things are new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from untoit.records.desk.models import DigestFrequency, Preference, Task, TaskKind
from untoit.records.desk.querysets import TaskQuerySet
from untoit.records.desk.services import DONE_BY_HAND, UNDO
from untoit.records.partners.rights import Actor

# A morning page is read, not paged through: the count says how many more there are.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many open tasks of one kind, how many of them late."""

    kind: str
    label: str
    count: int
    late: int


def for_me(actor: Actor) -> TaskQuerySet:
    """Return the open tasks that the actor may do, the most urgent first."""
    mine = Q(owner_id=actor.membership_id) | Q(owner__isnull=True, role=actor.role)
    found: TaskQuerySet = Task.objects.visible_to(actor).open().filter(mine)
    return found.select_related("owner__user").order_by("due_on", "created_at", "pk")


def of_colleagues(actor: Actor) -> TaskQuerySet:
    """Return the open tasks that a colleague has taken: only who runs the service sees them."""
    found: TaskQuerySet = Task.objects.visible_to(actor).open().filter(owner__isnull=False)
    return found.exclude(owner_id=actor.membership_id).select_related("owner__user").order_by("due_on", "pk")


def count_open(actor: Actor) -> tuple[int, int]:
    """Return how many tasks wait for the actor, and how many of them are late."""
    counted = for_me(actor).order_by().aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=actor.today)))
    return counted["all"], counted["late"]


def counts_by_kind(actor: Actor) -> list[KindCount]:
    """Return the open tasks of the actor by kind, the kinds with late ones first."""
    rows = (
        for_me(actor).order_by().values("kind")
        .annotate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=actor.today))).order_by("-late", "-count")
    )
    return [KindCount(row["kind"], TaskKind(row["kind"]).label, row["count"], row["late"]) for row in rows]


def lately_done(actor: Actor) -> TaskQuerySet:
    """Return what the actor said to be done and may still take back."""
    found: TaskQuerySet = Task.objects.visible_to(actor).filter(
        done_by_id=actor.user_id, outcome=DONE_BY_HAND, done_at__gt=actor.at - UNDO
    )
    return found.order_by("-done_at")


def digest_of(actor: Actor) -> DigestFrequency:
    """Return how often the actor wants to be written to."""
    row = Preference.objects.filter(user_id=actor.user_id).first()
    return DigestFrequency(row.digest) if row else DigestFrequency.DAILY


def tomorrow(actor: Actor) -> date:
    """Return the next working day, which "postpone" offers first."""
    day = actor.today + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
