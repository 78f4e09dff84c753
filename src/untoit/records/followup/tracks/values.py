"""Rows of the records as the values that ``core.lifecycles`` reads, one household at a time or many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from untoit.core.lifecycles import case as core
from untoit.core.lifecycles.event import RegistrationState
from untoit.core.lifecycles.housing_track import RankedProposal
from untoit.core.lifecycles.job_track import Employment, Engagement, JobState
from untoit.records.events.models import Registration
from untoit.records.followup.models import Application, Pathway, Proposal

_EXPECTED = (
    RegistrationState.INVITED, RegistrationState.CONFIRMED, RegistrationState.WAITING,
)


@dataclass(slots=True)
class Facts:
    """What the status of one case is made of."""

    housing: list[core.HousingProposal] = field(default_factory=list)
    job: list[core.JobApplication] = field(default_factory=list)
    pathways: list[core.Pathway] = field(default_factory=list)
    participations: list[core.Participation] = field(default_factory=list)

    @property
    def pathway(self) -> core.Pathway | None:
        """The pathway that is furthest from its end: a household is out when everybody is."""
        return min(self.pathways, key=lambda one: one.stage == "exited", default=None)


def proposal_value(row: Proposal) -> core.HousingProposal:
    """Return a proposal as the core reads it."""
    return core.HousingProposal(
        reference=str(row.pk), dwelling=str(row.vacancy_id), state=row.state, since=row.since, action=row.last_action,
        reason=row.reason, rank=row.rank, answer_due_on=row.answer_due_on, document_due_on=row.document_due_on,
        lease_signed_on=row.signed_on, keys_on=row.keys_on,
    )


def employment_of(row: Application) -> Employment | None:
    """Return the contract of an application, ``None`` before the hire."""
    if not row.contract or row.start_on is None:
        return None
    return Employment(
        Engagement(row.contract), row.start_on, row.last_day, row.trial_ends_on, row.ended_on,
        row.state == JobState.TRIAL_BROKEN,
    )


def application_value(row: Application) -> core.JobApplication:
    """Return an application as the core reads it."""
    return core.JobApplication(
        reference=str(row.pk), state=row.state, since=row.since, action=row.last_action, reason=row.reason,
        employment=employment_of(row), trial_passed=row.trial_passed_on is not None,
    )


def facts_of(households: Iterable[UUID]) -> dict[UUID, Facts]:
    """Return the facts of these households: four queries, whatever their number."""
    ids = list(households)
    found: dict[UUID, Facts] = defaultdict(Facts)
    for proposal in Proposal.objects.filter(household_id__in=ids).defer("snapshot", "stated"):
        found[proposal.household_id].housing.append(proposal_value(proposal))
    for application in Application.objects.filter(household_id__in=ids).defer("snapshot"):
        found[application.household_id].job.append(application_value(application))
    for household, stage, since, reason in Pathway.objects.filter(household_id__in=ids).values_list(
        "household_id", "stage", "since", "reason"
    ):
        found[household].pathways.append(core.Pathway(stage, since, reason))
    rows = Registration.objects.filter(person__household_id__in=ids, state__in=_EXPECTED).values_list(
        "person__household_id", "event_id", "event__on", "present_at", "absent_at"
    )
    for household, event, on, present_at, absent_at in rows:
        present = True if present_at is not None else False if absent_at is not None else None
        found[household].participations.append(core.Participation(str(event), on, present))
    return {pk: found[pk] for pk in ids}


def rivals_of(row: Proposal) -> tuple[RankedProposal, ...]:
    """Return the other households' proposals of the same dwelling; those without a rank come last."""
    others = Proposal.objects.filter(vacancy_id=row.vacancy_id).exclude(household_id=row.household_id)
    return tuple(
        RankedProposal(str(pk), rank or 99, state) for pk, rank, state in others.values_list("pk", "rank", "state")
    )


