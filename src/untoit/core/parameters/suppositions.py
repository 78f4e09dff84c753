"""What is supposed when an employer did not say: documented, and marked as supposed wherever it matters."""

from datetime import date
from decimal import Decimal

from untoit.core.model.work import JobOffer
from untoit.core.parameters.loader import at


def weekly_hours(offer: JobOffer, on: date) -> Decimal:
    """Return the hours a week of an offer, or those of the policy when they are unknown."""
    if offer.weekly_hours is not None:
        return offer.weekly_hours
    return Decimal(at("policy/job_fit", on)["hours_when_unknown"])
