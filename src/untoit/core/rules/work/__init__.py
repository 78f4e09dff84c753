"""Job fit: what an offer asks and what a person can do. This side cannot read a household (loi 2008-496 art. 1)."""

from __future__ import annotations

from datetime import date

from untoit.core.model.finding import Finding
from untoit.core.model.work import JobOffer, Seeker
from untoit.core.rules.rule import Rule, answers
from untoit.core.rules.work.conditions import (
    contract_is_accepted,
    days_are_workable,
    hours_are_accepted,
    start_date_is_possible,
)
from untoit.core.rules.work.requirements import (
    experience_is_complete,
    experience_is_enough,
    french_level_is_enough,
    french_level_is_known,
    licences_are_held,
    occupation_is_wished_or_close,
)

# The order is that of the reasons: whoever finds no offer reads the first rule that stops each of them.
WORK_RULES: tuple[Rule[Seeker, JobOffer, date], ...] = (
    occupation_is_wished_or_close,
    contract_is_accepted,
    days_are_workable,
    hours_are_accepted,
    licences_are_held,
    french_level_is_enough,
    experience_is_enough,
    experience_is_complete,
    french_level_is_known,
    start_date_is_possible,
)


def judge_fit(seeker: Seeker, offer: JobOffer, on: date) -> tuple[Finding, ...]:
    """Return what every job rule answers for one person and one offer, in the order of ``WORK_RULES``."""
    return answers(WORK_RULES, seeker, offer, on)
