"""
What is due on a day, household by household, by the rules of ``followup/retention``: to tell, or to erase.

Each finder is one query; which rule applies to what is written in :mod:`untoit.records.followup.keeping.tables`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from untoit.core.lifecycles import housing_track, job_track
from untoit.core.model.months import months_after
from untoit.core.retention.rules import Action, Step, due
from untoit.records.applicants.models import Household, Link
from untoit.records.events.models import Registration
from untoit.records.followup.models import Application, LegalHold, Pathway, Proposal, RetentionNotice
from untoit.records.followup.participation import AFTER_EVENT

# The follow-up of a job is planned for a year (access.md, retention).
FOLLOW_UP_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Due:
    """One rule that reached one household, or one row of it: ``since`` is the day its period started."""

    rule: str
    household_id: UUID
    since: date
    action: Action
    row_id: UUID | None = None


def everything(on: date) -> Iterator[Due]:
    """Return what is to be told or erased on a day, the notices and the holds taken into account."""
    held = set(LegalHold.objects.filter(lifted_at__isnull=True).values_list("household_id", flat=True))
    told = {
        (household, rule): noticed for household, rule, noticed in RetentionNotice.objects.filter(
            answered_at__isnull=True).values_list("household_id", "rule", "noticed_on")
    }
    for rule, rows in (
        ("person_without_contact", _silent(on)), ("housing_file_closed", _struck_off()),
        ("housing_file_leased", _moved_in()), ("income_documents", _allocated()), ("job_follow_up", _employed(on)),
        ("event_registration", _without_follow_up(on)),
    ):
        for household, since, row in rows:
            action = due(rule, since, on, held=household in held, noticed_on=told.get((household, rule)))
            if action.step is not Step.KEEP:
                yield Due(rule, household, since, action, row)


Rows = Iterator[tuple[UUID, date, UUID | None]]


def last_contact() -> Any:
    """Return the expression of the last day on which something was done with a household, whoever did it."""
    return Greatest(
        Max("updated_at"), Max("acts__at"), Max("links__opened_at"), Max("consents__recorded_at"),
        Max("persons__registrations__created_at"), Max("persons__registrations__present_at"),
        Max("persons__account__last_login"),
    )


def _silent(on: date) -> Rows:
    """Return the households without an open link, a lease or a contract, since their last contact."""
    open_link = Link.objects.filter(household=OuterRef("pk"), closed_at__isnull=True, expires_on__gte=on)
    live = Proposal.objects.filter(
        household=OuterRef("pk"), state__in=sorted(housing_track.OPEN | housing_track.LEASED)
    )
    works = Application.objects.filter(household=OuterRef("pk"), state__in=sorted(job_track.OPEN))
    rows = Household.objects.filter(
        ~Exists(open_link), ~Exists(live), ~Exists(works), updated_at__date__lt=_years_before(on)
    ).annotate(last=last_contact()).values_list("pk", "last")
    for pk, last in rows.iterator(2000):
        yield pk, timezone.localdate(last), None


def _years_before(on: date) -> date:
    # Whoever was touched within the last year cannot be due: the index on dates does most of the work.
    return months_after(on, -12)


def _struck_off() -> Rows:
    rows = Household.objects.filter(struck_off_on__isnull=False).exclude(application_number="", proposals__isnull=True)
    for pk, since in rows.values_list("pk", "struck_off_on").distinct():
        if since is not None:
            yield pk, since, None


def _moved_in() -> Rows:
    """Return the households whose landlord has taken the file over: six months after the keys."""
    rows: Any = Proposal.objects.filter(keys_on__isnull=False, needed_documents__len__gt=0).values_list(
        "household_id", "keys_on", "pk"
    )
    yield from rows.iterator(2000)


def _allocated() -> Rows:
    """Return the leases whose household's resources are still there."""
    rows: Any = Proposal.objects.filter(
        signed_on__isnull=False, household__resources_erased_on__isnull=True
    ).values_list("household_id", "signed_on").distinct()
    for household, since in rows.iterator(2000):
        yield household, since, None


def _employed(on: date) -> Rows:
    """Return the contracts whose follow-up is over: a year after the start, whatever became of them."""
    over = Q(state__in=sorted(job_track.IN_WORK | job_track.LOST), start_on__lte=months_after(on, -FOLLOW_UP_MONTHS))
    rows: Any = Application.objects.filter(over).values_list("household_id", "start_on", "pk")
    for household, start, pk in rows.iterator(2000):
        yield household, months_after(start, FOLLOW_UP_MONTHS), pk


def _without_follow_up(on: date) -> Rows:
    """Return the registrations to past events after which nothing began."""
    began = Q(opened_on__gte=OuterRef("event__on"), opened_on__lte=OuterRef("event__on") + AFTER_EVENT)
    linked = Q(event=OuterRef("event"))
    proposed = Proposal.objects.filter(began | linked, household=OuterRef("person__household"))
    applied = Application.objects.filter(began | linked, person=OuterRef("person"))
    rows: Any = Registration.objects.filter(
        ~Exists(proposed), ~Exists(applied), event__on__lt=months_after(on, -2)
    ).values_list("person__household_id", "event__on", "pk")
    yield from rows.iterator(2000)


def has_other_half(household_id: UUID) -> bool:
    """Whether a service still follows the person for something else than the housing application."""
    return (
        Application.objects.filter(household_id=household_id, state__in=sorted(job_track.OPEN)).exists()
        or Pathway.objects.filter(household_id=household_id).exclude(stage="exited").exists()
    )
