"""
Striking an application off (CCH art. R441-2-8): decided by a person, never by the clock; taken back until the erasure.

The period of retention of the housing file starts there (décret n° 2017-917, art. 4).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import striking_off_due_on
from untoit.core.lifecycles.housing_track import OPEN, HousingState
from untoit.core.wording import typography
from untoit.records.applicants.models import Household
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.followup.models import Proposal
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import DECIDE, Actor, require

_AFTER_A_WARNING = frozenset({"inadmissible", "no_answer"})


@transaction.atomic
def strike_off(*, household_id: UUID, on: date, because: str, by: Actor, at: datetime) -> Household:
    """
    Strike an application off.

    Raises
    ------
    Refused
        For an unknown reason or a day to come, while a proposal is open, or within a month of the warning.
    """
    household = _locked(household_id, by)
    if because not in dict(Household._meta.get_field("struck_off_because").flatchoices):
        raise Refused("Choisissez la raison de la radiation.")
    if on > by.today:
        raise Refused("La radiation se note le jour même ou après.")
    if Proposal.objects.filter(household=household, state__in=sorted(OPEN)).exists():
        raise Refused("Une proposition de logement est en cours pour ce ménage : terminez-la d'abord.")
    if because in _AFTER_A_WARNING:
        _check_warning(household, on)
    household.struck_off_on, household.struck_off_because = on, because
    _save(household, by)
    for proposal in Proposal.objects.filter(household=household).values_list("pk", flat=True):
        close_task(kind=TaskKind.STRIKING_OFF, subject_id=proposal, at=at, by=by, outcome="struck_off")
    note_act(by, "household.struck_off", "household", household.pk, at=at, because=because)
    return household


@transaction.atomic
def reinstate(*, household_id: UUID, by: Actor, at: datetime) -> Household:
    """Take a striking off back: the application is alive again, with its seniority."""
    household = _locked(household_id, by)
    if household.struck_off_on is not None:
        household.struck_off_on, household.struck_off_because = None, ""
        _save(household, by)
        note_act(by, "household.reinstated", "household", household.pk, at=at)
    return household


def _check_warning(household: Household, on: date) -> None:
    warned = Proposal.objects.filter(household=household, state=HousingState.REJECTED_INADMISSIBLE).values_list(
        "since", flat=True
    ).first()
    if warned is None:
        raise Refused("Cette radiation demande un avertissement écrit, resté un mois sans effet.")
    due = striking_off_due_on(warned)
    if on < due:
        raise Refused(typography(
            f"L'avertissement est du {warned:%d/%m/%Y} : la radiation peut être décidée à partir du {due:%d/%m/%Y}."
        ))


def _locked(household_id: UUID, by: Actor) -> Household:
    require(by, "housing_application", DECIDE)
    if by.glass is not None:
        raise Http404
    found = Household.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=household_id).first()
    if found is None:
        raise Http404
    return found


def _save(household: Household, by: Actor) -> None:
    household.revision += 1
    with recorded(by):
        household.save(update_fields=["struck_off_on", "struck_off_because", "revision", "updated_at"])
