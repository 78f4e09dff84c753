"""
Silence is a refusal: at midnight in Paris, at the end of the last day to answer (CCH art. R441-10).

The clock records it; it calls nobody: the next rank is a task for a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from untoit.core.lifecycles.housing_track import PARIS, HousingState, has_lapsed
from untoit.records.followup.housing import letters, locks
from untoit.records.followup.models import Proposal
from untoit.records.followup.tracks import acts


def lapse_offers(*, at: datetime) -> int:
    """
    Record as refused the offers left without an answer; return how many they were.

    One transaction an offer: a process that is killed leaves each one either untouched or wholly refused, and the next
    round finds the rest. Run twice, or by two processes at once, it refuses none twice.
    """
    today = timezone.localdate(at, PARIS)
    late = Proposal.objects.filter(state=HousingState.NOTIFIED, answer_due_on__lt=today).order_by("answer_due_on", "pk")
    return sum(_lapse(proposal_id, at) for proposal_id in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _lapse(proposal_id: object, at: datetime) -> bool:
    row = locks.locked_if_late(proposal_id, timezone.localdate(at, PARIS))  # type: ignore[arg-type]
    if row is None or row.answer_due_on is None or not has_lapsed(row.answer_due_on, at):
        return False
    made = acts.record(row=row, action="lapse", by=None, at=at, on=row.answer_due_on + timedelta(days=1))
    letters.take_away_outdated(row, made, at=at)
    return True
