"""
What a landlord may know of a job: in employment or not, the kind of contract, its dates, and how far the place is.

Never who the employer is, a refusal, an interview nor why a contract ended (``access.md``, note 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from untoit.core.lifecycles.job_track import IN_WORK, LOST, is_in_work
from untoit.core.territory.communes import commune
from untoit.records.followup.models import Application
from untoit.records.followup.tracks.values import employment_of
from untoit.records.followup.work.words import ENGAGEMENT_NAMES


@dataclass(frozen=True, slots=True)
class JobFacts:
    """
    The four facts about one contract: ``ends_on`` is its last day, real or planned; ``travel_min`` the longer way from
    the home that was proposed with it, where a computation gave one; ``place`` the commune of the work place.
    """

    person_id: UUID
    in_employment: bool
    starts_later: bool
    contract: str
    start_on: date
    ends_on: date | None
    place: str
    travel_min: int | None


def job_facts(household_id: UUID, on: date) -> list[JobFacts]:
    """Return the contracts of a household, running, to come or over, the latest first; the caller asks who may."""
    return facts_of([household_id], on)[household_id]


def facts_of(households: Iterable[UUID], on: date) -> dict[UUID, list[JobFacts]]:
    """Return the facts of several households: one query, whatever their number."""
    found: dict[UUID, list[JobFacts]] = {pk: [] for pk in households}
    rows = Application.objects.filter(household_id__in=found, state__in=sorted(IN_WORK | LOST)).select_related("offer")
    for row in rows.defer("offer__search", "offer__description").order_by("-start_on", "pk"):
        employment = employment_of(row)
        if employment is None:
            continue
        place = commune(row.offer.commune)
        minutes = [row.snapshot[name] for name in ("outward_min", "back_min") if name in row.snapshot]
        found[row.household_id].append(JobFacts(
            row.person_id, row.state in IN_WORK and is_in_work(employment, on),
            row.state in IN_WORK and employment.start_on > on, ENGAGEMENT_NAMES[row.contract], employment.start_on,
            employment.ended_on or employment.last_day, place.name if place is not None else "",
            max(minutes, default=None),
        ))
    return found
