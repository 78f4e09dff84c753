"""The class of what an application led to, with the sentence of the policy that is printed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from untoit.core.lifecycles import job_track
from untoit.core.lifecycles.job_track import OUTCOME_NAMES
from untoit.records.followup.models import Application
from untoit.records.followup.tracks.values import employment_of


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One class: its code, its name, why, how classes are counted, and whether that policy has still to be checked."""

    code: str
    name: str
    sentence: str
    policy: str
    to_check: bool


def outcome_of(row: Application, on: date) -> OutcomeView | None:
    """Return the class of the contract of an application by the policy of that day, ``None`` before a hire."""
    employment = employment_of(row)
    if employment is None or row.state in job_track.BEFORE_HIRE | job_track.CLOSED:
        return None
    found = job_track.outcome(employment, on)
    return OutcomeView(
        found.outcome, OUTCOME_NAMES[found.outcome], found.sentence, job_track.policy_sentence(on), found.to_check
    )
