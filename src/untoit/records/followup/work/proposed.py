"""What was proposed with a job, as it stood that day: the offer, the way to it, and what the chances were made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from untoit.core.rules.work.requirements import nearness, years_in_the_field
from untoit.records.applicants.exchange import person_to_core
from untoit.records.applicants.models import Person
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Tandem, TandemJob


def snapshot_of(person: Person, offer: Offer, tandem: Tandem | None, at: datetime) -> dict[str, Any]:
    """
    Return what is sealed with an application: minutes when a tandem computed them, euros as the offer said them.

    ``features`` are those of :class:`untoit.core.learning.assumptions.JobOutcome` and ``HoldOutcome``; one that is not
    known is absent, and the outcome then teaches nothing.
    """
    job = TandemJob.objects.filter(tandem=tandem, person=person, offer=offer).first() if tandem is not None else None
    found: dict[str, Any] = {
        "on": timezone.localdate(at).isoformat(), "title": offer.title, "employer": offer.employer,
        "contract": offer.contract, "commune": offer.commune, "schedule": offer.schedule,
        "gross_monthly_cents": offer.gross_monthly_cents, "features": _features(person, offer, job, at),
    }
    if job is not None:
        found["outward_min"], found["back_min"] = job.outward_min, job.back_min
        found["run"] = str(job.tandem.run_id)
    return found


def _features(person: Person, offer: Offer, job: TandemJob | None, at: datetime) -> dict[str, Any]:
    seeker, wanted, on = person_to_core(person, "").seeker, offer_to_core(offer), timezone.localdate(at)
    near, years = nearness(seeker, wanted, on), years_in_the_field(seeker, offer.occupation, on)
    found: dict[str, Any] = {"employer_struggles": bool(offer.in_shortage)}
    if near is not None:
        found |= {"distance": near.distance, "wish_rank": near.wish_rank}
    if years is not None:
        found["years"] = float(years)
    if job is not None and person.max_commute_min:
        found["share_of_limit"] = round(max(job.outward_min, job.back_min) / person.max_commute_min, 3)
    return found
