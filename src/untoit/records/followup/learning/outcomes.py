"""
The outcomes that were recorded, as learning reads them: features sealed with each proposal, and what came of it.

An outcome whose features are not all known teaches nothing. Nothing else of a row is read: what may not weigh on a
chance is not in the types (:mod:`untoit.core.learning.assumptions`). A landlord learns from its own proposals, and from
the jobs of the households to which it proposed a home.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from untoit.core.indicators.retention_rate import Stay
from untoit.core.learning.assumptions import HoldOutcome, HomeOutcome, JobOutcome
from untoit.core.learning.levers import ProposalOutcome
from untoit.core.lifecycles import housing_track, job_track
from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.lifecycles.job_track import JobState
from untoit.core.model.months import months_after
from untoit.records.followup.models import Application, Proposal

# The months after which a job is said to have held.
HELD_AFTER = 6
_SIGNED = housing_track.LEASED | {HousingState.TENANCY_ENDED}
_HIRED = job_track.IN_WORK | job_track.LOST


def _proposals(organisation_id: UUID | None) -> QuerySet[Proposal]:
    rows = Proposal.objects.all()
    return rows if organisation_id is None else rows.filter(organisation_id=organisation_id)


def _applications(organisation_id: UUID | None) -> QuerySet[Application]:
    rows = Application.objects.all()
    return rows if organisation_id is None else rows.filter(
        household__in=_proposals(organisation_id).order_by().values("household")
    )


def home_outcomes(organisation_id: UUID | None) -> tuple[HomeOutcome, ...]:
    """Return the homes that the household signed for or turned down; what the landlord decided is no answer of hers."""
    rows: Any = _proposals(organisation_id).filter(
        state__in=sorted(_SIGNED | housing_track.REFUSALS)
    ).order_by("opened_on", "pk").values_list("state", "snapshot")
    found = []
    for state, snapshot in rows.iterator(2000):
        features = snapshot.get("features", {})
        if "wish_rank" in features and "effort_above_policy" in features:
            found.append(HomeOutcome(features["wish_rank"], features["effort_above_policy"], state in _SIGNED))
    return tuple(found)


def job_outcomes(organisation_id: UUID | None) -> tuple[JobOutcome, ...]:
    """Return the interviews that were held and ended, one way or the other."""
    rows: Any = _applications(organisation_id).filter(
        state__in=sorted(_HIRED | {JobState.NOT_RETAINED}), interviewed_on__isnull=False
    ).order_by("opened_on", "pk").values_list("state", "snapshot")
    found = []
    for state, snapshot in rows.iterator(2000):
        features = snapshot.get("features", {})
        if {"distance", "wish_rank", "years", "employer_struggles"} <= features.keys():
            found.append(JobOutcome(
                features["distance"], features["wish_rank"], features["years"], features["employer_struggles"],
                state in _HIRED,
            ))
    return tuple(found)


def hold_outcomes(organisation_id: UUID | None, on: date) -> tuple[HoldOutcome, ...]:
    """Return the jobs whose six months are over and of which there is news."""
    # Unsealing a row is what takes time here: those without news are left where they are.
    told = Q(ended_on__isnull=False) | Q(state=JobState.HELD_6M)
    rows: Any = _applications(organisation_id).filter(
        told, state__in=sorted(_HIRED), start_on__isnull=False
    ).order_by("opened_on", "pk").values_list("state", "start_on", "ended_on", "snapshot")
    found = []
    for state, start, ended, snapshot in rows.iterator(2000):
        share = snapshot.get("features", {}).get("share_of_limit")
        stay = Stay(start, ended, {HELD_AFTER: True} if state == JobState.HELD_6M else {})
        held = stay.held_at(HELD_AFTER) if months_after(start, HELD_AFTER) <= on else None
        if share is not None and held is not None:
            found.append(HoldOutcome(share, held))
    return tuple(found)


def proposal_outcomes(organisation_id: UUID | None) -> tuple[ProposalOutcome, ...]:
    """Return the proposals that are settled, with the commune of the dwelling and the codes of a refusal."""
    settled = _SIGNED | housing_track.CLOSED
    rows: Any = _proposals(organisation_id).filter(state__in=sorted(settled)).values_list(
        "vacancy__commune", "state", "reasons"
    )
    return tuple(
        ProposalOutcome(commune, tuple(codes) if state in housing_track.REFUSALS else ())
        for commune, state, codes in rows.iterator(2000)
    )
