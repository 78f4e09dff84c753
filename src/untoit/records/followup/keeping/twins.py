"""
What stays of a household that is erased: rows that an indicator can count and nobody can follow back.

Months in place of days, no building, no name, no amount; ``group`` is drawn at random for each household. What each
row holds is written once, here, and read by ``reporting.followup_figures``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from untoit.core.indicators.retention_rate import MONTHS
from untoit.core.lifecycles import housing_track, job_track
from untoit.core.lifecycles.event import RegistrationState
from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.lifecycles.job_track import JobState, outcome
from untoit.core.model.months import months_after
from untoit.records.events.models import Registration
from untoit.records.followup.models import Application, Proposal, Twin
from untoit.records.followup.participation import participants
from untoit.records.followup.tracks.values import employment_of

_NEVER_ASKED = frozenset({RegistrationState.PROPOSED, RegistrationState.REMOVED})
_ALLOCATED = frozenset({HousingState.ALLOCATED, HousingState.ALLOCATED_CONDITIONAL})


def month_of(day: date | None) -> str | None:
    """Return the month of a day as ``2026-03``."""
    return None if day is None else f"{day:%Y-%m}"


def first_day(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def held(start: date | None, ended: date | None, seen: int, on: date) -> dict[str, bool]:
    """Return, for each check, what is known of it: an unknown stays out, it is never guessed."""
    if start is None:
        return {}
    found = {}
    for months in MONTHS:
        due = months_after(start, months)
        if ended is None and seen >= months:
            found[str(months)] = True
        elif ended is not None and due <= on:
            found[str(months)] = ended >= due
    return found


def of_proposal(row: Proposal, group: UUID, on: date) -> Twin:
    """Return the twin of a proposal; ``row.vacancy`` is loaded."""
    counts = row.decided_on is not None and (row.notified_on is not None or row.state in _ALLOCATED)
    refused = row.state in housing_track.REFUSALS
    silent = row.state == HousingState.REFUSED_SILENCE
    seen = {HousingState.CALLED_1M: 1, HousingState.CHECKED_3M: 3, HousingState.CHECKED_6M: 6}
    facts: dict[str, Any] = {
        "decided": month_of(row.decided_on) if counts else None, "signed": month_of(row.signed_on),
        "grounds": list(row.grounds), "in_scheme": row.in_scheme, "quartile": row.quartile,
        "in_qpv": row.vacancy.in_qpv, "commune": row.vacancy.commune, "reserving_party": row.vacancy.reserving_party,
        "transfer": row.is_transfer, "npnru": row.is_npnru, "refused": month_of(row.since) if refused else None,
        "refusal_codes": (["NO_ANSWER"] if silent else list(row.reasons)) if refused else [],
        "held": held(row.signed_on, row.ended_on, seen.get(HousingState(row.state), 0), on),
        "ended": month_of(row.ended_on),
    }
    day = row.signed_on or row.decided_on or row.opened_on
    return Twin(group=group, kind="proposal", organisation_id=row.organisation_id, month=first_day(day), facts=facts)


def of_application(row: Application, group: UUID, landlord: UUID | None, on: date) -> Twin:
    """Return the twin of an application; ``landlord`` is the one that proposed a home to the household, if any."""
    employment = employment_of(row)
    counts = row.state in job_track.IN_WORK | job_track.LOST and employment is not None
    seen = {JobState.HELD_1M: 1, JobState.HELD_3M: 3, JobState.HELD_6M: 6}
    facts: dict[str, Any] = {
        "interviewed": row.interviewed_on is not None, "hired": month_of(row.start_on) if counts else None,
        "outcome": outcome(employment, on).outcome.value if counts and employment is not None else "",
        "held": held(row.start_on if counts else None, row.ended_on, seen.get(JobState(row.state), 0), on),
        "ended": month_of(row.ended_on),
    }
    day = row.start_on or row.opened_on
    return Twin(group=group, kind="application", organisation_id=landlord, month=first_day(day), facts=facts)


def of_registrations(rows: Iterable[Registration], group: UUID) -> list[Twin]:
    """Return the twins of registrations, each with how far the person went; ``event`` and ``person`` are loaded."""
    people = list(rows)
    found = participants(people)
    return [
        Twin(
            group=group, kind="registration", organisation_id=row.event.organisation_id, month=first_day(row.event.on),
            facts={"event": str(row.event_id)} | asdict(found[row.pk]),
        )
        for row in people if row.state not in _NEVER_ASKED
    ]


def write(twins: Iterable[Twin]) -> int:
    """Save the twins."""
    return len(Twin.objects.bulk_create(list(twins)))


def new_group() -> UUID:
    """Return a key that says « the same household » and leads back to nobody."""
    return uuid4()
