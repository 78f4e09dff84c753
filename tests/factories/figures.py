"""Allocations and refusals by the hundred, as rows, for what counts them: no act is written, nothing is decided."""

from datetime import date, timedelta

from tests.factories.records import NOW, Scheme, household, vacancy

from untoit.records.applicants.models import Household
from untoit.records.followup.models import Proposal
from untoit.records.stock.models import Vacancy

TODAY = NOW.date()


def leases(of: Scheme, count: int, *, signed: date = date(2026, 3, 20), home=None, **changes) -> list[Proposal]:
    """Create so many signed leases of different households and dwellings, decided nineteen days before."""
    return [lease(of, signed=signed, home=home, **changes) for _ in range(count)]


def lease(of: Scheme, *, signed: date = date(2026, 3, 20), who: Household | None = None, home=None, **changes):
    """Create one signed lease; ``home`` changes the dwelling."""
    where: Vacancy = vacancy(of.organisations["landlord"], **(home or {}))
    values = {
        "household": who or household(), "vacancy": where, "organisation_id": where.organisation_id,
        "state": "keys_handed", "since": signed, "opened_on": signed - timedelta(days=40), "signed_on": signed,
        "decided_on": signed - timedelta(days=19), "notified_on": signed - timedelta(days=18),
        "answer_due_on": signed - timedelta(days=8), "answered_on": signed - timedelta(days=10), "keys_on": signed,
    }
    return Proposal.objects.create(**{**values, **changes})


def refusal(of: Scheme, reason: str, *, commune: str = "59512", on: date = date(2026, 11, 2)) -> Proposal:
    """Create one refused offer of a dwelling of a commune."""
    return lease(
        of, home={"commune": commune}, state="refused", reasons=[reason], since=on, signed_on=None, keys_on=None,
    )
