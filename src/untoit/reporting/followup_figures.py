"""
What the follow-up gives the indicators: rows of the tracks, and the anonymous twins of erased ones, as core values.

One computation for screens, the HTTP interface and exports: each of them asks here, then :mod:`untoit.core.indicators`.
Nothing here names anybody: households are opaque keys, those of twins drawn at random. The landlord's figures are those
of its own dwellings; whole-scheme figures pass ``None``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from untoit.core.indicators.quotas import Allocation, Ground
from untoit.core.indicators.refusals import Refusal
from untoit.core.indicators.retention_rate import Stay
from untoit.core.indicators.shares import Share
from untoit.core.lifecycles import housing_track, job_track
from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.lifecycles.job_track import Employment, Engagement, JobState, Outcome, outcome
from untoit.records.applicants.models import Household
from untoit.records.events.models import Registration
from untoit.records.followup.models import Application, Proposal, TrackAct, Twin
from untoit.records.followup.participation import AFTER_EVENT

_HOME_CHECKS = {HousingState.CALLED_1M: 1, HousingState.CHECKED_3M: 3, HousingState.CHECKED_6M: 6}
_JOB_CHECKS = {JobState.HELD_1M: 1, JobState.HELD_3M: 3, JobState.HELD_6M: 6}
_NO_ANSWER = "NO_ANSWER"
_STAYED = sorted(job_track.IN_WORK | job_track.LOST)


def _proposals(organisation_id: UUID | None) -> QuerySet[Proposal]:
    rows = Proposal.objects.all()
    return rows if organisation_id is None else rows.filter(organisation_id=organisation_id)


def _applications(organisation_id: UUID | None) -> QuerySet[Application]:
    """Return the applications; a landlord's are those of the households to which it proposed a home."""
    rows = Application.objects.all()
    if organisation_id is None:
        return rows
    return rows.filter(household__in=Proposal.objects.filter(organisation_id=organisation_id).values("household"))


def _twins(kind: str, organisation_id: UUID | None) -> QuerySet[Twin]:
    rows = Twin.objects.filter(kind=kind)
    return rows if organisation_id is None else rows.filter(organisation_id=organisation_id)


def _month(told: str | None) -> date | None:
    """Return the first day of a month written ``2026-03``."""
    return None if not told else date.fromisoformat(f"{told}-01")


# A decision counts once the home was allocated to this household: a candidate ranked behind and never called was not.
_ALLOCATED = Q(notified_on__isnull=False) | Q(state__in=[HousingState.ALLOCATED, HousingState.ALLOCATED_CONDITIONAL])


def allocations(*, organisation_id: UUID | None) -> tuple[Allocation, ...]:
    """Return the homes allocated by the committee, those whose lease was signed with the day of it."""
    rows: Any = _proposals(organisation_id).filter(_ALLOCATED, decided_on__isnull=False).values_list(
        "pk", "household_id", "decided_on", "signed_on", "grounds", "in_scheme", "quartile", "is_transfer", "is_npnru",
        "vacancy__reserving_party", "vacancy__commune", "vacancy__building_name", "vacancy__in_qpv",
    )
    found = [
        Allocation(
            reference=str(pk), household=str(household), decided_on=decided_on, signed_on=signed_on,
            # Frozen at the decision: only grounds whose evidence stood that day are there.
            grounds=tuple(Ground(code, decided_on) for code in grounds), in_scheme=in_scheme,
            reserving_party=party, commune=commune, building=building, in_qpv=in_qpv, quartile=quartile,
            is_transfer=transfer, is_npnru=npnru,
        )
        for (pk, household, decided_on, signed_on, grounds, in_scheme, quartile, transfer, npnru, party, commune,
             building, in_qpv) in rows.iterator(2000)
    ]
    return (*found, *_twin_allocations(organisation_id))


def _twin_allocations(organisation_id: UUID | None) -> Iterator[Allocation]:
    for pk, group, facts in _twins("proposal", organisation_id).values_list("pk", "group", "facts"):
        decided = _month(facts["decided"])
        if decided is not None:
            yield Allocation(
                reference=str(pk), household=str(group), decided_on=decided, signed_on=_month(facts["signed"]),
                grounds=tuple(Ground(code, decided) for code in facts["grounds"]), in_scheme=facts["in_scheme"],
                reserving_party=facts["reserving_party"], commune=facts["commune"], in_qpv=facts["in_qpv"],
                quartile=facts["quartile"], is_transfer=facts["transfer"], is_npnru=facts["npnru"],
            )


def is_fictitious() -> bool:
    """Whether this installation holds invented households: its papers say so."""
    return Household.objects.filter(is_fictitious=True).exists()


_CONCLUDED = sorted(housing_track.CLOSED | housing_track.LEASED | {HousingState.TENANCY_ENDED})


def signature_rate(*, organisation_id: UUID | None, since: date) -> Share:
    """Return the leases signed among the proposals that were made since a day and are settled, one way or the other."""
    rows = _proposals(organisation_id).filter(opened_on__gte=since, state__in=_CONCLUDED)
    found = rows.aggregate(settled=Count("pk"), signed=Count("pk", filter=Q(signed_on__isnull=False)))
    twins = list(_twins("proposal", organisation_id).filter(month__gte=since).values_list("facts", flat=True))
    signed = sum(bool(facts["signed"]) for facts in twins)
    settled = sum(bool(facts["signed"] or facts["refused"]) for facts in twins)
    return Share(found["signed"] + signed, found["settled"] + settled)


