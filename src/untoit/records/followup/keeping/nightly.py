"""
The nightly round of retention: erasures of a restored backup played again, people told, data erased, journals cut.

Each household is its own transaction, so the round may be killed anywhere and run again: what is done is done, what is
due is found again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time

from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.model.months import months_after
from untoit.core.retention.rules import Step, rule
from untoit.records.applicants.models import Household
from untoit.records.followup.keeping import erase, notices, replay
from untoit.records.followup.keeping.due import Due, everything, has_other_half
from untoit.records.partners import journal
from untoit.records.partners.journal import note_act

Tell = Callable[[str, int], None]


def round_of(*, at: datetime, tell: Tell = lambda _what, _done: None) -> dict[str, int]:
    """Do what is due tonight and return how many of each; a rule that fails for one household stops nobody else."""
    done: Counter[str] = Counter()
    for household in replay.come_back():
        erase.erase_household(household, because="restored", at=at)
        done["restored"] += 1
    today = timezone.localdate(at)
    for number, one in enumerate(list(everything(today)), start=1):
        match one.action.step:
            case Step.NOTICE:
                done["told"] += notices.tell_household(one, at=at)
            case Step.DUE:
                done[one.rule] += _erase(one, at)
            case Step.HELD:
                done["held"] += 1
        if number % 100 == 0:
            tell("rétention", number)
    kept = rule("audit_log", today).months or 12
    cut = journal.purge(before=_midnight(months_after(today, -kept)), at=at)
    done["journal"] = sum(cut.values())
    note_act(None, "retention.round", at=at, counts=dict(done))
    return dict(done)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _erase(one: Due, at: datetime) -> int:
    try:
        match one.rule:
            case "person_without_contact":
                return int(erase.erase_household(one.household_id, because=one.rule, at=at) > 0)
            case "housing_file_closed":
                if has_other_half(one.household_id):
                    return int(erase.erase_housing_file(one.household_id, because=one.rule, at=at) > 0)
                return int(erase.erase_household(one.household_id, because=one.rule, at=at) > 0)
            case "housing_file_leased":
                return erase.forget_documents(one.row_id, at=at, because=one.rule)
            case "income_documents":
                return erase.erase_resources(one.household_id, because=one.rule, at=at)
            case "job_follow_up":
                return int(erase.erase_applications([one.row_id], because=one.rule, at=at) > 0) if one.row_id else 0
            case "event_registration":
                return int(erase.erase_registrations([one.row_id], because=one.rule, at=at) > 0) if one.row_id else 0
    except (Refused, Household.DoesNotExist):
        # Held since it was looked at, or erased by another rule of the same night.
        return 0
    raise ValueError(f"no erasure for {one.rule}")
