"""
One proposal of one dwelling to one household: proposed by a landlord, moved by the table, answered by the person.

The software proposes and reminds; a person decides, and every act has a name. Nothing here touches a job application.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.wording import typography
from untoit.records.applicants.models import Household
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.events.models import Event
from untoit.records.followup.housing import ceilings, letters, locks
from untoit.records.followup.housing.checks import checked, fact_day
from untoit.records.followup.housing.proposed import snapshot_of
from untoit.records.followup.models import Proposal, TrackAct
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.followup.tracks import acts
from untoit.records.pairings.models import Tandem
from untoit.records.pairings.querysets import RELEASED
from untoit.records.partners.rights import WRITE, Actor, require
from untoit.records.stock import services as stock
from untoit.records.stock.models import Vacancy, VacancyState

_NOT_OPEN = {
    VacancyState.EXPIRED: "n'est plus confirmé : dites s'il est toujours libre",
    VacancyState.LET: "est noté comme loué", VacancyState.WITHDRAWN: "a été retiré",
}


@transaction.atomic
def propose(
    *, household_id: UUID, vacancy_id: UUID, by: Actor, at: datetime, tandem_id: UUID | None = None,
    source: str = "adviser", event_id: UUID | None = None,
) -> Proposal:
    """
    Propose a dwelling of one's organisation to a household that it follows.

    What was proposed is sealed with it; the task that asked to present the tandem closes. The rules that warn are
    kept among what was proposed, for who opens the page.

    Raises
    ------
    Http404
        When the actor does not see the household, the dwelling, the tandem or the event.
    Refused
        When the dwelling is not open, or when the income is above its ceiling (the sentence of the rule).
    Conflict
        When this dwelling is already proposed to this household.
    """
    require(by, "housing_act", WRITE)
    if by.role not in LANDLORDS:
        raise Http404
    household = get_object_or_404(Household.objects.visible_to(by), pk=household_id)
    vacancy = get_object_or_404(Vacancy.objects.writable_by(by).defer("search", "search_masked"), pk=vacancy_id)
    if event_id is not None:
        get_object_or_404(Event.objects.visible_to(by).only("pk"), pk=event_id)
    tandem = _tandem(by, tandem_id, household, vacancy, needed=source != "event")
    locks.lock_around(household.pk, vacancy.pk)
    vacancy.refresh_from_db(fields=["state"])
    if vacancy.state != VacancyState.OPEN:
        raise Refused(typography(f"Le logement {vacancy.reference} {_NOT_OPEN[VacancyState(vacancy.state)]}."))
    today = timezone.localdate(at)
    warnings = ceilings.check_income(household, vacancy, today)
    row = Proposal(
        household=household, vacancy=vacancy, organisation_id=vacancy.organisation_id, tandem=tandem,
        source="run" if tandem is not None and source == "adviser" else source, event_id=event_id, opened_on=today,
        snapshot=snapshot_of(household, vacancy, tandem, warnings, at),
    )
    acts.opened(row=row, action="propose", by=by, at=at, how="event" if source == "event" else "screen")
    if tandem is not None:
        close_task(
            kind=TaskKind.TANDEM_TO_PRESENT, subject_id=tandem.pk, by=by, at=at, outcome="housing.propose"
        )
    return row


def _tandem(
    by: Actor, tandem_id: UUID | None, household: Household, vacancy: Vacancy, *, needed: bool
) -> Tandem | None:
    """Return the released tandem of this household and home; one retracted since teaches nothing after an event."""
    if tandem_id is None:
        return None
    found: Tandem | None = Tandem.objects.visible_to(by).select_related("run__policy").defer(
        "run__result", "run__certificate"
    ).filter(pk=tandem_id, household=household, vacancy=vacancy, run__state__in=RELEASED).first()
    if found is None and needed:
        raise Http404
    return found


@transaction.atomic
def act(
    *, proposal_id: UUID, action: str, given: Mapping[str, Any], by: Actor, at: datetime,
    revision: int | None = None, on: date | None = None,
) -> TrackAct:
    """
    Record one act on a proposal, by whoever the table allows.

    Raises
    ------
    Http404
        When the actor does not see it.
    Conflict
        When somebody changed it since ``revision``, or when another household holds the dwelling.
    Refused
        When the table, a date, a document or a reason does not allow it; the sentence says why.
    """
    require(by, "housing_act", WRITE)
    row = locks.locked(proposal_id, by, revision=revision)
    return move(row, action, given, by=by, at=at, on=on)


def move(
    row: Proposal, action: str, given: Mapping[str, Any], *, by: Actor, at: datetime, on: date | None = None,
    how: str = "screen",
) -> TrackAct:
    """Record one act on a proposal that the caller has locked (:func:`locks.locked`), with all that follows."""
    today = timezone.localdate(at)
    values = checked(row, action, given, today=today, by=by)
    made = acts.record(
        row=row, action=action, by=by, at=at, on=on or fact_day(action, values) or today, given=values, how=how
    )
    if action == "sign_lease":
        _let(row, by, at)
    letters.take_away_outdated(row, made, at=at)
    return made


def _let(row: Proposal, by: Actor, at: datetime) -> None:
    """Take the dwelling off the runs, as its landlord would on its page; one that is already let stays so."""
    if Vacancy.objects.filter(pk=row.vacancy_id, state=VacancyState.LET).exists():
        return
    stock.mark_let(vacancy_id=row.vacancy_id, by=by, at=at)
