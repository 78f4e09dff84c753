"""What was said at a housing table of an event, as acts on a proposal of a home: the other half of ``from_events``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from untoit.core.lifecycles.housing_track import CLOSED, LEASED, OPEN, HousingState
from untoit.core.wording import typography
from untoit.records.events.models import HousingOutcome, Meeting, StandVacancy
from untoit.records.followup.housing import proposals
from untoit.records.followup.models import Proposal
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy


def vacancy_of(meeting: Meeting) -> Vacancy | None:
    """Return the home that was spoken of: that of the meeting, of the person's tandem, else the stand's only one."""
    rows = Vacancy.objects.select_related("organisation")
    if meeting.vacancy_id is not None:
        return rows.get(pk=meeting.vacancy_id)
    shown = list(StandVacancy.objects.filter(stand_id=meeting.stand_id).values_list("vacancy_id", flat=True))
    tandem = meeting.registration.tandem
    if tandem is not None and (not shown or tandem.vacancy_id in shown):
        return rows.get(pk=tandem.vacancy_id)
    return rows.get(pk=shown[0]) if len(shown) == 1 else None


def row_for(meeting: Meeting, vacancy: Vacancy, *, by: Actor, at: datetime) -> UUID:
    """Return the proposal of this home to the household, made when there is none under way."""
    household_id = meeting.registration.person.household_id
    found = Proposal.objects.filter(
        household_id=household_id, vacancy=vacancy, state__in=sorted(OPEN | LEASED)
    ).values_list("pk", flat=True).first()
    if found is not None:
        return UUID(str(found))
    tandem = meeting.registration.tandem
    fits = tandem is not None and tandem.vacancy_id == vacancy.pk and tandem.household_id == household_id
    made = proposals.propose(
        household_id=household_id, vacancy_id=vacancy.pk, by=by, at=at,
        tandem_id=tandem.pk if tandem is not None and fits else None, source="event", event_id=meeting.event_id,
    )
    return UUID(str(made.pk))


def follow(proposal_id: UUID, sheet: HousingOutcome, *, corrects: bool, by: Actor, at: datetime) -> str:
    """
    Do on a proposal what the sheet says; ``corrects``: it was followed before, and says something else now.

    Return what is left for a person to say: a visit whose day had passed when the sheet arrived, empty otherwise.

    Raises
    ------
    Refused
        When the track stands where the sheet no longer has a sense; the caller then tells a person.
    """
    today = timezone.localdate(at)
    on, why = min(sheet.meeting.event.on, today), ""
    if corrects:
        _take_back(proposal_id, by, at)
    match sheet.decision:
        case "visit" if sheet.visit_on is not None and sheet.visit_on < today:
            why = typography(f"La visite était prévue le {sheet.visit_on:%d/%m/%Y} : notez ce qu'elle a donné.")
        case "visit":
            _act(proposal_id, "plan_visit", {"visit_on": sheet.visit_on}, by, at, on)
        case "refused":
            _act(proposal_id, "refuse", {"reasons": list(sheet.refusal_codes)}, by, at, on)
    if sheet.missing_documents and sheet.decision != "refused":
        _act(proposal_id, "declare_missing", {"missing_documents": list(sheet.missing_documents)}, by, at, on)
    return why


def _take_back(proposal_id: UUID, by: Actor, at: datetime) -> None:
    state = Proposal.objects.values_list("state", flat=True).get(pk=proposal_id)
    if state in CLOSED:
        _act(proposal_id, "reopen", {"reason": "SHEET"}, by, at, None)
    elif state == HousingState.VISIT_PLANNED:
        _act(proposal_id, "miss_visit", {}, by, at, None)


def _act(
    proposal_id: UUID, action: str, given: dict[str, Any], by: Actor, at: datetime, on: date | None
) -> None:
    proposals.act(proposal_id=proposal_id, action=action, given=given, by=by, at=at, on=on)