def stays_at_home(*, organisation_id: UUID | None) -> tuple[Stay, ...]:
    """Return the tenancies, from the lease, with what was seen of them."""
    rows: Any = _proposals(organisation_id).filter(signed_on__isnull=False).values_list(
        "signed_on", "ended_on", "state"
    )
    found = [Stay(signed, ended, _seen(_HOME_CHECKS, state)) for signed, ended, state in rows.iterator(2000)]
    return (*found, *_twin_stays("proposal", "signed", organisation_id))


def stays_in_job(*, organisation_id: UUID | None) -> tuple[Stay, ...]:
    """Return the contracts that began, or are signed, with what was seen of them."""
    rows: Any = _applications(organisation_id).filter(state__in=_STAYED, start_on__isnull=False).values_list(
        "start_on", "ended_on", "state"
    )
    found = [Stay(start, ended, _seen(_JOB_CHECKS, state)) for start, ended, state in rows.iterator(2000)]
    return (*found, *_twin_stays("application", "hired", organisation_id))


def _seen(checks: dict[Any, int], state: str) -> dict[int, bool]:
    """Return what the state says was seen: somebody seen at six months was there at three."""
    return {checks[state]: True} if state in checks else {}


def _twin_stays(kind: str, since: str, organisation_id: UUID | None) -> Iterator[Stay]:
    for facts in _twins(kind, organisation_id).values_list("facts", flat=True):
        start = _month(facts[since])
        if start is not None:
            # Months only: what was known of each check was written down when the row was erased.
            yield Stay(start, None, {int(months): held for months, held in facts["held"].items()})


def refusals(*, organisation_id: UUID | None) -> tuple[Refusal, ...]:
    """Return the refusals of homes, by the person or by silence."""
    rows = _proposals(organisation_id).filter(state__in=sorted(housing_track.REFUSALS)).values_list(
        "pk", "state", "reasons", "since", "vacancy__commune", "vacancy__building_name"
    )
    found = [
        Refusal(
            str(pk), (_NO_ANSWER,) if state == HousingState.REFUSED_SILENCE else tuple(codes), commune, on, building
        )
        for pk, state, codes, on, commune, building in rows.iterator(2000)
    ]
    for pk, facts in _twins("proposal", organisation_id).values_list("pk", "facts"):
        on = _month(facts["refused"])
        if on is not None:
            found.append(Refusal(str(pk), tuple(facts["refusal_codes"]), facts["commune"], on))
    return tuple(found)


def outcome_classes(*, organisation_id: UUID | None, on: date) -> dict[str, int]:
    """Return how many contracts are in each class of the « sorties dynamiques », by the policy of a day."""
    found: dict[str, int] = defaultdict(int)
    rows: Any = _applications(organisation_id).filter(
        state__in=_STAYED, start_on__isnull=False
    ).exclude(contract="").values_list("contract", "start_on", "last_day", "trial_ends_on", "ended_on", "state")
    for contract, start, last, trial, ended, state in rows.iterator(2000):
        found[_outcome(contract, start, last, trial, ended, state, on).outcome] += 1
    for facts in _twins("application", organisation_id).values_list("facts", flat=True):
        if facts.get("outcome"):
            found[facts["outcome"]] += 1
    return dict(found)


def _outcome(
    contract: str, start: date, last: date | None, trial: date | None, ended: date | None, state: str, on: date
) -> Outcome:
    broken = state == JobState.TRIAL_BROKEN
    return outcome(Employment(Engagement(contract), start, last, trial, ended, broken), on)


@dataclass(frozen=True, slots=True)
class Delays:
    """Days from the event to the hire, and to the keys, of each person or household that got there."""

    to_hire: tuple[int, ...]
    to_keys: tuple[int, ...]


def delays(*, organisation_id: UUID | None) -> Delays:
    """Return the delays after the event that somebody attended last before the application, or the proposal."""
    seen = _attended()
    hires = {
        one.subject_id: one.on for one in TrackAct.objects.filter(track="job", action="hire").only("subject_id", "on")
    }
    to_hire = [
        (hires[pk] - met).days
        for pk, household, opened in _applications(organisation_id).filter(state__in=_STAYED).values_list(
            "pk", "household_id", "opened_on")
        if pk in hires and (met := _last(seen.get(household, ()), opened)) is not None
    ]
    housed: Any = _proposals(organisation_id).filter(keys_on__isnull=False).values_list(
        "household_id", "opened_on", "keys_on"
    )
    to_keys = [
        (keys - met).days
        for household, opened, keys in housed
        if (met := _last(seen.get(household, ()), opened)) is not None
    ]
    return Delays(tuple(sorted(to_hire)), tuple(sorted(to_keys)))


def _attended() -> dict[UUID, list[date]]:
    found: dict[UUID, list[date]] = defaultdict(list)
    rows = Registration.objects.filter(present_at__isnull=False)
    for household, on in rows.values_list("person__household_id", "event__on"):
        found[household].append(on)
    return found


def _last(days: Iterable[date], before: date) -> date | None:
    return max((day for day in days if day <= before <= day + AFTER_EVENT), default=None)
