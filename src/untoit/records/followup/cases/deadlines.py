"""
The calls and checks that a lease, keys or a contract ask for: made sure that none is missing.

They are opened in the transaction of the act. One may be missing all the same: a tenancy that was ended by mistake and
restored, an act of an older version, a file taken over from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from untoit.core.lifecycles import housing_track, job_track
from untoit.core.lifecycles.effects import Effect, EffectKind, Event, Track, effects
from untoit.records.desk.models import Task
from untoit.records.desk.services import DONE_BY_HAND, open_tasks
from untoit.records.events.contacts import open_links_at
from untoit.records.followup.models import Application, Proposal
from untoit.records.followup.tracks import owners
from untoit.records.followup.tracks.values import employment_of, proposal_value
from untoit.records.partners.models import Role

_AT_ONCE = 500
_AFTER_LEASE, _AFTER_KEYS = frozenset({"check_3m", "check_6m"}), frozenset({"call_1m"})
_AFTER_HIRE = frozenset({"hold_1m", "hold_3m", "hold_6m"})


def open_missing(*, at: datetime) -> int:
    """Open the calls and checks that are neither open nor said to be done, and return how many there were."""
    before = Task.objects.count()
    leased = Proposal.objects.filter(state__in=sorted(housing_track.LEASED)).defer("snapshot", "stated")
    for homes in _chunks(leased.select_related("organisation")):
        linked = set(
            open_links_at(at).filter(household_id__in={one.household_id for one in homes})
            .values_list("household_id", "organisation_id")
        )
        # A landlord whose link closed reads the household no more: it is asked for nothing about it.
        _open([
            task for home in homes if (home.household_id, home.organisation_id) in linked
            for task in _after_lease(home, at)
        ])
    working = Application.objects.filter(state__in=sorted(job_track.IN_WORK)).defer("snapshot")
    for jobs in _chunks(working.select_related("organisation")):
        _open([task for job in jobs for task in _after_hire(job, at)])
    return Task.objects.count() - before


def _chunks(rows: QuerySet) -> Iterator[list]:
    found = rows.order_by("pk").iterator(chunk_size=_AT_ONCE)
    while some := list(islice(found, _AT_ONCE)):
        yield some


def _after_lease(row: Proposal, at: datetime) -> Iterator[Task]:
    value, subject = proposal_value(row), str(row.pk)
    asked: list[Effect] = []
    if row.signed_on is not None:
        asked += _wanted(Event(Track.HOUSING, "sign_lease", subject, row.signed_on, housing=(value,)), _AFTER_LEASE)
    if row.keys_on is not None:
        asked += _wanted(Event(Track.HOUSING, "hand_keys", subject, row.keys_on, housing=(value,)), _AFTER_KEYS)
    for one in asked:
        if housing_track.HOUSING.may(one.code, row.state, Role.LA):
            yield _task(one, owners.of_organisation(row.organisation, Role.LA), "proposal", row.pk, at)


def _after_hire(row: Application, at: datetime) -> Iterator[Task]:
    employment = employment_of(row)
    if employment is None:
        return
    event = Event(Track.JOB, "hire", str(row.pk), row.since, employment=employment)
    for one in _wanted(event, _AFTER_HIRE):
        if job_track.JOB.may(one.code, row.state, Role.EMPL):
            yield _task(one, owners.of_organisation(row.organisation, Role.EMPL), "application", row.pk, at)


def _wanted(event: Event, codes: frozenset[str]) -> list[Effect]:
    return [one for one in effects(event) if one.kind is EffectKind.TASK and one.code in codes]


def _task(effect: Effect, keeper: owners.Keeper, about: str, subject: UUID, at: datetime) -> Task:
    return Task(
        kind=effect.code, organisation_id=keeper.organisation_id, role=keeper.role, subject_kind=about,
        subject_id=subject, why=effect.sentence, due_on=effect.due_on or timezone.localdate(at), created_at=at,
    )


def _open(tasks: list[Task]) -> None:
    """Open those that are not there: what somebody said to be done is not asked again, its alert stays."""
    there = set(
        Task.objects.filter(Q(done_at__isnull=True) | Q(outcome=DONE_BY_HAND),
                            subject_id__in={one.subject_id for one in tasks})
        .values_list("kind", "subject_id")
    )
    open_tasks(one for one in tasks if (one.kind, one.subject_id) not in there)
