"""
The night of the follow-up: offers that lapse, every case computed again, calls and checks, tasks without an owner.

Cases are computed 500 at a time, each chunk its own transaction; a case says on which day it was computed, so that a
round that was killed goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from untoit.records.applicants.models import Household, Link
from untoit.records.followup.cases import deadlines, keepers
from untoit.records.followup.cases.refresh import refresh
from untoit.records.followup.housing import clock
from untoit.records.followup.models import Application, Case, Pathway, Proposal

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Night:
    """What one round did: offers lapsed, cases computed, tasks opened, given back, heads of service told."""

    lapsed: int
    refreshed: int
    opened: int
    given_back: int
    told: int


def round_of(*, at: datetime, say: Callable[[int, int], None] = lambda done, of: None) -> Night:
    """Run the round; ``say`` is told how many cases are done, and of how many. Doing it twice changes nothing more."""
    lapsed = clock.lapse_offers(at=at)
    refreshed = refresh_all(at=at, say=say)
    return Night(
        lapsed, refreshed, deadlines.open_missing(at=at), keepers.give_back(at=at), keepers.tell_heads(at=at)
    )


def refresh_all(*, at: datetime, say: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Compute the cases that were not computed today, in chunks that are kept one by one; return how many."""
    day = timezone.localdate(at)
    total, done, after = _to_do(day).count(), 0, None
    while some := _next(day, after):
        refresh(some, at=at, on=day)
        done, after = done + len(some), some[-1]
        say(done, total)
    return done


def _to_do(day: date) -> QuerySet[Household]:
    """Return the households with a case: linked to an organisation, or with a track, or a case already."""
    linked = Link.objects.filter(household=OuterRef("pk"), closed_at__isnull=True, expires_on__gte=day)
    tracks = Q()
    for model in (Proposal, Application, Pathway):
        tracks |= Q(Exists(model._default_manager.filter(household=OuterRef("pk"))))
    followed = Q(Exists(linked)) | tracks | Q(Exists(Case.objects.filter(household=OuterRef("pk"))))
    computed = Case.objects.filter(household=OuterRef("pk"), computed_on=day)
    return Household.objects.filter(followed, ~Exists(computed)).order_by("pk")


def _next(day: date, after: UUID | None) -> list[UUID]:
    rows = _to_do(day)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.values_list("pk", flat=True)[:CHUNK])
