"""The status of a case, computed from its tracks and kept as a copy to sort, filter and count by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from untoit.core.lifecycles.case import CaseStatus, HousingProposal, status
from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.lifecycles.job_track import BEFORE_HIRE
from untoit.records.followup.models import Case, CaseAlert
from untoit.records.followup.tracks.values import Facts, facts_of

_AT_ONCE = 500


@transaction.atomic
def refresh(
    households: Iterable[UUID], *, at: datetime, on: date | None = None, known: dict[UUID, Facts] | None = None
) -> int:
    """
    Compute these cases again as of a day, write what changed, and return how many they are.

    ``known`` holds the facts that the caller has just read, when nothing moved since.
    """
    day, count = on or timezone.localdate(at), 0
    rest = iter(dict.fromkeys(households))
    while some := list(islice(rest, _AT_ONCE)):
        facts = known or facts_of(some)
        found = {pk: _computed(facts[pk], day) for pk in some}
        _write(found, day)
        _alerts({pk: one.status for pk, one in found.items()}, day)
        count += len(some)
    return count


def status_of(facts: Facts, on: date) -> CaseStatus:
    """Return the status of a case on a day."""
    return status(facts.housing, facts.job, facts.pathway, facts.participations, on)


def for_landlord(facts: Facts) -> Facts:
    """
    Return what a landlord may know of a case: the homes, the contracts and the events.

    An application that is not a contract yet, and the pathway, say more than the allocation needs (``access.md``,
    note 7).
    """
    contracts = [one for one in facts.job if one.employment is not None and one.state not in BEFORE_HIRE]
    return Facts(facts.housing, contracts, [], facts.participations)


def moved_on(facts: Facts) -> date | None:
    """Return the day of the last act on the tracks, ``None`` when there was none."""
    return max((*(one.since for one in facts.housing), *_other_days(facts)), default=None)


def moved_for_support(facts: Facts) -> date | None:
    """
    Return the day of the last act that those who accompany towards work may read, ``None`` when there was none.

    Of a home they read a stage and its day (``access.md``, note 4): a visit or a decision moves nothing for them.
    """
    return max((*(day for one in facts.housing for day in _stage_days(one)), *_other_days(facts)), default=None)


def _stage_days(one: HousingProposal) -> Iterator[date]:
    if one.state == HousingState.PROPOSED:
        yield one.since
    yield from (day for day in (one.lease_signed_on, one.keys_on) if day is not None)


@dataclass(frozen=True, slots=True)
class _Computed:
    status: CaseStatus
    moved_on: date | None
    landlord_code: str
    landlord_moved_on: date | None


def _computed(facts: Facts, day: date) -> _Computed:
    shared = for_landlord(facts)
    return _Computed(status_of(facts, day), moved_for_support(facts), status_of(shared, day).code, moved_on(shared))


_COPIED = ("code", "ended_by", "has_home", "has_job", "computed_on", "moved_on", "landlord_code", "landlord_moved_on")


def _write(found: dict[UUID, _Computed], day: date) -> None:
    Case.objects.bulk_create(
        [
            Case(
                household_id=pk, code=one.status.code, ended_by=[str(by) for by in one.status.ended_by],
                has_home=one.status.home is not None, has_job=one.status.job is not None, computed_on=day,
                moved_on=one.moved_on, landlord_code=one.landlord_code, landlord_moved_on=one.landlord_moved_on,
                opened_on=day,
            )
            for pk, one in found.items()
        ],
        update_conflicts=True, unique_fields=["household"], update_fields=_COPIED,
    )


def _other_days(facts: Facts) -> Iterator[date]:
    yield from (one.since for one in facts.job)
    yield from (one.since for one in facts.pathways)


def _alerts(found: dict[UUID, CaseStatus], day: date) -> None:
    """Write the alerts that are new, take away those that are over, and leave the others with their first day."""
    known = {
        (one.case_id, one.code, one.role, one.sentence): one.pk
        for one in CaseAlert.objects.filter(case_id__in=found).only("case_id", "code", "role", "sentence")
    }
    wanted = {
        (pk, alert.code, alert.owner, alert.sentence): alert
        for pk, now in found.items() for alert in now.alerts
    }
    over = [key for name, key in known.items() if name not in wanted]
    if over:
        CaseAlert.objects.filter(pk__in=over).delete()
    CaseAlert.objects.bulk_create(
        [
            CaseAlert(
                case_id=name[0], code=alert.code, sentence=alert.sentence, role=alert.owner,
                audience=sorted(alert.audience), due_on=alert.due_on, since=day,
            )
            for name, alert in wanted.items() if name not in known
        ],
        ignore_conflicts=True,
    )
