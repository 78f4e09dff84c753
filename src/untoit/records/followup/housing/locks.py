"""
Which rows an act on a proposal locks, always in the same order: the household, the dwelling, then the proposal.

A lease withdraws the household's other proposals and the dwelling's other households: two leases signed at the same
instant would otherwise each hold what the other waits for.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import Http404

from untoit.core.lifecycles.housing_track import HousingState
from untoit.records.applicants.models import Household
from untoit.records.followup.models import Proposal
from untoit.records.followup.tracks import acts
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy


def locked(proposal_id: UUID, by: Actor, *, revision: int | None = None) -> Proposal:
    """
    Return the proposal, locked after its household and its dwelling, when the actor may see it.

    Raises
    ------
    Http404
        As for a page that does not exist.
    Conflict
        When somebody changed it since ``revision``.
    """
    found = Proposal.objects.visible_to(by).filter(pk=proposal_id).values_list("household_id", "vacancy_id").first()
    if found is None:
        raise Http404
    lock_around(*found)
    return acts.locked(Proposal, proposal_id, by, revision=revision)


def locked_if_late(proposal_id: UUID, before: date) -> Proposal | None:
    """Return an offer, locked, whose answer was due before a day; ``None`` when it was answered meanwhile."""
    household_id, vacancy_id = Proposal.objects.values_list("household_id", "vacancy_id").get(pk=proposal_id)
    lock_around(household_id, vacancy_id)
    found: Proposal | None = Proposal.objects.select_for_update(of=("self",)).filter(
        pk=proposal_id, state=HousingState.NOTIFIED, answer_due_on__lt=before
    ).first()
    return found


def lock_around(household_id: UUID, vacancy_id: UUID) -> None:
    """Lock a household and a dwelling against other acts on them, not against those who only refer to them."""
    Household.objects.select_for_update(no_key=True).only("pk").get(pk=household_id)
    Vacancy.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=vacancy_id)
